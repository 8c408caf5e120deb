"""Decisions of call queues, as tables, and the promise that nobody starves."""

import random
from itertools import islice

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import CallQueue, Configuration, Contact, HuntStrategy, Membership, Priority, Relax
from appliance.routing.callers import who_calls
from appliance.routing.hunting import Hunt
from appliance.routing.line_up import MemberNow
from appliance.routing.queueing import (
    Arriving,
    Reason,
    Saying,
    counts_from,
    leads_to,
    next_look,
    sayings,
    steps_for,
    whom_to_offer,
    why_leave,
    why_not_enter,
)


class Waits(msgspec.Struct, frozen=True):
    entered: float
    steps: int = 0


def queue(**settings: object) -> CallQueue:
    usual = {"name": "Support", "number": "610", "members": ("201", "202", "203"), "strategy": HuntStrategy.LINEAR}
    return CallQueue(**{**usual, **settings})  # type: ignore[arg-type]


def offered(team: CallQueue, waited: float = 0.0, **now: dict[str, object]) -> tuple[str, ...]:
    """Who is rung when members are as told, by `_201` and so on; all others are free."""
    members = tuple(MemberNow(member=one, **now.get(f"_{one}", {})) for one in team.members)  # type: ignore[arg-type]
    return whom_to_offer(Hunt(team=team, members=members, chance=random.Random(0)), waited)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(-9, 9))), st.floats(1, 3600))
def test_nobody_is_passed_by_who_comes_later_than_his_disadvantage(
    callers: list[tuple[float, int]], ageing: float
) -> None:
    order = sorted((Waits(*caller) for caller in callers), key=lambda place: counts_from(place, ageing))
    for at, one in enumerate(order):
        for earlier in order[:at]:
            lead = max(earlier.steps - one.steps, 0) * ageing
            assert earlier.entered <= one.entered + lead + 1e-6


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({}, ("201",)),
        ({"_201": {"is_talking": True}}, ("202",)),
        ({"_201": {"is_talking": True, "takes_second": True}}, ("202",)),
        ({"_201": {"is_rung": True}, "_202": {"is_offered": True}}, ("203",)),
        ({"_201": {"is_wrapping_up": True}, "_202": {"is_paused": True}}, ("203",)),
        ({"_201": {"declined_ago": 3.0}, "_202": {"do_not_disturb": True}}, ("203",)),
        ({"_201": {"is_logged_in": False}, "_202": {"is_talking": True}, "_203": {"is_rung": True}}, ()),
        ({one: {"declined_ago": 29.0} for one in ("_201", "_202", "_203")}, ()),
        ({one: {"declined_ago": 31.0} for one in ("_201", "_202", "_203")}, ("201",)),
    ],
)
def test_only_who_has_nothing_else_to_do_is_offered(
    now: dict[str, dict[str, object]], expected: tuple[str, ...]
) -> None:
    assert offered(queue(), **now) == expected


def test_a_phone_that_refuses_at_once_rests_although_the_queue_gives_no_rest() -> None:
    assert offered(queue(members=("201",), reoffer_seconds=0), _201={"declined_ago": 4.9}) == ()
    assert offered(queue(members=("201",), reoffer_seconds=0), _201={"declined_ago": 5.0}) == ("201",)


@pytest.mark.parametrize(
    ("waited", "now", "expected"),
    [
        (0, {"_201": {"is_talking": True}}, ()),
        (29, {"_201": {"is_talking": True}}, ()),
        (30, {"_201": {"is_talking": True}}, ("202",)),
        (60, {"_201": {"is_talking": True}, "_202": {"is_talking": True}}, ("203",)),
        (60, {}, ("201",)),
    ],
)
def test_later_tiers_join_by_time(waited: float, now: dict[str, dict[str, object]], expected: tuple[str, ...]) -> None:
    tiers = {"202": Membership(tier=2), "203": Membership(tier=3)}
    assert offered(queue(membership=tiers, lift_seconds=30), waited, **now) == expected


def test_without_a_time_the_next_tier_is_for_when_nobody_of_the_first_is_there() -> None:
    team = queue(membership={"202": Membership(tier=2), "203": Membership(tier=2)})
    assert offered(team, 500, _201={"is_talking": True}) == ()
    assert offered(team, 0, _201={"is_logged_in": False}) == ("202",)


def test_skills_that_relax_let_others_be_offered() -> None:
    team = queue(strategy=HuntStrategy.SKILL, needs={"lv": 3}, relax=(Relax(after_seconds=20, needs={"lv": 0}),))
    assert offered(team, 0, _203={"skills": {"lv": 3}, "is_talking": True}) == ()
    assert offered(team, 20, _203={"skills": {"lv": 3}, "is_talking": True}) == ("201", "202")


