"""Who calls, in every form a voice modem writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.modem.caller_id import CallerId, CallerIdReader


def read(*lines: str) -> CallerId | None:
    reader = CallerIdReader()
    for line in lines:
        reader.read(line)
    return reader.caller


@pytest.mark.parametrize(
    "lines, caller",
    [
        (["DATE=0117", "TIME=1452", "NMBR=8055554567", "NAME=SMITH J"], CallerId("8055554567", "SMITH J")),
        (["DATE = 1015", "TIME = 0901", "NMBR = 29123456"], CallerId("29123456")),
        (["NMBR=+37129123456"], CallerId("+37129123456")),
        (["NMBR = P", "NAME = P"], CallerId(is_withheld=True)),
        (["NMBR=O"], CallerId(is_withheld=True)),
        (["DATE=0117"], None),
        (["NAME=ANNA", "NMBR=123"], CallerId("123", "ANNA")),
        (["MESG=0412303131373134353238303535353534353637"], CallerId("8055554567")),
        (["MESG=801101083031313731343532" + "0205" + b"29123".hex()], CallerId("29123")),
        (["MESG=80" + "0f" + "010830313137313435320401" + "50" + "0700"], CallerId(is_withheld=True)),
        (["MESG=80" + "15" + "01083031313731343532" + "0203" + b"112".hex() + "0704" + b"Anna".hex()],
         CallerId("112", "Anna")),
        (["MESG=8099"], None),
        (["MESG=zz"], None),
    ],
)  # fmt: skip
def test_caller(lines, caller):
    assert read(*lines) == caller


@pytest.mark.parametrize("line", ["RING", "OK", "NMBR", "+CLIP: 1", ""])
def test_other_lines_are_left_to_others(line):
    assert not CallerIdReader().read(line)


@given(st.text(), st.binary())
def test_rubbish_is_no_caller_and_no_fault(text, data):
    read(f"NMBR={text}", f"MESG={data.hex()}", f"NAME={text}")


def test_number_or_the_word_that_there_is_none_ends_the_waiting():
    reader = CallerIdReader()
    reader.read("NAME=ANNA")
    assert not reader.has_number
    reader.read("NMBR=P")
    assert reader.has_number
    reader.forget()
    assert not reader.has_number
