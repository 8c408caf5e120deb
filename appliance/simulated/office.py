"""A whole office in memory: the real calls, flows and routing on the simulated switch."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import trio

from appliance.calls.agents import NOBODY_KNOWN, KeptAgents
from appliance.calls.names import Used
from appliance.calls.promises import PromisedCall
from appliance.config.models import Configuration
from appliance.office import Office, open_office
from appliance.simulated.line import SimulatedLine
from appliance.simulated.ports import (
    AgreeableDoor,
    AttentiveRecogniser,
    MemoryAgents,
    MemoryAppointments,
    MemoryMailboxes,
    MemoryOutbox,
    MemoryPromises,
    MemoryRecordings,
    MemoryRecords,
    MemoryServices,
    MemoryShelf,
    MemoryTolls,
    MemoryWrongPins,
    simulated_ports,
)
from appliance.simulated.sound import SimulatedSound
from appliance.simulated.switch import SimulatedSwitch


@dataclass(slots=True)
class SimulatedOffice:
    """The office with its simulated outside, each with its own type."""

    office: Office
    switch: SimulatedSwitch
    lines: dict[str, SimulatedLine]
    sound: SimulatedSound
    records: MemoryRecords
    mailboxes: MemoryMailboxes
    recordings: MemoryRecordings
    prompts: MemoryShelf
    outbox: MemoryOutbox
    door: AgreeableDoor
    agents: MemoryAgents
    promises: MemoryPromises
    web_services: MemoryServices
    appointments: MemoryAppointments
    recogniser: AttentiveRecogniser
    tolls: MemoryTolls


@asynccontextmanager
async def open_simulated_office(
    configuration: Configuration,
    wall: datetime | None = None,
    *,
    agents: KeptAgents = NOBODY_KNOWN,
    promises: Sequence[PromisedCall] = (),
    tolls: Mapping[tuple[str, str], Used] | None = None,
    wrong_pins: MemoryWrongPins | None = None,
) -> AsyncIterator[SimulatedOffice]:
    """An office whose extensions have one registered phone for each account, and whose lines are all ready.

    Args:
        wall: The time of day when it opens; None: the clock is not set.
        agents: What is known of the members of teams.
        promises: Callbacks that were promised before.
        tolls: What was called outside before; None: nothing.
        wrong_pins: Wrong PINs of before; None: there were none.
    """
    switch = SimulatedSwitch(
        {account: 1 for extension in configuration.extensions.values() for account in extension.phones}
    )
    lines = {name: SimulatedLine(name, line.channels) for name, line in configuration.lines.items()}
    ids = itertools.count(1)
    async with trio.open_nursery() as nursery:
        ports = simulated_ports(nursery, switch, lines, wall, agents, promises, tolls, wrong_pins)
        async with open_office(configuration, ports, lambda: f"{next(ids):04d}", random.Random(0)) as office:
            yield SimulatedOffice(
                office,
                switch,
                lines,
                ports.sound,  # type: ignore[arg-type]  # simulated_ports made it; Ports knows only the protocol
                ports.records,  # type: ignore[arg-type]
                ports.mailboxes,  # type: ignore[arg-type]
                ports.recordings,  # type: ignore[arg-type]
                ports.prompts,  # type: ignore[arg-type]
                ports.outbox,  # type: ignore[arg-type]
                ports.doors,  # type: ignore[arg-type]
                ports.agents,  # type: ignore[arg-type]
                ports.promises,  # type: ignore[arg-type]
                ports.web_services,  # type: ignore[arg-type]
                ports.appointments,  # type: ignore[arg-type]
                ports.recognisers["pocketsphinx"],  # type: ignore[arg-type]
                ports.tolls,  # type: ignore[arg-type]
            )
        nursery.cancel_scope.cancel()
