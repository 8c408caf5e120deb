"""Which diversion holds, and who is rung for a person."""

from datetime import datetime, timedelta

import pytest

from appliance.calls.names import Outcome
from appliance.config.loading import check, find_warnings, from_plain, to_plain
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import (
    Configuration,
    Diversion,
    DivertRule,
    DivertTimes,
    Extension,
    FollowStage,
    OpeningHours,
)
from appliance.routing.diversion import Held, PersonStage, after_ringing, before_ringing, stages_for
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office

ALL = {rule: f"extension:20{at}" for at, rule in enumerate(DivertRule, 4)}
ALWAYS, BUSY, NO_ANSWER, UNREACHABLE = (Held(rule, to) for rule, to in ALL.items())
EVENINGS = DivertTimes(weekly={"tue": ("18:00-23:00",)})
CLOSED = DivertTimes(hours="office", closed=True)
OPEN = DivertTimes(hours="office")


def diverting(times: DivertTimes | None = None, *, but: tuple[DivertRule, ...] = ()) -> Extension:
    divert = Diversion(
        **{rule.value: to for rule, to in ALL.items() if rule not in but},
        when={} if times is None else dict.fromkeys(DivertRule, times),
    )
    return person("Boris", "202", divert=divert)


@pytest.mark.parametrize(
    ("boris", "outcome", "now", "taken"),
    [
        (diverting(), None, TUESDAY_NOON, ALWAYS),
        (diverting(), Outcome.BUSY, TUESDAY_NOON, BUSY),
        (diverting(), Outcome.NO_ANSWER, TUESDAY_NOON, NO_ANSWER),
        (diverting(), Outcome.REFUSED, TUESDAY_NOON, NO_ANSWER),
        (diverting(), Outcome.UNREACHABLE, TUESDAY_NOON, UNREACHABLE),
        (diverting(but=(DivertRule.UNREACHABLE,)), Outcome.UNREACHABLE, TUESDAY_NOON, NO_ANSWER),
        (diverting(but=(DivertRule.BUSY,)), Outcome.BUSY, TUESDAY_NOON, None),
        (diverting(but=(DivertRule.ALWAYS,)), None, TUESDAY_NOON, None),
        (diverting(EVENINGS), None, TUESDAY_NOON, None),
        (diverting(EVENINGS), None, TUESDAY_NIGHT, ALWAYS),
        (diverting(EVENINGS), Outcome.BUSY, TUESDAY_NOON, None),
        (diverting(EVENINGS), Outcome.BUSY, TUESDAY_NIGHT, BUSY),
        (diverting(EVENINGS), None, TUESDAY_NIGHT + timedelta(days=1), None),
        (diverting(CLOSED), None, TUESDAY_NIGHT, ALWAYS),
        (diverting(CLOSED), None, TUESDAY_NOON, None),
        (diverting(OPEN), Outcome.UNREACHABLE, TUESDAY_NOON, UNREACHABLE),
        (diverting(OPEN), Outcome.UNREACHABLE, TUESDAY_NIGHT, None),
        # Without a clock her phones ring first, and who is not answered there is sent on.
        (diverting(), None, None, ALWAYS),
        (diverting(EVENINGS), None, None, None),
        (diverting(CLOSED), None, None, None),
        (diverting(EVENINGS), Outcome.NO_ANSWER, None, NO_ANSWER),
        (diverting(CLOSED), Outcome.BUSY, None, BUSY),
    ],
)
def test_which_diversion_holds(boris: Extension, outcome: Outcome | None, now: datetime | None, taken: Held) -> None:
    office = small_office()
    if outcome is None:
        assert before_ringing(office, boris, now) == taken
    else:
        assert after_ringing(office, boris, outcome, now) == taken


@pytest.mark.parametrize("now", [TUESDAY_NOON, None])
def test_hours_switched_by_hand_count_also_without_a_clock(now: datetime | None) -> None:
    office = small_office(opening_hours={"office": OpeningHours(weekly={}, override="closed")})
    assert before_ringing(office, diverting(CLOSED), now) == ALWAYS
    assert after_ringing(office, diverting(OPEN), Outcome.BUSY, now) is None


def following(*stages: FollowStage, **settings: object) -> Configuration:
    people = small_office().extensions
    return small_office(extensions={**people, "202": person("Boris", "202", follow_me=stages, **settings)})


def test_without_stages_the_phones_ring() -> None:
    assert stages_for(following(divert=Diversion(after_seconds=7)), "202") == (PersonStage(("202",), 7),)


