"""The contract of a line, kept by a GSM modem over real terminals, with sound measured both ways."""

from datetime import UTC, datetime

import pytest
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Cause
from appliance.calls.ports import LineReason, LineState, SmsFate, SmsPart
from appliance.config import models
from appliance.errors import LineFailed, PorterError
from appliance.lines.gsm_line import GsmLine
from hardware.modem.pdu_encode import encode_deliver
from hardware.simulators.modem import Plan, SentSms, SimulatedModem, Trouble
from hardware.simulators.stick_events import HungUp, KeySent, ModemReset
from hardware.tones.measure import find_tone
from tests.lines.virtual_clock import on_a_virtual_clock

pytestmark = pytest.mark.real

NUMBER = "+37120000001"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def assert_clean(sound: bytes, frequency: float, *, seconds: float) -> None:
    report = find_tone(sound, frequency)
    assert report.seconds >= seconds
    assert report.level_db == pytest.approx(-12.0, abs=1.0)
    assert report.longest_gap_ms <= 60
    assert report.missing < 0.03


async def test_incoming_call_is_offered_answered_and_heard_both_ways(gsm):
    async with gsm() as bench:
        bench.stick.far_end.play_tone(440)
        leg = await bench.call_in(NUMBER)
        assert (leg.party.number, leg.party.line, leg.incoming) == (NUMBER, "gsm1", True)
        assert bench.line.status.state is LineState.BUSY
        leg.ring()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        await bench.until(lambda: bench.stick.status.frames_heard > 150)
        bench.stick.hang_up()
        await bench.until(lambda: leg.is_gone)
        assert leg.cause is Cause.NORMAL
        assert_clean(bytes(bench.desk.heard[leg.id]), 440, seconds=2.8)
        assert_clean(bench.stick.far_end.heard, 700, seconds=2.8)
        await bench.ready()


async def test_caller_who_gives_up_ends_the_leg(gsm):
    async with gsm() as bench:
        leg = await bench.call_in("")
        assert leg.party.number == ""
        bench.stick.hang_up()
        await bench.until(lambda: leg.is_gone)
        await bench.ready()


async def test_hanging_up_frees_the_line(gsm):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        leg.hang_up()
        await bench.stick.until(lambda: HungUp() in bench.stick.events)
        await bench.ready()
        again = await bench.call_in("+37120000009")
        assert again.party.number == "+37120000009"


async def test_rejected_call_ends_at_the_caller(gsm):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.hang_up(Cause.BUSY)
        await bench.stick.until(lambda: not bench.stick.stick.has_call)
        await bench.ready()


async def test_dialled_call_rings_is_answered_and_heard_both_ways(gsm):
    async with gsm() as bench:
        bench.stick.far_end.plan = Plan(rings_after=0.05, answers_after=0.1, hangs_up_after=3.2)
        bench.stick.far_end.play_tone(440)
        leg = bench.dial(NUMBER)
        await bench.until(leg.alerting.is_set)
        assert not leg.is_answered
        await bench.until(lambda: leg.is_answered)
        assert bench.stick.status.last_dialed == NUMBER
        leg.send_digits("12#")
        await bench.stick.until(lambda: bench.stick.status.keys == "12#")
        assert [event.key for event in bench.stick.events if isinstance(event, KeySent)] == ["1", "2", "#"]
        await bench.until(lambda: leg.is_gone)
        assert_clean(bytes(bench.desk.heard[leg.id]), 440, seconds=2.8)
        assert_clean(bench.stick.far_end.heard, 700, seconds=2.8)


@pytest.mark.parametrize("cause", [Cause.BUSY, Cause.NO_ANSWER, Cause.REJECTED])
async def test_dialled_call_that_fails_tells_why(gsm, cause):
    async with gsm() as bench:
        bench.stick.far_end.plan = Plan(rings_after=0.0, answers_after=0.05, refuses_with=int(cause))
        leg = bench.dial()
        await bench.until(lambda: leg.is_gone)
        assert leg.cause is cause
        await bench.ready()


async def test_second_call_finds_the_line_in_use_and_the_first_goes_on(gsm):
    async with gsm() as bench:
        first = bench.dial()
        second = bench.dial("+37120000002")
        assert (second.cause, first.is_gone) == (Cause.NO_CIRCUIT, False)


async def test_number_no_network_knows_is_refused_and_the_line_is_free(gsm):
    async with gsm() as bench:
        assert bench.dial("112;AT").cause is Cause.INVALID_NUMBER
        assert bench.line.status.state is LineState.READY


async def next_digits(leg: Leg, seconds: float) -> list[str]:
    digits: list[str] = []
    with trio.move_on_after(seconds):
        while True:
            digits.append(await leg.next_digit())
    return digits


