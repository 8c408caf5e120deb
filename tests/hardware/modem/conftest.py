"""A modem's engine and a simulated stick back to back over a wire in memory, under a clock of their own."""

import random
from collections.abc import Callable

import pytest

from hardware.modem.facts import GsmFact
from hardware.modem.gsm import GsmModem
from hardware.modem.pdu_encode import encode_submit
from hardware.modem.profiles import PROFILES
from hardware.simulators.stick import GsmStick
from hardware.simulators.stick_events import ModemEvent


class Bench:
    """Engine and stick, and the wire between them.

    Args:
        kind: Of the stick, which names the profile.
        most: Octets carried at once, at random from 1; the slowest wire has 1.
        loss: Share of the octets towards us that get lost.
    """

    def __init__(
        self,
        *,
        kind: str = "huawei",
        most: int = 64,
        loss: float = 0.0,
        seed: int = 1,
        pin: str | None = None,
        imei: str | None = None,
        iccid: str | None = None,
    ) -> None:
        self.stick = GsmStick(kind)
        self.modem = GsmModem(PROFILES[self.stick.kind.profile], pin=pin, imei=imei, iccid=iccid)
        self.now = 100.0
        self.facts: list[GsmFact] = []
        self.events: list[ModemEvent] = []
        self.loss = loss
        self.cut = False
        self._most = most
        self._random = random.Random(seed)
        self._to_stick = b""
        self._to_us = b""

    def start(self) -> None:
        self.modem.start(self.now)
        self.settle()

    def settle(self) -> None:
        """Carry bytes until both are quiet; no time passes."""
        while True:
            self._to_stick += self.modem.data_to_send()
            self._to_us += self.stick.data_to_send()
            self.facts += self.modem.take_facts()
            self.events += self.stick.take_events()
            if self.cut:
                self._to_stick = self._to_us = b""
            if not self._to_stick and not self._to_us:
                return
            data, self._to_stick = self._piece(self._to_stick)
            self.stick.receive(data, self.now)
            data, self._to_us = self._piece(self._to_us)
            kept = bytes(octet for octet in data if self._random.random() >= self.loss)
            if kept:
                self.modem.receive(kept, self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, deadline by deadline."""
        end = self.now + seconds
        while True:
            self.settle()
            due = min((d for d in (self.modem.deadline, self.stick.deadline) if d is not None), default=end)
            if due >= end:
                break
            self.now = max(due, self.now)
            self.stick.tick(self.now)
            self.modem.tick(self.now)
        self.now = end
        self.stick.tick(end)
        self.modem.tick(end)
        self.settle()

    def wish(self, what: Callable[..., None], *args: object, **kwargs: object) -> None:
        what(*args, **kwargs)
        self.settle()

    def send_sms(self, id: str, to: str, text: str, **how: int) -> None:
        """Send a message of any length; each part has the same id."""
        for pdu in encode_submit(to, text, **how):
            self.modem.sms.sender.send(id, pdu)

    def take(self, *kinds: type[GsmFact]) -> list[GsmFact]:
        """The facts of these kinds since the last take; of any kind without arguments."""
        facts, self.facts = self.facts, []
        return [fact for fact in facts if not kinds or isinstance(fact, kinds)]

    def _piece(self, data: bytes) -> tuple[bytes, bytes]:
        size = self._random.randint(1, self._most)
        return data[:size], data[size:]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """Set up, registered, its first facts taken."""
    bench.start()
    bench.wait(1.0)
    assert bench.modem.is_ready
    bench.take()
    bench.events.clear()
    return bench


@pytest.fixture
def new_bench() -> type[Bench]:
    """For benches that differ from the usual one."""
    return Bench
