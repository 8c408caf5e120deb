"""Who rings when."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import HuntStrategy, Language, Membership, Relax, RingGroup
from appliance.routing.hunting import GOES_ON, Hunt, Stage, stages, turns
from appliance.routing.line_up import Absence, MemberNow, for_caller, line_up, wish_at

OUTSIDE = "outside:+37120000001"
MEMBERS = ("201", "202", OUTSIDE)
IN_TURN = [strategy for strategy in HuntStrategy if strategy not in GOES_ON]


def group(strategy: HuntStrategy, members: tuple[str, ...] = MEMBERS, **settings: object) -> RingGroup:
    return RingGroup(name="Sales", number="600", members=members, strategy=strategy, ring_seconds=10, **settings)  # type: ignore[arg-type]


def hunt(team: RingGroup, *members: MemberNow, seed: int = 0, **settings: object) -> Hunt:
    """A hunt in which everybody is free but those told of."""
    told = {one.member: one for one in members}
    everybody = tuple(told.get(name) or MemberNow(member=name) for name in dict.fromkeys(team.members))
    return Hunt(team=team, members=everybody, chance=random.Random(seed), **settings)  # type: ignore[arg-type]


def one(member: str, **settings: object) -> MemberNow:
    return MemberNow(member=member, **settings)  # type: ignore[arg-type]


def order(strategy: HuntStrategy, *members: MemberNow, **settings: object) -> list[str]:
    planned = stages(hunt(group(strategy), *members, **settings))
    return [stage.members[-1] for stage in planned]


# Each strategy.


def test_all_at_once() -> None:
    assert stages(hunt(group(HuntStrategy.RING_ALL))) == [Stage(MEMBERS, 10)]


def test_one_after_the_other() -> None:
    assert stages(hunt(group(HuntStrategy.LINEAR))) == [Stage((member,), 10) for member in MEMBERS]


def test_each_stage_adds_one_while_the_earlier_go_on() -> None:
    assert stages(hunt(group(HuntStrategy.ASCENDING))) == [
        Stage(("201",), 10),
        Stage(("201", "202"), 10),
        Stage(MEMBERS, 10),
    ]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, ["201", "202", OUTSIDE]),
        ("201", ["202", OUTSIDE, "201"]),
        (OUTSIDE, ["201", "202", OUTSIDE]),
        ("209", ["201", "202", OUTSIDE]),  # no member any more
    ],
)
def test_round_robin_begins_after_the_last_turn(last: str | None, expected: list[str]) -> None:
    assert order(HuntStrategy.ROUND_ROBIN, last_turn=last) == expected


def test_round_robin_goes_on_after_one_who_is_not_there_now() -> None:
    assert order(HuntStrategy.ROUND_ROBIN, one("202", is_paused=True), last_turn="202") == [OUTSIDE, "201"]


@pytest.mark.parametrize(
    ("since", "expected"), [("last_call", ["202", OUTSIDE, "201"]), ("last_talk", ["201", OUTSIDE, "202"])]
)
def test_longest_idle_counts_from_the_last_call_or_the_last_talk(since: str, expected: list[str]) -> None:
    team = group(HuntStrategy.LONGEST_IDLE, idle_since=since)
    everybody = (
        one("201", call_ago=60, talk_ago=3000),
        one("202", talk_ago=5),
        one(OUTSIDE, call_ago=600, talk_ago=600),
    )
    assert [stage.members[0] for stage in stages(hunt(team, *everybody))] == expected


def test_fewest_calls_come_first_and_equals_as_they_are_written() -> None:
    assert order(HuntStrategy.FEWEST_CALLS, one("201", calls_today=2)) == ["202", OUTSIDE, "201"]


def test_chance_gives_every_order_and_the_same_seed_the_same() -> None:
    seen = {tuple(order(HuntStrategy.RANDOM, seed=seed)) for seed in range(100)}
    assert len(seen) == 6
    assert order(HuntStrategy.RANDOM, seed=7) == order(HuntStrategy.RANDOM, seed=7)


def test_members_of_one_rank_ring_together_the_best_first() -> None:
    team = group(HuntStrategy.RANK, membership={"201": Membership(rank=2), OUTSIDE: Membership(rank=2)})
    assert stages(hunt(team)) == [Stage(("202",), 10), Stage(("201", OUTSIDE), 10)]


def test_the_most_skilled_ring_first_and_go_on_while_others_join() -> None:
    team = group(HuntStrategy.SKILL, needs={"lv": 2, "billing": 1})
    skilled = (
        one("201", skills={"lv": 2, "billing": 1}),
        one("202", skills={"lv": 3, "billing": 5, "uk": 9}),
        one(OUTSIDE, skills={"lv": 9}),
    )
    assert stages(hunt(team, *skilled)) == [Stage(("202",), 10), Stage(("202", "201"), 10)]


# Who may be rung.


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"is_logged_in": False}, Absence.LOGGED_OUT),
        ({"is_paused": True}, Absence.PAUSED),
        ({"is_wrapping_up": True}, Absence.WRAPPING_UP),
        ({"do_not_disturb": True}, Absence.UNDISTURBED),
        ({"is_talking": True, "takes_second": False}, Absence.TALKING),
        ({"skills": {"lv": 2}}, Absence.UNSKILLED),
        ({"skills": {"ru": 9}}, Absence.UNSKILLED),
    ],
)
def test_who_is_absent_is_not_rung_and_the_reason_is_known(state: dict[str, object], why: Absence) -> None:
    team = group(HuntStrategy.LINEAR, needs={"lv": 3})
    away = one("202", **{"skills": {"lv": 3}, **state})
    others = [one(member, skills={"lv": 3}) for member in ("201", OUTSIDE)]
    assert line_up(team, (others[0], away, others[1])).absent == (("202", why),)
    assert [stage.members for stage in stages(hunt(team, *others, away))] == [("201",), (OUTSIDE,)]


@pytest.mark.parametrize("strategy", list(HuntStrategy))
def test_who_has_rejected_this_call_is_never_rung_for_it_again(strategy: HuntStrategy) -> None:
    planned = stages(hunt(group(strategy), refused=frozenset({"202", "+37120000001"})))
    assert {member for stage in planned for member in stage.members} == {"201"}
    assert not stages(hunt(group(strategy), refused=frozenset({"201", "202", "+37120000001"})))


@pytest.mark.parametrize("strategy", [HuntStrategy.LINEAR, HuntStrategy.ROUND_ROBIN, HuntStrategy.FEWEST_CALLS])
def test_who_talks_or_has_just_not_taken_a_call_comes_last(strategy: HuntStrategy) -> None:
    assert order(strategy, one("201", declined_ago=29), one("202", is_talking=True)) == [OUTSIDE, "202", "201"]
    assert order(strategy, one("201", is_rung=True, takes_second=False)) == ["202", OUTSIDE, "201"]
    assert order(strategy, one("201", declined_ago=30)) == list(MEMBERS)


def test_where_all_ring_those_in_a_talk_ring_too_and_those_who_declined_only_if_nobody_else_can() -> None:
    team = group(HuntStrategy.RING_ALL)
    assert stages(hunt(team, one("201", is_talking=True), one("202", declined_ago=1))) == [Stage(("201", OUTSIDE), 10)]
    declined = [one(member, declined_ago=1) for member in MEMBERS]
    assert stages(hunt(team, *declined)) == [Stage(MEMBERS, 10)]


@pytest.mark.parametrize("strategy", IN_TURN)
def test_turns_pass_over_who_was_rung_for_this_call_unless_that_leaves_nobody(strategy: HuntStrategy) -> None:
    team = group(strategy)
    fresh = stages(hunt(team, history=frozenset({"201", "+37120000001"})))
    assert [stage.members for stage in fresh] == [("202",)]
    again = stages(hunt(team, history=frozenset({"201", "202", "+37120000001"})))
    assert {member for stage in again for member in stage.members} == set(MEMBERS)
    rest_away = stages(hunt(team, one("202", is_paused=True), history=frozenset({"201", "+37120000001"})))
    assert {member for stage in rest_away for member in stage.members} == {"201", OUTSIDE}


# Rules that relax.

RELAXING = (Relax(after_seconds=5, needs={"lv": 1}), Relax(after_seconds=30, needs={"lv": 0}))


@pytest.mark.parametrize(
    ("waited", "needs"), [(0, {"lv": 3}), (4.9, {"lv": 3}), (5, {"lv": 1}), (29, {"lv": 1}), (30, {})]
)
def test_what_is_asked_for_drops_as_the_caller_waits(waited: float, needs: dict[str, int]) -> None:
    assert wish_at(group(HuntStrategy.SKILL, needs={"lv": 3}, relax=RELAXING), waited).needs == needs


@pytest.mark.parametrize(
    ("needs", "spoken"),
    [
        ({"language": 2}, {"uk": 2}),
        ({"language": 2, "uk": 3}, {"uk": 3}),
        ({"uk": 1, "language": 2, "billing": 4}, {"uk": 2, "billing": 4}),
        ({"billing": 4}, {"billing": 4}),
    ],
)
def test_the_callers_language_is_a_skill(needs: dict[str, int], spoken: dict[str, int]) -> None:
    asked = for_caller(group(HuntStrategy.SKILL, needs=needs), Language.UK)
    assert asked.needs == spoken


def test_a_rule_lets_others_join_those_who_ring() -> None:
    team = group(HuntStrategy.SKILL, needs={"lv": 3}, relax=RELAXING)
    skilled = one("201", skills={"lv": 3}), one("202", skills={"lv": 1})
    assert stages(hunt(team, *skilled)) == [
        Stage(("201",), 5),
        Stage(("201", "202"), 25),
        Stage(("201", "202", OUTSIDE), 10),
    ]
    assert stages(hunt(team, *skilled), waited=7) == [
        Stage(("201",), 10),
        Stage(("201", "202"), 13),
        Stage(("201", "202", OUTSIDE), 10),
    ]


def test_a_caller_does_not_wait_for_a_rule_when_nobody_better_is_there() -> None:
    team = group(HuntStrategy.SKILL, needs={"lv": 3}, relax=RELAXING)
    assert stages(hunt(team, one("202", skills={"lv": 1}))) == [Stage(("202",), 25), Stage(("202", "201", OUTSIDE), 10)]


def test_ranks_join_one_rule_after_the_other() -> None:
    team = group(
        HuntStrategy.RING_ALL,
        membership={"202": Membership(rank=2), OUTSIDE: Membership(rank=3)},
        relax=(Relax(after_seconds=8, rank=2), Relax(after_seconds=20, rank=3)),
    )
    assert stages(hunt(team)) == [Stage(("201",), 8), Stage(("201", "202"), 12), Stage(("201", "202", OUTSIDE), 10)]


def test_the_last_of_a_turn_goes_on_ringing_until_a_rule_brings_the_next() -> None:
    team = group(HuntStrategy.LINEAR, needs={"lv": 1}, relax=(Relax(after_seconds=25, needs={"lv": 0}),))
    assert stages(hunt(team, one("201", skills={"lv": 1}))) == [
        Stage(("201",), 25),
        Stage(("202",), 10),
        Stage((OUTSIDE,), 10),
    ]


# Delays and tiers.


def test_a_delay_lets_a_member_join_those_it_rings_together_with_later() -> None:
    team = group(HuntStrategy.RING_ALL, membership={"202": Membership(delay_seconds=4)})
    assert stages(hunt(team)) == [Stage(("201", OUTSIDE), 4), Stage(MEMBERS, 6)]
    alone = stages(hunt(team, one("201", is_paused=True), one(OUTSIDE, is_paused=True)))
    assert alone == [Stage(("202",), 10)], "nobody is waited for"


def test_the_next_tier_rings_when_the_first_had_its_turns_or_its_time() -> None:
    tiers = {"202": Membership(tier=2), OUTSIDE: Membership(tier=3)}
    team = group(HuntStrategy.LINEAR, membership=tiers)
    assert stages(hunt(team)) == [Stage(("201",), 10, 1), Stage(("202",), 10, 2), Stage((OUTSIDE,), 10, 3)]
    assert stages(hunt(team), tier=2) == [Stage(("202",), 10, 2), Stage((OUTSIDE,), 10, 3)]
    quick = group(HuntStrategy.LINEAR, membership=tiers, lift_seconds=4)
    assert stages(hunt(quick)) == [Stage(("201",), 4, 1), Stage(("202",), 4, 2), Stage((OUTSIDE,), 10, 3)]
    assert stages(hunt(quick, one("202", is_paused=True), one(OUTSIDE, is_paused=True))) == [Stage(("201",), 10, 1)]


def test_a_tier_without_anybody_is_passed_over() -> None:
    team = group(HuntStrategy.RING_ALL, membership={OUTSIDE: Membership(tier=3)})
    away = one("201", is_logged_in=False), one("202", is_paused=True)
    assert stages(hunt(team, *away)) == [Stage((OUTSIDE,), 10, 3)]


def test_nobody_there_is_no_stage() -> None:
    assert stages(hunt(group(HuntStrategy.RING_ALL, members=()))) == []
    away = [one(member, is_logged_in=False) for member in MEMBERS]
    assert all(stages(hunt(group(strategy), *away)) == [] for strategy in HuntStrategy)


# Any team.

NAMES = ("201", "202", "203", OUTSIDE)
members_now = st.builds(
    MemberNow,
    member=st.just(""),
    is_logged_in=st.booleans(),
    is_paused=st.booleans(),
    is_wrapping_up=st.booleans(),
    do_not_disturb=st.booleans(),
    is_talking=st.booleans(),
    is_rung=st.booleans(),
    takes_second=st.booleans(),
    declined_ago=st.sampled_from([1.0, 100.0]),
    call_ago=st.floats(0, 1000),
    calls_today=st.integers(0, 9),
    skills=st.dictionaries(st.sampled_from(["lv", "ru"]), st.integers(1, 5)),
)
relaxing = st.just(()) | st.just(
    (Relax(after_seconds=3, needs={"lv": 1}, rank=2), Relax(after_seconds=12, needs={"lv": 0}, rank=9))
)


@st.composite
def hunts(draw: st.DrawFn) -> Hunt:
    team = RingGroup(
        name="Sales",
        number="600",
        members=NAMES,
        strategy=draw(st.sampled_from(HuntStrategy)),
        ring_seconds=10,
        needs=draw(st.sampled_from([{}, {"lv": 3}])),
        relax=draw(relaxing),
        membership=draw(
            st.dictionaries(
                st.sampled_from(NAMES),
                st.builds(
                    Membership,
                    rank=st.integers(1, 3),
                    tier=st.integers(1, 3),
                    delay_seconds=st.sampled_from([0.0, 4.0]),
                ),
            )
        ),
    )
    states = [MemberNow(**{**_fields(draw(members_now)), "member": name}) for name in NAMES]
    return hunt(
        team,
        *states,
        seed=draw(st.integers(0, 9)),
        refused=frozenset(draw(st.sets(st.sampled_from(["201", "202"])))),
        last_turn=draw(st.none() | st.sampled_from(NAMES)),
    )


def _fields(state: MemberNow) -> dict[str, object]:
    return {field: getattr(state, field) for field in state.__struct_fields__}


@given(hunts(), st.sampled_from([0.0, 5.0, 50.0]))
def test_everybody_who_may_ring_rings_and_nobody_begins_twice(any_hunt: Hunt, waited: float) -> None:
    planned = stages(any_hunt, waited=waited)
    assert all(stage.members and stage.seconds > 0 for stage in planned)
    assert all(len(set(stage.members)) == len(stage.members) for stage in planned)
    began: list[str] = []
    before: tuple[str, ...] = ()
    for stage in planned:
        began += [member for member in stage.members if member not in before]
        before = stage.members
    assert len(began) == len(set(began))
    in_the_end = [
        line_up(any_hunt.team, any_hunt.members, waited=1e9, tier=tier, refused=any_hunt.refused) for tier in (1, 2, 3)
    ]
    willing = {state.member for now in in_the_end for state in (*now.ready, *now.busy)}
    may = willing | {state.member for now in in_the_end for state in now.reluctant}
    assert willing <= set(began) <= may or any_hunt.team.strategy is HuntStrategy.RING_ALL
    assert bool(began) == bool(may)


@given(hunts())
def test_tiers_never_go_back(any_hunt: Hunt) -> None:
    tiers = [stage.tier for stage in stages(any_hunt)]
    assert tiers == sorted(tiers)


@given(st.lists(st.booleans(), min_size=20, max_size=60))
def test_round_robin_is_fair_whoever_answers(answers: list[bool]) -> None:
    """Over any day no member has had two turns more than another."""
    had = dict.fromkeys(MEMBERS, 0)
    last: str | None = None
    for is_answered in answers:
        for turn in turns(hunt(group(HuntStrategy.ROUND_ROBIN), last_turn=last), [one(name) for name in MEMBERS]):
            last = turn[0]
            had[last] += 1
            if is_answered:
                break
        assert max(had.values()) - min(had.values()) <= 1


@given(st.lists(st.sampled_from([1, 30, 600]), min_size=10, max_size=60))
def test_the_longest_idle_share_calls_evenly(gaps: list[int]) -> None:
    now, taken_at = 0.0, {name: -float("inf") for name in MEMBERS}
    had = dict.fromkeys(MEMBERS, 0)
    for gap in gaps:
        now += gap
        states = [one(name, call_ago=now - taken_at[name]) for name in MEMBERS]
        first = turns(hunt(group(HuntStrategy.LONGEST_IDLE)), states)[0][0]
        taken_at[first] = now
        had[first] += 1
        assert max(had.values()) - min(had.values()) <= 1
