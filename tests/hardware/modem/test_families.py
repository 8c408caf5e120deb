"""What every family must do, over a wire that cuts anywhere, each against its own simulated stick."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.modem.facts import (
    Alerting,
    Answered,
    CallMissed,
    Dialing,
    DigitHeard,
    Ended,
    ModemFailed,
    ModemReady,
    OperatorChanged,
    Remedy,
    Ringing,
    SignalChanged,
    SmsSent,
    SoundFlow,
    TechnologyChanged,
)
from hardware.modem.faults import ModemFault
from hardware.simulators.kinds import KINDS
from hardware.simulators.stick import ClipOrder
from hardware.simulators.stick_events import HungUp, KeySent

NUMBER = "+37120000001"
TECHNOLOGIES = {0: "2G", 2: "3G", 7: "4G"}
CALL_FACTS = (Ringing, Dialing, Alerting, Answered, Ended)
ANY_CUT = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""`new_bench` is a class: every example builds a bench of its own."""


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ready(new_bench, kind):
    bench = new_bench(kind=kind)
    bench.start()
    bench.wait(1.0)
    assert bench.modem.is_ready
    bench.take()
    bench.events.clear()
    return bench


@ANY_CUT
@given(seed=st.integers(0, 2**32), most=st.sampled_from([1, 2, 5, 40]))
def test_call_in_and_call_out_are_the_same_however_the_bytes_are_cut(new_bench, kind, seed, most):
    bench = new_bench(kind=kind, most=most, seed=seed)
    bench.start()
    [ready] = bench.take(ModemReady)
    assert (ready.imei, ready.iccid, ready.has_voice) == (KINDS[kind].imei, KINDS[kind].iccid, True)
    bench.wish(bench.stick.call_in, NUMBER, bench.now)
    bench.wish(bench.modem.call.answer)
    bench.wait(3.0)
    assert bench.stick.sound_is_on
    bench.stick.remote_key("7")
    bench.wish(bench.modem.call.send_digit, "5")
    bench.stick.remote_ends(16)
    bench.wait(3.0)
    assert bench.take(*CALL_FACTS, DigitHeard) == [Ringing(NUMBER), Answered(), DigitHeard("7"), Ended(16)]
    assert KeySent("5") in bench.events
    assert not bench.stick.sound_is_on
    bench.wish(bench.modem.call.dial, "112")
    bench.stick.remote_rings()
    bench.settle()
    bench.stick.remote_answers()
    bench.wait(3.0)
    assert bench.stick.sound_is_on
    bench.wish(bench.modem.call.hang_up)
    bench.wait(3.0)
    assert bench.take(*CALL_FACTS) == [Dialing(), Alerting(), Answered(), Ended(16)]
    assert bench.modem.is_free
    bench.wish(bench.send_sms, "a", NUMBER, "x" * 200)
    assert bench.take(SmsSent) == [SmsSent("a", 1), SmsSent("a", 2)]


@pytest.mark.parametrize("order", ClipOrder)
def test_number_is_known_whenever_it_is_told(ready, order):
    ready.stick.clip_order = order
    ready.stick.call_in(NUMBER, ready.now)
    ready.wait(2.0)
    assert ready.take(*CALL_FACTS) == [Ringing(NUMBER)]


def test_withheld_number_is_empty(ready):
    ready.stick.call_in("", ready.now)
    ready.wait(2.0)
    assert ready.take(*CALL_FACTS) == [Ringing("")]


@pytest.mark.parametrize("cause", [16, 17, 19])
def test_call_that_fails_tells_the_cause(ready, cause):
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.stick.remote_rings()
    ready.stick.remote_ends(cause)
    ready.wait(1.0)
    assert ready.take(Ended) == [Ended(cause)]


def test_rejected_call_is_hung_up(ready):
    ready.wish(ready.stick.call_in, NUMBER, ready.now)
    ready.wish(ready.modem.call.hang_up)
    ready.wait(1.0)
    assert ready.take(*CALL_FACTS) == [Ringing(NUMBER), Ended(16)]
    assert ready.events == [HungUp()]


def test_caller_who_gives_up_ends_it_once(ready):
    ready.wish(ready.stick.call_in, NUMBER, ready.now)
    ready.stick.remote_ends()
    ready.wait(20.0)
    assert ready.take(*CALL_FACTS, CallMissed) == [Ringing(NUMBER), Ended(16)]


def test_lists_are_the_truth_when_all_news_is_lost(ready):
    tell, ready.stick._tell = ready.stick._tell, lambda *_, **__: None
    ready.wish(ready.modem.call.dial, NUMBER)
    ready.stick.remote_rings()
    ready.wait(2.0)
    ready.stick.remote_answers()
    ready.wait(2.0)
    ready.stick.remote_ends()
    ready.wait(3.0)
    assert ready.take(*CALL_FACTS) == [Dialing(), Alerting(), Answered(), Ended(16)]
    ready.stick._tell = tell


