"""`porter …` against a whole running office, and where none runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trio

from appliance.config.loading import parse
from tests.ports import free_base_port
from tests.scenarios.running_office import CUSTOMER, RunningOffice, processes_of, running_office

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("commands"), "--without-page") as running:
        yield running


def porter(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "appliance.cli", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Ask again until it is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_export_applied_again_changes_nothing(office: RunningOffice, tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    assert office.command("export", "--to", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Nothing is different" in office.command("apply", str(file)).stdout


def test_a_change_is_shown_applied_and_undone(office: RunningOffice, tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(office.command("export").stdout.replace("name: Dace", "name: Daina"))
    assert "extensions.203.name" in office.command("apply", "--dry-run", str(file)).stdout
    assert "Daina" not in office.command("export").stdout
    applied = json.loads(office.command("--json", "apply", str(file)).stdout)
    assert applied["changes"] == ["extensions.203.name"]
    assert "Daina" in office.command("export").stdout
    assert office.command("undo").returncode == 0
    assert "Daina" not in office.command("export").stdout


def test_an_address_book_is_taken_in_and_its_mistakes_are_told(office: RunningOffice, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("name;number;responsible\nAnna Berzina;26000001;202\nBad;12;\n", encoding="utf-8-sig")
    refused = office.command("contacts", "import", str(book))
    assert refused.returncode == 1 and '(line 3): "12" is no telephone number.' in refused.stderr
    assert "Berzina" not in office.command("export").stdout
    dry = office.command("contacts", "import", "--dry-run", "--skip-mistakes", str(book))
    assert "Would be added: 1; there already: 0." in dry.stdout
    taken = json.loads(office.command("--json", "contacts", "import", "--skip-mistakes", str(book)).stdout)
    assert taken == {"added": 1, "completed": 0, "left_out": 1}
    assert "name: Anna Berzina" in office.command("export").stdout
    again = office.command("contacts", "import", "--skip-mistakes", str(book)).stdout
    assert "which already says all of it" in again
    assert office.command("undo").returncode == 0
    assert "Berzina" not in office.command("export").stdout


def test_an_agent_is_paused_and_logged_out_of_one_team(office: RunningOffice) -> None:
    assert office.command("agents", "pause", "201", "--reason", "Lunch").returncode == 0
    assert office.command("agents", "log-out", "202", "--team", "ring_group:sales").returncode == 0
    seen = {agent["number"]: agent for agent in json.loads(office.command("--json", "agents").stdout)}
    assert (seen["201"]["state"], seen["201"]["pause_reason"]) == ("paused", "Lunch")
    assert seen["202"]["teams"]["ring_group:sales"] is False
    assert "paused: Lunch" in office.command("agents").stdout
    for action, number in (("go-on", "201"), ("log-in", "202")):
        assert office.command("agents", action, number).returncode == 0
    refused = office.command("agents", "pause", "299")
    assert (refused.returncode, "no member" in refused.stderr) == (1, True)


def test_marks_are_set_listed_and_taken_off(office: RunningOffice) -> None:
    assert office.command("callers", "mark", "spam", "+37190*").returncode == 0
    listed = json.loads(office.command("--json", "callers").stdout)["marks"]
    assert {"kind": "spam", "who": "+37190*", "name": "", "numbers": ["+37190*"]} in listed
    assert office.command("callers", "unmark", "spam", "+37190*").returncode == 0
    again = office.command("callers", "unmark", "spam", "+37190*")
    assert (again.returncode, "not marked as spam" in again.stderr) == (1, True)
    assert office.command("--json", "callers", "answers").returncode == 0


def test_messages_are_sent_followed_to_the_phone_and_received(office: RunningOffice) -> None:
    assert office.command("sms", "send", "2612 3456", "Atveriet, lūdzu 🚪").returncode == 0

    def listed() -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = json.loads(office.command("--json", "sms", "list").stdout)
        return found

    until(lambda: listed()["outgoing"][0]["state"] == "delivered")
    ours = listed()["outgoing"][0]
    assert (ours["to"], ours["text"], ours["line"]) == ("+37126123456", "Atveriet, lūdzu 🚪", "gsm1")
    assert office.command("sim", "sms", "--from", "+37129999999", "hello").returncode == 0
    until(lambda: any(sms["text"] == "hello" for sms in listed()["received"]))
    shown = office.command("sms").stdout
    assert "delivered" in shown and "+37129999999" in shown
    refused = office.command("sms", "retry", ours["id"])
    assert (refused.returncode, "has not failed" in refused.stderr) == (1, True)
    assert office.command("sms", "send", "door", "hello").returncode == 1


def test_the_balance_of_a_sim_is_asked_for_and_shown(office: RunningOffice, tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    settings = office.command("export").stdout
    with_balance = settings.replace("    kind: gsm\n", '    kind: gsm\n    balance: {code: "*100#", warn_below: 6}\n')
    assert with_balance != settings
    file.write_text(with_balance)
    assert office.command("apply", str(file)).returncode == 0

    def balance() -> dict[str, object] | None:
        found: dict[str, object] | None = json.loads(office.command("--json", "status").stdout)["lines"][0]["balance"]
        return found

    until(lambda: balance() == {"money": 5.2, "minutes": None, "state": "low"}, 60.0)
    assert "5.20 (low)" in office.command("line").stdout
    assert "Only 5.20 is left on its SIM" in office.command("status").stdout
    assert office.command("undo").returncode == 0
    wrong = settings.replace("    kind: gsm\n", '    kind: gsm\n    balance: {code: "*100#", pattern: "["}\n')
    file.write_text(wrong)
    assert "no regular expression" in office.command("apply", str(file)).stderr


def test_one_line_alone_is_not_tried(office: RunningOffice) -> None:
    refused = office.command("lines", "test")
    assert (refused.returncode, "It takes two lines" in refused.stderr) == (1, True)


def test_an_appointment_is_booked_listed_and_cancelled(office: RunningOffice, tmp_path: Path) -> None:
    file, calendar = tmp_path / "office.yaml", tmp_path / "doctor.ics"
    before = office.command("export").stdout
    added = "calendars: {doctor: {name: Doctor, hours: office, minutes: 20}}\n"
    file.write_text(before + added if "\ncalendars:" not in before else before)
    assert office.command("apply", str(file)).returncode == 0
    booked = office.command("appointments", "book", "doctor", "2099-11-30 09:00", "--name", "Liga")
    assert booked.returncode == 0, booked.stderr
    assert "taken" in office.command("--json", "appointments", "book", "doctor", "2099-11-30 09:10").stderr
    (one,) = json.loads(office.command("--json", "appointments").stdout)["appointments"]
    assert (one["calendar_name"], one["starts_at"][:16], one["minutes"]) == ("Doctor", "2099-11-30T09:00", 20)
    assert (
        "Undo: porter appointments book" in office.command("appointments", "cancel", "doctor", one["starts_at"]).stdout
    )
    assert "Nothing is booked." in office.command("appointments").stdout
    calendar.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
        "DTSTART;VALUE=DATE:20261224\r\nSUMMARY:Holiday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert "2026-12-24  Holiday" in office.command("appointments", "import", "doctor", str(calendar)).stdout
    assert "2026-12-24" in office.command("export").stdout
    assert office.command("appointments", "import", "dentist", str(calendar)).returncode == 1
    assert office.command("undo").returncode == 0


def test_every_mistake_of_a_file_is_told_with_its_place(office: RunningOffice) -> None:
    wrong = office.command("export").stdout.replace("name: Dace", "nam: Dace").replace("rings: ring", "rings: rung")
    refused = porter("--folder", str(office.layout.root), "apply", "-", text=wrong)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert 'Did you mean "name"?' in refused.stderr
    assert "doors.front.rings (line" in refused.stderr
    as_json = json.loads(porter("--json", "--folder", str(office.layout.root), "apply", "-", text=wrong).stderr)
    assert {"code", "cause", "next_step", "details"} <= set(as_json["error"])


async def test_a_simulated_call_is_seen_and_told_as_a_story(office: RunningOffice) -> None:
    await office.until_ready()
    assert office.command("sim", "call", "--from", CUSTOMER).returncode == 0
    await office.until(lambda now: [call for call in now.calls if call.caller == CUSTOMER], "the call")
    assert CUSTOMER in office.command("status").stdout
    seen = json.loads(office.command("--json", "status").stdout)["calls"][0]
    assert seen["caller"] == CUSTOMER
    assert office.command("sim", "line", "hang_up").returncode == 0
    await office.until(lambda now: not now.calls, "the end of the call")


async def test_the_button_of_a_simulated_door_can_be_pressed(office: RunningOffice) -> None:
    assert office.command("sim", "door").returncode == 0
    await office.until(lambda now: any(call.caller_name == "Front door" for call in now.calls), "the door's call")
    await office.until(lambda now: not now.calls, "its end")


def test_what_is_not_simulated_is_refused_with_the_reason(office: RunningOffice) -> None:
    refused = office.command("sim", "call", "--line", "isdn1")
    assert refused.returncode == 1
    assert "There is no simulated line isdn1." in refused.stderr


def test_explain_uses_the_running_configuration(office: RunningOffice) -> None:
    explained = office.command("explain", "--from", CUSTOMER, "--at", "2026-11-24 12:00", "--answer", "sales@8s")
    assert explained.returncode == 0
    assert CUSTOMER in explained.stdout
    wrong = office.command("explain", "--from", CUSTOMER, "--at", "noon")
    assert (wrong.returncode, '"noon" is no date and time.' in wrong.stderr) == (1, True)


def test_explain_needs_no_office_when_it_gets_a_file(office: RunningOffice, tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(office.command("export").stdout)
    there = [
        "--folder",
        str(tmp_path),
        "--json",
        "explain",
        "--from",
        CUSTOMER,
        "--file",
        str(file),
        "--language",
        "lv",
    ]
    assert json.loads(porter(*there).stdout)["sentences"]


def test_a_folder_in_use_is_not_used_twice(office: RunningOffice) -> None:
    twice = porter("run", "--folder", str(office.layout.root), "--base-port", str(free_base_port()))
    assert twice.returncode == 1
    assert "Test office runs already" in twice.stderr


def test_a_taken_port_is_named_with_who_has_it(tmp_path: Path) -> None:
    base = free_base_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", base))
        refused = porter("run", "--folder", str(tmp_path / "office"), "--base-port", str(base))
    assert refused.returncode == 1
    assert f"Port {base} of 127.0.0.1, for the phones, is taken by" in refused.stderr
    assert f"(process {os.getpid()})" in refused.stderr
    assert "--base-port" in refused.stderr


def test_an_address_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    refused = porter(
        *("run", "--folder", str(tmp_path / "office"), "--base-port", str(free_base_port()), "--listen", "192.0.2.7")
    )
    assert (refused.returncode, "192.0.2.7 is not an address of this machine." in refused.stderr) == (1, True)


def test_a_first_configuration_with_mistakes_starts_nothing(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("name: Office\ndefault_desk: extension:999\nphons: {}\n")
    folder = tmp_path / "office"
    refused = porter(
        *("run", "--folder", str(folder), "--base-port", str(free_base_port()), "--configuration", str(file))
    )
    assert refused.returncode == 1
    assert "phons" in refused.stderr
    assert "999" in refused.stderr
    assert processes_of(folder) == []


@pytest.mark.parametrize("command", [["status"], ["export"], ["sim", "call"], ["explain", "--from", "+37120000002"]])
def test_where_no_office_runs_every_command_says_so(tmp_path: Path, command: list[str]) -> None:
    refused = porter("--folder", str(tmp_path), *command)
    assert refused.returncode == 3
    assert f"The controller is not running. The office's folder was taken to be {tmp_path}." in refused.stderr
    assert "porter run" in refused.stderr


async def test_the_demo_says_where_everything_is_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "appliance.cli", "--json", "run", "--demo", "--without-page"]
    command += ["--folder", str(folder), "--base-port", str(free_base_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        said = ""
        while not said.endswith("\n}\n"):
            said += await trio.to_thread.run_sync(process.stdout.readline)
        running = json.loads(said)
        kept = parse(porter("--folder", str(folder), "export").stdout)
        assert [phone["extension"] for phone in running["phones"]] == ["201", "202", "203"]
        assert running["phones"][0]["password"] == kept.extensions["201"].phones["201"].password
        process.send_signal(signal.SIGINT)
        assert await trio.to_thread.run_sync(process.wait) == 0
    assert processes_of(folder) == []
