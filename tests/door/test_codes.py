"""Codes: what is too easy, and that what is kept does not tell."""

from __future__ import annotations

import pytest

from appliance.door.codes import PersonCode, hashed, matches, why_trivial


@pytest.mark.parametrize(
    "code",
    [
        "123", "1234567890123", "12a4", "", "٤٧١١", " 4711",
        "0000", "111111", "1212", "123123", "47114711",
        "1234", "4321", "7890", "890123", "098765",
        "1999", "2026", "201947", "9201", "00371", "555123",
    ],
)  # fmt: skip
def test_codes_that_are_too_easy_are_refused(code: str) -> None:
    assert why_trivial(code, ["201", "+371 20 555-123", "00371"]) is not None


@pytest.mark.parametrize("code", ["4711", "1357", "836251", "2100", "0815", "190047"])
def test_other_codes_are_accepted(code: str) -> None:
    assert why_trivial(code, ["201", "+37120555123", ""]) is None


def test_only_the_right_code_matches_what_is_kept() -> None:
    kept = hashed("836251")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != hashed("836251")
    assert matches("836251", kept)
    assert not matches("836252", kept)
    assert not matches("", kept)


def test_a_broken_hash_matches_nothing() -> None:
    for broken in ("", "836251", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$"):
        assert not matches("836251", broken)


def test_nothing_printed_contains_the_hash() -> None:
    assert "argon2" not in repr(PersonCode(id="i1", person="anna", hash="$argon2id$...", tag=7))
