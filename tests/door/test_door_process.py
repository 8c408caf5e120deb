"""The door process as its callers and its lock see it: a real process, its socket, its ledger and its pins."""

from __future__ import annotations

import json
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.control.client import Client
from appliance.control.door_alarms import DoorAlarm
from appliance.control.door_messages import (
    DOOR,
    ButtonPressed,
    Channel,
    DoorLocked,
    DoorRefused,
    DoorUnlocked,
    Granted,
    LegSide,
    ReadLedger,
    Reason,
    Refused,
    SimulateDoor,
    SimulatePress,
    VerifyLedger,
)
from appliance.control.door_people import ListPeople, Person, SetPersonCode
from appliance.control.faults import RequestFailed
from appliance.door import ledger
from appliance.door.lock_all import door_folder, pins_folder
from appliance.office_layout import OfficeLayout
from tests.door.conftest import BUTTON, COMMAND, KEYPAD, RELAY, DoorProcess, by_digit, front

pytestmark = pytest.mark.real


def test_a_key_on_the_phone_that_answered_unlocks_for_the_pulse(door: DoorProcess) -> None:
    door.start()
    door.apply()
    heard = door.hear()
    granted = door.client.ask(by_digit())
    assert granted == Granted("front", 1.0, 1)
    assert heard.next(DoorUnlocked) == DoorUnlocked("front", 1.0, Channel.DTMF, "201", "c1")
    assert heard.until(lambda status: status.doors[0].unlocked).doors[0].seconds_left > 0
    assert heard.next(DoorLocked) == DoorLocked("front")
    assert not heard.until(lambda status: not status.doors[0].unlocked).doors[0].wished_unlocked
    unlocked, locked = door.relay_trace()[-2:]
    assert (unlocked.level, locked.level) == (1, 0)
    assert locked.monotonic - unlocked.monotonic == pytest.approx(1.0, abs=0.1)


