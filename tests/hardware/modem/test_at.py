import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.modem.at import (
    MOST_LINE,
    PROBE_SECONDS,
    AtEngine,
    AtFact,
    Command,
    Final,
    InStep,
    Line,
    Reply,
    Rubbish,
    Silent,
    Unsolicited,
)
from hardware.modem.profiles import PROFILES

CSQ = Command(text="AT+CSQ", prefix="+CSQ:")
CMGL = Command(text="AT+CMGL=4", prefix="+CMGL:", with_pdu=True)
CMGS = Command(text="AT+CMGS=3", prefix="+CMGS:", payload="00AABB")
DIAL = Command(text="ATD+37120000001;", is_call=True)
MODEL = Command(text="AT+CGMM", prefix="")


def engine_with(command: Command | None) -> AtEngine:
    engine = AtEngine(PROFILES["huawei"].news)
    if command is not None:
        engine.begin(command, 0.0)
        engine.data_to_send()
    return engine


def read(command: Command | None, data: bytes) -> list[AtFact]:
    return engine_with(command).receive(data, 0.0)


ANSWERS = [
    (CSQ, b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", [Reply(CSQ, Final.OK, None, (Line("+CSQ: 20,99"),))]),
    (CSQ, b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", [Reply(CSQ, Final.OK, None, (Line("+CSQ: 20,99"),))]),
    (
        CSQ,
        b'\r\n^RSSI:26\r\n\r\n^HCSQ:"LTE",60,52\r\n\r\n+CSQ: 28,99\r\n^MODE:5,4\r\n\r\nOK\r\n',
        [
            Unsolicited("^RSSI:26"),
            Unsolicited('^HCSQ:"LTE",60,52'),
            Unsolicited("^MODE:5,4"),
            Reply(CSQ, Final.OK, None, (Line("+CSQ: 28,99"),)),
        ],
    ),
    (CSQ, b"\r\nERROR\r\n", [Reply(CSQ, Final.ERROR)]),
    (CSQ, b"COMMAND NOT SUPPORT\r\n", [Reply(CSQ, Final.ERROR)]),
    (CSQ, b"\r\n+CME ERROR: 14\r\n", [Reply(CSQ, Final.CME, 14)]),
    (CSQ, b"\r\n+CME ERROR: SIM busy\r\n", [Reply(CSQ, Final.CME)]),
    (
        CSQ,
        b"\r\nNO CARRIER\r\n+CSQ: 5,0\r\r\nOK\r\n",
        [Unsolicited("NO CARRIER"), Reply(CSQ, Final.OK, None, (Line("+CSQ: 5,0"),))],
    ),
    (DIAL, b"ATD+37120000001;\r\r\nBUSY\r\n", [Reply(DIAL, Final.BUSY)]),
    (DIAL, b"\r\nNO CARRIER\r\n\r\nRING\r\n", [Reply(DIAL, Final.NO_CARRIER), Unsolicited("RING")]),
    (
        MODEL,
        b"AT+CGMM\r\r\n^RSSI:9\r\nE1550\r\n\r\nOK\r\n",
        [Unsolicited("^RSSI:9"), Reply(MODEL, Final.OK, None, (Line("E1550"),))],
    ),
    (
        CMGL,
        b"\r\n+CMGL: 1,0,,3\r\n00AABB\r\n^RSSI:9\r\n+CMGL: 2,1,,3\r\n\r\n^RSSI:8\r\n00CCDD\r\n"
        b"+CMGL: 3,1,,3\r\n\r\nOK\r\n",
        [
            Unsolicited("^RSSI:9"),
            Unsolicited("^RSSI:8"),
            Reply(
                CMGL,
                Final.OK,
                None,
                (Line("+CMGL: 1,0,,3", "00AABB"), Line("+CMGL: 2,1,,3", "00CCDD"), Line("+CMGL: 3,1,,3")),
            ),
        ],
    ),
    (
        CMGS,
        b"AT+CMGS=3\r\r\n> 00AABB\x1a\r\n+CMGS: 7\r\n\r\nOK\r\n",
        [Reply(CMGS, Final.OK, None, (Line("+CMGS: 7"),))],
    ),
    (CMGS, b"\r\n+CMS ERROR: 304\r\n", [Reply(CMGS, Final.CMS, 304)]),
    (None, b"\r\n+CMT: ,3\r\n00AABB\r\n", [Unsolicited("+CMT: ,3", "00AABB")]),
    (None, b"\r\nOK\r\n", []),
    (None, b"\x00\xff\r\n\x80RI\x07NG\r\n", [Unsolicited("ÿ"), Unsolicited("RING")]),
    (None, b"x" * (MOST_LINE + 1) + b"\r\nRING\r\n", [Rubbish(MOST_LINE + 1), Unsolicited("RING")]),
]


@pytest.mark.parametrize(("command", "data", "facts"), ANSWERS)
def test_answer_is_read(command, data, facts):
    assert read(command, data) == facts


@pytest.mark.parametrize(("command", "data", "facts"), ANSWERS)
def test_answer_byte_by_byte_is_the_same(command, data, facts):
    engine = engine_with(command)
    assert [fact for octet in data for fact in engine.receive(bytes((octet,)), 0.0)] == facts


PIECES = st.sampled_from(
    [
        b"\r\n", b"\r", b"OK", b"ERROR", b"\r\nOK\r\n", b"> ", b">", b"+CSQ: 1,2", b"+CMGL: 1,0,,3", b"00AABB",
        b"RING\r\n", b"^RSSI:3\r\n", b"NO CARRIER\r\n", b"AT+CSQ", b"+CMT: ,3\r\n", b"\x1a", b"x" * 700, b" ",
    ]
)  # fmt: skip


@given(
    st.sampled_from([None, CSQ, CMGL, CMGS, DIAL, MODEL]),
    st.lists(PIECES | st.binary(max_size=8), max_size=20).map(b"".join),
    st.lists(st.integers(0, 3000)),
)
def test_any_bytes_in_any_split_give_the_same_facts_and_never_raise(command, data, cuts):
    whole = read(command, data)
    engine = engine_with(command)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    assert [fact for piece in pieces for fact in engine.receive(piece, 0.0)] == whole


def test_payload_goes_out_at_the_prompt_only():
    engine = engine_with(CMGS)
    assert engine.receive(b"AT+CMGS=3\r\r\n", 0.0) == []
    assert engine.data_to_send() == b""
    engine.receive(b"> ", 0.0)
    assert engine.data_to_send() == b"00AABB\x1a"


def test_missing_prompt_ends_with_an_escape_and_a_time_out():
    engine = engine_with(CMGS)
    assert engine.tick(4.9) == []
    assert engine.tick(5.0) == [Reply(CMGS, Final.TIMEOUT)]
    assert engine.data_to_send() == b"\x1bAT+CFUN?\r"


def test_late_answer_is_never_taken_for_the_next_commands():
    engine = engine_with(CSQ)
    assert engine.tick(5.0) == [Reply(CSQ, Final.TIMEOUT)]
    assert engine.data_to_send() == b"AT+CFUN?\r"
    assert not engine.is_idle
    late = b"\r\n+CSQ: 1,99\r\n\r\nOK\r\n"
    assert engine.receive(late, 5.1) == [Unsolicited("+CSQ: 1,99")]
    assert not engine.is_idle
    assert engine.receive(b"\r\n+CFUN: 1\r\n\r\nOK\r\n", 5.2) == [InStep()]
    assert engine.is_idle


def test_answer_to_an_earlier_probe_does_not_count():
    engine = engine_with(CSQ)
    engine.tick(5.0)
    engine.tick(5.0 + PROBE_SECONDS)
    assert engine.receive(b"\r\n+CFUN: 1\r\n\r\nOK\r\n", 7.0)[-1:] != [InStep()]
    assert engine.receive(b"\r\n+CMEE: 1\r\n\r\nOK\r\n", 7.1) == [InStep()]


def test_modem_that_answers_nothing_is_silent_after_three_questions():
    engine = AtEngine()
    engine.start(0.0)
    facts, questions = [], [engine.data_to_send()]
    while engine.deadline is not None:
        facts += engine.tick(engine.deadline)
        questions.append(engine.data_to_send())
    assert questions == [b"\x1b\rAT+CFUN?\r", b"AT+CMEE?\r", b"AT+CSCS?\r", b""]
    assert facts == [Silent()]


def test_one_command_at_a_time():
    with pytest.raises(RuntimeError):
        engine_with(CSQ).begin(CSQ, 0.0)