def test_signal_operator_and_technology_are_told(ready):
    ready.stick.set_signal(5)
    ready.settle()
    ready.stick.operator = "Bite LV"
    ready.wait(31.0)
    assert ready.take(SignalChanged, OperatorChanged) == [SignalChanged(1, -103), OperatorChanged("Bite LV")]


def test_technology_is_told(new_bench, kind):
    bench = new_bench(kind=kind)
    bench.start()
    assert bench.take(TechnologyChanged) == [TechnologyChanged(TECHNOLOGIES[KINDS[kind].technology])]


def test_right_pin_opens_the_sim_and_a_wrong_one_costs_one_try_ever(new_bench, kind):
    bench = new_bench(kind=kind, pin="4711")
    bench.stick.sim.pin = "4711"
    bench.start()
    assert bench.modem.is_ready
    stick = bench.stick
    for _ in range(3):
        stick.restart()
        bench = new_bench(kind=kind, pin="0000")
        bench.stick = stick
        bench.start()
        bench.wait(60.0)
    assert stick.sim.tries == 2


@pytest.mark.parametrize(("wanted", "there"), [("iccid", "8937101000000099999"), ("imei", "490000000000006")])
def test_other_modem_or_sim_is_not_used_and_its_pin_not_tried(new_bench, kind, wanted, there):
    bench = new_bench(kind=kind, pin="4711", **{wanted: there})
    bench.stick.sim.pin = "1234"
    bench.start()
    bench.wait(5.0)
    [failed] = bench.take(ModemFailed)
    assert failed.remedy is Remedy.LOOK_ELSEWHERE
    assert failed.fault is (ModemFault.OTHER_SIM if wanted == "iccid" else ModemFault.OTHER_MODEM)
    assert bench.stick.sim.tries == 3


def test_sim_is_known_by_its_number_with_or_without_check_digit(new_bench, kind):
    bench = new_bench(kind=kind, iccid=KINDS[kind].iccid[:18])
    bench.stick.sim.iccid = KINDS[kind].iccid + "F"
    bench.start()
    assert bench.modem.is_ready


def test_call_waiting_is_switched_off(new_bench, kind):
    bench = new_bench(kind=kind)
    bench.start()
    assert "AT+CCWA=0,0,1" in bench.stick.obeyed


def test_data_firmware_is_told(new_bench, kind):
    if not KINDS[kind].voice.ask:
        pytest.skip("calls of this family have their sound by themselves")
    bench = new_bench(kind=kind)
    bench.stick.has_voice = False
    bench.start()
    assert bench.take(ModemFailed) == [ModemFailed(ModemFault.NO_VOICE, Remedy.PERSON)]


def test_lte_without_a_network_for_calls_is_seen(new_bench):
    bench = new_bench(kind="quectel_serial")
    bench.stick.registration = 0
    bench.start()
    assert not bench.modem.is_ready
    assert bench.modem.network.has_packets


def test_modem_that_has_only_just_started_is_given_time(new_bench):
    bench = new_bench(kind="simcom7600")
    bench.stick.is_settled = False
    bench.start()
    bench.wait(5.0)
    assert not bench.modem.is_ready
    bench.stick.is_settled = True
    bench.wait(3.0)
    assert bench.modem.is_ready
    assert bench.take(ModemFailed) == []


def test_modem_that_never_settles_is_refused_with_the_command(new_bench):
    bench = new_bench(kind="simcom7600")
    bench.stick.is_settled = False
    bench.start()
    bench.wait(30.0)
    assert bench.take(ModemFailed) == [ModemFailed(ModemFault.REFUSES, Remedy.REOPEN, "AT+CMGF=0")]


def test_call_missed_while_nobody_looked_is_told(new_bench):
    bench = new_bench(kind="simcom7600")
    bench.start()
    bench.wait(1.0)
    bench.stick.say("MISSED_CALL: 11:01AM 07712345678")
    bench.settle()
    assert bench.take(CallMissed) == [CallMissed("07712345678")]


def test_modem_that_takes_no_sound_for_now_says_so(new_bench):
    bench = new_bench(kind="quectel_serial")
    bench.start()
    bench.wait(1.0)
    bench.wish(bench.stick.call_in, NUMBER, bench.now)
    bench.wish(bench.modem.call.answer)
    bench.stick.say("+QPCMV: 0,0")
    bench.stick.say("+QPCMV: 1,0")
    bench.settle()
    assert bench.take(SoundFlow) == [SoundFlow(is_open=False), SoundFlow(is_open=True)]


def test_sound_that_is_refused_for_twelve_seconds_is_told(new_bench):
    bench = new_bench(kind="simcom7600")
    bench.start()
    bench.wait(1.0)
    bench.take()
    bench.stick.has_voice = False
    bench.wish(bench.stick.call_in, NUMBER, bench.now)
    bench.wish(bench.modem.call.answer)
    bench.wait(11.0)
    assert bench.take(ModemFailed) == []
    bench.wait(2.0)
    assert bench.take(ModemFailed) == [ModemFailed(ModemFault.NO_SOUND, Remedy.PERSON)]