def test_the_record_is_durable_before_the_relay_moves(door: DoorProcess) -> None:
    door.start()
    door.apply()
    trace = door.folder / "trace"
    assert door.process is not None
    try:
        tracer = subprocess.Popen(
            ["strace", "-f", "-e", "trace=fdatasync,fsync,flock", "-o", trace, "-p", str(door.process.pid)],
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError:
        pytest.skip("needs strace")
    assert tracer.stderr is not None
    if b"attached" not in tracer.stderr.readline():
        pytest.skip("may not trace")
    door.client.ask(by_digit())
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    calls = [line.split()[1].split("(")[0] for line in trace.read_text().splitlines() if "(" in line]
    # The simulated chip takes its lock with flock; the first one is the relay's.
    assert "fdatasync" in calls[: calls.index("flock")]


def test_a_refusal_says_why_and_leaves_the_relay_alone(door: DoorProcess) -> None:
    door.start()
    door.apply(front(digit_opens=False))
    heard = door.hear()
    before = door.relay_trace()
    refused = door.client.ask(by_digit())
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.DIGIT_NOT_ALLOWED
    assert refused.cause == "Door 'front' does not open by a single key."
    assert heard.next(DoorRefused).reason is Reason.DIGIT_NOT_ALLOWED
    unknown = door.client.ask(by_digit(door="back"))
    assert isinstance(unknown, Refused)
    assert unknown.reason is Reason.UNKNOWN_DOOR
    assert door.relay_trace() == before
    tries = door.client.ask(ReadLedger()).entries
    assert [(entry.door, entry.result, entry.reason) for entry in tries] == [
        ("back", "refused", "unknown_door"),
        ("front", "refused", "digit_not_allowed"),
    ]


def test_a_press_is_told_at_once_and_only_once(door: DoorProcess) -> None:
    door.start()
    door.apply()
    heard = door.hear()
    door.client.ask(SimulatePress("front", 0.1))
    pressed = heard.next(ButtonPressed)
    press = next(change for change in door.chip().trace() if change.line == BUTTON and change.level == 0)
    assert 0.03 <= pressed.at - press.monotonic < 0.3
    heard.until(lambda status: status.doors[0].button_pressed)
    heard.until(lambda status: not status.doors[0].button_pressed)
    door.client.ask(SimulatePress("front", 0.1))
    assert heard.next(ButtonPressed).at > pressed.at + 0.1


def test_codes_are_kept_hashed_and_open(door: DoorProcess) -> None:
    door.start()
    door.apply(front(digit_opens=False))
    door.client.ask(SetPersonCode(person="anna", code="836251", known_numbers=("201",)))
    assert door.client.ask(ListPeople()).people == (Person("anna", (), (), None, None),)
    granted = door.client.ask(by_digit(code="836251"))
    assert isinstance(granted, Granted)
    assert door.client.ask(ReadLedger()).entries[0].person == "anna"
    door.client.ask(SetPersonCode(person="anna", code=None))
    assert door.client.ask(ListPeople()).people == ()
    log = door.kill(signal.SIGTERM)
    assert "836251" not in log
    for file in (door.folder / "door").iterdir():
        assert b"836251" not in file.read_bytes(), file
        assert file.stat().st_mode & 0o007 == 0, file


@pytest.mark.parametrize("code", ["1234", "201201", "1999"])
def test_a_trivial_code_is_refused_with_the_reason(door: DoorProcess, code: str) -> None:
    door.start()
    with pytest.raises(RequestFailed, match="too easy") as raised:
        door.client.ask(SetPersonCode(person="anna", code=code, known_numbers=("201",)))
    assert raised.value.fault.code == "trivial_code"


def test_wrong_codes_lock_out_all_channels_and_over_restarts(door: DoorProcess) -> None:
    door.start()
    door.apply(front(digit_opens=False))
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    channels = [Channel.DTMF, Channel.CODE, Channel.DTMF]
    for number in range(3):
        refused = door.client.ask(by_digit(channel=channels[number], code="000001"))
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.WRONG_CODE
    door.kill()
    door.start()
    for number in range(2):
        refused = door.client.ask(by_digit(channel=channels[number], code="000001"))
        assert isinstance(refused, Refused)
        assert refused.reason is Reason.WRONG_CODE
        assert refused.retry_seconds == 30 * number
    door.kill()
    door.start()
    refused = door.client.ask(by_digit(code="836251"))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.LOCKED_OUT
    assert 25 < refused.retry_seconds <= 30
    assert 25 < door.hear().status.doors[0].lockout_seconds <= 30


def test_codes_asked_side_by_side_are_counted_one_by_one(door: DoorProcess) -> None:
    door.start()
    door.apply()
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    with ThreadPoolExecutor(16) as pool:
        codes = [f"{number:06}" for number in range(16)]
        refused = list(pool.map(lambda code: door.client.ask(by_digit(code=code)), codes))
    reasons = [answer.reason for answer in refused if isinstance(answer, Refused)]
    assert sorted(reasons) == [Reason.LOCKED_OUT] * 11 + [Reason.WRONG_CODE] * 5


def test_openings_do_not_add_up(door: DoorProcess) -> None:
    door.start()
    door.apply()
    heard = door.hear()
    first = door.client.ask(by_digit())
    second = door.client.ask(by_digit())
    assert isinstance(first, Granted)
    assert isinstance(second, Refused)
    assert second.reason is Reason.TOO_OFTEN
    heard.next(DoorLocked)
    assert [change.level for change in door.relay_trace()][-2:] == [1, 0]


def test_an_orderly_end_in_the_middle_of_a_pulse_locks(door: DoorProcess) -> None:
    door.start()
    door.apply(front(pulse_seconds=10.0, relay_locked_level=1))
    door.client.ask(by_digit())
    assert door.chip().level(RELAY) == 0
    door.kill(signal.SIGTERM)
    assert door.process is not None
    assert door.process.returncode == 0
    assert door.chip().level(RELAY) == 1


def test_a_killed_process_leaves_it_to_the_supervisor_who_locks(door: DoorProcess) -> None:
    door.start()
    door.apply(front(pulse_seconds=10.0))
    door.client.ask(by_digit())
    door.kill()
    assert door.chip().level(RELAY) == 1
    door.lock()
    assert door.chip().level(RELAY) == 0


def test_no_state_unlocked_survives_a_start(door: DoorProcess) -> None:
    door.start()
    door.apply(front(pulse_seconds=10.0))
    door.client.ask(by_digit())
    door.kill()
    door.start()
    assert door.chip().level(RELAY) == 0
    assert not door.hear().status.doors[0].unlocked


def test_the_first_thing_a_start_does_is_to_lock(door: DoorProcess) -> None:
    door.start()
    door.apply()
    door.kill()
    door.chip().drive(RELAY, 1)
    number = door.chip().count
    door.start()
    log = door.kill(signal.SIGTERM)
    first = door.chip().trace(number)[0]
    assert (first.line, first.level) == (RELAY, 0)
    milliseconds = int(log.split("Every relay was locked ")[1].split()[0])
    print(f"locked {milliseconds} ms after the start of the process")
    assert milliseconds <= 300


def test_doors_come_back_after_a_restart_without_the_controller(door: DoorProcess) -> None:
    door.start()
    door.apply()
    door.kill()
    door.start()
    assert isinstance(door.client.ask(by_digit()), Granted)
    assert [entry.number for entry in ledger.read(door.folder / "door" / "ledger.sqlite")] == [1]


def test_applying_the_same_again_does_not_disturb_a_pulse(door: DoorProcess) -> None:
    door.start()
    door.apply()
    heard = door.hear()
    door.client.ask(by_digit())
    door.apply(front(), front(name="back", button_pin=5, relay_pin=6))
    heard.next(DoorLocked)
    unlocked, locked = door.relay_trace()[-2:]
    assert locked.monotonic - unlocked.monotonic == pytest.approx(1.0, abs=0.1)
    assert [state.name for state in heard.status.doors] == ["front", "back"]


def test_a_door_that_is_taken_away_is_locked(door: DoorProcess) -> None:
    door.start()
    door.apply(front(pulse_seconds=10.0))
    door.client.ask(by_digit())
    door.apply(front(name="back", button_pin=5, relay_pin=6))
    assert door.chip().level(RELAY) == 0
    assert isinstance(door.client.ask(by_digit()), Refused)


def test_all_mistakes_are_told_with_their_path_and_nothing_changes(door: DoorProcess) -> None:
    door.start()
    door.apply()
    with pytest.raises(RequestFailed) as raised:
        door.apply(front(), front(button_pin=RELAY, pins="mock"), front(name="x"), time_zone="Europe/Rigga")
    paths = [detail.path for detail in raised.value.fault.details]
    assert paths == [
        "doors[1].name", "doors[1].relay_pin", "doors[1].pins", "doors[2].button_pin", "doors[2].relay_pin", "time_zone"
    ]  # fmt: skip
    assert isinstance(door.client.ask(by_digit()), Granted)


@pytest.mark.parametrize(("field", "value"), [("pulse_seconds", 10.5), ("relay_pin", 99), ("relay_locked_level", 2)])
def test_values_out_of_range_are_refused_with_their_path(door: DoorProcess, field: str, value: float) -> None:
    door.start()
    with pytest.raises(RequestFailed, match=rf"doors\[0\]\.{field}|doors\[\.\.\.\]\.{field}") as raised:
        door.apply(front(**{field: value}))
    assert raised.value.fault.code == "bad_request"


@pytest.mark.skipif(bool(list(Path("/dev").glob("gpiochip*"))), reason="this machine has real pins")
def test_pins_that_are_not_there_are_a_loud_error_and_the_other_doors_go_on(door: DoorProcess) -> None:
    door.start()
    door.apply()
    with pytest.raises(RequestFailed, match="no GPIO chip") as raised:
        door.apply(front(name="side", pins="gpio"))
    assert raised.value.fault.code == "pins_unavailable"
    assert isinstance(door.client.ask(by_digit()), Granted)
    door.kill()
    settings = door.folder / "door" / "settings.json"
    saved = json.loads(settings.read_text())
    saved["doors"].append(saved["doors"][0] | {"name": "side", "pins": "gpio"})
    settings.write_text(json.dumps(saved))
    door.start()
    assert isinstance(door.client.ask(by_digit()), Granted)
    good, bad = door.hear().status.doors
    assert not good.fault
    assert "no GPIO chip" in bad.fault
    log = door.kill(signal.SIGTERM)
    assert "CRITICAL" in log


def test_a_pin_somebody_else_drives_is_locked_again_and_told(door: DoorProcess) -> None:
    door.start()
    door.apply()
    heard = door.hear()
    door.chip().drive(RELAY, 1)
    assert "though nobody asked" in heard.next(DoorAlarm).cause
    assert door.chip().level(RELAY) == 0


def test_a_relay_that_does_not_follow_is_told(door: DoorProcess) -> None:
    door.start()
    door.apply(front(pulse_seconds=10.0))
    heard = door.hear()
    door.client.ask(by_digit())
    door.chip().drive(RELAY, 0)
    assert "did not unlock" in heard.next(DoorAlarm).cause


def test_a_ledger_that_cannot_be_written_refuses_remote_openings_and_recovers(door: DoorProcess) -> None:
    door.start()
    door.apply(front(keypad=KEYPAD))
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    door.kill()
    file = door.folder / "door" / "ledger.sqlite"
    file.rename(file.with_name("away"))
    file.mkdir()
    door.start()
    refused = door.client.ask(by_digit())
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.LEDGER_UNAVAILABLE
    status = door.hear().status
    assert not status.ledger_ok
    assert "Check the disk" in status.ledger_fault
    heard = door.hear()
    door.client.ask(SimulateDoor(door="front", keys="836251#"))
    assert heard.next(DoorUnlocked).channel is Channel.KEYPAD
    file.rmdir()
    file.with_name("away").rename(file)
    assert door.client.ask(VerifyLedger()).faults == ()
    heard.next(DoorLocked)
    assert isinstance(door.client.ask(by_digit()), Granted)
    assert heard.until(lambda status: status.ledger_ok)


def test_who_may_not_ask_is_refused(door: DoorProcess) -> None:
    door.start()
    door.apply()
    for role in ("web", "command"):
        client = Client(OfficeLayout(door.folder).door_socket, DOOR, role)
        with pytest.raises(RequestFailed, match=f"The {role} may not ask") as raised:
            client.ask(by_digit())
        assert raised.value.fault.code == "not_allowed"
        assert client.ask(VerifyLedger()).faults == ()


def test_a_second_door_process_of_the_office_ends_with_the_reason(door: DoorProcess) -> None:
    door.start()
    door.apply()
    second = subprocess.run([*COMMAND, "--folder", door.folder], check=False, capture_output=True, text=True)
    assert second.returncode == 1
    assert "Another door runs" in second.stderr
    assert isinstance(door.client.ask(by_digit()), Granted)


def test_the_watchdog_is_fed_while_all_is_well(door: DoorProcess) -> None:
    door.environment["WATCHDOG_USEC"] = "400000"
    door.start()
    assert [door.notified() for _ in range(5)] == ["WATCHDOG=1"] * 5


def test_the_lock_action_says_what_it_cannot_lock(door: DoorProcess) -> None:
    door.start()
    door.apply()
    door.kill()
    settings = door.folder / "door" / "settings.json"
    settings.write_text(settings.read_text().replace('"simulated"', '"mock"'))
    failed = subprocess.run([*COMMAND, "--folder", door.folder, "--lock"], check=False, capture_output=True, text=True)
    assert failed.returncode == 1
    assert "Door 'front' may not be locked" in failed.stderr


def test_the_lock_action_of_an_office_without_doors_is_fine(tmp_path: Path) -> None:
    subprocess.run([*COMMAND, "--folder", tmp_path / "nothing", "--lock"], check=True)
    assert not (tmp_path / "nothing").exists()


def test_the_folders_are_those_of_the_layout(tmp_path: Path) -> None:
    layout = OfficeLayout(tmp_path)
    assert door_folder(tmp_path) == layout.door_folder
    assert pins_folder(tmp_path).parent == layout.simulators_folder


def test_the_command_says_how_it_is_used() -> None:
    wrong = subprocess.run([*COMMAND, "--florder", "x"], check=False, capture_output=True, text=True)
    assert wrong.returncode != 0
    assert "usage: porter-door --folder FOLDER" in wrong.stderr


def test_the_leg_side_decides_whatever_the_phone_says(door: DoorProcess) -> None:
    door.start()
    door.apply()
    from_the_street = door.client.ask(by_digit(leg_side=LegSide.STREET))
    assert isinstance(from_the_street, Refused)
    assert from_the_street.reason is Reason.WRONG_SIDE
