"""`porter door …` against a real door process; no office is needed for it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from appliance.control.door_messages import Granted, OpenRequest
from tests.cli.test_commands import until
from tests.door.conftest import DoorProcess, by_digit, front
from tests.scenarios.running_office import CONFIGURATION, running_office

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DoorProcess]:
    process = DoorProcess(tmp_path_factory.mktemp("door") / "office")
    process.start()
    process.apply(front(), front(name="back", pins="simulated", button_pin=5, relay_pin=6))
    yield process
    process.close()


def porter(door: DoorProcess, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "appliance.cli", "--folder", str(door.folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_guest_is_given_a_code_that_opens_and_taken_it_and_given_it_back(door: DoorProcess) -> None:
    given = porter(
        door, "door", "give", "plumber", "--kind", "guest", "--uses", "2", "--hours", "mon-sun 00:00-24:00",
        "--until", "2099-12-31", "--door", "front",
    )  # fmt: skip
    assert given.returncode == 0, given.stderr
    code = re.search(r"is (\d{6})\.", given.stdout)
    assert code is not None
    listed = porter(door, "door", "people").stdout
    assert "plumber  guest  front  00:00-00:00  until 2099-12-31 0 of 2 uses" in listed
    assert code[1] not in listed
    assert porter(door, "door", "take", "plumber", "--kind", "guest").returncode == 0
    assert "plumber" not in porter(door, "door", "people").stdout
    assert "guest of plumber is as it was" in porter(door, "door", "undo").stdout
    refused = porter(door, "door", "undo")
    assert refused.returncode == 1 and "no change of codes" in refused.stderr
    assert "0 of 2 uses" in porter(door, "door", "people").stdout


def test_mistakes_are_said_together_and_nobody_gets_a_code(door: DoorProcess) -> None:
    wrong = porter(door, "door", "give", "painter", "--kind", "guest", "--door", "sde")
    assert wrong.returncode == 1
    assert "There is no door named 'sde'." in wrong.stderr and "A guest's code has to end." in wrong.stderr
    assert "no hours" in porter(door, "door", "give", "painter", "--hours", "always").stderr
    assert "--ask" in porter(door, "door", "give", "painter", "--kind", "card").stderr
    assert porter(door, "door", "give", "painter", "--until", "tomorrow").returncode == 2
    assert "painter" not in porter(door, "door", "people").stdout


def test_the_ledger_is_read_searched_and_verified(door: DoorProcess) -> None:
    assert isinstance(door.client.ask(by_digit(call_id="c4711")), Granted)
    door.client.ask(OpenRequest(door="garage", channel=by_digit().channel, person="202", call_id="c4712"))
    shown = porter(door, "door", "ledger", "--search", "C4711").stdout.splitlines()
    assert len(shown) == 1 and re.search(r"front\s+dtmf\s+201\s+granted$", shown[0])
    found = json.loads(porter(door, "--json", "door", "ledger", "--search", "unknown_door").stdout)
    assert [entry["door"] for entry in found["entries"]] == ["garage"]
    assert porter(door, "door", "ledger", "--search", "nobody has ever said this").stdout == "No entries.\n"
    whole = porter(door, "door", "ledger", "--verify")
    assert whole.returncode == 0 and "nothing of them was changed" in whole.stdout


def test_pins_of_a_pi_are_told_for_its_firmware(door: DoorProcess) -> None:
    assert porter(door, "door", "boot-pins").stdout == "# No door has pins of a Pi.\n"


def test_a_hand_at_a_simulated_door(tmp_path: Path) -> None:
    """Simulated contacts rest as the pull-up has them: that has to mean that all is well."""
    wired = """open_digit: "5", exit_button: {pin: 25}, contact: {pin: 22, closed_level: 1},
    tamper: {pin: 26, active_level: 0}, keypad: {kind: matrix, row_pins: [5, 6, 13, 19], column_pins: [12, 16, 20]}}"""
    configuration = CONFIGURATION.replace('open_digit: "5"}', wired)
    with running_office(tmp_path / "office", "--without-page", configuration=configuration) as office:
        assert office.command("door", "give", "anna", "--kind", "guest", "--uses", "1").returncode == 0
        assert office.command("sim", "door", "--open").returncode == 0
        assert office.command("sim", "door", "--close").returncode == 0
        assert office.command("sim", "door", "--exit").returncode == 0
        assert office.command("sim", "door", "--keys", "0000#", "--tamper").returncode == 0

        def told() -> str:
            return office.command("door", "ledger", "--most", "30").stdout

        for entry in ("alarm: forced", "alarm: tamper", "exit", "refused: wrong_code"):
            until(partial(lambda wanted: wanted in told(), entry))


def test_without_a_door_process_the_next_step_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "appliance.cli", "--folder", str(tmp_path), "door", "people"]
    alone = subprocess.run(command, capture_output=True, text=True, check=False)
    assert alone.returncode == 3
    assert "→" in alone.stderr
