"""Codes to the network: the text in every way modems write it, and one code at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.modem.facts import UssdAnswer, UssdFailed, UssdTrouble
from hardware.modem.profiles import UssdCoding
from hardware.modem.ussd import Answer, decode, encode
from hardware.simulators.kinds import KINDS
from hardware.simulators.stick_events import CodeSent

PLAIN, PACKED, UCS2 = UssdCoding.PLAIN, UssdCoding.PACKED, UssdCoding.UCS2

# What modems were seen to write, by the collections of gammu (at-ussd) and the drivers named in the profiles.
SEEN = [
    ('+CUSD: 0,"Your balance is 5.20 EUR",15', PLAIN, Answer(0, "Your balance is 5.20 EUR")),
    ('+CUSD: 0,"Your balance, 5.20 EUR",0', PLAIN, Answer(0, "Your balance, 5.20 EUR")),
    ("+CUSD: 0,Balance 5,15", PLAIN, Answer(0, "Balance 5")),
    ('+CUSD: 0,"Balance"', PLAIN, Answer(0, "Balance")),
    ('+CUSD: 1,"1 yes\n2 no",15', PLAIN, Answer(1, "1 yes\n2 no")),
    ('+CUSD: 0,"AA180C3602",15', PACKED, Answer(0, "*100#")),
    ('+CUSD: 0,"C8329BFD06",15', PACKED, Answer(0, "Hello")),
    ('+CUSD: 0,"C8329BFD06\x01x",15', PACKED, Answer(0, "Hello")),
    ('+CUSD: 0,"0041006200760073002004110430",72', PLAIN, Answer(0, "Abvs Ба")),
    ('+CUSD: 0,"0041006200760073",72', PACKED, Answer(0, "Abvs")),
    ('+CUSD: 0,"00410062007600730020",15', PLAIN, Answer(0, "Abvs")),
    ('+CUSD: 0,"1234",15', PLAIN, Answer(0, "1234")),
    ("+CUSD: 2", PLAIN, Answer(2, "")),
    ("+CUSD:4", PLAIN, Answer(4, "")),
    ("+CUSD: ", PLAIN, None),
    ('+CUSD: x,"a"', PLAIN, None),
]


@pytest.mark.parametrize(("line", "coding", "answer"), SEEN)
def test_answer_is_read_as_it_was_meant(line: str, coding: UssdCoding, answer: Answer | None) -> None:
    assert decode(line, coding) == answer


@pytest.mark.parametrize(
    ("coding", "written"),
    [(PLAIN, '"*100#",15'), (PACKED, '"AA180C3602",15'), (UCS2, '"002A0031003000300023",72')],
)
def test_code_is_written_as_the_family_wants_it(coding: UssdCoding, written: str) -> None:
    assert encode("*100#", coding) == written


@pytest.mark.parametrize("text", ["", "*100#\r", 'a"b', "x" * 161, "ž", "*100#\x1a"])
def test_what_no_network_takes_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        encode(text, PLAIN)


@given(
    st.text("*#0123456789abc ", min_size=2, max_size=40).filter(lambda text: text == text.strip()),
    st.sampled_from([PACKED, UCS2]),
)
def test_every_code_comes_back_as_it_was(text: str, coding: UssdCoding) -> None:
    answer = decode(f"+CUSD: 0,{encode(text, coding)}", coding)
    assert answer is not None
    assert answer.text == text


@given(st.text(max_size=60))
def test_no_line_breaks_the_reading(text: str) -> None:
    for coding in UssdCoding:
        decode(f"+CUSD: 0,{text}", coding)


@pytest.fixture(params=sorted(KINDS))
def ready(request, new_bench):
    bench = new_bench(kind=request.param)
    bench.start()
    bench.wait(1.0)
    bench.take()
    bench.events.clear()
    return bench


def test_balance_is_asked_and_told_in_every_family(ready):
    ready.wish(ready.modem.ussd.send, "a", "*100#")
    assert ready.events == [CodeSent("*100#")]
    assert ready.take(UssdAnswer) == [UssdAnswer("a", "Your balance is 5.20 EUR")]


def test_answer_in_other_letters_and_lines_comes_whole(ready):
    ready.stick.network.codes["*101#"] = "Баланс 5.20"
    ready.wish(ready.modem.ussd.send, "a", "*101#")
    assert ready.take(UssdAnswer) == [UssdAnswer("a", "Баланс 5.20")]
    ready.stick._out += b'\r\n+CUSD: 0,"first\r\n^RSSI:20\r\nsecond, and\r\nthird",15\r\n'
    ready.settle()
    [answer] = ready.take(UssdAnswer)
    assert answer.text.split("\n")[0] == "first"
    assert answer.text.split("\n")[-1] == "third"


def test_menu_of_the_network_is_answered(ready):
    ready.stick.network.codes |= {"*123#": "1 balance 2 other", "1": "5.20 EUR"}
    ready.stick.network.asks_back.add("*123#")
    ready.wish(ready.modem.ussd.send, "a", "*123#")
    assert ready.take(UssdAnswer) == [UssdAnswer("a", "1 balance 2 other", expects_reply=True)]
    ready.wish(ready.modem.ussd.send, "b", "1")
    assert ready.take(UssdAnswer) == [UssdAnswer("b", "5.20 EUR")]


@pytest.mark.parametrize(("kind", "why"), [(2, "ended"), (3, "busy"), (4, "unsupported"), (5, "timeout")])
def test_failure_is_told_with_the_reason(ready, kind, why):
    ready.stick.network.code_kind = kind
    ready.wish(ready.modem.ussd.send, "a", "*100#")
    assert ready.take(UssdFailed) == [UssdFailed("a", UssdTrouble(why))]


def test_network_that_never_answers_is_given_up_and_the_next_code_goes(ready):
    ready.stick.network.answers_codes = False
    ready.wish(ready.modem.ussd.send, "a", "*100#")
    ready.wish(ready.modem.ussd.send, "b", "*100#")
    assert ready.take(UssdFailed) == [UssdFailed("b", UssdTrouble.BUSY)]
    ready.wait(31.0)
    assert ready.take(UssdFailed) == [UssdFailed("a", UssdTrouble.TIMEOUT)]
    assert "AT+CUSD=2" in ready.stick.obeyed
    ready.stick.network.answers_codes = True
    ready.wish(ready.modem.ussd.send, "c", "*100#")
    assert ready.take(UssdAnswer)


def test_modem_that_wants_another_coding_than_its_family_gets_it(new_bench):
    bench = new_bench(kind="quectel_serial")
    bench.start()
    bench.wait(1.0)
    bench.stick.kind = KINDS["simcom7600"]
    bench.wish(bench.modem.ussd.send, "a", "*100#")
    assert bench.take(UssdAnswer) == [UssdAnswer("a", "Your balance is 5.20 EUR")]


def test_modem_that_goes_away_fails_the_code(ready):
    ready.stick.network.answers_codes = False
    ready.wish(ready.modem.ussd.send, "a", "*100#")
    ready.modem.close(ready.now)
    assert ready.modem.take_facts() == [UssdFailed("a", UssdTrouble.BUSY)]


def test_news_of_the_network_itself_is_told(ready):
    ready.stick.say('+CUSD: 0,"Top up soon",15')
    ready.settle()
    assert ready.take(UssdAnswer) == [UssdAnswer("", "Top up soon")]