@pytest.mark.parametrize("told", [True, False])
async def test_key_counts_once_whether_the_modem_reports_it_or_only_its_sound_is_there(gsm, told):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        bench.stick.press("5512#", told=told)
        assert await next_digits(leg, 2.0) == list("5512#")


# Messages.


async def test_long_message_reaches_the_office_whole_and_leaves_the_sim(gsm):
    async with gsm() as bench:
        text = "Sveiki! Šis ir garš ziņojums 🚪. " * 20
        assert bench.stick.send_sms(NUMBER, text)
        await bench.until(lambda: bench.desk.sms == [(NUMBER, text)])
        await bench.until(lambda: bench.stick.status.sms_waiting == 0)


async def test_message_the_office_could_not_keep_stays_on_the_sim(gsm):
    async with gsm() as bench:
        bench.desk.can_keep = False
        bench.stick.send_sms("Bank", "your code")
        await bench.desk.news.wait()
        bench.stick.call_in(NUMBER)
        await bench.until(lambda: bool(bench.desk.legs))
        assert bench.stick.status.sms_waiting == 1
        bench.desk.can_keep = True
        bench.stick.unplug()
        bench.stick.plug_in()
        await bench.until(lambda: bench.desk.sms == [("Bank", "your code")])
        await bench.until(lambda: bench.stick.status.sms_waiting == 0)


async def test_same_message_read_twice_has_the_same_key(gsm):
    async with gsm() as bench:
        bench.stick.send_pdu("0004039121F300006211424130450002E834")
        await bench.until(lambda: len(bench.desk.keys) == 1)
        bench.stick.send_pdu("0004039121F300006211424130450002E834")
        await bench.until(lambda: len(bench.desk.keys) == 2)
        bench.stick.send_pdu("07917317999999F904039121F300006211424130450002E834")
        await bench.until(lambda: len(bench.desk.keys) == 3)
        bench.stick.send_pdu("0004039121F300006211424130460002E834")
        await bench.until(lambda: len(bench.desk.keys) == 4)
        first, second, by_another_centre, other = bench.desk.keys
        assert first == second == by_another_centre != other


async def test_parts_leave_the_sim_before_their_message_is_whole(gsm):
    async with gsm() as bench:
        *most, last = encode_deliver(NUMBER, "x" * 153 * 30, AT)
        for pdu in most:
            bench.stick.send_pdu(pdu.hex)
        await bench.until(lambda: len(bench.desk.parts) == len(most), seconds=30.0)
        await bench.until(lambda: bench.stick.status.sms_waiting == 0)
        bench.stick.unplug()
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE)
        bench.stick.plug_in()
        await bench.ready()
        bench.stick.send_pdu(last.hex)
        await bench.until(lambda: bench.desk.sms == [(NUMBER, "x" * 153 * 30)])


async def test_unreadable_message_is_shown_as_it_is_and_the_next_one_comes(gsm):
    async with gsm() as bench:
        bench.stick.send_pdu("0004")
        bench.stick.send_sms(NUMBER, "fine")
        await bench.until(lambda: len(bench.desk.sms) == 2)
        assert bench.desk.sms == [("", "[unreadable SMS: ends inside the address] 0004"), (NUMBER, "fine")]
        await bench.until(lambda: bench.stick.status.sms_waiting == 0)


def part(to: str, text: str, number: int = 1, **how) -> SmsPart:
    return SmsPart(to=to, text=text, part=number, joining=9, reference=20 + number, **how)


async def test_sent_message_reaches_the_network_whole_and_its_reports_come(gsm):
    async with gsm() as bench:
        bench.stick.report_after = 0.1
        text = "Durvis atvērtas. " * 15
        references = [await bench.line.send_sms(part(NUMBER, text, number)) for number in (1, 2, 3, 4)]
        assert bench.stick.sms == [SentSms(NUMBER, text, 4)]
        await bench.until(lambda: len(bench.desk.reports) == 4)
        assert sorted(report.reference for report in bench.desk.reports) == references
        assert {(report.to, report.fate) for report in bench.desk.reports} == {(NUMBER, SmsFate.DELIVERED)}
        await bench.until(lambda: bench.stick.status.sms_waiting == 0)


async def test_message_the_network_refuses_says_why(gsm):
    async with gsm() as bench:
        bench.stick.stick.cms_error = 38
        with pytest.raises(LineFailed) as failed:
            await bench.line.send_sms(part(NUMBER, "x"))
        assert (failed.value.may_retry, failed.value.reason) == (True, "out_of_order")
        await bench.line.send_sms(part(NUMBER, "y"))
        with pytest.raises(LineFailed) as failed:
            await bench.line.send_sms(part("nobody", "x"))
        assert not failed.value.may_retry


