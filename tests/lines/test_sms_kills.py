"""A storm of messages both ways while the house is killed again and again: each comes in and goes out exactly once."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import trio

from appliance.store.messages import SmsState, StoredMessages
from appliance.store.writer import Writer
from hardware.modem.pdu import Submit
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import encode_deliver, split_text
from hardware.simulators.modem import SimulatedModem
from hardware.simulators.stick_events import SmsSubmitted

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEXTS = ("short {n}", "Привет 🚪 {n} ", "{n}" + "€uro[" * 60, "Ļoti garš ziņojums {n}. " * 9, "{n}" + "x" * 400)
"""One part and several, in either alphabet."""


class Storm:
    """What is sent to the house and what the house is to send.

    Args:
        parts: How many parts go each way, at least.
    """

    def __init__(self, parts: int, chance: random.Random) -> None:
        self.chance = chance
        self.coming: list[str] = []
        """PDUs in the order the network delivers them."""
        self.to_come: list[tuple[str, str]] = []
        self.to_go: list[tuple[str, str]] = []
        for n in range(parts):
            if len(self.coming) >= parts:
                break
            sender, text = f"+371200{n:05}", chance.choice(TEXTS).format(n=n)
            pdus = encode_deliver(sender, text, AT + timedelta(seconds=n), reference=n, wide_reference=n % 2 == 0)
            self.to_come.append((sender, text))
            self.coming += [pdu.hex for pdu in pdus]
        count = 0
        while count < parts:
            text = chance.choice(TEXTS).format(n=count)
            self.to_go.append((f"+371210{count:05}", text))
            count += len(split_text(text)[1])
        # Neighbouring parts change places, as networks deliver them, and some come twice.
        for at in range(0, len(self.coming) - 4, 4):
            window = self.coming[at : at + 4]
            chance.shuffle(window)
            self.coming[at : at + 4] = window
        self.coming += chance.sample(self.coming, len(self.coming) // 10)


async def live_and_die(folder: Path, seconds: float) -> None:
    """One life of the house, ended by a kill."""
    house = await trio.lowlevel.open_process(
        [sys.executable, "-m", "tests.lines.sms_house", str(folder)], stdout=subprocess.PIPE
    )
    assert house.stdout is not None
    async with house.stdout:
        await house.stdout.receive_some()
        await trio.sleep(seconds)
    house.send_signal(signal.SIGKILL)
    await house.wait()


async def storm(folder: Path, *, parts: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    storm = Storm(parts, chance)
    with Writer(folder / "records.sqlite") as writer:
        messages = StoredMessages(writer, lambda: None)
        for to, text in storm.to_go:
            await messages.add_sms(to, text, None)
    async with trio.open_nursery() as nursery:
        modem = SimulatedModem(folder / "at", folder / "audio", seed=seed)
        modem.report_after = 0.2
        submitted = Submitted(modem)
        await nursery.start(modem.run)
        nursery.start_soon(deliver, modem, storm, kills)
        for _ in range(kills):
            await live_and_die(folder, chance.uniform(0.1, 1.2))
        house = await trio.lowlevel.open_process([sys.executable, "-m", "tests.lines.sms_house", str(folder)])
        await modem.until(lambda: submitted.are_all(storm) and not modem.status.sms_waiting, seconds=120 + parts)
        await trio.sleep(5.0)  # whatever would come twice comes now
        house.kill()
        await house.wait()
        nursery.cancel_scope.cancel()
    assert submitted.twice() == []
    assert sorted(sms_of(submitted.parts)) == sorted(storm.to_go)
    with Writer(folder / "records.sqlite") as writer:
        messages = StoredMessages(writer, lambda: None)
        received = await messages.received(10_000)
        assert sorted((sms.sender, sms.text) for sms in received) == sorted(storm.to_come)
        assert {sms.state for sms in await messages.outgoing(10_000)} == {SmsState.DELIVERED}
    obeyed = Counter((folder / "obeyed").read_text().split())
    assert set(obeyed.values()) == {1}
    assert len(storm.to_come) - len(obeyed) <= kills, "a kill may keep one command from being obeyed, never more"


class Submitted:
    """The parts the simulated network took."""

    def __init__(self, modem: SimulatedModem) -> None:
        self._events = modem.events

    @property
    def parts(self) -> list[Submit]:
        found = [decode(event.pdu) for event in self._events if isinstance(event, SmsSubmitted)]
        return [part for part in found if isinstance(part, Submit)]

    def are_all(self, storm: Storm) -> bool:
        return len(self.parts) >= sum(len(split_text(text)[1]) for _, text in storm.to_go)

    def twice(self) -> list[tuple[str, int]]:
        counted = Counter((part.number, part.concat.part if part.concat else 1) for part in self.parts)
        return [part for part, count in counted.items() if count > 1]


def sms_of(parts: list[Submit]) -> list[tuple[str, str]]:
    """Whole messages; every one of a storm has a recipient of its own."""
    texts: dict[str, dict[int, str]] = {}
    for part in parts:
        texts.setdefault(part.number, {})[part.concat.part if part.concat else 1] = part.text or ""
    return [(to, "".join(text for _, text in sorted(found.items()))) for to, found in texts.items()]


async def deliver(modem: SimulatedModem, storm: Storm, kills: int) -> None:
    """The network delivers over the time of all the kills."""
    for pdu in storm.coming:
        await trio.sleep(storm.chance.uniform(0.0, 2.0 * (kills + 1) / len(storm.coming)))
        modem.send_pdu(pdu)


@pytest.mark.real
async def test_kills_lose_and_double_no_message(tmp_path: Path) -> None:
    await storm(tmp_path, parts=24, kills=4, seed=1)


@pytest.mark.real
@pytest.mark.long
def test_a_storm_with_kills_loses_and_doubles_no_message(tmp_path: Path, long_seed: int) -> None:
    """No coroutine: on a busy machine forty lives last longer than such a test may."""
    parts, kills = (200, 40) if os.environ.get("PORTER_LONG") == "full" else (60, 8)
    trio.run(partial(storm, tmp_path, parts=parts, kills=kills, seed=long_seed))
