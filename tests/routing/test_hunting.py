"""Who rings when."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import HuntStrategy, RingGroup
from appliance.routing.hunting import Stage, stages

MEMBERS = ("201", "202", "outside:+37120000001")


def group(strategy: HuntStrategy, members: tuple[str, ...] = MEMBERS) -> RingGroup:
    return RingGroup(name="Sales", number="600", members=members, strategy=strategy, ring_seconds=10)


def test_all_at_once() -> None:
    assert stages(group(HuntStrategy.RING_ALL), ()) == [Stage(MEMBERS, 10)]


def test_one_after_the_other() -> None:
    assert stages(group(HuntStrategy.LINEAR), ()) == [Stage((member,), 10) for member in MEMBERS]


def test_one_after_the_other_passes_over_who_was_rung_before() -> None:
    rung = ("201", "+37120000001")
    assert stages(group(HuntStrategy.LINEAR), rung) == [Stage(("202",), 10)]
    assert len(stages(group(HuntStrategy.LINEAR), (*rung, "202"))) == 3


def test_each_stage_adds_one_while_the_earlier_go_on() -> None:
    assert stages(group(HuntStrategy.ASCENDING), ()) == [
        Stage(("201",), 10),
        Stage(("201", "202"), 10),
        Stage(MEMBERS, 10),
    ]


@given(
    st.sampled_from(list(HuntStrategy)),
    st.lists(st.sampled_from([*MEMBERS, "203"]), max_size=6),
    st.lists(st.sampled_from(["201", "202", "203", "+37120000001"])),
)
def test_every_member_who_was_not_rung_gets_a_turn_and_no_stage_is_empty(
    strategy: HuntStrategy, members: list[str], history: list[str]
) -> None:
    planned = stages(group(strategy, tuple(members)), history)
    assert all(stage.members and len(set(stage.members)) == len(stage.members) for stage in planned)
    rung = {member.removeprefix("outside:") for stage in planned for member in stage.members}
    assert {member.removeprefix("outside:") for member in members} - set(history) <= rung
    assert bool(planned) == bool(members)
