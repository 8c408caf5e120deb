"""Messages of one modem against the simulated stick: each is told once, none is deleted before it is kept, and of each
that goes out it is known whether the network took it."""

from datetime import UTC, datetime

import pytest

from hardware.modem.facts import SmsArrived, SmsFailed, SmsSent, SmsStorageFull
from hardware.modem.gsm_sms import BUSY_SECONDS, SWEEP_SECONDS
from hardware.modem.pdu import Deliver, Malformed, StatusReport, Submit
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import encode_deliver, encode_status_report, encode_submit
from hardware.modem.sms_faults import SmsFault
from hardware.simulators.stick_events import SmsSubmitted
from hardware.simulators.stick_sms import SLOTS

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NUMBER = "+37120000001"


def one_pdu(text: str, sender: str = NUMBER) -> str:
    [pdu] = encode_deliver(sender, text, AT)
    return pdu.hex


def slots(ready) -> list[int | None]:
    return [fact.slot for fact in ready.take(SmsArrived)]


# Coming in.


def test_message_is_told_once_and_stays_until_it_is_deleted(ready):
    pdu = one_pdu("Atveriet, lūdzu 🚪")
    ready.stick.deliver(pdu)
    ready.settle()
    [arrived] = ready.take()
    assert isinstance(arrived, SmsArrived) and isinstance(arrived.content, Deliver)
    assert (arrived.slot, arrived.pdu, arrived.content.text) == (1, pdu, "Atveriet, lūdzu 🚪")
    ready.wait(200.0)
    assert ready.take() == []
    assert list(ready.stick.storage) == [1]
    ready.wish(ready.modem.sms.delete, arrived)
    assert ready.stick.storage == {}


def test_message_that_could_not_be_kept_is_told_again(ready):
    ready.stick.deliver(one_pdu("hello"))
    ready.settle()
    [arrived] = ready.take()
    ready.modem.sms.tell_again(arrived)
    ready.wait(61.0)
    assert ready.take() == [arrived]


def test_message_whose_news_was_lost_is_found_by_the_sweep(ready):
    ready.stick.storage[7] = (0, one_pdu("hello"))
    ready.stick.storage[8] = (2, one_pdu("a draft"))
    ready.wait(61.0)
    assert slots(ready) == [7]


def test_what_lay_on_the_sim_before_the_start_is_told(bench):
    bench.stick.storage[3] = (1, one_pdu("read by the last run"))
    bench.start()
    bench.wait(1.0)
    assert slots(bench) == [3]


@pytest.mark.parametrize("news", ['+CMTI: "SM",-1', "+CMTI: ,-1", "+CMTI:", '^SMMEMFULL: "SM"'])
def test_news_without_a_slot_leads_to_a_sweep(ready, news):
    ready.stick.storage[3] = (0, one_pdu("hello"))
    ready.stick.say(news)
    ready.settle()
    assert slots(ready) == [3]


def test_message_in_another_memory_is_read_there_and_deleted_there(ready):
    ready.stick.messages.memories["ME"][4] = (0, one_pdu("elsewhere"))
    ready.stick.storage[4] = (0, one_pdu("here"))
    ready.stick.say('+CMTI: "ME",4')
    ready.settle()
    [elsewhere] = ready.take(SmsArrived)
    assert elsewhere.content.text == "elsewhere"
    ready.wish(ready.modem.sms.delete, elsewhere)
    assert ready.stick.messages.memories["ME"] == {}
    ready.wait(61.0)
    [here] = ready.take(SmsArrived)
    assert here.content.text == "here"
    assert list(ready.stick.storage) == [4]


def test_memory_that_was_named_once_is_swept_too(ready):
    ready.stick.say('+CMTI: "ME",1')
    ready.settle()
    ready.stick.messages.memories["ME"][9] = (0, one_pdu("news of this one got lost"))
    ready.wait(61.0)
    assert slots(ready) == [9]


def test_delete_that_failed_is_done_by_a_later_sweep(ready):
    ready.stick.messages.deletes = False
    ready.stick.deliver(one_pdu("sticky"))
    ready.settle()
    [arrived] = ready.take()
    ready.wish(ready.modem.sms.delete, arrived)
    assert list(ready.stick.storage) == [1]
    ready.stick.messages.deletes = True
    ready.wait(61.0)
    assert ready.take() == []
    assert ready.stick.storage == {}


