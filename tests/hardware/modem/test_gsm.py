"""The whole engine against the simulated stick, over a wire that cuts and loses, under a clock of its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.modem.facts import (
    Alerting,
    Answered,
    Dialing,
    DigitHeard,
    Ended,
    ModemFailed,
    ModemIdentified,
    ModemReady,
    OperatorChanged,
    OwnNumber,
    Registration,
    RegistrationChanged,
    Remedy,
    Ringing,
    SignalChanged,
    SmsSent,
    TechnologyChanged,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import ModemState
from hardware.modem.gsm_call import CallState
from hardware.modem.pdu_encode import encode_deliver
from hardware.simulators.stick_events import Dialed, HungUp, KeySent, PickedUp

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NUMBER = "+37120000001"
FRESH = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""`new_bench` is a class: every example builds a bench of its own."""
SEARCHES = ("AT+COPS=0", "AT+CFUN=0", "AT+CFUN=1")
CALL_FACTS = (Ringing, Dialing, Alerting, Answered, Ended)


def one_pdu(text: str, sender: str = NUMBER) -> str:
    [pdu] = encode_deliver(sender, text, AT)
    return pdu.hex


# Setting up.


@pytest.mark.parametrize("most", [1, 7, 4096])
def test_set_up_tells_what_the_modem_is_however_the_bytes_are_cut(new_bench, most):
    bench = new_bench(most=most)
    bench.start()
    assert bench.take() == [
        ModemIdentified(imei="353600000000001", iccid="8937101000000000018"),
        OwnNumber("+37120000000"),
        ModemReady(
            manufacturer="huawei",
            model="E1550",
            firmware="11.608.14.15.311",
            imei="353600000000001",
            imsi="247010000000001",
            iccid="8937101000000000018",
        ),
        RegistrationChanged(Registration.HOME),
        SignalChanged(5, -73),
        OperatorChanged("LMT GSM"),
        TechnologyChanged("3G"),
    ]
    assert bench.modem.is_ready


def test_modem_that_never_stops_echoing_works_all_the_same(bench):
    bench.stick.echoes_always = True
    bench.start()
    bench.wish(bench.send_sms, "a", NUMBER, "x" * 400)
    bench.wish(bench.stick.call_in, NUMBER, bench.now)
    bench.wish(bench.modem.call.answer)
    facts = bench.take(SmsSent, *CALL_FACTS)
    assert facts == [SmsSent("a", 1), SmsSent("a", 2), SmsSent("a", 3), Ringing(NUMBER), Answered()]


def test_prompt_left_by_an_earlier_life_is_left(bench):
    bench.stick.receive(b"AT+CMGS=12\r", bench.now)
    bench.start()
    bench.wait(5.0)
    assert bench.modem.is_ready


def test_modem_that_never_answers_has_failed_and_says_what_to_do(bench):
    bench.cut = True
    bench.start()
    bench.wait(10.0)
    [failed] = bench.take()
    assert failed == ModemFailed(ModemFault.SILENT, Remedy.REOPEN)
    bench.cut = False
    bench.start()
    assert bench.modem.is_ready


def test_data_firmware_is_told_and_sms_still_work(bench):
    bench.stick.has_voice = False
    bench.start()
    [ready] = [fact for fact in bench.facts if isinstance(fact, ModemReady)]
    assert not ready.has_voice
    assert [fact.remedy for fact in bench.take(ModemFailed)] == [Remedy.PERSON]
    bench.wish(bench.send_sms, "1", NUMBER, "hello")
    assert bench.take() == [SmsSent("1", 1)]


def test_modem_that_restarts_by_itself_is_set_up_anew_and_its_call_has_ended(ready):
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.take()
    ready.stick.restart()
    ready.stick.say("^SYSSTART")
    ready.wait(5.0)
    facts = ready.take()
    assert facts[0] == Ended(41)
    assert any(isinstance(fact, ModemReady) for fact in facts)
    assert not ready.stick.echo


# The SIM.


def test_right_pin_opens_the_sim(new_bench):
    bench = new_bench(pin="4711")
    bench.stick.sim.pin = "4711"
    bench.start()
    assert bench.modem.is_ready


def test_wrong_pin_costs_one_try_over_any_number_of_restarts(new_bench):
    for _ in range(4):
        bench = new_bench(pin="0000")
        if _ == 0:
            stick = bench.stick
            stick.sim.pin = "4711"
        bench.stick = stick
        for _ in range(3):
            bench.start()
            bench.wait(60.0)
            bench.modem.close(bench.now)
            stick.restart()
        assert stick.sim.tries == 2
        assert {fact.remedy for fact in bench.take(ModemFailed)} == {Remedy.PERSON}


def test_pin_is_not_risked_when_a_try_is_gone_already(new_bench):
    bench = new_bench(pin="4711")
    bench.stick.sim.pin, bench.stick.sim.tries = "4711", 2
    bench.start()
    bench.wait(30.0)
    assert bench.stick.sim.tries == 2
    assert bench.take(ModemFailed) == [ModemFailed(ModemFault.PIN_NOT_RISKED, Remedy.PERSON, "2")]


