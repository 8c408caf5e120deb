"""What happens at a door by itself: hands on simulated pins, the real door process, and what it does and tells.

No controller runs in most of these: a keypad works while the office restarts.
"""

from __future__ import annotations

import signal
import threading
import time

import pytest

from appliance.control.client import Client
from appliance.control.door_alarms import AlarmKind, DoorAlarm, DoorAlarmEnded
from appliance.control.door_messages import (
    DOOR,
    Channel,
    DoorLocked,
    DoorMoved,
    DoorRefused,
    DoorUnlocked,
    Granted,
    OpenRequest,
    ReadLedger,
    Reason,
    Refused,
    SimulateDoor,
    VerifyLedger,
)
from appliance.control.door_people import CodeKind, IssueOneTimeCode, ListPeople, SetPersonCode, UndoCodes
from appliance.control.faults import RequestFailed
from appliance.office_layout import OfficeLayout
from tests.door.conftest import BUTTON, FIXTURES, WIEGAND, DoorProcess, Heard, by_digit, front

pytestmark = pytest.mark.real


def started(door: DoorProcess, **other: object) -> Heard:
    door.start()
    door.apply(front(**(FIXTURES | other)))
    hand(door, is_open=False, tampered=False, panic=False)
    time_to_settle()
    return door.hear()


def hand(door: DoorProcess, **wish: object) -> None:
    door.client.ask(SimulateDoor(door="front", **wish))  # type: ignore[arg-type]


def time_to_settle() -> None:
    threading.Event().wait(0.15)


def begins(heard: Heard, kind: AlarmKind) -> DoorAlarm:
    alarm = heard.next(DoorAlarm)
    assert isinstance(alarm, DoorAlarm)
    assert alarm.kind is kind
    return alarm


def ends(heard: Heard, kind: AlarmKind) -> None:
    assert heard.next(DoorAlarmEnded).kind is kind


def refused(answer: Granted | Refused) -> Reason:
    assert isinstance(answer, Refused)
    return answer.reason


def ledger(door: DoorProcess, text: str = "") -> list[tuple[str, str, str | None]]:
    entries = door.client.ask(ReadLedger(text=text)).entries
    return [(entry.channel, entry.result, entry.reason) for entry in reversed(entries)]


@pytest.mark.parametrize("keypad", [FIXTURES["keypad"], WIEGAND])
def test_a_code_keyed_in_at_the_door_opens_it_without_any_controller(door: DoorProcess, keypad: object) -> None:
    heard = started(door, keypad=keypad)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    web = Client(OfficeLayout(door.folder).door_socket, DOOR, "web")
    door.client.close()
    web.ask(SimulateDoor(door="front", keys="12*836251#"))
    opened = heard.next(DoorUnlocked)
    assert (opened.channel, opened.person) == (Channel.KEYPAD, "anna")
    assert door.relay_trace()[-1].level == 1
    heard.next(DoorLocked)
    assert door.relay_trace()[-1].level == 0
    web.close()


def test_wrong_codes_at_the_keypad_lock_out_every_channel_and_raise_one_alarm(door: DoorProcess) -> None:
    heard = started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    for _ in range(3):
        assert refused(door.client.ask(by_digit(code="000001"))) is Reason.WRONG_CODE
    hand(door, keys="0000#0000#")
    assert begins(heard, AlarmKind.TOO_MANY_TRIES).next_step
    hand(door, keys="836251#")
    assert refused(door.client.ask(by_digit(code="836251"))) is Reason.LOCKED_OUT
    reasons = [reason for _, result, reason in ledger(door) if result == "refused"]
    assert reasons.count("wrong_code") == 5 and reasons.count("locked_out") == 2
    assert [result for _, result, _ in ledger(door, "too_many_tries")] == ["alarm"]
    assert heard.until(lambda status: status.doors[0].lockout_seconds > 0).doors[0].alarms == (
        AlarmKind.TOO_MANY_TRIES,
    )