def test_message_that_took_the_place_of_a_deleted_one_is_not_deleted(ready):
    """The answer to AT+CMGD got lost, and the network filled the place before the next sweep."""
    ready.stick.deliver(one_pdu("first"))
    ready.settle()
    [first] = ready.take()
    ready.stick.messages.deletes = False
    ready.wish(ready.modem.sms.delete, first)
    ready.stick.messages.deletes = True
    ready.stick.storage[1] = (0, one_pdu("second"))
    ready.wait(61.0)
    [second] = ready.take(SmsArrived)
    assert second.content.text == "second"
    ready.wish(ready.modem.sms.delete, first)
    assert list(ready.stick.storage) == [1]
    ready.wish(ready.modem.sms.delete, second)
    assert ready.stick.storage == {}


def test_message_read_twice_before_it_is_deleted_is_deleted_once(ready):
    """A second AT+CMGD could meet the message that the network puts into the place the first one freed."""
    ready.stick.deliver(one_pdu("first"))
    ready.settle()
    [first] = ready.take()
    ready.stick.say('+CMTI: "SM",1')
    ready.modem.receive(ready.stick.data_to_send(), ready.now)
    ready.modem.sms.sweep()
    ready.wish(ready.modem.sms.delete, first)
    assert [command for command in ready.stick.obeyed if command.startswith("AT+CMGD")] == ["AT+CMGD=1"]


def test_what_was_told_in_an_earlier_life_deletes_nothing_in_this_one(ready):
    ready.stick.deliver(one_pdu("hello"))
    ready.settle()
    [before] = ready.take(SmsArrived)
    ready.modem.start(ready.now)
    ready.modem.sms.delete(before)
    assert list(ready.stick.storage) == [1]
    ready.settle()
    ready.wait(1.0)
    assert [fact.pdu for fact in ready.take(SmsArrived)] == [before.pdu]


def test_busy_sim_is_asked_again_soon(bench):
    bench.stick.storage[1] = (0, one_pdu("hello"))
    bench.stick.messages.busy = 2
    bench.start()
    bench.wait(1.0)
    assert slots(bench) == []
    bench.wait(2 * BUSY_SECONDS)
    assert slots(bench) == [1]


def test_full_sim_is_told_and_its_drafts_too_so_that_they_can_be_moved(ready):
    ready.stick.storage.update({slot: (2, encode_submit(NUMBER, "draft")[0].hex) for slot in range(1, SLOTS + 1)})
    assert ready.stick.deliver(one_pdu("x")) is None
    ready.settle()
    full, *drafts = ready.take()
    assert full == SmsStorageFull()
    assert [type(draft.content) for draft in drafts] == [Submit] * SLOTS
    for draft in drafts:
        ready.wish(ready.modem.sms.delete, draft)
    ready.stick.tick(ready.now)
    ready.settle()
    [held] = ready.take(SmsArrived)
    assert held.content.text == "x"


def test_more_messages_than_the_sim_holds_all_come(ready):
    texts = [f"message {n}" for n in range(3 * SLOTS)]
    for text in texts:
        ready.stick.deliver(one_pdu(text))
    came = []
    for _ in range(5):
        ready.wait(SWEEP_SECONDS)
        for fact in ready.take(SmsArrived):
            came.append(fact.content.text)
            ready.wish(ready.modem.sms.delete, fact)
    assert came == texts


def test_broken_message_is_told_as_it_is(ready):
    ready.stick.storage[1] = (0, "0791ZZ")
    ready.stick.storage[2] = (0, "07")
    ready.stick.storage[3] = (0, one_pdu("fine"))
    ready.wait(61.0)
    told = {fact.slot: fact.content for fact in ready.take(SmsArrived)}
    assert isinstance(told[2], Malformed)
    assert told[3].text == "fine"
    assert list(ready.stick.storage) == [1, 2, 3]


def test_message_handed_over_without_storage_is_acknowledged_once_it_is_kept(ready):
    for command in (b"AT+CSMS=1\r", b"AT+CNMI=2,2,0,1,0\r"):
        ready.stick.receive(command, ready.now)
    ready.stick.data_to_send()
    ready.stick.deliver(one_pdu("flash"))
    ready.settle()
    [arrived] = ready.take()
    assert (arrived.slot, arrived.content.text) == (None, "flash")
    assert ready.stick.storage == {}
    ready.wish(ready.modem.sms.delete, arrived)
    ready.stick.restart()
    assert not ready.stick.messages.held


