"""Who calls, and which callers a pattern means."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Configuration, Contact, ContactManager
from appliance.routing.callers import colleague, is_meant, rings_at_night, who_calls, who_is
from tests.flows.callers import BERZINA, IVANOV, PEST, SPAMMER, office_with_contacts
from tests.flows.offices import CUSTOMER

OFFICE = office_with_contacts(night=("region:riga",))
RIGA = "+37167123456"
CALLERS = {"berzina": BERZINA, "ivanov": IVANOV, "stranger": CUSTOMER, "riga": RIGA, "spam": SPAMMER, "nobody": ""}


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("withheld", {"nobody"}),
        ("vip", {"berzina"}),
        ("contact", {"berzina", "ivanov"}),
        ("unknown", {"stranger", "riga", "spam"}),
        ("spam", {"spam"}),
        ("list:key-accounts", {"berzina"}),
        ("list:no-such-list", set()),
        ("region:riga", {"riga"}),
        ("region:nowhere", set()),
        (BERZINA, {"berzina"}),
        ("26 000 001", {"berzina"}),
        ("00371 26-000-001", {"berzina"}),
        ("+37126*", {"berzina", "ivanov"}),
        ("26*", {"berzina", "ivanov"}),
        ("+*", {"berzina", "ivanov", "stranger", "riga", "spam"}),
        ("", set()),
    ],
)
def test_a_pattern_means_some_callers(pattern: str, meant: set[str]) -> None:
    found = {name for name, number in CALLERS.items() if is_meant(OFFICE, pattern, who_calls(OFFICE, number))}
    assert found == meant


@pytest.mark.parametrize(
    ("shown", "network_name", "number", "name"),
    [
        (BERZINA, "", BERZINA, "Anna Berzina"),
        ("26000001", "BERZINA A", BERZINA, "Anna Berzina"),
        (CUSTOMER, "", CUSTOMER, ""),
        (CUSTOMER, "LMT", CUSTOMER, "LMT"),
        (SPAMMER, "", SPAMMER, f"Spam? {SPAMMER}"),
        (SPAMMER, "Win a prize", SPAMMER, "Spam? Win a prize"),
        (CUSTOMER, ' L\r\nVia: "evil"\x00 ', CUSTOMER, 'L Via: "evil"'),
        (CUSTOMER, "x" * 500, CUSTOMER, "x" * 80),
        ("anonymous", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_display_shows_what_is_known(*, shown: str, network_name: str, number: str, name: str) -> None:
    caller = who_calls(OFFICE, shown, network_name)
    assert (caller.number, caller.shown_name) == (number, name)


def test_a_contact_is_not_taken_for_spam() -> None:
    friend = Contact(name="Friend", numbers=(SPAMMER,))
    office = office_with_contacts()
    office = Configuration(name="O", default_desk="hang_up", contacts={"f": friend}, screening=office.screening)
    assert who_calls(office, SPAMMER).shown_name == "Friend"


def test_a_local_number_is_made_whole_by_the_offices_area() -> None:
    office = Configuration(
        name="O",
        country="UA",
        default_desk="hang_up",
        contacts={"neighbour": Contact(name="Neighbour", numbers=("+380442345678",))},
        contact_manager=ContactManager(area_prefix="044"),
    )
    assert who_calls(office, "2345678").name == "Neighbour"


def test_a_customer_number_makes_the_caller_known() -> None:
    caller = who_calls(OFFICE, CUSTOMER)
    known = who_is(OFFICE, caller, "4711")
    assert known is not None and (known.number, known.name, known.key) == (CUSTOMER, "Anna Berzina", "berzina")
    assert who_is(OFFICE, caller, "9999") is None
    assert who_is(OFFICE, caller, "") is None


def test_the_night_list_and_the_contacts_own_word_let_callers_ring_at_night() -> None:
    at_night = {name for name, number in CALLERS.items() if rings_at_night(OFFICE, who_calls(OFFICE, number))}
    assert at_night == {"berzina", "riga"}


def test_a_colleague_is_neither_unknown_nor_withheld() -> None:
    caller = colleague("201", "Anna")
    assert not any(is_meant(OFFICE, pattern, caller) for pattern in ("unknown", "withheld", "contact", "spam"))


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_caller_and_any_pattern_can_be_compared(shown: str, pattern: str) -> None:
    is_meant(OFFICE, pattern, who_calls(OFFICE, shown))


def test_looking_up_a_caller_does_not_take_longer_in_a_thick_phone_book() -> None:
    """Ten thousand contacts: a scan would take a thousand times as long as the look-up."""
    contacts = {f"c{n}": Contact(name=f"C {n}", numbers=(f"+3712{n:07}",)) for n in range(10_000)}
    office = Configuration(name="O", default_desk="hang_up", contacts=contacts)
    assert who_calls(office, "+37120009999").name == "C 9999"
    began = time.perf_counter()
    for n in range(100):
        assert who_calls(office, f"+3712{n:07}").name == f"C {n}"
    assert (time.perf_counter() - began) / 100 < 0.002
    assert PEST not in contacts