def test_the_lamp_is_lit_while_unlocked_and_flashes_when_refused(door: DoorProcess) -> None:
    heard = started(door)
    lamp = FIXTURES["lamp"].pin
    door.client.ask(by_digit())
    assert door.chip().level(lamp) == 1
    heard.next(DoorLocked)
    assert door.chip().level(lamp) == 0
    seen = door.chip().count
    hand(door, keys="4711#")
    heard.next(DoorRefused)
    threading.Event().wait(0.8)
    assert [change.level for change in door.chip().trace(seen) if change.line == lamp] == [1, 0] * 3


def test_the_exit_button_opens_through_lock_outs_tampering_and_without_a_ledger(door: DoorProcess) -> None:
    heard = started(door)
    for _ in range(5):
        door.client.ask(by_digit(code="000001"))
    hand(door, tampered=True)
    assert begins(heard, AlarmKind.TOO_MANY_TRIES)
    assert begins(heard, AlarmKind.TAMPER)
    file = door.folder / "door" / "ledger.sqlite"
    door.kill()
    file.rename(file.with_name("away"))
    file.mkdir()
    door.start()
    heard = door.hear()
    hand(door, exit_pressed=True)
    opened = heard.next(DoorUnlocked)
    assert (opened.channel, opened.person, opened.seconds) == (Channel.EXIT, None, 1.0)
    heard.next(DoorLocked)
    file.rmdir()
    file.with_name("away").rename(file)
    hand(door, exit_pressed=True)
    heard.next(DoorUnlocked)
    assert ("exit", "granted", None) in ledger(door)


def test_an_exit_button_that_does_not_open_only_says_that_nobody_forces_the_door(door: DoorProcess) -> None:
    button = FIXTURES["exit_button"]
    heard = started(door, exit_button=type(button)(pin=button.pin, opens=False))
    hand(door, exit_pressed=True)
    hand(door, is_open=True)
    assert heard.next(DoorMoved) == DoorMoved("front", True)
    hand(door, is_open=False)
    heard.next(DoorMoved)
    assert door.relay_trace()[-1].level == 0
    assert ledger(door, "forced") == []


def test_a_forced_door_is_told_within_two_seconds_once_and_its_end_too(door: DoorProcess) -> None:
    heard = started(door)
    pushed = time.monotonic()
    hand(door, is_open=True)
    alarm = begins(heard, AlarmKind.FORCED)
    assert time.monotonic() - pushed < 2
    assert alarm.cause == "Door 'front' was opened though nobody had unlocked it."
    for is_open in (False, True, False):
        hand(door, is_open=is_open)
        time_to_settle()
    ends(heard, AlarmKind.FORCED)
    assert [result for _, result, _ in ledger(door, "forced")] == ["alarm", "alarm_ended"]


def test_a_door_held_open_and_one_nobody_opened(door: DoorProcess) -> None:
    heard = started(door)
    door.client.ask(by_digit())
    heard.next(DoorLocked)
    locked = time.monotonic()
    assert begins(heard, AlarmKind.NOT_OPENED)
    assert time.monotonic() - locked < 2
    door.client.ask(by_digit())
    ends(heard, AlarmKind.NOT_OPENED)
    hand(door, is_open=True)
    opened = time.monotonic()
    assert begins(heard, AlarmKind.HELD_OPEN)
    assert 5 < time.monotonic() - opened < 7
    hand(door, is_open=False)
    ends(heard, AlarmKind.HELD_OPEN)


def test_tampering_blocks_everybody_from_afar_for_half_an_hour_and_over_a_restart(door: DoorProcess) -> None:
    heard = started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    hand(door, tampered=True)
    assert begins(heard, AlarmKind.TAMPER)
    assert refused(door.client.ask(by_digit())) is Reason.BLOCKED
    hand(door, tampered=False)
    ends(heard, AlarmKind.TAMPER)
    door.kill()
    door.start()
    answer = door.client.ask(by_digit(code="836251"))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.BLOCKED
    assert 1750 < answer.retry_seconds <= 1800
    heard = door.hear()
    assert heard.status.doors[0].blocked_seconds > 1750
    hand(door, keys="836251#")
    assert heard.next(DoorUnlocked).channel is Channel.KEYPAD


