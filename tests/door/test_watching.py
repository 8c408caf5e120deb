"""Which alarms there are, from what was seen and when: a table of days at a door, and any day at all."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.control.door_alarms import AlarmKind
from appliance.door import watching
from appliance.door.watching import Seen

HELD = 60.0
CLOSED = Seen(is_open=False, moved_at=0.0)


class Opened(NamedTuple):
    at: float


class Closed(NamedTuple):
    at: float


class Fired(NamedTuple):
    at: float
    seconds: float = 3.0


class ExitAsked(NamedTuple):
    at: float


class Doubted(NamedTuple):
    at: float


class Rests(NamedTuple):
    at: float
    is_open: bool


Event = Opened | Closed | Fired | ExitAsked | Doubted | Rests


def after(events: list[Event], until: float, seen: Seen = CLOSED) -> Seen:
    """What is seen, looking every half second and after each event."""
    now, waiting = 0.0, list(events)
    while now <= until:
        while waiting and waiting[0].at <= now:
            match waiting.pop(0):
                case Opened(at):
                    seen = watching.moved(seen, True, at)
                case Closed(at):
                    seen = watching.moved(seen, False, at)
                case Fired(at, seconds):
                    seen = watching.unlocked(seen, at + seconds)
                case ExitAsked(at):
                    seen = watching.exit_asked(seen, at)
                case Doubted():
                    seen = watching.doubted(seen)
                case Rests(at, is_open):
                    seen = watching.believed_again(seen, is_open, at)
        seen = watching.looked(seen, HELD, now)
        now += 0.5
    return seen


@pytest.mark.parametrize(
    ("events", "until", "expected"),
    [
        ([], 1000, set()),
        ([Opened(10)], 10, {AlarmKind.FORCED}),
        ([Opened(10), Closed(11)], 12.5, {AlarmKind.FORCED}),
        ([Opened(10), Closed(11)], 13, set()),
        ([Opened(10), Closed(11), Opened(12)], 12, {AlarmKind.FORCED}),
        ([Opened(10)], 200, {AlarmKind.FORCED}),
        ([Fired(10), Opened(11)], 12, set()),
        ([Fired(10), Opened(14.9)], 15, set()),
        ([Fired(10), Opened(15.5)], 16, {AlarmKind.FORCED}),
        ([Fired(10), Opened(11)], 71, set()),
        ([Fired(10), Opened(11)], 71.5, {AlarmKind.HELD_OPEN}),
        ([Fired(10), Opened(11), Closed(100)], 101.5, {AlarmKind.HELD_OPEN}),
        ([Fired(10), Opened(11), Closed(100)], 102, set()),
        ([Fired(10)], 13.5, set()),
        ([Fired(10)], 14, {AlarmKind.NOT_OPENED}),
        ([Fired(10), Fired(20)], 20, set()),
        ([Fired(10), Fired(20), Opened(21)], 30, set()),
        ([Fired(10), Opened(14.5)], 15, set()),
        ([Fired(10, 1), Fired(11, 1), Opened(11.9), Closed(13)], 30, set()),
        ([ExitAsked(10), Opened(19)], 20, set()),
        ([ExitAsked(10), Opened(21)], 21, {AlarmKind.FORCED}),
        ([Opened(10), Doubted(11)], 11, set()),
        ([Doubted(11), Rests(30, True)], 30, set()),
        ([Doubted(11), Rests(30, True)], 91, {AlarmKind.HELD_OPEN}),
        ([Doubted(11), Rests(30, False), Opened(40)], 40, {AlarmKind.FORCED}),
    ],
)
def test_days_at_a_door(events: list[Event], until: float, expected: set[AlarmKind]) -> None:
    assert watching.alarms(after(events, until)) == expected


def test_a_door_without_contact_has_no_alarms_of_one() -> None:
    assert watching.alarms(after([Fired(10)], 100, Seen())) == set()


def test_a_door_that_is_open_at_the_start_was_not_forced() -> None:
    open_at_start = Seen(is_open=True, moved_at=0.0)
    assert watching.alarms(after([], 60, open_at_start)) == set()
    assert watching.alarms(after([], 61, open_at_start)) == {AlarmKind.HELD_OPEN}


def test_loops_are_alarms_while_they_are_active() -> None:
    assert watching.alarms(Seen(tampered=True, panic=True)) == {AlarmKind.TAMPER, AlarmKind.PANIC}


@given(some.lists(some.floats(0.0, 1.5), max_size=60))
def test_a_rattling_door_is_one_alarm_until_it_has_been_closed_for_a_while(gaps: list[float]) -> None:
    """However fast it opens and closes, the alarm neither ends nor begins anew between two closings."""
    seen, now, is_open = watching.moved(CLOSED, True, 10.0), 10.0, True
    for gap in gaps:
        now += gap
        is_open = not is_open
        seen = watching.looked(watching.moved(seen, is_open, now), HELD, now)
        assert AlarmKind.FORCED in watching.alarms(seen)
    if is_open:
        seen = watching.moved(seen, False, now)
    assert watching.alarms(watching.looked(seen, HELD, now + watching.CALM_SECONDS + 1e-6)) == set()
