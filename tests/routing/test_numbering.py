"""What dialled digits and callers' numbers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Configuration, Extension, Feature, RingGroup
from appliance.routing.numbering import (
    AnyDialled,
    DialledCode,
    DialledEmergency,
    DialledExtension,
    DialledGroup,
    DialledNothing,
    DialledOutside,
    DialledPark,
    DialledSlot,
    ShortNumberUse,
    caller_number,
    classify_dialled,
    short_number_use,
    spellings,
    to_e164,
)

OFFICE = Configuration(
    name="Office",
    country="LV",
    default_desk="extension:201",
    extensions={"201": Extension(name="Anna"), "202": Extension(name="Boris"), "1188": Extension(name="Cellar")},
    ring_groups={"sales": RingGroup(name="Sales", number="600", members=("201", "202"))},
)

MEANINGS = [
    ("201", DialledExtension("201")),
    ("2 0-1", DialledExtension("201")),
    ("201#", DialledExtension("201")),
    ("1188", DialledExtension("1188")),
    ("600", DialledGroup("sales")),
    ("*97", DialledCode(Feature.OWN_MAILBOX)),
    ("*98", DialledCode(Feature.ANY_MAILBOX)),
    ("*98202", DialledCode(Feature.ANY_MAILBOX, "202")),
    ("*98299", DialledCode(Feature.ANY_MAILBOX, "299")),
    ("70", DialledPark()),
    ("71", DialledSlot("71")),
    ("79", DialledSlot("79")),
    ("80", DialledNothing()),
    ("*8", DialledCode(Feature.PICKUP)),
    ("**202", DialledCode(Feature.DIRECTED_PICKUP, "202")),
    ("**299", DialledCode(Feature.DIRECTED_PICKUP, "299")),
    ("**", DialledNothing()),
    ("*43", DialledCode(Feature.ECHO_TEST)),
    ("*43#", DialledCode(Feature.ECHO_TEST)),
    ("*3667123456", DialledCode(Feature.OPEN_DOOR, "123456")),
    ("*9999123456", DialledNothing()),
    ("112", DialledEmergency("112")),
    ("1 1 2", DialledEmergency("112")),
    ("112#", DialledEmergency("112")),
    ("110", DialledEmergency("110")),
    ("113", DialledEmergency("113")),
    ("03", DialledEmergency("03")),
    ("29999999", DialledOutside("+37129999999")),
    ("29 999-999", DialledOutside("+37129999999")),
    ("+37129999999", DialledOutside("+37129999999")),
    ("0037129999999", DialledOutside("+37129999999")),
    ("00442079460018", DialledOutside("+442079460018")),
    ("116111", DialledOutside("116111")),
    ("299", DialledNothing()),
    ("999", DialledNothing()),
    ("", DialledNothing()),
    ("#", DialledNothing()),
    ("*", DialledNothing()),
    ("anna", DialledNothing()),
    ("1800FLOWERS", DialledNothing()),
    ("+", DialledNothing()),
    ("++37129999999", DialledNothing()),
    ("٢٩٩٩٩٩٩٩", DialledNothing()),
    ("9" * 40, DialledNothing()),
]


@pytest.mark.parametrize(("dialled", "meaning"), MEANINGS, ids=[dialled or "nothing" for dialled, _ in MEANINGS])
def test_what_is_dialled_has_one_meaning(dialled: str, meaning: AnyDialled) -> None:
    assert classify_dialled(OFFICE, dialled) == meaning


EMERGENCY = {
    "LV": ("112", "110", "113", "01", "02", "03"),
    "GB": ("112", "999"),
    "US": ("112", "911"),
    "UA": ("112", "101", "102", "103"),
    "DE": ("112", "110"),
    "ZZ": ("112",),
}


@pytest.mark.parametrize(("country", "number"), [(country, n) for country, all in EMERGENCY.items() for n in all])
def test_an_emergency_number_is_shadowed_by_nothing(country: str, number: str) -> None:
    office = Configuration(
        name="Office",
        country=country,
        default_desk="extension:201",
        extensions={number: Extension(name="Shadow")},
        ring_groups={"shadow": RingGroup(name="Shadow", number=number, members=())},
    )
    assert classify_dialled(office, number) == DialledEmergency(number)


def test_the_emergency_number_of_another_country_may_be_an_extension() -> None:
    office = Configuration(name="O", country="LV", default_desk="x", extensions={"911": Extension(name="Nine")})
    assert classify_dialled(office, "911") == DialledExtension("911")


@given(st.text(max_size=30))
def test_anything_dialled_means_something_and_never_raises(dialled: str) -> None:
    assert isinstance(classify_dialled(OFFICE, dialled), AnyDialled)


@given(st.text(alphabet="0123456789*#+", max_size=12))
def test_outside_numbers_are_e164_or_short_numbers(dialled: str) -> None:
    meaning = classify_dialled(OFFICE, dialled)
    if isinstance(meaning, DialledOutside):
        assert meaning.number.startswith("+") or len(meaning.number) <= 6


@pytest.mark.parametrize(
    ("country", "shown", "number"),
    [
        ("LV", "+37129999999", "+37129999999"),
        ("LV", "0037129999999", "+37129999999"),
        ("LV", "29999999", "+37129999999"),
        ("GB", "02079460018", "+442079460018"),
        ("US", "+1 (212) 555-0123", "+12125550123"),
        ("US", "5550123", "5550123"),
        ("LV", "", ""),
        ("LV", " Anonymous ", ""),
        ("LV", "P", ""),
        ("LV", "1188", "1188"),
        ("LV", "LMT", "LMT"),
        # Operators of SIP lines leave the plus out.
        ("LV", "37129999999", "+37129999999"),
        ("LV", "79161234567", "+79161234567"),
        ("RU", "79161234567", "+79161234567"),
        ("RU", "9161234567", "+79161234567"),
        ("RU", "37129999999", "+37129999999"),
        ("UA", "380931700000", "+380931700000"),
        ("LV", "999999999999", "999999999999"),
    ],
)
def test_a_caller_has_one_spelling(country: str, shown: str, number: str) -> None:
    assert caller_number(country, shown) == number


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_e164_stays_what_it_is(number: str) -> None:
    whole = to_e164("LV", number)
    assert whole is None or to_e164("US", whole) == whole


def test_spellings_are_those_people_of_the_country_use() -> None:
    assert spellings("LV", "+37129999999") == ("+37129999999", "0037129999999", "29999999")
    assert spellings("GB", "+442079460018") == ("+442079460018", "00442079460018", "02079460018", "2079460018")
    assert spellings("LV", "+442079460018") == ("+442079460018", "00442079460018")


def test_short_numbers_that_cost_extra_are_not_ordinary() -> None:
    assert short_number_use("LV", "116111") is ShortNumberUse.ORDINARY
    assert short_number_use("LV", "118") is ShortNumberUse.NONE
    assert {short_number_use("FR", number) for number in ("3200", "118712")} == {ShortNumberUse.PREMIUM}
