"""The nightly self-call: at its time, one pair after the other, shown and told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest
import trio

from appliance.config.models import Configuration, Language, SelfCall
from appliance.control.faults import RequestFailed
from appliance.control.self_call_messages import LineTestShown
from appliance.control.self_call_words import alarm_in_words, result_in_words
from appliance.routing.line_tests import Check, is_time
from appliance.services.self_call import SelfCaller
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON
from tests.flows.test_line_test import ONE, TWO, Exchange, two_lines

OWNER = "+37120000005"


def nightly(at: str | None = "12:05") -> Configuration:
    return msgspec.structs.replace(two_lines(), self_call=SelfCall(at=at, alert=(OWNER,)))


async def a_night(configuration: Configuration, hours: float, *, numbers: tuple[str, str] = (ONE, "")):
    """The caller after some hours, and what was sent by SMS. The second line knows no number unless one is given."""
    async with open_simulated_office(configuration, TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        world.lines["gsm1"].number, world.lines["gsm2"].number = numbers
        exchange = Exchange(world)
        nursery.start_soon(exchange.run)
        caller = SelfCaller(world.office, lambda: None)
        nursery.start_soon(caller.run)
        await trio.sleep(hours * 3600)
        nursery.cancel_scope.cancel()
        return caller, world.outbox.queued, world.lines["gsm1"].dialled


async def test_lines_are_tried_at_their_time_once_a_day() -> None:
    caller, told, dialled = await a_night(nightly(), 3, numbers=(ONE, TWO))
    assert caller.last is not None and caller.last.at == (TUESDAY_NOON + timedelta(minutes=5)).isoformat("T", "minutes")
    assert [(result.calling, result.called) for result in caller.last.results] == [("gsm1", "gsm2"), ("gsm2", "gsm1")]
    assert caller.last.results[0].failed == () and dialled == [TWO]
    # Nobody answers for gsm1 in this network: the owner is told of that pair alone.
    assert told == [(OWNER, "Self-call: gsm2>gsm1: no answer")]
    assert [trouble.where for trouble in caller.troubles] == ["line gsm1"]


async def test_without_a_time_nothing_is_called() -> None:
    caller, told, dialled = await a_night(nightly(None), 30, numbers=(ONE, TWO))
    assert (caller.last, told, dialled) == (None, [], [])


async def test_one_line_alone_is_refused_with_the_reason_and_never_tried_at_night() -> None:
    caller, told, dialled = await a_night(nightly(), 2, numbers=("", ""))
    assert (caller.last, told, dialled) == (None, [], [])


async def test_two_people_who_ask_at_once_get_one_test() -> None:
    async with open_simulated_office(nightly(None), TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        world.lines["gsm1"].number, world.lines["gsm2"].number = ONE, TWO
        nursery.start_soon(Exchange(world).run)
        caller = SelfCaller(world.office, lambda: None)
        nursery.start_soon(caller.test)
        await trio.sleep(1)
        with pytest.raises(RequestFailed) as refused:
            await caller.test()
        assert refused.value.fault.code == "self_call_goes_on"
        nursery.cancel_scope.cancel()
    async with open_simulated_office(nightly(None), TUESDAY_NOON) as world:
        with pytest.raises(RequestFailed) as refused:
            await SelfCaller(world.office, lambda: None).test()
        assert refused.value.fault.code == "no_pair_of_lines"


@pytest.mark.parametrize(
    ("hour", "minute", "done_on", "due"),
    [
        (3, 29, None, False),
        (3, 30, None, True),
        (4, 29, None, True),
        (4, 30, None, False),
        (3, 40, date(2026, 11, 24), False),
        (3, 40, date(2026, 11, 23), True),
    ],
)
def test_when_it_is_time(hour: int, minute: int, done_on: date | None, due: bool) -> None:
    assert is_time("03:30", datetime(2026, 11, 24, hour, minute), done_on) is due


def test_everything_that_can_fail_has_words_in_every_language() -> None:
    for language in Language:
        for check in Check:
            assert result_in_words(LineTestShown(calling="a", called="b", failed=(check,), not_ready=""), language)
        down = LineTestShown(calling="a", called="b", failed=(), not_ready="b")
        assert "b" in result_in_words(down, language)
        assert alarm_in_words([down], language).endswith(f"a>b: {result_in_words(down, language)}")