@pytest.mark.parametrize(
    ("settings", "arriving", "expected"),
    [
        ({}, {"waiting": 500}, None),
        ({"most_waiting": 3}, {"waiting": 2}, None),
        ({"most_waiting": 3}, {"waiting": 3}, Reason.FULL),
        ({"most_waiting": 3}, {"waiting": 3, "is_vip": True}, None),
        ({"longest_expected_seconds": 60}, {"expected_seconds": 61}, Reason.TOO_LONG),
        ({"longest_expected_seconds": 60}, {"expected_seconds": 60}, None),
        ({"longest_expected_seconds": 60}, {"expected_seconds": None}, None),
        ({"longest_expected_seconds": 60}, {"expected_seconds": 61, "is_vip": True}, None),
        ({}, {"agents": 0}, Reason.NO_AGENTS),
        ({}, {"agents": 0, "is_vip": True}, Reason.NO_AGENTS),
        ({"when_no_agents": "wait"}, {"agents": 0}, None),
    ],
)
def test_who_cannot_enter(settings: dict[str, object], arriving: dict[str, object], expected: Reason | None) -> None:
    usual: dict[str, object] = {"is_vip": False, "waiting": 0, "agents": 2, "expected_seconds": None}
    assert why_not_enter(queue(**settings), Arriving(**{**usual, **arriving})) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("team", "waited", "agents", "expected"),
    [
        (queue(), 0, 1, None),
        (queue(), 599.9, 1, None),
        (queue(), 600, 1, Reason.WAITED),
        (queue(), 0, 0, Reason.NO_AGENTS),
        (queue(when_no_agents="wait"), 10, 0, None),
        (None, 0, 1, Reason.REMOVED),
    ],
)
def test_who_is_sent_on(team: CallQueue | None, waited: float, agents: int, expected: Reason | None) -> None:
    assert why_leave(team, waited=waited, agents=agents) is expected


OFFICE = Configuration(
    name="Office",
    default_desk="extension:201",
    contacts={"berzina": Contact(name="Berzina", numbers=("+37126000001",), vip=True)},
)


@pytest.mark.parametrize(
    ("settings", "is_vip", "expected"),
    [
        ({"then": "outside:+37120000000"}, False, "outside:+37120000000"),
        ({"then": "outside:+37120000000"}, True, "extension:201"),
        ({"then": "voicemail:202"}, True, "voicemail:202"),
        ({"then": "voicemail:202", "vip_then": "extension:203"}, True, "extension:203"),
        ({"then": "voicemail:202", "vip_then": "extension:203"}, False, "voicemail:202"),
    ],
)
def test_where_callers_go_whom_the_queue_cannot_keep(settings: dict[str, object], is_vip: bool, expected: str) -> None:
    assert leads_to(OFFICE, queue(**settings), is_vip=is_vip) == expected


@pytest.mark.parametrize(
    ("number", "line", "expected"),
    [
        ("+37126000001", "gsm1", 3),
        ("+37126000002", "gsm2", 1),
        ("+37126000001", "gsm2", 3),
        ("+37190000000", "gsm1", -1),
        ("+37126000002", "gsm1", 0),
        ("", None, 0),
    ],
)
def test_the_first_priority_that_is_meant_counts(number: str, line: str | None, expected: int) -> None:
    rules = (Priority(caller="vip", steps=3), Priority(line="gsm2", steps=1), Priority(caller="+37190*", steps=-1))
    assert steps_for(OFFICE, queue(priorities=rules), who_calls(OFFICE, number), line) == expected


def test_sayings_come_in_turn() -> None:
    told = sayings(queue(tell_seconds=60, announce_seconds=25, announcements=("One.", "Two.")))
    assert list(islice(told, 7)) == [
        Saying(0),
        Saying(25, "One."),
        Saying(50, "Two."),
        Saying(60),
        Saying(75, "One."),
        Saying(100, "Two."),
        Saying(120),
    ]
    assert list(islice(sayings(queue(tells_place=False, announcements=("One.",))), 2)) == [
        Saying(45, "One."),
        Saying(90, "One."),
    ]
    assert list(sayings(queue(tells_place=False))) == []


def test_the_next_look_is_when_time_makes_a_difference() -> None:
    members = [MemberNow(member="201", declined_ago=10.0), MemberNow(member="202")]
    assert next_look(queue(), members, [130.0], [Waits(90.0)], 100.0) == 120.0
    assert next_look(queue(reoffer_seconds=0), members, [130.0], [Waits(90.0)], 100.0) == 130.0
    assert next_look(queue(), [], [], [Waits(90.0)], 100.0) == 690.0
    assert next_look(queue(lift_seconds=15), [], [], [Waits(90.0)], 100.0) == 105.0
    assert next_look(queue(), [], [90.0], [], 100.0) is None


def test_what_rounding_lets_come_a_moment_late_is_not_missed() -> None:
    now = 12.3 + 20
    one = MemberNow(member="201", declined_ago=now - 12.3)
    assert one.declined_ago < 20
    assert next_look(queue(reoffer_seconds=20), [one], [], [], now) == pytest.approx(now)
