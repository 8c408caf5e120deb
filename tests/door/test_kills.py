"""Whatever is killed or hangs at whatever moment: the pin is locked in time. Judged by the chip's own trace.

The supervisor here does what the systemd unit and `porter run` do: no `WATCHDOG=1` for two seconds → SIGKILL, and
`--lock` after every end and before every start (CHECKLIST A5-A8, A28).
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

import pytest

from appliance.control.client import Client
from appliance.control.door_messages import DOOR, DoorLocked, Granted, VerifyLedger
from appliance.control.faults import RequestFailed
from appliance.door import ledger
from appliance.office_layout import OfficeLayout
from hardware.simulators.pins import Change
from tests.door.conftest import COMMAND, RELAY, DoorProcess, by_digit, front

PULSE = 1.0
WATCHDOG_SECONDS = 2.0
BLOWS = ("kill", "kill at start", "hang", "end", "kill asker")
LIMITS = {"kill": 2.0, "kill at start": 2.0, "hang": 15.0, "end": 2.0, "kill asker": PULSE + 1.0}
"""Seconds from the blow to the locked pin."""

ASKER = """
import sys
from pathlib import Path
from appliance.control.client import Client
from appliance.control.door_messages import DOOR, Channel, LegSide, OpenRequest
client = Client(Path(sys.argv[1]), DOOR, "controller")
wish = OpenRequest(door="front", channel=Channel.DTMF, person="201", call_id="c1", leg_side=LegSide.ANSWERER)
print(type(client.ask(wish)).__name__, flush=True)
sys.stdin.read()
"""


class Campaign:
    """One office, many blows."""

    def __init__(self, door: DoorProcess, seed: int) -> None:
        self.door = door
        self.random = random.Random(seed)
        self.granted = 0
        self.blows: Counter[str] = Counter()
        self.worst: dict[str, float] = {}
        door.start()
        door.apply(front(pulse_seconds=PULSE, relay_locked_level=seed % 2))
        self.locked_level = seed % 2

    def strike(self, blow: str) -> None:
        """One point: ask, strike at a random moment, supervise, and judge by the trace."""
        self.blows[blow] += 1
        seen = self.door.chip().count
        match blow:
            case "kill":
                struck = self._while_asking(signal.SIGKILL)
            case "end":
                struck = self._while_asking(signal.SIGTERM)
            case "hang":
                struck = self._while_asking(signal.SIGSTOP)
            case "kill at start":
                struck = self._kill_at_start()
            case _:
                struck = self._kill_asker()
        self.door.lock()
        self._judge(blow, seen, struck)
        assert self.door.process is not None
        if self.door.process.poll() is not None:
            self.door.start()

    def _while_asking(self, number: int) -> float:
        client = Client(OfficeLayout(self.door.folder).door_socket, DOOR, "controller", seconds=5)
        asking = threading.Thread(target=self._ask, args=(client,))
        asking.start()
        self._pass_time(self.random.choice((0.02, PULSE * 1.1)))
        assert self.door.process is not None
        struck = time.monotonic()
        self.door.process.send_signal(number)
        if number == signal.SIGSTOP:
            self._watchdog()
        else:
            self.door.process.communicate(timeout=10)
        asking.join()
        return struck

    def _ask(self, client: Client) -> None:
        try:
            if isinstance(client.ask(by_digit()), Granted):
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
        """Killed with the door unlocked, locked by the supervisor, started, and killed again somewhere in its start."""
        client = Client(OfficeLayout(self.door.folder).door_socket, DOOR, "controller", seconds=5)
        self._ask(client)
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
        asker = subprocess.Popen([sys.executable, "-c", ASKER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
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

    def _judge(self, blow: str, seen: int, struck: float) -> None:
        changes = [change for change in self.door.chip().trace(seen) if change.line == RELAY]
        assert self.door.chip().level(RELAY) == self.locked_level, blow
        for opened, locked in unlockings(changes, self.locked_level):
            late = locked - max(struck, opened)
            self.worst[blow] = max(self.worst.get(blow, 0.0), late)
            assert locked - opened <= PULSE + LIMITS[blow], (blow, locked - opened)
            assert late <= LIMITS[blow], (blow, late)


def unlockings(changes: list[Change], locked_level: int) -> list[tuple[float, float]]:
    """From when to when the pin was unlocked; it has to be locked at the end."""
    spans: list[tuple[float, float]] = []
    opened: float | None = None
    for change in changes:
        if change.level != locked_level and opened is None:
            opened = change.monotonic
        elif change.level == locked_level and opened is not None:
            spans.append((opened, change.monotonic))
            opened = None
    assert opened is None, "unlocked at the end of the trace"
    return spans


def strike_often(door: DoorProcess, seed: int, blows: list[str]) -> None:
    campaign = Campaign(door, seed)
    for blow in blows:
        campaign.strike(blow)
    assert door.client.ask(VerifyLedger()).faults == ()
    entries = ledger.read(OfficeLayout(door.folder).door_folder / "ledger.sqlite")
    recorded = [entry.monotonic for entry in entries if entry.result == "granted"]
    opened = [span[0] for span in unlockings(door.relay_trace(), campaign.locked_level)]
    assert len(recorded) >= campaign.granted, "an opening that was answered is not in the ledger"
    assert len(recorded) >= len(opened)
    for at in opened:
        assert any(-0.001 <= at - entry < 3.5 for entry in recorded), "the relay moved without a record before"
    worst = {blow: f"{seconds * 1000:.0f} ms" for blow, seconds in sorted(campaign.worst.items())}
    print(
        f"seed {seed}: {sum(campaign.blows.values())} blows, {len(opened)} openings, locked at the latest after {worst}"
    )


@pytest.mark.real
@pytest.mark.parametrize("blow", BLOWS)
def test_one_blow_of_each_kind_leaves_the_pin_locked(door: DoorProcess, blow: str) -> None:
    strike_often(door, 7, [blow, blow])


@pytest.mark.long
def test_the_pin_is_locked_in_time_whatever_is_struck_whenever(door: DoorProcess, long_seed: int) -> None:
    count = 1000 if os.environ.get("PORTER_LONG") == "full" else 25
    chosen = random.Random(long_seed).choices(BLOWS, weights=(5, 2, 1, 2, 2), k=count)
    strike_often(door, long_seed, chosen)
