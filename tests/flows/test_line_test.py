"""The self-call under the virtual clock: two lines of one office, and a network between them that may misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
import trio

from appliance.calls.names import LegId
from appliance.calls.ports import Tone
from appliance.config.models import Configuration, GsmLine
from appliance.flows.line_test import ANSWER_SECONDS, call_between
from appliance.routing.line_tests import Check, LineTested, Pair, is_from, judged, pairs
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, small_office

ONE, TWO = "+37120000011", "+37120000012"
PAIR = Pair("gsm1", "gsm2", TWO)
KEYS = {(770, 1336): "5", (852, 1336): "8"}


class Exchange:
    """Carries calls, tones and keys between two simulated lines.

    Attributes:
        shows: The number the called side sees.
        deaf: Lines towards which no sound comes through.
        loses_keys: Whether keys sent by the lines' own means get lost.
        forgets_to_hang_up: The called line is never told that the call is over.
        answers_elsewhere: Somebody else answers the number.
    """

    def __init__(self, world: SimulatedOffice) -> None:
        self.world = world
        self.shows = ONE
        self.deaf: set[str] = set()
        self.loses_keys = False
        self.forgets_to_hang_up = False
        self.answers_elsewhere = False
        self.is_busy = False
        self._dial, self._dialled = trio.open_memory_channel[FarEnd](10)
        world.lines["gsm1"].on_dialled = self._dial.send_nowait

    async def run(self) -> None:
        async for calling in self._dialled:
            await self._carry(calling)

    async def _carry(self, calling: FarEnd) -> None:
        await trio.sleep(2)
        if calling.leg.is_gone:
            return
        if self.is_busy:
            calling.reject()
            return
        if self.answers_elsewhere:
            calling.answer()
            await calling.leg.gone.wait()
            return
        line = self.world.lines["gsm2"]
        far_end = line.call_from_line(self.world.office, "gsm2", self.shows)
        called = far_end.leg
        heard: dict[LegId, int] = {}
        sent = {calling.leg.id: 0, called.id: 0}
        while not calling.leg.is_gone and not called.is_gone:
            if called.is_answered:
                calling.answer()
                self._carry_sound(calling, called.id, "gsm2", far_end, heard)
                self._carry_sound(far_end, calling.leg.id, "gsm1", calling, heard)
                for here, there in ((calling, far_end), (far_end, calling)):
                    new = here.digits_heard[sent[here.leg.id] :]
                    sent[here.leg.id] += len(new)
                    if not self.loses_keys:
                        there.press(new)
            await trio.sleep(0.1)
        if not self.forgets_to_hang_up:
            far_end.hang_up()
        calling.hang_up()

    def _carry_sound(self, source: FarEnd, _to: LegId, line: str, target: FarEnd, heard: dict[LegId, int]) -> None:
        played = [prompt for leg, prompt in self.world.sound.heard if leg == source.leg.id and isinstance(prompt, Tone)]
        for prompt in played[heard.get(source.leg.id, 0) :]:
            if line not in self.deaf and (key := KEYS.get(prompt.frequencies)):  # type: ignore[call-overload]
                target.press(key)
        heard[source.leg.id] = len(played)


def two_lines() -> Configuration:
    lines = {name: GsmLine(simulated=True, number=number) for name, number in (("gsm1", ONE), ("gsm2", TWO))}
    return msgspec.structs.replace(small_office(), lines=lines)


@asynccontextmanager
async def exchanging() -> AsyncIterator[Exchange]:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        world.lines["gsm1"].number, world.lines["gsm2"].number = ONE, TWO
        exchange = Exchange(world)
        nursery.start_soon(exchange.run)
        yield exchange
        nursery.cancel_scope.cancel()


async def what_failed(exchange: Exchange) -> tuple[Check, ...]:
    """What failed; whatever came of it, nothing is left."""
    result = await call_between(exchange.world.office, PAIR)
    await trio.sleep(1)
    office = exchange.world.office
    assert (office.line_test, dict(office.calls), dict(office.legs)) == (None, {}, {})
    return result.failed


async def test_everything_passes_over_a_network_that_works() -> None:
    async with exchanging() as exchange:
        assert await call_between(exchange.world.office, PAIR) == LineTested(calling="gsm1", called="gsm2")


@pytest.mark.parametrize(
    ("trouble", "failed"),
    [
        ({"shows": ""}, (Check.CALLER_ID,)),
        ({"deaf": {"gsm1"}}, (Check.SOUND_BACK,)),
        ({"deaf": {"gsm2"}}, (Check.SOUND_THERE,)),
        ({"deaf": {"gsm1", "gsm2"}}, (Check.SOUND_BACK, Check.SOUND_THERE)),
        ({"loses_keys": True}, (Check.KEYS_THERE, Check.KEYS_BACK)),
        ({"forgets_to_hang_up": True}, (Check.HANG_UP,)),
        ({"is_busy": True}, (Check.ANSWERED,)),
        ({"answers_elsewhere": True}, (Check.ANSWERED,)),
        ({"shows": "20000011"}, ()),
    ],
    ids=lambda value: "-".join(map(str, value)),
)
async def test_what_does_not_work_is_named(trouble: dict[str, object], failed: tuple[Check, ...]) -> None:
    async with exchanging() as exchange:
        for name, value in trouble.items():
            setattr(exchange, name, value)
        assert await what_failed(exchange) == failed


async def test_somebody_who_really_calls_meanwhile_is_a_caller_like_any_other() -> None:
    async with exchanging() as exchange:
        exchange.shows = "+37129999999"
        assert await what_failed(exchange) == (Check.ANSWERED,)
        assert exchange.world.switch.far_ends == {}
        stories = [record.story for record in exchange.world.records.ended]
        assert any("Ringing" in type(told.fact).__name__ for story in stories for told in story)


@pytest.mark.parametrize("line", ["gsm1", "gsm2"])
async def test_a_line_that_is_down_is_not_called(line: str) -> None:
    async with exchanging() as exchange:
        exchange.world.lines[line].is_offline = True
        result = await call_between(exchange.world.office, PAIR)
        assert (result.not_ready, result.is_good, exchange.world.lines["gsm1"].dialled) == (line, False, [])


@pytest.mark.parametrize("seconds", [0.05, 1, 2.05, 2.2, 3, 4, 6, ANSWER_SECONDS])
async def test_whoever_stops_it_at_any_moment_leaves_nothing_behind(seconds: float) -> None:
    async with exchanging() as exchange:
        with trio.move_on_after(seconds):
            await call_between(exchange.world.office, PAIR)
        await trio.sleep(1)
        office = exchange.world.office
        assert (office.line_test, dict(office.calls), dict(office.legs)) == (None, {}, {})


def test_every_line_calls_every_other_whose_number_is_known() -> None:
    numbers = {"gsm1": ONE, "gsm2": TWO}
    assert pairs(two_lines(), numbers) == (Pair("gsm1", "gsm2", TWO), Pair("gsm2", "gsm1", ONE))
    assert pairs(two_lines(), {"gsm2": TWO}) == (PAIR,)


def test_a_call_that_was_not_answered_says_only_that() -> None:
    assert judged(PAIR, frozenset({Check.CALLER_ID})).failed == (Check.ANSWERED,)
    assert judged(PAIR, frozenset(Check)).is_good


@pytest.mark.parametrize(
    ("caller", "number", "same"),
    [
        (ONE, ONE, True),
        ("20000011", ONE, True),
        ("", "", False),
        ("", ONE, False),
        ("11", ONE, False),
        (TWO, ONE, False),
    ],
)
def test_numbers_of_lines_as_networks_write_them(caller: str, number: str, same: bool) -> None:
    assert is_from(caller, number) is same