async def test_message_under_way_when_the_stick_is_pulled_out_is_in_doubt(gsm):
    async with gsm() as bench:
        bench.stick.stick.swallows_answer = True
        async with trio.open_nursery() as nursery:

            async def pull_out() -> None:
                await bench.stick.until(lambda: bool(bench.stick.sms))
                bench.stick.unplug()

            nursery.start_soon(pull_out)
            with pytest.raises(LineFailed) as failed:
                await bench.line.send_sms(part(NUMBER, "x"))
        assert failed.value.in_doubt


# What goes wrong with the stick.


async def test_unplugged_in_a_call_ends_the_leg_at_once_and_works_again_when_it_is_back(gsm):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        bench.stick.unplug()
        assert await bench.until(lambda: leg.is_gone) < 1.0
        assert leg.cause is Cause.TEMPORARY_FAILURE
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE)
        assert "Plug the modem in again" in bench.line.status.reason
        assert bench.dial().cause is Cause.OUT_OF_ORDER
        with pytest.raises(LineFailed) as failed:
            await bench.line.send_sms(part(NUMBER, "x"))
        assert failed.value.may_retry
        bench.stick.plug_in()
        assert await bench.ready() < 5.0
        await bench.call_in()


async def test_missing_modem_is_told_and_found_when_it_comes(gsm):
    async with gsm(plugged_in=False) as bench:
        assert "is not plugged in" in bench.line.status.reason
        assert await bench.ready() < 5.0


@on_a_virtual_clock
async def test_modem_that_falls_silent_ends_the_call_and_is_used_again_when_it_answers(gsm):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        bench.stick.misbehave(Trouble.SILENT)
        await bench.until(lambda: leg.is_gone, seconds=15.0)
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE)
        assert "does not answer" in bench.line.status.reason
        bench.stick.misbehave(Trouble.NONE)
        await bench.ready(seconds=15.0)


@on_a_virtual_clock
async def test_modem_that_babbles_is_restarted_and_works_again(gsm):
    async with gsm() as bench:
        bench.stick.misbehave(Trouble.BABBLING)
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE, seconds=15.0)
        bench.stick.misbehave(Trouble.NONE)
        await bench.ready(seconds=30.0)
        assert bench.line.status.reason == ""


@on_a_virtual_clock
async def test_modem_that_does_not_hang_up_is_restarted(gsm):
    async with gsm() as bench:
        leg = await bench.call_in()
        leg.answer()
        await bench.until(lambda: leg.is_answered)
        bench.stick.stick.hangs_up = False
        leg.hang_up()
        await bench.stick.until(lambda: ModemReset() in bench.stick.events, seconds=20.0)
        await bench.ready(seconds=15.0)


async def test_lost_network_is_told_in_plain_words(gsm):
    async with gsm() as bench:
        bench.stick.set_registration(3)
        await bench.until(lambda: bench.line.status.state is LineState.OFFLINE)
        assert bench.line.status.reason == (
            "The modem has no network: it was denied. Ask the operator whether the SIM is active and paid."
        )
        assert bench.line.status.why == LineReason("denied")
        bench.stick.set_registration(5)
        await bench.ready()


async def test_status_tells_signal_operator_and_number(gsm):
    async with gsm() as bench:
        await bench.until(lambda: bench.line.status.operator != "")
        status = bench.line.status
        assert (status.signal, status.operator, status.number) == (5, "LMT GSM", "+37120000000")


def test_unknown_profile_is_refused_with_the_known_ones():
    with pytest.raises(PorterError, match="huawei"):
        GsmLine("gsm1", models.GsmLine(profile="hauwei"), None, None)


async def test_modem_with_its_sound_on_wires_carries_calls_over_a_sound_card(tmp_path, office_desk):
    async with trio.open_nursery() as nursery:
        desk = office_desk(nursery)
        stick = SimulatedModem(tmp_path / "at", tmp_path / "wires", kind="simcom_analog")
        await nursery.start(stick.run)
        settings = models.GsmLine(profile="simcom_analog", at_port=str(tmp_path / "at"), sound_card="null")
        line = GsmLine("gsm1", settings, desk, desk, on_change=desk.told)
        nursery.start_soon(line.run)
        with trio.fail_after(10):
            while line.status.state is not LineState.READY:
                await desk.news.wait()
            stick.call_in(NUMBER)
            while not desk.legs:
                await desk.news.wait()
            [leg] = desk.legs
            leg.answer()
            await leg.answered.wait()
            stick.press("5")
            assert await leg.next_digit() == "5"
        nursery.cancel_scope.cancel()
