"""What can be wrong with a team."""

from typing import Any

import pytest

from appliance.config.loading import check, export, find_warnings, from_plain, parse
from appliance.config.mistakes import ConfigurationInvalid
from tests.config.offices import demo_plain

EVERYTHING = """
name: Small office
default_desk: extension:201
extensions:
  "201": {name: Anna, skills: {lv: 5, billing: 2}}
  "202": {name: Boris, skills: {ru: 4}, call_waiting: no}
  "203": {name: Dace}
ring_groups:
  support:
    name: Support
    number: "601"
    members: ["201", "202", "203", "outside:+37120000001"]
    membership:
      "202": {rank: 2, delay_seconds: 5}
      "203": {tier: 2}
    strategy: skill
    needs: {lv: 3}
    relax:
    - {after_seconds: 20, needs: {lv: 1}}
    - {after_seconds: 40, needs: {lv: 0}, rank: 2}
    idle_since: last_talk
    wrap_up_seconds: 15
    reoffer_seconds: 0
    lift_seconds: 60
    notes: [Invoice, Second call]
pause_reasons: {"1": Lunch}
"""


def test_a_team_with_everything_is_read_and_written_the_same() -> None:
    office = parse(EVERYTHING)
    assert parse(export(office)) == office
    assert check(office) == () and find_warnings(office) == ()


def wrong(settings: dict[str, Any], **skills: dict[str, int]) -> dict[str, str | None]:
    """Path below the group → "did you mean", of all that is wrong with the demo office's group so changed."""
    data = demo_plain()
    for number, levels in skills.items():
        data["extensions"][number.removeprefix("_")]["skills"] = levels
    data["ring_groups"]["sales"] |= settings
    try:
        from_plain(data)
    except ConfigurationInvalid as refused:
        return {mistake.path.removeprefix("ring_groups.sales."): mistake.did_you_mean for mistake in refused.mistakes}
    return {}


LATVIAN = {"needs": {"lv": 3}}
TWICE_AT_9 = [{"after_seconds": 9, "needs": {"lv": level}} for level in (2, 1)]
ALL_IN_TIER_2 = {number: {"tier": 2} for number in ("201", "202", "203")}

WRONG: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"membership": {"204": {"rank": 2}}}, {"membership.204": "203"}),
    ({"membership": {"201": {"rank": 0}}}, {"membership.201.rank": None}),
    ({"membership": {"201": {"tier": 4}}}, {"membership.201.tier": None}),
    ({"membership": {"201": {"tier": 3}}}, {"membership.201.tier": None}),
    ({"membership": {"201": {"teir": 2}}}, {"membership.201.teir": "tier"}),
    ({"membership": ALL_IN_TIER_2}, {f"membership.{number}.tier": None for number in ALL_IN_TIER_2}),
    ({"membership": {"201": {"delay_seconds": 25}}}, {"membership.201.delay_seconds": None}),
    ({"membership": {"201": {"delay_seconds": 5}}, "strategy": "linear"}, {"membership.201.delay_seconds": None}),
    ({"needs": {"biling": 1}}, {"needs.biling": "billing"}),
    ({"needs": {"lv": 6}}, {"needs.lv": None}),
    ({"needs": {"language": 5}}, {}),
    ({"needs": {"language": 6}}, {"needs.language": None}),
    ({"needs": {"lv": 0}}, {"needs.lv": None}),
    (LATVIAN | {"relax": [{"after_seconds": 9}]}, {"relax.1": None}),
    (LATVIAN | {"relax": [{"after_seconds": 9, "needs": {"ru": 1}}]}, {"relax.1.needs.ru": None}),
    (LATVIAN | {"relax": [{"after_seconds": 9, "needs": {"lv": 3}}]}, {"relax.1.needs.lv": None}),
    (LATVIAN | {"relax": TWICE_AT_9}, {"relax.2.after_seconds": None}),
    ({"relax": [{"after_seconds": 9, "rank": 1}]}, {"relax.1.rank": None}),
    ({"relax": [{"after_seconds": 9, "rank": 3}, {"after_seconds": 20, "rank": 2}]}, {"relax.2.rank": None}),
    ({"lift_seconds": 30}, {"lift_seconds": None}),
    ({"notes": ["Invoice"]}, {"notes": None}),
    ({"membership": {"203": {"tier": 2}}, "notes": [str(at) for at in range(10)]}, {"notes": None}),
    ({"idle_since": "last_cal"}, {"idle_since": "last_call"}),
    ({"strategy": "round-robin"}, {"strategy": "round_robin"}),
    ({"wrap_up_seconds": -1}, {"wrap_up_seconds": None}),
    ({"reoffer_seconds": 4000}, {"reoffer_seconds": None}),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "reported"), WRONG)
def test_each_mistake_is_reported_where_it_is(settings: dict[str, Any], reported: dict[str, str | None]) -> None:
    assert wrong(settings, _201={"lv": 5, "billing": 2}, _202={"lv": 3}) == reported


def test_a_level_only_a_rule_makes_possible_is_no_mistake() -> None:
    relaxing = {"needs": {"lv": 9}, "relax": [{"after_seconds": 10, "needs": {"lv": 2}}]}
    assert wrong(relaxing, _201={"lv": 5}) == {}


def test_all_mistakes_of_a_team_are_told_at_once() -> None:
    many = {"membership": {"299": {}}, "needs": {"xx": 1}, "relax": [{"after_seconds": 5}], "lift_seconds": 9}
    assert set(wrong(many)) == {"membership.299", "needs.xx", "relax.1", "lift_seconds"}


@pytest.mark.parametrize(
    ("settings", "warned"),
    [
        ({"strategy": "skill"}, "ring_groups.sales.strategy"),
        ({"membership": {"201": {"rank": 2}}}, "ring_groups.sales.membership"),
    ],
)
def test_what_does_nothing_is_warned_of(settings: dict[str, Any], warned: str) -> None:
    data = demo_plain()
    data["ring_groups"]["sales"] |= settings
    assert [warning.path for warning in find_warnings(from_plain(data))] == [warned]
