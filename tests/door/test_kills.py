"""Whatever is killed or hangs at whatever moment: every pin is locked in time.

Two doors, one locked at 0 and one at 1, are opened by the key of a phone, at their keypads and by their exit buttons.
Judges are a recorder that shares nothing with the product (`pin_recorder`) and the chip's own trace. The supervisor
here does what the systemd unit and `porter run` do: no `WATCHDOG=1` for two seconds → SIGKILL, and `--lock` after every
end and before every start (CHECKLIST A5-A8, A28).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

import pytest

from appliance.config.models import ExitButton
from appliance.control.client import Client
from appliance.control.door_messages import DOOR, DoorLocked, DoorSettings, Granted, VerifyLedger
from appliance.control.door_people import SetPersonCode
from appliance.control.faults import RequestFailed
from appliance.door import ledger
from appliance.office_layout import OfficeLayout
from hardware.gpio.wiegand import key_bits
from hardware.simulators.keypads import press_matrix_key, send_wiegand
from tests.door.conftest import COMMAND, KEYPAD, WIEGAND, DoorProcess, by_digit, front
from tests.door.pin_recorder import PinRecorder

PULSE = 1.0
WATCHDOG_SECONDS = 2.0
BLOWS = ("kill", "kill at start", "hang", "end", "kill asker")
LIMITS = {"kill": 2.0, "kill at start": 2.0, "hang": 15.0, "end": 2.0, "kill asker": PULSE + 1.0}
"""Seconds from the blow to the locked pin."""
WAYS = ("digit", "keypad", "exit button")
BACK_RELAY = 4
CODE = "4711"

ASKER = """
import sys
from pathlib import Path
from appliance.control.client import Client
from appliance.control.door_messages import DOOR, Channel, LegSide, OpenRequest
client = Client(Path(sys.argv[1]), DOOR, "controller")
wish = OpenRequest(door=sys.argv[2], channel=Channel.DTMF, person="201", call_id="c1", leg_side=LegSide.ANSWERER)
print(type(client.ask(wish)).__name__, flush=True)
sys.stdin.read()
"""


class Level(Protocol):
    """A level at a moment, as both judges have it."""

    @property
    def monotonic(self) -> float: ...
    @property
    def line(self) -> int: ...
    @property
    def level(self) -> int: ...


def two_doors(locked_level: int) -> tuple[DoorSettings, DoorSettings]:
    """One with a matrix keypad, one with a Wiegand keypad, locked at different levels."""
    return (
        front(pulse_seconds=PULSE, relay_locked_level=locked_level, keypad=KEYPAD, exit_button=ExitButton(pin=25)),
        front(
            name="back",
            pulse_seconds=PULSE,
            button_pin=11,
            relay_pin=BACK_RELAY,
            relay_locked_level=1 - locked_level,
            keypad=WIEGAND,
            exit_button=ExitButton(pin=10),
        ),
    )


class Campaign:
    """One office with two doors, many blows."""

    def __init__(self, door: DoorProcess, seed: int) -> None:
        self.door = door
        self.random = random.Random(seed)
        self.granted = 0
        self.blows: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()
        self.worst: dict[str, float] = {}
        self.doors = two_doors(seed % 2)
        door.start()
        door.apply(*self.doors)
        door.client.ask(SetPersonCode(person="anna", code=CODE))
        self.chip = door.chip()
        lines = tuple(settings.relay_pin for settings in self.doors)
        layout = OfficeLayout(door.folder)
        self.recorder = PinRecorder(layout.simulators_folder / "pins" / "chip", lines, door.folder / "recorded")

    def strike(self, blow: str) -> None:
        """One point: open somehow, strike at a random moment, supervise, and let both judges look."""
        self.blows[blow] += 1
        seen, began = self.chip.count, time.monotonic()
        match blow:
            case "kill":
                struck = self._while_opening(signal.SIGKILL)
            case "end":
                struck = self._while_opening(signal.SIGTERM)
            case "hang":
                struck = self._while_opening(signal.SIGSTOP)
            case "kill at start":
                struck = self._kill_at_start()
            case _:
                struck = self._kill_asker()
        self.door.lock()
        time.sleep(0.02)  # the recorder looks every millisecond, on a busy machine
        self._judge(blow, self.chip.trace(seen), began, struck)
        self._judge(blow, self.recorder.seen(), began, struck)
        assert self.door.process is not None
        if self.door.process.poll() is not None:
            self.door.start()

    def _while_opening(self, number: int) -> float:
        openers = [
            threading.Thread(target=self._open, args=(settings, self.random.choice(WAYS)))
            for settings in self.random.choice((self.doors[:1], self.doors[1:], self.doors))
        ]
        for opener in openers:
            opener.start()
        self._pass_time(self.random.choice((0.02, 0.6, PULSE * 1.6)))
        assert self.door.process is not None
        struck = time.monotonic()
        self.door.process.send_signal(number)
        if number == signal.SIGSTOP:
            self._watchdog()
        else:
            self.door.process.communicate(timeout=10)
        for opener in openers:
            opener.join()
        return struck

    def _open(self, settings: DoorSettings, way: str) -> None:
        self.ways[f"{settings.name} by {way}"] += 1
        match way:
            case "digit":
                self._ask(settings.name)
            case "keypad" if settings.keypad == KEYPAD:
                for key in CODE + "#":
                    press_matrix_key(self.chip, KEYPAD.row_pins, KEYPAD.column_pins, KEYPAD.keys, key, 0.06, time.sleep)
                    time.sleep(0.05)
            case "keypad":
                for key in CODE + "#":
                    send_wiegand(self.chip, WIEGAND.zero_pin, WIEGAND.one_pin, key_bits(key))
                    time.sleep(0.08)
            case _:
                assert settings.exit_button is not None
                self.chip.apply(settings.exit_button.pin, 0)
                time.sleep(0.08)
                self.chip.apply(settings.exit_button.pin, 1)

    def _ask(self, name: str) -> None:
        client = Client(OfficeLayout(self.door.folder).door_socket, DOOR, "controller", seconds=5)
        try:
            if isinstance(client.ask(by_digit(door=name)), Granted):
                self.granted += 1
        except RequestFailed:
            pass  # struck before it answered
        client.close()

    def _watchdog(self) -> None:
        """systemd's part: no sign of life for two seconds."""
        while True:
            try:
                self.door.notified(WATCHDOG_SECONDS)
            except AssertionError:
                break
        self.door.kill()

    def _kill_at_start(self) -> float:
        """Killed with a door unlocked, locked by the supervisor, started, and killed again somewhere in its start."""
        self._ask(self.random.choice(self.doors).name)
        self.door.kill()
        self.door.lock()
        process = subprocess.Popen([*COMMAND, "--folder", str(self.door.folder)], stderr=subprocess.DEVNULL)
        self.door.process = process  # type: ignore[assignment]
        self._pass_time(0.4)
        process.kill()
        process.wait()
        return time.monotonic()

    def _kill_asker(self) -> float:
        """The controller dies in the middle of a pulse it asked for; the door process lives."""
        heard = self.door.hear()
        path = OfficeLayout(self.door.folder).door_socket
        name = self.random.choice(self.doors).name
        asker = subprocess.Popen(
            [sys.executable, "-c", ASKER, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert asker.stdout is not None
        granted = asker.stdout.readline() == b"Granted\n"
        self.granted += granted
        self._pass_time(PULSE)
        asker.kill()
        struck = time.monotonic()
        asker.communicate()
        if granted:
            heard.next(DoorLocked)
        return struck

    def _pass_time(self, most: float) -> None:
        """A random moment later, unless the process ends by itself before."""
        assert self.door.process is not None
        try:
            self.door.process.wait(self.random.uniform(0, most))
        except subprocess.TimeoutExpired:
            return

    def _judge(self, blow: str, levels: Iterable[Level], began: float, struck: float) -> None:
        seen = [one for one in levels if one.monotonic >= began]
        for settings in self.doors:
            locked_level = settings.relay_locked_level
            assert self.chip.level(settings.relay_pin) == locked_level, blow
            own = [one for one in seen if one.line == settings.relay_pin]
            for opened, locked in unlockings(own, locked_level):
                late = locked - max(struck, opened)
                self.worst[blow] = max(self.worst.get(blow, 0.0), late)
                assert locked - opened <= PULSE + LIMITS[blow], (blow, locked - opened)
                assert late <= LIMITS[blow], (blow, late)


def unlockings(changes: Iterable[Level], locked_level: int) -> list[tuple[float, float]]:
    """From when to when a pin was unlocked; it has to be locked at the end."""
    spans: list[tuple[float, float]] = []
    opened: float | None = None
    for change in changes:
        if change.level != locked_level and opened is None:
            opened = change.monotonic
        elif change.level == locked_level and opened is not None:
            spans.append((opened, change.monotonic))
            opened = None
    assert opened is None, "unlocked at the end"
    return spans


def strike_often(door: DoorProcess, seed: int, blows: list[str]) -> None:
    campaign = Campaign(door, seed)
    try:
        for blow in blows:
            campaign.strike(blow)
        seen = campaign.recorder.seen()
    finally:
        campaign.recorder.stop()
    assert door.client.ask(VerifyLedger()).faults == ()
    entries = ledger.read(OfficeLayout(door.folder).door_folder / "ledger.sqlite")
    openings = 0
    for settings in campaign.doors:
        recorded = [entry.monotonic for entry in entries if (entry.door, entry.result) == (settings.name, "granted")]
        spans = unlockings([one for one in seen if one.line == settings.relay_pin], settings.relay_locked_level)
        openings += len(spans)
        for at, _ in spans:
            assert any(-0.001 <= at - entry < 3.5 for entry in recorded), "the relay moved without a record before"
    granted = sum(entry.result == "granted" and entry.channel == "dtmf" for entry in entries)
    assert granted >= campaign.granted, "an opening that was answered is not in the ledger"
    worst = {blow: f"{seconds * 1000:.0f} ms" for blow, seconds in sorted(campaign.worst.items())}
    print(
        f"seed {seed}: {sum(campaign.blows.values())} blows {dict(campaign.blows)}, opened {dict(campaign.ways)}, "
        f"{openings} openings seen by the recorder, locked at the latest after {worst}"
    )


@pytest.mark.real
@pytest.mark.parametrize("blow", BLOWS)
def test_one_blow_of_each_kind_leaves_the_pins_locked(door: DoorProcess, blow: str) -> None:
    strike_often(door, 7, [blow, blow])


@pytest.mark.long
def test_the_pins_are_locked_in_time_whatever_is_struck_whenever(door: DoorProcess, long_seed: int) -> None:
    count = 1000 if os.environ.get("PORTER_LONG") == "full" else 25
    chosen = random.Random(long_seed).choices(BLOWS, weights=(5, 2, 1, 2, 2), k=count)
    strike_often(door, long_seed, chosen)
