"""The exchange behind a simulated analog line: current, ringing, tones of a country, caller id, and the person at the
other end. Its clock is `tick`, once per 20 ms."""

from __future__ import annotations

import random
from array import array
from collections import deque
from enum import StrEnum

import msgspec

from hardware.audio.frames import FRAME, SILENCE
from hardware.audio.level import Gain
from hardware.simulators.far_end import FarEnd
from hardware.tones.dtmf_detector import DtmfDetector
from hardware.tones.generate import ToneSource, octets, samples_of
from hardware.tones.plans import TonePattern, plan_of

NUMBER_SECONDS = 2.0
"""No further digit for so long: the number is whole."""
BURST_SECONDS = 0.6
"""After the first ring the exchange sends the number."""


class LineState(StrEnum):
    """What the exchange does with the line."""

    IDLE = "idle"
    RINGING = "ringing"
    DIAL_TONE = "dial_tone"
    DIALLING = "dialling"
    CONNECTING = "connecting"
    """Dialled, and nothing heard yet."""
    RINGBACK = "ringback"
    TALK = "talk"
    CLEARED = "cleared"
    """The other side has hung up, or never answered; we have not."""


class Clearing(StrEnum):
    """How the exchange tells that the other side has hung up."""

    BUSY = "busy"
    CONGESTION = "congestion"
    DIAL_TONE = "dial_tone"
    LOOP = "loop"
    """It interrupts the current for a moment."""
    SILENCE = "silence"
    """Not at all."""
    OWN_TONE = "own_tone"
    """By a tone no plan has: 520 Hz, 260 ms on and off."""


class NumberComes(StrEnum):
    """When the exchange sends the number of a caller."""

    BEFORE_RING = "before_ring"
    AFTER_RING = "after_ring"
    NEVER = "never"


class LineHabits(msgspec.Struct, frozen=True, kw_only=True):
    """How this exchange and this line are."""

    country: str = "LV"
    clearing: Clearing = Clearing.BUSY
    number_comes: NumberComes = NumberComes.AFTER_RING
    id_mode: str = "formatted"
    """The modem's mode that understands this exchange's caller id."""
    noise_db: float | None = None
    """RMS of the line's hiss, dBFS; None: none."""
    echo_loss_db: float | None = 14.0
    """How much quieter what we say comes back; None: not at all."""
    has_dial_tone: bool = True
    ring_seconds: float = 5.0
    """From one ring to the next."""
    level_db: float = -18.0
    """Of the exchange's tones, dBFS."""


OWN_TONE = TonePattern((520.0,), (260, 260))


