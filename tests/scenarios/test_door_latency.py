"""From a finger at the bell to the ringing phone, and from its key to the relay: with real phones, a hundred times.

The relay's moment is the chip's own; the phone's are when it says so. The office has twelve doors, for each opens ten
times a minute at most.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import pytest
import trio

from tests.scenarios.running_office import CONFIGURATION, PASSWORD, RunningOffice, running_office
from tests.sip.phones import Baresip, baresip

DOORS = range(1, 13)
SAMPLES = 100 if os.environ.get("PORTER_LONG") == "full" else 12
RING_SECONDS, RELAY_SECONDS = 0.3, 0.1


def twelve_doors() -> str:
    front = next(line for line in CONFIGURATION.splitlines() if line.startswith("  front:"))
    doors = "\n".join(
        f'  door{number}: {{name: Door {number}, rings: "extension:201", open_digit: "5", pulse_seconds: 1, '
        f"button_pin: {2 * number}, relay_pin: {2 * number + 1}}}"
        for number in DOORS
    )
    return CONFIGURATION.replace(front, doors)


def say(what: str, seconds: list[float], demanded: float) -> None:
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    print(f"{what:30} median {median:6.1f} ms   worst {worst:6.1f} ms   n {len(seconds)}   ≤ {demanded * 1000:.0f} ms")


async def moved_at(office: RunningOffice, since: int, line: int) -> float:
    """When a relay was unlocked."""
    with trio.fail_after(10):
        while True:
            for change in office.chip.trace(since):
                if (change.line, change.level) == (line, 1):
                    return change.monotonic
            await trio.sleep(0.001)


async def one_visit(office: RunningOffice, anna: Baresip, number: int) -> tuple[float, float]:
    """Seconds from the finger to the ringing phone, and from the phone's key to the relay."""
    button, relay = 2 * number, 2 * number + 1
    pressed = time.monotonic()
    office.chip.apply(button, 0)
    await anna.until("CALL_INCOMING")
    rang = time.monotonic()
    office.chip.apply(button, 1)
    await anna.accept()
    await anna.until("CALL_ESTABLISHED")
    await trio.sleep(0.3)
    seen, keyed = office.chip.count, time.monotonic()
    await anna.press("5")
    moved = await moved_at(office, seen, relay)
    await anna.hang_up()
    await office.until(lambda now: not now.calls, "the call to end")
    return rang - pressed, moved - keyed


@pytest.mark.real
@pytest.mark.long
async def test_how_long_a_visitor_waits_for_the_ring_and_for_the_relay(tmp_path: Path) -> None:
    with running_office(tmp_path / "office", configuration=twelve_doors()) as office:
        async with baresip(tmp_path, "201", PASSWORD, office.layout.sip_port) as anna:
            await office.until_ready("201")
            await office.until(lambda _: office.chip.level(2 * DOORS[-1] + 1) == 0, "the last door to be locked")
            visits = [await one_visit(office, anna, 1 + number % len(DOORS)) for number in range(SAMPLES)]
    rings, relays = [ring for ring, _ in visits], [relay for _, relay in visits]
    say("button → phone rings", rings, RING_SECONDS)
    say("key at the phone → relay", relays, RELAY_SECONDS)
    assert statistics.median(rings) < RING_SECONDS
    assert statistics.median(relays) < RELAY_SECONDS
