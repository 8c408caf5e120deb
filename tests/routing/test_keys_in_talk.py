"""Codes among the keys of a talk, whatever the time between them."""

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.facts import Digit
from appliance.config.loading import check
from appliance.config.models import Configuration, Extension, FeatureCodes, TalkFeature
from appliance.routing.code_presets import USUAL_IN_TALK
from appliance.routing.keys_in_talk import KeysInTalk, Read
from appliance.routing.talk_codes import talk_codes

BLIND, ATTENDED, THREE = TalkFeature.BLIND_TRANSFER, TalkFeature.ATTENDED_TRANSFER, TalkFeature.THREE_WAY
CODES = {"##": BLIND, "*2": ATTENDED, "*21": THREE}
WITHIN = 1.5


def office(**in_talk: tuple[str, ...]) -> Configuration:
    return Configuration(
        name="Office",
        default_desk="extension:201",
        extensions={"201": Extension(name="Anna")},
        codes=FeatureCodes(in_talk={TalkFeature(name): keys for name, keys in in_talk.items()}),
    )


def read_all(presses: list[tuple[float, str]], codes: Mapping[str, TalkFeature] = CODES) -> list[tuple[float, str]]:
    """Each code by its name and each key left alone, with the moment it was decided."""
    keys, read = KeysInTalk(codes, WITHIN), []

    def took(at: float, found: list[Read]) -> None:
        read.extend((at, one.digit if isinstance(one, Digit) else one.value) for one in found)

    for at, key in presses:
        while keys.due <= at:
            took(keys.due, keys.time_passes(keys.due))
        took(at, keys.press(Digit(key), at))
    while keys.due < math.inf:
        took(keys.due, keys.time_passes(keys.due))
    return read


@pytest.mark.parametrize(
    ("presses", "read"),
    [
        ([], []),
        ([(0, "5")], [(0, "5")]),
        ([(0, "#"), (1, "#")], [(1, BLIND)]),
        # Alone, or too late to be a code: the other party gets it.
        ([(0, "#")], [(1.5, "#")]),
        ([(0, "#"), (1.6, "#")], [(1.5, "#"), (3.1, "#")]),
        ([(0, "#"), (1.5, "#")], [(1.5, "#"), (3.0, "#")]),
        # What cannot become a code is not kept.
        ([(0, "*"), (1, "5")], [(1, "*"), (1, "5")]),
        ([(0, "*"), (0.1, "#"), (0.2, "#")], [(0.1, "*"), (0.2, BLIND)]),
        # One code that begins with another: the time decides.
        ([(0, "*"), (1, "2")], [(2.5, ATTENDED)]),
        ([(0, "*"), (1, "2"), (2, "1")], [(2, THREE)]),
        ([(0, "*"), (1, "2"), (3, "1")], [(2.5, ATTENDED), (3, "1")]),
        ([(0, "*"), (1, "2"), (2, "9")], [(2, ATTENDED), (2, "9")]),
        ([(0, "#"), (0.1, "#"), (0.2, "#"), (0.3, "#")], [(0.1, BLIND), (0.3, BLIND)]),
    ],
)
def test_keys_are_read_as_codes_or_left_alone(presses: list[tuple[float, str]], read: list[tuple[float, str]]) -> None:
    assert read_all(presses) == read


def test_without_codes_no_key_waits() -> None:
    assert read_all([(0, "#"), (0, "*"), (9, "2")], {}) == [(0, "#"), (0, "*"), (9, "2")]


@st.composite
def evenings(draw: st.DrawFn) -> list[tuple[float, str]]:
    """Keys with pauses around the time that counts."""
    presses, at = [], 0.0
    for key in draw(st.lists(st.sampled_from("*#1259"), max_size=12)):
        at += draw(st.sampled_from((0.0, 0.1, 1.4999, 1.5, 1.6, 40.0)))
        presses.append((at, key))
    return presses


@given(evenings())
def test_no_key_is_lost_doubled_or_out_of_order_and_none_waits_longer_than_it_must(
    presses: list[tuple[float, str]],
) -> None:
    keys_of = {feature.value: keys for keys, feature in CODES.items()}
    read = read_all(presses)
    assert "".join(keys_of.get(one, one) for _, one in read) == "".join(key for _, key in presses)
    position = 0
    for at, one in read:
        first = presses[position][0]
        position += len(keys_of.get(one, one))
        assert first <= at <= first + len(keys_of.get(one, "12")) * WITHIN
        assert presses[position - 1][0] <= at


@given(evenings())
def test_what_is_read_is_the_longest_code_of_each_burst(presses: list[tuple[float, str]]) -> None:
    bursts: list[str] = []
    last = -math.inf
    for at, key in presses:
        if at >= last + WITHIN:
            bursts.append("")
        bursts[-1] += key
        last = at
    expected: list[str] = []
    while bursts:
        burst = bursts.pop(0)
        code = max((code for code in CODES if burst.startswith(code)), key=len, default=burst[0])
        expected.append(CODES[code].value if code in CODES else code)
        if rest := burst[len(code) :]:
            bursts.insert(0, rest)
    assert [one for _, one in read_all(presses)] == expected


def test_own_keys_take_the_place_of_the_usual_ones_and_a_doors_key_comes_first() -> None:
    changed = office(blind_transfer=("*03",), three_way=())
    assert talk_codes(changed) == {"*03": BLIND, "*2": ATTENDED} | {
        keys: feature
        for feature, usual in USUAL_IN_TALK.items()
        for keys in usual
        if feature not in (BLIND, ATTENDED, THREE)
    }
    assert "##" not in talk_codes(office(), but="#") and "*2" in talk_codes(office(), but="#")


def test_the_usual_codes_can_stand_beside_each_other() -> None:
    assert check(office()) == ()


def test_the_same_keys_for_two_features_are_a_mistake_at_the_own_one() -> None:
    (mistake,) = check(office(three_way=("*2",)))
    assert mistake.path == "codes.in_talk.three_way"
    assert mistake.cause == "*2 during a talk is already the code of attended_transfer; give one of them other keys."


@pytest.mark.parametrize("keys", ["#", "5", "12", "*n", "*123456", ""])
def test_keys_that_would_be_kept_from_every_menu_are_a_mistake(keys: str) -> None:
    (mistake,) = check(office(three_way=(keys,)))
    assert mistake.path == "codes.in_talk.three_way.1" and "2 to 5 keys" in mistake.cause


def test_every_feature_of_a_talk_has_usual_keys() -> None:
    assert set(USUAL_IN_TALK) == set(TalkFeature)