def test_message_handed_over_and_not_kept_comes_again(ready):
    for command in (b"AT+CSMS=1\r", b"AT+CNMI=2,2,0,1,0\r"):
        ready.stick.receive(command, ready.now)
    ready.stick.data_to_send()
    ready.stick.deliver(one_pdu("flash"))
    ready.settle()
    ready.take()
    ready.stick.restart()
    ready.modem.start(ready.now)
    ready.settle()
    ready.stick.tick(ready.now)
    ready.wait(1.0)
    assert [fact.content.text for fact in ready.take(SmsArrived)] == ["flash"]


@pytest.mark.parametrize("settings", [b"AT+CNMI=2,1,0,2,0\r", b"AT+CNMI=2,1,0,1,0\r"])
def test_status_report_is_told_stored_or_not(ready, settings):
    ready.stick.receive(settings, ready.now)
    ready.stick.data_to_send()
    ready.stick.deliver(encode_status_report(NUMBER, 9, AT, AT).hex)
    ready.settle()
    [arrived] = ready.take()
    assert isinstance(arrived.content, StatusReport)
    assert arrived.content.reference == 9


# Going out.


def test_long_message_is_sent_in_order_with_all_its_references(ready):
    text = "Ļoti garš teksts. " * 12
    ready.wish(ready.send_sms, "a", NUMBER, text, report=True)
    submits = [decode(event.pdu) for event in ready.events if isinstance(event, SmsSubmitted)]
    assert "".join(submit.text for submit in submits) == text
    assert [submit.concat.part for submit in submits] == [1, 2, 3, 4]
    assert all(submit.report_wanted and submit.number == NUMBER for submit in submits)
    assert ready.take() == [SmsSent("a", reference) for reference in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("code", "fault", "may_pass"),
    [
        (304, SmsFault.NOT_UNDERSTOOD, False),
        (21, SmsFault.REJECTED, False),
        (38, SmsFault.OUT_OF_ORDER, True),
        (322, SmsFault.SIM_FULL, True),
        (500, SmsFault.NETWORK_SILENT, True),
        (999, SmsFault.REFUSED, False),
    ],
)
def test_refused_message_says_why_and_the_next_one_goes(ready, code, fault, may_pass):
    ready.stick.cms_error = code
    ready.send_sms("a", NUMBER, "x")
    ready.send_sms("b", NUMBER, "y")
    ready.settle()
    failed, sent = ready.take()
    assert failed == SmsFailed("a", fault, code)
    assert failed.fault.may_pass is may_pass
    assert sent == SmsSent("b", 1)


def test_busy_sim_holds_a_message_up_and_does_not_fail_it(ready):
    ready.stick.cms_error = 314
    ready.wish(ready.send_sms, "a", NUMBER, "x")
    assert ready.take() == []
    ready.wait(3.0)
    assert ready.take() == [SmsSent("a", 1)]


def test_message_waits_until_the_modem_is_ready_and_fails_without_doubt_when_its_turn_never_came(bench):
    bench.send_sms("a", NUMBER, "x")
    bench.start()
    assert bench.take(SmsSent) == [SmsSent("a", 1)]
    bench.cut = True
    bench.send_sms("b", NUMBER, "y")
    bench.send_sms("c", NUMBER, "z")
    bench.settle()
    bench.modem.close(bench.now)
    bench.settle()
    gone = SmsFault.MODEM_GONE
    assert bench.take(SmsFailed) == [SmsFailed("b", gone, in_doubt=True), SmsFailed("c", gone)]


def test_message_whose_answer_is_lost_is_in_doubt(ready):
    ready.stick.swallows_answer = True
    ready.wish(ready.send_sms, "a", NUMBER, "x")
    ready.wait(61.0)
    assert ready.take(SmsFailed) == [SmsFailed("a", SmsFault.NO_ANSWER, in_doubt=True)]
    assert [type(event) for event in ready.events] == [SmsSubmitted]


def test_message_the_centre_holds_already_counts_as_taken_and_does_not_go_twice(ready):
    ready.stick.messages.keeps_reference = True
    ready.stick.swallows_answer = True
    ready.wish(ready.send_sms, "a", NUMBER, "x", message_reference=77)
    ready.wait(70.0)
    ready.wish(ready.send_sms, "a", NUMBER, "x", message_reference=77, reject_duplicates=True)
    ready.wait(1.0)
    assert ready.take(SmsSent) == [SmsSent("a", None)]
    assert len(ready.events) == 1