def test_stages_name_the_desk_the_mobile_others_and_groups() -> None:
    office = following(
        FollowStage(members=("desk",), seconds=5),
        FollowStage(members=("desk", "mobile"), seconds=10),
        FollowStage(members=("203", f"outside:{CUSTOMER}", "ring_group:sales")),
        mobile=MOBILE,
    )
    assert check(office) == ()
    assert stages_for(office, "202") == (
        PersonStage(("202",), 5),
        PersonStage(("202", f"outside:{MOBILE}"), 10),
        PersonStage(("203", f"outside:{CUSTOMER}", "201"), 15),
    )


def test_who_is_not_to_be_disturbed_is_not_disturbed_at_the_mobile_either() -> None:
    stages = (FollowStage(members=("desk", "mobile"), seconds=5), FollowStage(members=("mobile", "201"), seconds=9))
    quiet = following(*stages, mobile=MOBILE, do_not_disturb=True)
    assert stages_for(quiet, "202") == (PersonStage(("201",), 9),)
    alone = following(stages[0], mobile=MOBILE, do_not_disturb=True)
    assert stages_for(alone, "202") == (PersonStage(("202",), 20),), "the desk says that she is busy"


@pytest.mark.parametrize(
    ("extension", "path", "cause"),
    [
        ({"divert": {"when": {"busy": {"hours": "office"}}}}, "divert.when.busy", "There is no `busy`"),
        ({"divert": {"busy": "hang_up", "when": {"busy": {}}}}, "divert.when.busy", "Name opening hours"),
        (
            {"divert": {"busy": "hang_up", "when": {"busy": {"hours": "offise"}}}},
            "divert.when.busy.hours",
            'Did you mean "office"',
        ),
        (
            {"divert": {"busy": "hang_up", "when": {"busy": {"hours": "office", "weekly": {"mon": ["9:00-10:00"]}}}}},
            "divert.when.busy.weekly",
            "keep one",
        ),
        (
            {"divert": {"busy": "hang_up", "when": {"busy": {"weekly": {"mo": []}}}}},
            "divert.when.busy.weekly.mo",
            'Did you mean "mon"',
        ),
        (
            {"divert": {"busy": "hang_up", "when": {"busy": {"weekly": {"mon": ["18-23"]}}}}},
            "divert.when.busy.weekly.mon.1",
            "is no period",
        ),
        ({"divert": {"bussy": "hang_up"}}, "divert.bussy", 'Did you mean "busy"'),
        ({"divert": {"when": {"bussy": {}}}}, "divert.when.bussy", "cannot be its name"),
        ({"divert": {"show": "callers"}}, "divert.show", 'Did you mean "caller"'),
        ({"divert": {"allowed": ["112"]}}, "divert.allowed.1", "a whole number"),
        ({"follow_me": [{"members": []}]}, "follow_me.1.members", "at least one"),
        ({"follow_me": [{"members": ["desk"], "seconds": 0}]}, "follow_me.1.seconds", "more than 0"),
        ({"follow_me": [{"members": ["desk", "desk"]}]}, "follow_me.1.members.2", "already"),
        ({"follow_me": [{"members": ["mobile"]}]}, "follow_me.1.members.1", "has no `mobile`"),
        ({"follow_me": [{"members": ["202"]}]}, "follow_me.1.members.1", 'Did you mean "desk"'),
        ({"follow_me": [{"members": ["ring_group:sale"]}]}, "follow_me.1.members.1", 'Did you mean "ring_group:sales"'),
        ({"follow_me": [{"members": ["outside:112"]}]}, "follow_me.1.members.1", "names no number"),
        ({"follow_me": [{"members": ["desks"]}]}, "follow_me.1.members.1", 'Did you mean "desk"'),
    ],
)
def test_every_mistake_is_told_with_its_place(extension: dict[str, object], path: str, cause: str) -> None:
    plain = to_plain(small_office())
    plain["extensions"]["202"] = {"name": "Boris", **extension}
    with pytest.raises(ConfigurationInvalid) as refused:
        from_plain(plain)
    found = [str(mistake) for mistake in refused.value.mistakes if mistake.path == f"extensions.202.{path}"]
    assert found and cause in found[0], refused.value.mistakes


def test_a_circle_that_holds_only_at_times_is_a_warning() -> None:
    evenings = {DivertRule.ALWAYS: EVENINGS}
    office = small_office(
        extensions={
            "201": person("Anna", "201", divert=Diversion(always="extension:202", when=evenings)),
            "202": person("Boris", "202", divert=Diversion(always="extension:201")),
        },
        ring_groups={},
        inbound_routes=(),
        doors={},
    )
    assert check(office) == ()
    assert [warning.path for warning in find_warnings(office)][:1] == ["extensions.201.divert.always"]
