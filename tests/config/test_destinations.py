"""Destinations as text and as types."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.destinations import (
    BadDestination,
    Destination,
    HangUp,
    ToExtension,
    ToMenu,
    ToOutside,
    ToQueue,
    ToRingGroup,
    ToVoicemail,
    parse_destination,
)


@pytest.mark.parametrize(
    ("text", "destination"),
    [
        ("extension:201", ToExtension("201")),
        ("ring_group:sales", ToRingGroup("sales")),
        ("queue:support", ToQueue("support")),
        ("queue:support+2", ToQueue("support", 2)),
        ("menu:main", ToMenu("main")),
        ("voicemail:201", ToVoicemail("201")),
        ("outside:+37120000000", ToOutside("+37120000000")),
        ("hang_up", HangUp()),
    ],
)
def test_a_destination_is_read_and_written(text: str, destination: Destination) -> None:
    assert parse_destination(text) == destination
    assert str(destination) == text


@pytest.mark.parametrize(
    "text", ["", "201", "extension", "extension:", "hang_up:", "outside:112", "outside:+3712", "fax:x"]
)
def test_what_is_no_destination_is_refused_with_the_next_step(text: str) -> None:
    with pytest.raises(BadDestination) as refused:
        parse_destination(text)
    assert refused.value.next_step


@given(st.text(max_size=30))
def test_any_text_is_a_destination_or_refused(text: str) -> None:
    try:
        assert str(parse_destination(text)) == text
    except BadDestination:
        pass
