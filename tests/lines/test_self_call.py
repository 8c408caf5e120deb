"""Two simulated modems call each other through a whole office: real terminals, PJSIP's bridge, tones found by ear."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import msgspec
import pytest
import trio

from appliance.calls.ports import Line, LineState
from appliance.config.models import Configuration, GsmLine
from appliance.flows.line_test import call_between
from appliance.lines.gsm_line import GsmLine as RunningLine
from appliance.office import Office, open_office
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.routing.line_tests import Check, LineTested, Pair
from appliance.simulated.ports import simulated_ports
from appliance.simulated.switch import SimulatedSwitch
from appliance.sip.endpoint import EndpointSettings, sip_endpoint
from appliance.sip.sound import bridge_sound
from appliance.sip.wires import PacketRelay, Wires
from hardware.simulators.mobile_network import MobileNetwork
from hardware.simulators.modem import SimulatedModem
from hardware.simulators.stick_events import SimulatedSim
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.ports import free_ports
from tests.sip.phones import poll

pytestmark = pytest.mark.real

NUMBERS = {"gsm1": "+37120000011", "gsm2": "+37120000012"}
PAIR = Pair("gsm1", "gsm2", NUMBERS["gsm2"])


def two_lines() -> Configuration:
    lines = {name: GsmLine(simulated=True, number=number) for name, number in NUMBERS.items()}
    return msgspec.structs.replace(small_office(), lines=lines)


@asynccontextmanager
async def two_modems(folder: Path) -> AsyncIterator[tuple[Office, MobileNetwork]]:
    """An office with two lines that are ready, and the network between them."""
    (port,) = free_ports(1)
    settings = EndpointSettings(sip_port=port, edge_port=None, rtp_port=10_000 + port % 1000 * 20, rtp_ports=200)
    configuration, lines, ids = two_lines(), dict[str, Line](), count(1)
    library = PromptLibrary(folder / "prompts", own=FolderShelf(folder / "own"))
    async with (
        sip_endpoint(settings),
        bridge_sound(Wires(PacketRelay()), library, folder=folder) as sound,
        trio.open_nursery() as nursery,
    ):
        ports = simulated_ports(nursery, SimulatedSwitch(), lines, TUESDAY_NOON)
        ports.sound = sound
        async with open_office(configuration, ports, lambda: f"{next(ids):04d}", random.Random(0)) as office:
            modems = []
            for seed, (name, number) in enumerate(NUMBERS.items()):
                at, audio = folder / f"{name}.at", folder / f"{name}.audio"
                modem = SimulatedModem(at, audio, seed=seed, sim=SimulatedSim(number=number))
                await nursery.start(modem.run)
                modems.append(modem)
                paths = {"at_port": at, "audio_port": audio}
                lines[name] = line = RunningLine(name, configuration.lines[name], office, sound, **paths)  # type: ignore[arg-type]
                nursery.start_soon(line.run)
            await poll(lambda: all(line.status.state is LineState.READY for line in lines.values()), "ready lines")
            yield office, MobileNetwork(*modems)
            nursery.cancel_scope.cancel()


async def test_everything_passes_with_real_sound(tmp_path: Path) -> None:
    async with two_modems(tmp_path) as (office, _):
        assert await call_between(office, PAIR) == LineTested(calling="gsm1", called="gsm2")
        assert not office.legs


async def test_a_line_without_sound_and_without_caller_id_is_found_out(tmp_path: Path) -> None:
    async with two_modems(tmp_path) as (office, network):
        network.loses_sound_to = {NUMBERS["gsm1"]}
        network.hides_numbers = True
        assert (await call_between(office, PAIR)).failed == (Check.CALLER_ID, Check.SOUND_BACK)
        assert not office.legs