@pytest.mark.parametrize(
    ("sim", "fault"),
    [
        ({"present": False}, ModemFault.NO_SIM),
        ({"pin": "1111"}, ModemFault.PIN_WANTED),
        ({"pin": "1111", "tries": 0}, ModemFault.PUK_WANTED),
    ],
)
def test_sim_trouble_is_told_once_and_looked_at_again(bench, sim, fault):
    for name, value in sim.items():
        setattr(bench.stick.sim, name, value)
    bench.start()
    bench.wait(60.0)
    assert bench.take(ModemFailed) == [ModemFailed(fault, Remedy.PERSON)]
    bench.stick.sim.present, bench.stick.sim.pin = True, None
    bench.wait(11.0)
    assert bench.modem.is_ready


# Calls.


def test_incoming_call_with_its_number_answered_and_ended_by_the_caller(ready):
    ready.stick.call_in(NUMBER, ready.now)
    ready.settle()
    assert ready.take() == [Ringing(NUMBER)]
    ready.wait(12.0)
    assert ready.take() == []
    ready.wish(ready.modem.call.answer)
    assert ready.take() == [Answered()]
    assert ready.stick.sound_is_on
    assert ready.events == [PickedUp()]
    ready.wait(20.0)
    ready.stick.remote_ends(16)
    ready.settle()
    assert ready.take() == [Ended(16)]
    assert ready.modem.is_free


def test_withheld_number_is_empty(ready):
    ready.stick.call_in("", ready.now)
    ready.wait(2.0)
    assert ready.take() == [Ringing("")]


def test_number_before_the_first_ring_is_one_call(ready):
    ready.stick.say(f'+CLIP: "{NUMBER}",145')
    ready.stick.say("RING")
    ready.settle()
    assert ready.take(*CALL_FACTS)[:1] == [Ringing(NUMBER)]


def test_call_without_clip_gets_its_number_from_the_list(ready):
    ready.stick._clip = False
    ready.stick.call_in(NUMBER, ready.now)
    ready.settle()
    assert ready.take() == [Ringing(NUMBER)]


def test_caller_gives_up_before_anybody_answers(ready):
    ready.stick.call_in(NUMBER, ready.now)
    ready.wait(7.0)
    ready.stick.remote_ends(16)
    ready.settle()
    assert ready.take() == [Ringing(NUMBER), Ended(16)]


def test_end_that_nobody_told_is_seen_in_the_list(ready):
    ready.wish(ready.stick.call_in, NUMBER, ready.now)
    ready.wish(ready.modem.call.answer)
    ready.wait(5.0)
    ready.take()
    ready.stick._end()
    ready.wait(3.0)
    assert ready.take() == [Ended(16)]


def test_rejected_call_rings_no_more(ready):
    ready.stick.call_in(NUMBER, ready.now)
    ready.settle()
    ready.wish(ready.modem.call.hang_up)
    assert ready.take() == [Ringing(NUMBER), Ended(16)]
    assert ready.events == [HungUp()]


def test_dialled_call_rings_and_is_answered(ready):
    ready.wish(ready.modem.call.dial, NUMBER)
    assert ready.events == [Dialed(NUMBER)]
    ready.stick.remote_rings()
    ready.wait(4.0)
    ready.stick.remote_answers()
    ready.settle()
    assert ready.take() == [Dialing(), Alerting(), Answered()]
    ready.wish(ready.modem.call.hang_up)
    assert ready.take() == [Ended(16)]


@pytest.mark.parametrize("cause", [16, 17, 19, 21])
def test_dialled_call_that_fails_tells_the_cause(ready, cause):
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.stick.remote_rings()
    ready.stick.remote_ends(cause)
    ready.settle()
    assert ready.take(Ended) == [Ended(cause)]
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.wait(1.0)
    assert ready.take() == [Dialing()]


def test_last_line_of_a_call_does_not_end_the_next(ready):
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.wish(ready.modem.call.hang_up)
    ready.wish(ready.modem.call.dial, "112")
    ready.stick.say("NO CARRIER")
    ready.wait(3.0)
    assert ready.take() == [Dialing(), Ended(16), Dialing()]


def test_hang_up_right_after_dialling_leaves_no_call(ready):
    ready.modem.call.dial(NUMBER)
    ready.modem.call.hang_up()
    ready.wait(3.0)
    assert ready.take(Ended) == [Ended(16)]
    assert not ready.stick.has_call


def test_answer_lost_in_the_unsolicited_lines_is_seen_in_the_list(ready):
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.stick._call.stat = "0"
    ready.wait(2.0)
    assert ready.take() == [Dialing(), Answered()]


def test_no_network_no_call(ready):
    ready.stick.set_registration(2)
    ready.settle()
    assert ready.take() == [RegistrationChanged(Registration.SEARCHING)]
    assert not ready.modem.is_ready
    ready.wish(ready.modem.call.dial, NUMBER)
    assert ready.take() == [Ended(16)]


