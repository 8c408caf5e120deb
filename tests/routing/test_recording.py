"""Whose talks are recorded."""

import pytest

from appliance.calls.names import Party, PartyKind
from appliance.config.models import RecordTalks, RingGroup
from appliance.routing.recording import recording_of
from tests.flows.offices import CUSTOMER, MOBILE, person, small_office

ALWAYS, ON_DEMAND, NEVER = RecordTalks
ANNA, BORIS, DACE = (Party(kind=PartyKind.EXTENSION, number=number) for number in ("201", "202", "203"))
STRANGER = Party(kind=PartyKind.OUTSIDE, number=CUSTOMER)
WITHHELD = Party(kind=PartyKind.OUTSIDE, number="")
BORIS_MOBILE = Party(kind=PartyKind.OUTSIDE, number=MOBILE)
VISITOR = Party(kind=PartyKind.DOOR, number="front")


@pytest.mark.parametrize(
    ("parties", "recorded"),
    [
        ((STRANGER, ANNA), ALWAYS),
        ((STRANGER, BORIS), ON_DEMAND),
        ((STRANGER, DACE), NEVER),
        ((ANNA, BORIS), ALWAYS),
        ((ANNA, DACE), NEVER),
        ((STRANGER, ANNA, DACE), NEVER),
        ((STRANGER, BORIS_MOBILE), ON_DEMAND),
        ((STRANGER, WITHHELD), NEVER),
        ((VISITOR, BORIS), ON_DEMAND),
        ((), NEVER),
    ],
)
def test_one_who_is_never_recorded_counts_before_one_who_always_is(
    parties: tuple[Party, ...], recorded: RecordTalks
) -> None:
    office = small_office()
    office.extensions["201"] = person("Anna", "201", record=ALWAYS)
    office.extensions["203"] = person("Dace", "203", record=NEVER)
    assert recording_of(office, parties, ()) is recorded


@pytest.mark.parametrize(
    ("of_team", "parties", "recorded"),
    [
        (ALWAYS, (STRANGER, BORIS), ALWAYS),
        (NEVER, (STRANGER, BORIS), NEVER),
        (ON_DEMAND, (STRANGER, BORIS), ON_DEMAND),
        (ALWAYS, (STRANGER, DACE), NEVER),
        (ALWAYS, (STRANGER, WITHHELD), NEVER),
    ],
)
def test_the_team_for_which_a_call_was_taken_counts_too(
    of_team: RecordTalks, parties: tuple[Party, ...], recorded: RecordTalks
) -> None:
    groups = {"sales": RingGroup(name="Sales", number="600", members=("202",), record=of_team)}
    office = small_office(ring_groups=groups)
    office.extensions["203"] = person("Dace", "203", record=NEVER)
    assert recording_of(office, parties, ("ring_group:sales", "ring_group:gone")) is recorded
