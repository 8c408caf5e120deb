"""YAML as text: its own mistakes, and texts that mean harm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.text import read_yaml, write_yaml


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: [1, 2\n", 3, "column 1"),
        ("a: 1\n\tb: 2\n", 2, "tab"),
        ("a: 'x\n", 2, "quoted"),
        ("a: 1\n b: 2\n", 2, "column 3"),
        ("--- a\n--- b\n", 2, "single document"),
        ("a: *nowhere\n", 1, "alias"),
        ("a\0b", None, "not YAML"),
        ("a: \ud800", None, "half"),
        ("[" * 900 + "]" * 900, 1, "deep"),
    ],
)
def test_what_is_no_yaml_is_refused_with_line_and_column(text: str, line: int | None, word: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        read_yaml(text)
    (mistake,) = refused.value.mistakes
    assert mistake.line == line and word in mistake.cause


def test_a_name_written_twice_is_reported_with_both_lines() -> None:
    (mistake,) = read_yaml("a:\n  b: 1\n  c: 2\n  b: 3\n").mistakes
    assert (mistake.path, mistake.line) == ("a.b", 4) and "line 2" in mistake.cause


def test_aliases_that_would_grow_are_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 12)]
    began = time.perf_counter()
    document = read_yaml("\n".join(rows))
    assert document.mistakes and time.perf_counter() - began < 1


def test_nothing_is_constructed_by_a_tag() -> None:
    document = read_yaml("a: !!python/object/apply:os.system ['true']\nb: !!int 5\n")
    assert document.data == {"a": ["true"], "b": "5"}


def test_only_a_plain_null_is_nothing() -> None:
    assert read_yaml("a: null\nb: 'null'\nc:\nd: ''\ne: ~\n").data == {
        "a": None,
        "b": "null",
        "c": None,
        "d": "",
        "e": None,
    }


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_yaml(text)
    except ConfigurationInvalid as refused:
        assert refused.mistakes


@pytest.mark.parametrize("text", ["\x85", "a\u2028b", "\u2029", "a\x85 b: c", "0123", "no", "~", ""])
def test_odd_texts_read_back(text: str) -> None:
    assert read_yaml(write_yaml({text: [text]})).data == {text: [text]}


_words = st.text(st.characters(exclude_categories=("Cs",)))


@given(st.recursive(_words, lambda inner: st.lists(inner) | st.dictionaries(_words, inner), max_leaves=8))
def test_texts_are_written_so_that_they_read_back(data: object) -> None:
    assert read_yaml(write_yaml({"data": data})).data == {"data": data}
