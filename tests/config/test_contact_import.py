"""Address books of other programs: every entry is read, told as a duplicate, or told as a mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.contact_files import AddressBook, Card, NoAddressBook, read_address_book
from appliance.config.contact_import import import_cards
from appliance.config.loading import check
from appliance.config.models import Contact, Language
from tests.flows.callers import BERZINA, CONTACTS, office_with_contacts
from tests.flows.offices import small_office

TABLE = """\
Name;Phone;Mobile;Language;Categories;VIP;Responsible;Customer number;Note;Birthday
Pēteris Kļava;67 123 456;29 111 111;lv;Key accounts;yes;202;1234;"likes
long notes";1970-01-01

"O'Neil; Anna";+353 1 234 5678 | +353872345678;;;;;;;;
"""

VCARDS = """\
BEGIN:VCARD
VERSION:3.0
FN:Оксана Шевченко
N:Шевченко;Оксана;;;
item1.TEL;TYPE=CELL:+380 50 123 45 67
TEL;VALUE=uri:tel:+380442345678
NOTE:Пише\\, не дзвонить\\nзранку
 і ввечері
CATEGORIES:Key accounts,Kyiv
END:VCARD
BEGIN:VCARD
VERSION:2.1
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C4=80=
boli=C5=86a
TEL;CELL:29222222
END:VCARD
"""


def test_a_table_is_read_with_its_heading() -> None:
    book = read_address_book(TABLE)
    assert book.ignored == ("Birthday",)
    assert [card.line for card in book.cards] == [2, 5]
    klava, oneil = book.cards
    assert klava.fields == {
        "name": ("Pēteris Kļava",),
        "numbers": ("67 123 456", "29 111 111"),
        "language": ("lv",),
        "lists": ("Key accounts",),
        "vip": ("yes",),
        "responsible": ("202",),
        "customer_number": ("1234",),
        "note": ("likes long notes",),
    }
    assert oneil.fields["numbers"] == ("+353 1 234 5678", "+353872345678")


def test_vcards_of_all_versions_are_read() -> None:
    assert read_address_book(VCARDS).cards == (
        Card(
            line=1,
            fields={
                "name": ("Оксана Шевченко",),
                "numbers": ("+380 50 123 45 67", "+380442345678"),
                "note": ("Пише, не дзвонить зранкуі ввечері",),
                "lists": ("Key accounts", "Kyiv"),
            },
        ),
        Card(line=11, fields={"name": ("Āboliņa",), "numbers": ("29222222",)}),
    )


@pytest.mark.parametrize("text", ["", "a picture", "name\nAnna", "number;note\n29111111;x", '"\nname;number'])
def test_what_is_no_address_book_is_said_so(text: str) -> None:
    with pytest.raises(NoAddressBook):
        read_address_book(text)


def test_cards_become_contacts() -> None:
    office = small_office(contact_lists=("key-accounts",))
    imported = import_cards(office, [*read_address_book(TABLE).cards, *read_address_book(VCARDS).cards])
    assert imported.mistakes == () and imported.completed == ()
    assert imported.added == ("Pēteris Kļava", "O'Neil; Anna", "Оксана Шевченко", "Āboliņa")
    assert imported.configuration.contact_lists == ("key-accounts", "kyiv")
    assert imported.configuration.contacts["pēteris-kļava"] == Contact(
        name="Pēteris Kļava",
        numbers=("+37167123456", "+37129111111"),
        language=Language.LV,
        lists=("key-accounts",),
        vip=True,
        responsible="202",
        customer_number="1234",
        note="likes long notes",
    )
    assert check(imported.configuration) == ()


def test_somebody_known_already_is_completed_and_nothing_of_him_is_lost() -> None:
    office = office_with_contacts()
    table = "name,number,note,responsible\nBerzina A,26000001;67000009,VIP of ours,203\nBerzina A,26000001,,"
    imported = import_cards(office, read_address_book(table).cards)
    berzina = imported.configuration.contacts["berzina"]
    assert berzina.numbers == (BERZINA, "+37167000009") and berzina.note == "VIP of ours"
    assert (berzina.name, berzina.responsible, berzina.vip) == ("Anna Berzina", "202", True)
    assert imported.added == () and len(imported.configuration.contacts) == len(CONTACTS)
    assert imported.completed == (
        'line 2: "Berzina A" has a number of the contact "Anna Berzina", which it completes.',
        'line 3: "Berzina A" has a number of the contact "Anna Berzina", which already says all of it.',
    )


def test_two_people_of_one_name_get_keys_of_their_own() -> None:
    table = "name,number\nAnna,29111111\nAnna,29111112\nAnna,\n"
    imported = import_cards(small_office(), read_address_book(table).cards)
    assert list(imported.configuration.contacts) == ["anna", "anna-2", "anna-3"]
    assert check(imported.configuration) == ()


def test_every_mistake_is_told_with_its_line() -> None:
    table = (
        "name,number,language,responsible,customer number,vip\n"
        "Anna,12,xx,2O1,none,perhaps\n"
        ",29111111,,,,\n"
        "Good,29111112,,,,\n"
    )
    imported = import_cards(small_office(), read_address_book(table).cards)
    assert [(mistake.line, mistake.path) for mistake in imported.mistakes] == [
        (2, "numbers"),
        (2, "language"),
        (2, "responsible"),
        (2, "customer_number"),
        (2, "vip"),
        (3, "name"),
    ]
    assert imported.mistakes[2].did_you_mean == "201"
    assert imported.added == ("Good",)


cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": st.tuples(cells)},
            optional={
                "numbers": st.tuples(cells, st.just("29111111")),
                "lists": st.tuples(cells),
                "note": st.tuples(cells),
            },
        ),
        max_size=6,
    )
)
def test_any_cards_become_a_valid_office_or_mistakes(entries: list[dict[str, tuple[str, ...]]]) -> None:
    cards = [
        Card(line=at, fields={key: said for key, texts in entry.items() if (said := tuple(filter(None, texts)))})
        for at, entry in enumerate(entries, 1)
    ]
    office = small_office()
    imported = import_cards(office, cards)
    told = {mistake.line for mistake in imported.mistakes}
    assert len(imported.added) + len(imported.completed) + len(told) == len(cards)
    assert not [mistake for mistake in check(imported.configuration) if not mistake.path.startswith("contacts")]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_address_book(text), AddressBook)
    except NoAddressBook:
        pass
