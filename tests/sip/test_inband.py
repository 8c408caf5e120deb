"""Keys as tones in the sound of a real phone: each is seen once, and what we press can be heard."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from appliance.calls.facts import Digit, DtmfTransport
from appliance.calls.leg import Leg
from hardware.tones.dtmf_detector import DtmfDetector
from hardware.tones.generate import dtmf
from tests.sip.phones import Baresip, baresip, poll
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import PASSWORD, RealStage, dial, happens, real_stage
from tests.sound import RATE, tone

pytestmark = pytest.mark.real

KEYS = "159#0*"


def says_keys() -> array[int]:
    """A second and a half of nothing, the keys, and then a tone that is none."""
    samples = array("h", bytes(3 * RATE))
    samples.frombytes(dtmf(KEYS))
    return samples + tone(440, 60)


@asynccontextmanager
async def phone_that_says_keys(stage: RealStage, folder: Path) -> AsyncIterator[tuple[Baresip, Leg]]:
    stage.edge.add("201", PASSWORD)
    stage.accounts.add("201")
    async with baresip(folder, "201", PASSWORD, stage.edge.settings.sip_port, says=says_keys()) as phone:
        await phone.registered()
        (leg,) = await dial(stage, "201")
        await phone.until("CALL_INCOMING")
        await phone.accept()
        await happens(leg.answered)
        yield phone, leg


async def test_each_tone_is_a_key_once(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        stage.switch.inband.accounts = frozenset({"201"})
        async with phone_that_says_keys(stage, tmp_path) as (phone, leg):
            found = []
            with trio.fail_after(10):
                for _ in KEYS:
                    found.append(await leg.next_fact())
            assert found == [Digit(key, DtmfTransport.INBAND) for key in KEYS]
            with trio.move_on_after(1):
                raise AssertionError(f"one more: {await leg.next_fact()}")
            # Pressed at the phone as it would itself they count as well: the phone may know a second way.
            await phone.press("7")
            with trio.fail_after(5):
                assert await leg.next_fact() == Digit("7", DtmfTransport.RFC4733)
            leg.send_digits("42#")
            detector = DtmfDetector()
            heard = ""
            position = 0

            def is_heard() -> bool:
                nonlocal heard, position
                samples = phone.heard()
                heard += detector.hear(samples[position:].tobytes())
                position = len(samples)
                return heard == "42#"

            await poll(is_heard, "the keys we press")
            leg.hang_up()
            await phone.until("CALL_CLOSED")
        assert not stage.sound.wires.wanted


async def test_a_phone_that_is_not_set_so_has_its_tones_left_alone(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage, phone_that_says_keys(stage, tmp_path) as (phone, leg):
        await phone.press("7")
        await trio.sleep(4)
        assert await leg.next_fact() == Digit("7", DtmfTransport.RFC4733)
        with trio.move_on_after(0.5):
            raise AssertionError(f"one more: {await leg.next_fact()}")