def test_a_panic_button_held_at_the_start_blocks_from_the_first_moment(door: DoorProcess) -> None:
    started(door)
    door.kill()
    panic = FIXTURES["panic"]
    door.chip().apply(panic.pin, panic.active_level)
    door.start()
    assert refused(door.client.ask(by_digit())) is Reason.BLOCKED
    heard = door.hear()
    assert AlarmKind.PANIC in heard.until(lambda status: status.doors[0].alarms).doors[0].alarms


def test_a_code_under_duress_opens_and_only_a_notice_tells(door: DoorProcess) -> None:
    heard = started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    door.client.ask(SetPersonCode(person="anna", code="836258", kind=CodeKind.DURESS))
    hand(door, keys="836258#")
    alarm = begins(heard, AlarmKind.DURESS)
    assert alarm.is_silent and alarm.person == "anna"
    assert heard.next(DoorUnlocked).person == "anna"
    assert heard.until(lambda status: not status.doors[0].unlocked).doors[0].alarms == ()
    assert ledger(door, "duress") == [
        ("", "code_given", "duress"),
        ("keypad", "granted", "duress"),
        ("", "alarm", "duress"),
    ]


def test_a_guest_comes_in_once_even_if_the_process_is_killed_in_between(door: DoorProcess) -> None:
    heard = started(door)
    door.client.ask(SetPersonCode(person="plumber", code="590417", kind=CodeKind.GUEST, uses=1, by="anna"))
    hand(door, keys="590417#")
    assert heard.next(DoorUnlocked).person == "plumber"
    door.kill()
    door.start()
    assert refused(door.client.ask(by_digit(code="590417"))) is Reason.USED_UP
    (guest,) = door.client.ask(ListPeople()).people
    assert (guest.uses, guest.used) == (1, 1)
    assert door.client.ask(ReadLedger(text="code_given")).entries[0].asker == "anna"


def test_a_code_for_one_ring_opens_once_for_the_one_it_was_sent_to(door: DoorProcess) -> None:
    started(door)
    code = door.client.ask(IssueOneTimeCode(door="front", ring="c77", person="+37120000001")).code
    by_sms = OpenRequest(door="front", channel=Channel.SMS, person="+37120000001", code=code, call_id="sms 9")
    other = OpenRequest(door="front", channel=Channel.SMS, person="+37120000002", code=code)
    assert refused(door.client.ask(other)) is Reason.WRONG_CODE
    assert isinstance(door.client.ask(by_sms), Granted)
    assert door.client.ask(ReadLedger(text="sms")).entries[0].call_id == "c77"
    threading.Event().wait(1.1)
    assert refused(door.client.ask(by_sms)) is Reason.USED_UP
    again = door.client.ask(IssueOneTimeCode(door="front", ring="c78", person="+37120000001")).code
    door.kill()
    log = door.process and door.process.returncode
    assert log == -9
    door.start()
    late = OpenRequest(door="front", channel=Channel.SMS, person="+37120000001", code=again)
    assert refused(door.client.ask(late)) is Reason.WRONG_CODE


def test_nobody_speaks_in_the_name_of_the_keypad(door: DoorProcess) -> None:
    started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    for forged in (
        OpenRequest(door="front", channel=Channel.KEYPAD, code="836251"),
        OpenRequest(door="front", channel=Channel.EXIT),
        by_digit(code="836251", is_card=True),
    ):
        assert refused(door.client.ask(forged)) is Reason.NOT_LOCAL
    assert [change.level for change in door.relay_trace()] == [0]


