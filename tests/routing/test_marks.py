"""Marks of callers: listed, set and taken off."""

import pytest

from appliance.config.loading import check
from appliance.config.models import Configuration, Contact, Screening
from appliance.routing.marks import Mark, MarkKind, NoSuchMark, marked, marks
from tests.flows.offices import CUSTOMER, small_office

ANNA = "+37126000001"
OFFICE = small_office(
    contacts={"anna": Contact(name="Anna Berzina", numbers=(ANNA,), vip=True, rings_at_night=True)},
    screening=Screening(blocked=(CUSTOMER,), spam=("+37190*",), night=("list:x",)),
    contact_lists=("x",),
)


def kinds(configuration: Configuration) -> list[tuple[str, str]]:
    return [(mark.kind, mark.who) for mark in marks(configuration)]


def test_every_mark_is_listed_with_whose_it_is() -> None:
    assert list(marks(OFFICE)) == [
        Mark(MarkKind.BLOCKED, CUSTOMER, "", (CUSTOMER,)),
        Mark(MarkKind.SPAM, "+37190*", "", ("+37190*",)),
        Mark(MarkKind.NIGHT, "list:x", "", ("list:x",)),
        Mark(MarkKind.NIGHT, "contact:anna", "Anna Berzina", (ANNA,)),
        Mark(MarkKind.VIP, "contact:anna", "Anna Berzina", (ANNA,)),
    ]


def test_each_mark_can_be_taken_off_and_put_back() -> None:
    assert not check(OFFICE)
    for kind, who in kinds(OFFICE):
        without = marked(OFFICE, kind, who, on=False)
        assert kinds(without) == [one for one in kinds(OFFICE) if one != (kind, who)]
        assert kinds(marked(without, kind, who, on=True)) == kinds(OFFICE)
        assert marked(OFFICE, kind, who, on=True) == OFFICE


def test_who_is_a_contact_is_marked_as_vip_by_a_number() -> None:
    without = marked(OFFICE, "vip", ANNA, on=False)
    assert kinds(marked(without, "vip", "26000001", on=True)) == kinds(OFFICE)


@pytest.mark.parametrize(
    ("kind", "who", "on", "cause"),
    [
        ("golden", CUSTOMER, True, "is no mark"),
        ("vip", CUSTOMER, True, "belongs to no contact"),
        ("vip", "contact:nobody", True, 'no contact "nobody"'),
        ("spam", "contact:anna", True, "cannot be marked as spam"),
        ("blocked", "contact:anna", False, "Anna Berzina is not marked as blocked"),
        ("spam", CUSTOMER, False, "not marked as spam"),
        ("blocked", "112", True, "must not be blocked"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_the_cause(kind: str, who: str, on: bool, cause: str) -> None:
    with pytest.raises(NoSuchMark, match=cause):
        marked(OFFICE, kind, who, on=on)
