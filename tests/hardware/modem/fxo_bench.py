"""An analog modem's engine and a simulated chip with its exchange, back to back under a clock of their own."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hardware.audio.call_sound import CallSound
from hardware.audio.echo import EchoCanceller
from hardware.modem.facts import DigitHeard, Ended, GsmFact
from hardware.modem.fxo import FxoModem, FxoSettings
from hardware.modem.fxo_facts import EchoNoted, FxoReady, LineReleased, ToneNoted
from hardware.modem.fxo_profiles import FXO_PROFILES
from hardware.simulators.exchange import Exchange, LineHabits
from hardware.simulators.far_end import FarEnd
from hardware.simulators.voice_chip import VoiceChip
from hardware.tones.generate import ToneSource

TICK = 0.02


class FxoBench:
    """Engine, chip, and the wire between them.

    Args:
        most: Octets carried at once, at random from 1.
    """

    def __init__(
        self,
        *,
        family: str = "conexant",
        habits: LineHabits | None = None,
        most: int = 400,
        seed: int = 1,
        cancels_echo: bool = True,
        **settings: Any,
    ) -> None:
        self.far_end = FarEnd()
        self.exchange = Exchange(self.far_end, habits, seed=seed)
        self.chip = VoiceChip(self.exchange, family)
        self.sound = CallSound(echo=EchoCanceller(suppress=False) if cancels_echo else None)
        self.modem = FxoModem(FXO_PROFILES[family], FxoSettings(**settings), self.sound)
        self.now = 100.0
        self.facts: list[GsmFact] = []
        self.heard = bytearray()
        self.says: ToneSource | None = None
        self.cut = False
        """The chip gets nothing and is not heard."""
        self.stalls = False
        """The port takes nothing from us."""
        self._most = most
        self._random = random.Random(seed)
        self._to_chip = self._to_us = b""

    def start(self) -> FxoBench:
        self.modem.start(self.now)
        self.wait_for(FxoReady)
        self.take()
        return self

    def settle(self) -> None:
        """Carry octets until both are quiet; no time passes."""
        while True:
            if not self._to_chip:
                self._to_chip = self.modem.data_to_send()
            self._to_us += self.chip.data_to_send()
            self.facts += self.modem.take_facts()
            if self.cut:
                self._to_chip = self._to_us = b""
            if (not self._to_chip or self.stalls) and not self._to_us:
                return
            if not self.stalls:
                data, self._to_chip = self._piece(self._to_chip)
                self.chip.receive(data)
            data, self._to_us = self._piece(self._to_us)
            if data:
                self.modem.receive(data, self.now)

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK)):
            self.step()

    def step(self) -> None:
        self.now += TICK
        self.exchange.tick(self.now)
        self.chip.tick()
        self.settle()
        self.modem.tick(self.now)
        self.settle()
        if self.sound.is_talking:
            self.heard += self.sound.pull()
            if self.says is not None:
                self.sound.push(self.says.take(160))

    def until(self, condition: Callable[[], bool], seconds: float = 30.0) -> float:
        """How long it took; fails when it does not come true."""
        began = self.now
        while not condition():
            assert self.now - began < seconds, f"not within {seconds} s; facts {self.facts[-8:]}"
            self.step()
        return self.now - began

    def wait_for(self, kind: type[GsmFact], seconds: float = 30.0) -> GsmFact:
        self.until(lambda: any(isinstance(fact, kind) for fact in self.facts), seconds)
        return next(fact for fact in self.facts if isinstance(fact, kind))

    def take(self, *kinds: type[GsmFact]) -> list[GsmFact]:
        """Facts since the last take; of any kind but what is only learned without arguments."""
        facts, self.facts = self.facts, []
        if not kinds:
            return [fact for fact in facts if not isinstance(fact, ToneNoted | EchoNoted)]
        return [fact for fact in facts if isinstance(fact, kinds)]

    def answered_call(self) -> None:
        """Somebody calls, and we talk."""
        self.exchange.call_in("29123456")
        self.until(lambda: self.modem.call.state == "ringing")
        self.modem.call.answer()
        self.until(lambda: self.modem.call.state == "active")
        self.sound.begin()
        self.take()

    def until_released(self, seconds: float = 30.0) -> tuple[LineReleased, float]:
        """What released the line, and how long it took until it was on hook."""
        took = self.until(lambda: not self.chip.is_off_hook, seconds)
        self.wait_for(Ended)
        self.sound.end()
        released = next(fact for fact in self.facts if isinstance(fact, LineReleased))
        return released, took

    def digits(self) -> str:
        return "".join(fact.digit for fact in self.facts if isinstance(fact, DigitHeard))

    def _piece(self, data: bytes) -> tuple[bytes, bytes]:
        size = self._random.randint(1, self._most)
        return data[:size], data[size:]
