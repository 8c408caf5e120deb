"""What callers key in at a menu, whatever the time between the keys."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.routing.menu_keys import MOST_KEYS, Keyed, MenuChoice, MenuKeys, NumberDialled, Wrong, dialled_at
from tests.flows.menus import office_with_menus

CHOICES = frozenset("1239*")
NUMBERS = frozenset({"201", "202", "2021", "600"})
WITHIN = 2.0


def read_all(
    presses: list[tuple[float, str]], choices: frozenset[str] = CHOICES, numbers: frozenset[str] = NUMBERS
) -> list[tuple[float, str]]:
    """What was keyed in, each with the moment it was decided; what is wrong with a question mark before it."""
    keys, read = MenuKeys(choices, numbers, WITHIN), []

    def took(at: float, keyed: Keyed | None) -> None:
        match keyed:
            case MenuChoice(key=key):
                read.append((at, key))
            case NumberDialled(number=number):
                read.append((at, number))
            case Wrong(keys=wrong):
                read.append((at, f"?{wrong}"))

    for at, key in presses:
        while keys.due <= at:
            took(keys.due, keys.time_passes(keys.due))
        took(at, keys.press(key, at))
    took(keys.due, keys.time_passes(keys.due))
    assert keys.time_passes(math.inf) is None
    return read


@pytest.mark.parametrize(
    ("presses", "read"),
    [
        ([], []),
        # A key with which no number begins counts at once, and so does a number that cannot grow.
        ([(0, "1")], [(0, "1")]),
        ([(0, "9")], [(0, "9")]),
        ([(0, "6"), (1, "0"), (2, "0")], [(2, "600")]),
        # A key with which numbers begin waits for the next one.
        ([(0, "2")], [(2, "2")]),
        ([(0, "2"), (1, "0"), (2, "1")], [(2, "201")]),
        ([(0, "2"), (2, "0"), (2.5, "1")], [(2, "2"), (4.5, "?01")]),
        # A number that is the beginning of another one.
        ([(0, "2"), (1, "0"), (2, "2")], [(4, "202")]),
        ([(0, "2"), (1, "0"), (2, "2"), (3, "1")], [(3, "2021")]),
        # The hash key ends a number at once, also one that is none; alone it is nothing here.
        ([(0, "2"), (1, "0"), (1.5, "2"), (1.6, "#")], [(1.6, "202")]),
        ([(0, "2"), (1, "#")], [(1, "2")]),
        ([(0, "2"), (1, "0"), (2, "#")], [(2, "?20")]),
        ([(0, "#")], [(0, "?#")]),
        # The star begins anew; here it is a key of the menu as well.
        ([(0, "2"), (1, "0"), (2, "*")], [(2, "*")]),
        # The rest of a wrong number is not taken for keys of the menu.
        ([(0, "7"), (1, "1"), (2, "9")], [(4, "?719")]),
        ([(0, "2"), (1, "9"), (2, "1")], [(4, "?291")]),
    ],
)
def test_keys_are_read(presses: list[tuple[float, str]], read: list[tuple[float, str]]) -> None:
    assert read_all(presses) == read


@pytest.mark.parametrize(
    ("presses", "read"),
    [
        ([(0, "2"), (0.1, "0")], [(0, "2"), (0.1, "?0")]),
        ([(0, "7")], [(0, "?7")]),
        ([(0, "*"), (1, "1")], [(0, "*"), (1, "1")]),
    ],
)
def test_where_no_number_can_be_dialled_each_key_counts_at_once(
    presses: list[tuple[float, str]], read: list[tuple[float, str]]
) -> None:
    assert read_all(presses, numbers=frozenset()) == read


def test_a_star_that_means_nothing_begins_a_number_anew() -> None:
    presses = [(0.0, "2"), (0.5, "9"), (1.0, "*"), (3.5, "2"), (4.0, "0"), (4.5, "1")]
    assert read_all(presses, choices=frozenset("12")) == [(4.5, "201")]


def test_who_leans_on_a_key_hears_that_it_is_wrong() -> None:
    presses = [(at / 10, "7") for at in range(MOST_KEYS)]
    assert read_all(presses) == [((MOST_KEYS - 1) / 10, "?" + "7" * MOST_KEYS)]


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from("0123456789*#")), max_size=60))
def test_every_key_is_a_choice_a_number_wrong_or_taken_back(gaps: list[tuple[float, str]]) -> None:
    at, presses = 0.0, []
    for gap, key in gaps:
        at += gap
        presses.append((at, key))
    read = read_all(presses)
    assert [moment for moment, _ in read] == sorted(moment for moment, _ in read)
    for _, keyed in read:
        assert keyed in CHOICES or keyed in NUMBERS or keyed.startswith("?")
        assert keyed.removeprefix("?") not in CHOICES | NUMBERS or not keyed.startswith("?")
    pressed = "".join(key for _, key in presses)
    assert len("".join(keyed.lstrip("?") for _, keyed in read)) <= len(pressed)


def test_callers_dial_people_groups_rooms_and_menus_but_no_parking_slot() -> None:
    office = office_with_menus()
    assert set(dialled_at(office, office.menus["main"])) == {"201", "202", "203", "500", "600", "800"}
    assert dialled_at(office, office.menus["more"]) == {}
