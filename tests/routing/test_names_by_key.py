"""People by the letters of their names on the keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.routing.names_by_key import find_people, spellings_on_keys
from tests.flows.offices import person, small_office

PEOPLE = {
    "201": person("Anna Bērziņa", "201"),
    "202": person("Борис Щукин", "202"),
    "203": person("Žanis Ķēniņš", "203"),
    "204": person("Оксана Гнатюк-Їжак", "204"),
    "205": person("Anna Ozola", "205"),
    "206": person("O'Neil 3", "206"),
}
OFFICE = small_office(extensions=PEOPLE)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("2662", ("201", "205")),  # Anna, by name
        ("237946", ("201",)),  # Bērziņa without its marks
        ("26747", ("202",)),  # Boris in Latin letters
        ("25646", ("202",)),  # Борис on a phone with Cyrillic letters
        ("7424", ("202",)),  # Shchukin
        ("92647", ("203",)),  # Žanis
        ("536467", ("203",)),  # Ķēniņš
        ("54", ("204",)),  # Їжак: ji
        ("4", ()),  # too few letters
        ("43", ("204",)),  # Їж
        ("9999", ()),
        ("", ()),
    ],
)
def test_people_are_found(keys: str, found: tuple[str, ...]) -> None:
    assert find_people(OFFICE, keys) == found


@given(st.text(max_size=30))
def test_any_name_can_be_looked_for(name: str) -> None:
    assert all(spelling.isascii() and spelling.isdigit() for spelling in spellings_on_keys(name))