def test_a_card_opens_and_its_number_keyed_in_does_not(door: DoorProcess) -> None:
    heard = started(door, keypad=WIEGAND)
    door.client.ask(SetPersonCode(person="anna", code="0001234567", kind=CodeKind.CARD))
    hand(door, keys="0001234567#")
    assert heard.next(DoorRefused).reason is Reason.WRONG_CODE
    hand(door, card=1234567)
    assert heard.next(DoorUnlocked).person == "anna"


def test_a_contact_that_bounces_forever_is_one_alarm_and_the_door_goes_on(door: DoorProcess) -> None:
    heard = started(door)
    chip, stop = door.chip(), threading.Event()
    contact = FIXTURES["contact"].pin

    def rattle() -> None:
        level = 0
        while not stop.wait(0.004):
            level = 1 - level
            chip.apply(contact, level)

    rattling = threading.Thread(target=rattle)
    rattling.start()
    try:
        while (alarm := heard.next(DoorAlarm)).kind is not AlarmKind.UNSTEADY_INPUT:
            assert alarm.kind is AlarmKind.FORCED  # a busy machine may let it rest in the wrong place once
        assert "contact" in alarm.cause
        assert isinstance(door.client.ask(by_digit()), Granted)
        heard.next(DoorLocked)
    finally:
        stop.set()
        rattling.join()
    chip.apply(contact, 0)
    while heard.next(DoorAlarmEnded).kind is not AlarmKind.UNSTEADY_INPUT:
        pass
    assert heard.until(lambda status: status.doors[0].is_open is False)
    assert len(ledger(door, "unsteady_input")) == 2


def test_a_bell_that_is_pressed_forever_is_one_ring(door: DoorProcess) -> None:
    started(door)
    seen = door.hear()
    chip = door.chip()
    chip.apply(BUTTON, 0)
    seen.until(lambda status: status.doors[0].button_pressed)
    threading.Event().wait(1.0)
    chip.apply(BUTTON, 1)
    seen.until(lambda status: not status.doors[0].button_pressed)


def test_the_last_change_of_codes_is_taken_back_and_recorded(door: DoorProcess) -> None:
    started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    door.client.ask(SetPersonCode(person="anna", code=None))
    assert door.client.ask(UndoCodes(by="owner")).person == "anna"
    answer = door.client.ask(by_digit(code="836251"))
    assert isinstance(answer, Granted), answer
    assert [result for _, result, _ in ledger(door, "anna")][:3] == ["code_given", "code_taken", "code_undone"]
    with pytest.raises(RequestFailed, match="no change"):
        door.client.ask(UndoCodes())


def test_a_garbled_reader_and_a_hammering_finger_stop_nothing(door: DoorProcess) -> None:
    heard = started(door, keypad=WIEGAND)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    chip = door.chip()
    for number in range(3000):
        chip.apply(WIEGAND.zero_pin if number % 3 else WIEGAND.one_pin, number % 2)
    for line in (WIEGAND.zero_pin, WIEGAND.one_pin):
        chip.apply(line, 1)
    threading.Event().wait(0.3)
    hand(door, keys="*836251#")
    assert heard.next(DoorUnlocked).person == "anna"
    assert [change.level for change in door.relay_trace()] in ([0, 1], [0, 1, 0])
    assert door.client.ask(VerifyLedger()).faults == ()


def test_nothing_keyed_in_is_written_anywhere(door: DoorProcess) -> None:
    """Neither a right code nor a wrong one, which may be a right one with a slip of the finger."""
    heard = started(door)
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    hand(door, keys="836257#")
    assert heard.next(DoorRefused).reason is Reason.WRONG_CODE
    hand(door, keys="836251#")
    assert heard.next(DoorUnlocked).person == "anna"
    log = door.kill(signal.SIGTERM)
    for text in (log, *(file.read_bytes().decode(errors="replace") for file in (door.folder / "door").iterdir())):
        assert "836251" not in text and "836257" not in text