class Exchange:
    """One line of an exchange.

    Attributes:
        last_dialed: The last number, as it was dialled.
        keys: Keys heard from us in a talk.
        rings: Rings that the modem has to tell of; it takes them.
        loop_breaks: Interruptions of the current, likewise.
        caller: Number and name to tell the modem now; None: nothing.
    """

    def __init__(self, far_end: FarEnd, habits: LineHabits | None = None, *, seed: int = 1) -> None:
        self.far_end = far_end
        self.habits = habits or LineHabits()
        self.state = LineState.IDLE
        self.last_dialed = ""
        self.keys = ""
        self.rings = self.loop_breaks = 0
        self.caller: tuple[str, str] | None = None
        self._calling = ("", "")
        self._now = 0.0
        self._since = 0.0
        self._ring_at: float | None = None
        self._number_at: float | None = None
        self._digit_at = 0.0
        self._digits = ""
        self._ear = DtmfDetector()
        self._echo: deque[bytes] = deque(maxlen=3)
        self._random = random.Random(seed)
        self._source: tuple[TonePattern, ToneSource, int] | None = None
        self._cause = 16

    # What the modem does with the line.

    def off_hook(self) -> None:
        if self.state is LineState.RINGING:
            self._begin(LineState.TALK)
        elif self.state is LineState.IDLE:
            self._digits, self._ear = "", DtmfDetector()
            self._begin(LineState.DIAL_TONE)

    def on_hook(self) -> None:
        if self.state is LineState.TALK:
            self.far_end.end()
        if self.state is not LineState.RINGING:
            self._begin(LineState.IDLE)

    def dialled(self, number: str) -> None:
        """The modem dialled a whole number by itself, such as by pulses."""
        self._digits = number
        self._connect()

    def hear(self, frame: bytes) -> None:
        """20 ms the modem puts on the line."""
        self._echo.append(frame)
        if self.state in (LineState.DIAL_TONE, LineState.DIALLING):
            if heard := self._ear.hear(frame):
                self._digits += heard
                self._digit_at = self._now
                self._begin(LineState.DIALLING)
        elif self.state is LineState.TALK:
            self.keys += self._ear.hear(frame)
            self.far_end.receive(frame)

    def say(self) -> bytes:
        """20 ms the modem hears."""
        frame = self._sound()
        echo = self._echo.popleft() if self._echo else SILENCE
        habits = self.habits
        if habits.echo_loss_db is None and habits.noise_db is None:
            return frame
        parts = [samples_of(frame)]
        if habits.echo_loss_db is not None:
            parts.append(samples_of(Gain(-habits.echo_loss_db)(echo)))
        if habits.noise_db is not None:
            deviation = 32767 * 10 ** (habits.noise_db / 20)
            parts.append(array("h", (round(self._random.gauss(0, deviation)) for _ in range(FRAME // 2))))
        mixed = (max(-32768, min(32767, sum(values))) for values in zip(*parts, strict=True))
        return octets(array("h", mixed))

    # What the world does.

    def call_in(self, number: str, name: str = "") -> None:
        """Ring; "" withholds the number. Raises RuntimeError when the line is busy."""
        if self.state is not LineState.IDLE:
            raise RuntimeError("the simulated line is busy")
        self._calling = (number, name)
        self.keys = ""
        early = self.habits.number_comes is NumberComes.BEFORE_RING
        self._number_at = self._now if early else None
        self._ring_at = self._now + (1.0 if early else 0.0)
        self._begin(LineState.RINGING)

    def answer(self) -> None:
        """The called person answers."""
        if self.state in (LineState.CONNECTING, LineState.RINGBACK):
            self._begin(LineState.TALK)

    def hang_up(self, cause: int = 16) -> None:
        """The other side is gone: 17 busy, others by the line's habit of clearing."""
        if self.state is LineState.RINGING:
            self._begin(LineState.IDLE)
        elif self.state in (LineState.CONNECTING, LineState.RINGBACK, LineState.TALK):
            if self.state is LineState.TALK:
                self.far_end.end()
            self._cause = cause
            if self.habits.clearing is Clearing.LOOP and cause == 16:
                self.loop_breaks += 1
            self._begin(LineState.CLEARED)

    def break_loop(self) -> None:
        """Interrupt the current, whatever else goes on."""
        self.loop_breaks += 1

    def tick(self, now: float) -> None:
        """20 ms have passed."""
        self._now = now
        if self.state is LineState.RINGING:
            self._ring()
        elif self.state is LineState.DIALLING and now - self._digit_at > NUMBER_SECONDS:
            self._connect()
        elif self.state in (LineState.CONNECTING, LineState.RINGBACK, LineState.TALK):
            self._follow_plan()
        if self.state is LineState.TALK:
            self.far_end.hear()

    @property
    def has_call(self) -> bool:
        return self.state not in (LineState.IDLE, LineState.DIAL_TONE, LineState.CLEARED)

    # Inside.

    def _begin(self, state: LineState) -> None:
        if state is not self.state:
            self._since, self._source = self._now, None
        if state is LineState.TALK and self.state is not LineState.TALK:
            self._ear = DtmfDetector()
            self.far_end.begin()
        self.state = state

    def _ring(self) -> None:
        if self._number_at is not None and self._now >= self._number_at:
            self._number_at = None
            self.caller = self._calling
        if self._ring_at is not None and self._now >= self._ring_at:
            self.rings += 1
            first = self._ring_at - self._since < 1.5
            if first and self.habits.number_comes is NumberComes.AFTER_RING:
                self._number_at = self._now + BURST_SECONDS
            self._ring_at = self._now + self.habits.ring_seconds

    def _connect(self) -> None:
        self.last_dialed, self.keys = self._digits, ""
        self._begin(LineState.CONNECTING)

    def _follow_plan(self) -> None:
        plan, waited = self.far_end.plan, self._now - self._since
        match self.state:
            case LineState.CONNECTING if plan.rings_after is not None and waited >= plan.rings_after:
                self._begin(LineState.RINGBACK)
            case LineState.RINGBACK if plan.refuses_with is not None and waited >= (plan.answers_after or 0.0):
                self.hang_up(plan.refuses_with)
            case LineState.RINGBACK if plan.answers_after is not None and waited >= plan.answers_after:
                self._begin(LineState.TALK)
            case LineState.TALK if plan.hangs_up_after is not None and waited >= plan.hangs_up_after:
                self.hang_up()

    def _sound(self) -> bytes:
        plan = plan_of(self.habits.country)
        match self.state:
            case LineState.DIAL_TONE if self.habits.has_dial_tone:
                return self._tone(plan.dial[0])
            case LineState.RINGBACK:
                return self._tone(plan.ringback[0])
            case LineState.TALK:
                return self.far_end.say()
            case LineState.CLEARED if (pattern := self._clearing_tone()) is not None:
                return self._tone(pattern)
        return SILENCE

    def _clearing_tone(self) -> TonePattern | None:
        plan = plan_of(self.habits.country)
        if self._cause == 17:
            return plan.busy[0]
        if self._cause not in (16, 19):
            return plan.congestion[0]
        return {
            Clearing.BUSY: plan.busy[0],
            Clearing.CONGESTION: plan.congestion[0],
            Clearing.DIAL_TONE: plan.dial[0],
            Clearing.OWN_TONE: OWN_TONE,
        }.get(self.habits.clearing)

    def _tone(self, pattern: TonePattern) -> bytes:
        """The next 20 ms of a tone with its cadence, to the sample."""
        if self._source is None or self._source[0] != pattern:
            self._source = (pattern, ToneSource(*pattern.hz, level_db=self.habits.level_db), 0)
        _, source, at = self._source
        self._source = (pattern, source, at + FRAME // 2)
        frame = source.take(FRAME // 2)
        if not pattern.ms:
            return frame
        return octets(array("h", (v if _is_on(pattern, at + i) else 0 for i, v in enumerate(samples_of(frame)))))


def _is_on(pattern: TonePattern, sample: int) -> bool:
    at = sample / 8 % sum(pattern.ms)
    for position, ms in enumerate(pattern.ms):
        if at < ms:
            return position % 2 == 0
        at -= ms
    return False