@pytest.mark.parametrize("number", ["", "+", "+371 2000", "112;AT", "office"])
def test_what_is_no_number_is_not_dialled(ready, number):
    with pytest.raises(ValueError):
        ready.modem.call.dial(number)
    assert ready.modem.is_free


def test_keys_are_sent_and_heard(ready):
    ready.wish(ready.stick.call_in, NUMBER, ready.now)
    ready.wish(ready.modem.call.answer)
    ready.take()
    for key in "1*A#":
        ready.wish(ready.modem.call.send_digit, key)
    ready.stick.remote_key("7")
    ready.settle()
    assert ready.events[1:] == [KeySent("1"), KeySent("*"), KeySent("#")]
    assert ready.take() == [DigitHeard("7")]


def test_call_left_by_an_earlier_life_is_hung_up(bench):
    bench.stick.call_in(NUMBER, bench.now)
    bench.stick.receive(b"ATA\r", bench.now)
    bench.start()
    bench.wait(1.0)
    assert not bench.stick.has_call
    assert bench.modem.is_ready


def test_call_that_rings_already_is_told(bench):
    bench.stick.call_in(NUMBER, bench.now)
    bench.start()
    bench.wait(1.0)
    assert bench.take(Ringing) == [Ringing(NUMBER)]


# Supervision.


def test_changes_of_the_network_are_told_and_nothing_else(ready):
    ready.stick.set_signal(5)
    ready.settle()
    ready.stick.set_signal(6)
    ready.stick.set_signal(99)
    ready.stick.operator = "Bite LV"
    ready.wait(31.0)
    assert ready.take() == [SignalChanged(1, -103), SignalChanged(0, None), OperatorChanged("Bite LV")]


def test_modem_without_a_network_searches_anew_then_switches_its_radio_then_wants_a_reset(ready):
    ready.stick.set_registration(2)
    ready.wait(640.0)
    assert [command for command in ready.stick.obeyed if command in SEARCHES] == [*SEARCHES]
    assert ready.take(ModemFailed) == []
    ready.wait(330.0)
    assert ready.take(ModemFailed) == [ModemFailed(ModemFault.NO_NETWORK, Remedy.RESET)]


def test_modem_that_falls_silent_in_a_call_ends_it_and_fails(ready):
    ready.wish(ready.stick.call_in, NUMBER, ready.now)
    ready.wish(ready.modem.call.answer)
    ready.take()
    ready.cut = True
    ready.wait(15.0)
    ended, failed = ready.take()
    assert (ended, failed.remedy) == (Ended(41), Remedy.REOPEN)


def test_modem_that_babbles_wants_a_reset(ready):
    ready.modem.receive(b"\r\n^RSSI:7\r\n" * 700, ready.now)
    ready.settle()
    [failed] = ready.take(ModemFailed)
    assert failed.remedy is Remedy.RESET
    assert ready.modem.state is ModemState.FAILED


def test_reset_is_carried_out(ready):
    ready.modem.reset(ready.now)
    ready.settle()
    assert [type(event).__name__ for event in ready.events] == ["ModemReset"]


@settings(FRESH, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 40]), st.floats(0.0, 0.02))
def test_any_life_over_a_lossy_wire_leaves_a_modem_that_works(new_bench, seed, most, loss):
    bench = new_bench(most=most, seed=seed)
    bench.start()
    bench.wait(1.0)
    bench.loss = loss
    bench.stick.call_in(NUMBER, bench.now)
    bench.wait(6.0)
    bench.wish(bench.modem.call.answer)
    bench.wait(3.0)
    bench.stick.deliver(one_pdu("hello"))
    bench.send_sms("a", NUMBER, "world")
    bench.wait(10.0)
    bench.stick.remote_ends(16)
    bench.wait(30.0)
    bench.loss = 0.0
    bench.wait(60.0)
    if bench.modem.state is ModemState.FAILED:
        bench.start()
    bench.wait(90.0)
    assert bench.modem.is_ready
    assert bench.modem.call.state is CallState.FREE
    assert len([fact for fact in bench.facts if isinstance(fact, Ringing)]) == len(bench.take(Ended))


RUBBISH = st.binary(max_size=60) | st.sampled_from(
    [
        b"\r\nRING\r\n", b"^CONN:1\r\n", b"+CLCC: 1\r\n", b"+CREG:\r\n", b"^CEND:\r\n", b"+CMTI: x,y\r\n",
        b"+CSQ: ,\r\n", b"+COPS:\r\n", b"+CLIP:\r\n", b"^DDTMF:\r\n", b"^ORIG:\r\n",
    ]
)  # fmt: skip


@settings(FRESH, max_examples=60)
@given(st.lists(RUBBISH, max_size=30))
def test_no_rubbish_on_the_wire_raises_or_stays(new_bench, rubbish):
    bench = new_bench()
    bench.start()
    for piece in rubbish:
        bench.modem.receive(piece, bench.now)
        bench.wait(0.3)
    bench.modem.receive(b"\r\n", bench.now)
    bench.wait(120.0)
    assert bench.modem.state is ModemState.READY
    assert bench.modem.is_free
