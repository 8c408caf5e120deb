"""An analog voice modem without its wire: octets and time in; octets, facts and sound out. Set-up, the way on and off
hook, and the one port that carries text and sound live here; the call has a module of its own.

Theory of operation. The line is in one of these states:

    unknown   --start--------> resetting  the end of a stream of an earlier life, then ATH before anything else
    resetting --ATH, set up--> on hook    FxoReady
    on hook   --seize--------> seizing    voice class, off hook, +VTR
    seizing   --CONNECT------> streaming  sound both ways, a frame each 20 ms
    seizing, streaming --let_go--> leaving  DLE ^, DLE ETX comes back, +VLS=0, ATH, class 0
    leaving   --taken--------> on hook
    any       --refused, late, stopped--> resetting once, then failed

So there is no way to stay off hook but a modem that obeys nothing any more; and even that one goes on hook when its
port is closed (&D2), or when its power is cut. `Failed` is left by `start` only.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from functools import partial

import msgspec

from hardware.audio.call_sound import CallSound
from hardware.audio.frames import FRAME, FRAME_SECONDS
from hardware.modem.at import AtEngine, Command, Final, InStep, Question, Reply, Rubbish, Silent, Unsolicited
from hardware.modem.dle import DROP_UNSENT, LEAVE, LEAVE_DUPLEX, DleReader, KeyHeard, LineEvent, StreamEnded, shielded
from hardware.modem.facts import DigitHeard, GsmFact
from hardware.modem.fxo_call import FxoCall, FxoCallState
from hardware.modem.fxo_facts import FxoFailed, FxoFault, FxoReady
from hardware.modem.fxo_profiles import COUNTRY_CODES, FxoProfile
from hardware.modem.release import Limits
from hardware.tones.plans import TonePlan, plan_of

log = logging.getLogger(__name__)

Handler = Callable[[Reply], None]

QUESTIONS = (Question("I0", ""), Question("I3", ""), Question("I0", ""))
"""Every one of these modems answers with a line of its own, in any state."""
NEWS = ("RING", "DATE", "TIME", "NMBR", "NAME", "MESG", "DDN_NMBR", "CALL_TYPE")
STREAM_SECONDS = 2.0
"""A modem that brings no sound for so long in a call has stopped."""
LEAVE_SECONDS = 2.0
MOST_WAITING = 5
"""Frames the port did not take yet; older ones are dropped, or the talk would lag."""
LEAD = 3
"""Frames of silence ahead, so that the modem does not run dry at once."""
FLOOD_SECONDS, FLOOD_LINES = 10.0, 400
_OCTETS = FRAME // 2
_QUIT = DROP_UNSENT + LEAVE + LEAVE_DUPLEX + b"\r"


class Hook(StrEnum):
    """Where the line is in the table above."""

    UNKNOWN = "unknown"
    RESETTING = "resetting"
    ON_HOOK = "on hook"
    SEIZING = "seizing"
    STREAMING = "streaming"
    LEAVING = "leaving"
    FAILED = "failed"


class FxoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How one line is used."""

    country: str = "LV"
    """ISO 3166; chooses tones and the modem's own country."""
    plan: TonePlan | None = None
    """Tones, with what was learned; None: the country's."""
    pulse: bool = False
    """Dial by interrupting the current, for exchanges that know no tones."""
    waits_for_dial_tone: bool = True
    limits: Limits = Limits()

    @property
    def tones(self) -> TonePlan:
        return self.plan or plan_of(self.country)


class FxoModem:
    """One modem and its line. Use it as `GsmModem`: `start`, `receive`, `tick`, `close`; after each, and after each
    wish, carry `data_to_send()` and read `take_facts()`. Call `data_to_send` only when the port has taken what it
    handed out before: then sound that the port does not take is dropped here, and nothing else is.

    Args:
        sound: Both ways of a call; `begin` and `end` are its owner's.
    """

    def __init__(self, profile: FxoProfile, settings: FxoSettings, sound: CallSound) -> None:
        self.profile = profile
        self.settings = settings
        self.sound = sound
        self.now = 0.0
        self.hook = Hook.UNKNOWN
        self.caller_id_mode = profile.caller_id[0].name
        """Name of the profile's mode; takes effect when the line next goes on hook."""
        self.call = FxoCall(self)
        self.frames_dropped = 0
        self._engine = AtEngine(NEWS, questions=QUESTIONS)
        self._queue: deque[tuple[Command, Handler | None]] = deque()
        self._handler: Handler | None = None
        self._facts: deque[GsmFact] = deque()
        self._reader = DleReader()
        self._is_stream = False
        self._eats_newline = False
        self._ahead = b""
        self._speech: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._heard = b""
        self._frame_due = 0.0
        self._heard_at = 0.0
        self._resets = 0
        self._identity: dict[str, str] = {}
        self._flood_since, self._flood_lines = 0.0, 0

    # Life.

    def start(self, now: float) -> None:
        """The port is open: whatever an earlier life left, the line goes on hook first. `FxoReady` or `FxoFailed`
        follows."""
        self.now = now
        self._resets = 0
        self._begin_reset()

    def close(self, now: float) -> None:
        """The port is gone: a call has ended."""
        self.now = now
        self._clear()
        self.hook = Hook.UNKNOWN
        self.call.lost()

    def reset(self, now: float) -> None:
        """Tell the modem to go on hook and to restart; close the port after the octets were carried to it."""
        self.now = now
        self._clear()
        self.hook = Hook.UNKNOWN
        self._ahead = _QUIT + b"ATH\rATZ\r"

    def receive(self, data: bytes, now: float) -> None:
        """Read what the port brought."""
        self.now = now
        if self.hook in (Hook.UNKNOWN, Hook.FAILED):
            return
        for piece in self._reader.feed(data):
            match piece:
                case StreamEnded():
                    self._is_stream = False
                case KeyHeard(digit=digit):
                    self.tell(DigitHeard(digit))
                case LineEvent():
                    self.call.notice(piece)
                case _:
                    self._take(piece)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self.now = now
        if self.hook in (Hook.UNKNOWN, Hook.FAILED):
            return
        for fact in self._engine.tick(now):
            self._handle(fact)
        if self.hook is Hook.STREAMING:
            self._speak()
            if now - self._heard_at > STREAM_SECONDS:
                self._trouble(FxoFault.STREAM_STOPPED)
        self.call.tick()

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        if self.hook in (Hook.UNKNOWN, Hook.FAILED):
            return None
        frame = self._frame_due if self.hook is Hook.STREAMING else None
        return min((due for due in (self._engine.deadline, self.call.deadline, frame) if due is not None), default=None)

    def data_to_send(self) -> bytes:
        """What the port must carry now; handed out once."""
        while self._engine.is_idle and self._queue:
            command, self._handler = self._queue.popleft()
            log.debug("modem < %r", command.text)
            self._engine.begin(command, self.now)
        ahead, self._ahead = self._ahead, b""
        speech = b"".join(self._speech) if self.hook is Hook.STREAMING else b""
        self._speech.clear()
        return ahead + speech + self._engine.data_to_send()

    def take_facts(self) -> list[GsmFact]:
        """What happened since the last call of this."""
        facts = list(self._facts)
        self._facts.clear()
        return facts

    @property
    def is_ready(self) -> bool:
        """Whether the modem is set up and obeys."""
        return self.hook not in (Hook.UNKNOWN, Hook.RESETTING, Hook.FAILED)

    @property
    def is_free(self) -> bool:
        """Whether a call may begin."""
        return self.hook is Hook.ON_HOOK and self.call.state is FxoCallState.FREE

    # What the call uses.

    def tell(self, fact: GsmFact) -> None:
        self._facts.append(fact)

    def seize(self, pulse_number: str | None = None) -> None:
        """Go off hook and open the sound; `call.connected()` follows, or `call.lost()`."""
        if self.hook is not Hook.ON_HOOK:
            return
        self.hook = Hook.SEIZING
        voice_class, *others = self.profile.seize
        off_hook = others.pop()
        self._ask(voice_class, needed=True)
        for text in self.profile.ask_for_voice:
            self._ask(text)
        for text in (*others, off_hook):
            self._ask(text, needed=True)
        if pulse_number is not None:
            self._ask(self.profile.pulse.format(number=pulse_number), needed=True, seconds=40.0)
        duplex = Command(text=self.profile.duplex, is_call=True, seconds=5.0)
        self._queue.append((duplex, self._connected))

    def let_go(self) -> None:
        """Go on hook; `call.is_on_hook()` follows, or `FxoFailed`."""
        match self.hook:
            case Hook.ON_HOOK:
                self.call.is_on_hook()
            case Hook.SEIZING:
                self.hook = Hook.LEAVING
                self._queue.clear()
                self._put_on_hook()
            case Hook.STREAMING:
                self.hook = Hook.LEAVING
                self._leave_stream()

    # Text and sound.

    def _take(self, octets: bytes) -> None:
        """Octets in between events: line by line while they are text, for a line may turn the rest into sound."""
        while octets:
            if self._is_stream:
                if self._eats_newline:
                    self._eats_newline = False
                    octets = octets.removeprefix(b"\n")
                self._hear(octets)
                return
            end = octets.find(b"\n") + 1 or len(octets)
            line, octets = octets[:end], octets[end:]
            for fact in self._engine.receive(line, self.now):
                self._handle(fact)
            self._eats_newline = self._is_stream and not line.endswith(b"\n")

    def _hear(self, octets: bytes) -> None:
        self._heard_at = self.now
        self._heard += octets
        while len(self._heard) >= _OCTETS:
            frame, self._heard = self.profile.coding.decode(self._heard[:_OCTETS]), self._heard[_OCTETS:]
            if self.hook is Hook.STREAMING:
                self.call.hear(frame, self.sound.hear(frame))

    def _speak(self) -> None:
        if self.now - self._frame_due > MOST_WAITING * FRAME_SECONDS:
            self._frame_due = self.now  # this process stood still
        while self.hook is Hook.STREAMING and self.now >= self._frame_due:
            self._frame_due += FRAME_SECONDS
            if len(self._speech) == MOST_WAITING:
                self.frames_dropped += 1
            self._speech.append(shielded(self.profile.coding.encode(self.call.next_frame())))

    # Commands.

    def _ask(self, text: str, then: Handler | None = None, *, needed: bool = False, seconds: float = 5.0) -> None:
        command = Command(text=text, seconds=seconds)
        self._queue.append((command, partial(self._asked, then=then, needed=needed)))

    def _asked(self, reply: Reply, *, then: Handler | None, needed: bool) -> None:
        if reply.final is Final.TIMEOUT:
            self._trouble(FxoFault.SILENT)
        elif needed and not reply.ok and reply.final is not Final.CONNECT:
            self._trouble(FxoFault.REFUSES, reply.command.text)
        elif then is not None:
            then(reply)

    def _handle(self, fact: object) -> None:
        match fact:
            case Reply():
                handler, self._handler = self._handler, None
                if handler is not None:
                    handler(fact)
            case Unsolicited(text=text):
                self._count_line()
                self.call.read(text)
            case Rubbish():
                self._count_line()
            case InStep() if self.hook is Hook.RESETTING:
                self._is_stream = False
                self._set_up()
            case Silent():
                self._fail(FxoFault.SILENT)

    def _count_line(self) -> None:
        if self.now - self._flood_since >= FLOOD_SECONDS:
            self._flood_since, self._flood_lines = self.now, 0
        self._flood_lines += 1
        if self._flood_lines > FLOOD_LINES:
            self._fail(FxoFault.BABBLES)

    # On and off hook.

    def _begin_reset(self) -> None:
        self._clear()
        self.hook = Hook.RESETTING
        self._ahead = _QUIT + b"ATH\r"
        self._engine.start(self.now)

    def _set_up(self) -> None:
        self._ask("ATH", needed=True)
        self._ask("ATZ")
        self._queue.append((Command(text="ATI0", prefix=""), partial(self._learn, "model")))
        self._queue.append((Command(text="ATI3", prefix=""), partial(self._learn, "firmware")))
        country = COUNTRY_CODES.get(self.settings.country)
        for text in self.profile.set_up:
            if country is not None or "{country}" not in text:
                self._ask(text.format(country=country))
        self._queue.append((Command(text="AT+FCLASS=?", prefix=""), self._has_voice))
        self._listen_for_callers()

    def _learn(self, what: str, reply: Reply) -> None:
        if reply.final is Final.TIMEOUT:
            self._trouble(FxoFault.SILENT)
        elif reply.lines:
            self._identity[what] = reply.lines[0].text

    def _has_voice(self, reply: Reply) -> None:
        classes = "".join(line.text for line in reply.lines)
        if reply.ok and "8" not in classes:
            self._fail(FxoFault.NO_VOICE)

    def _listen_for_callers(self) -> None:
        """The last steps of every way on hook."""
        mode = next((mode for mode in self.profile.caller_id if mode.name == self.caller_id_mode), None)
        for text in (mode or self.profile.caller_id[0]).steps:
            self._ask(text)
        self._ask("AT", self._settled)

    def _settled(self, _: Reply) -> None:
        was_reset, self.hook = self.hook is Hook.RESETTING, Hook.ON_HOOK
        if was_reset:
            self.tell(FxoReady(**self._identity))
        else:
            self._resets = 0  # a whole call went well
        self.call.is_on_hook()

    def _connected(self, reply: Reply) -> None:
        if reply.final is not Final.CONNECT:
            fault = FxoFault.SILENT if reply.final is Final.TIMEOUT else FxoFault.REFUSES
            self._trouble(fault, reply.command.text)
            return
        self._is_stream = True
        if self.hook is Hook.LEAVING:  # let go meanwhile
            self._queue.clear()
            self._leave_stream()
            return
        self.hook = Hook.STREAMING
        self._heard, self._heard_at = b"", self.now
        self._frame_due = self.now
        self._ahead += shielded(bytes((self.profile.coding.silence,)) * _OCTETS * LEAD)
        self.call.connected()

    def _leave_stream(self) -> None:
        self._speech.clear()
        leave = Command(
            text=(DROP_UNSENT + self.profile.leaves_by.octets).decode("latin-1"), ends_with="", seconds=LEAVE_SECONDS
        )
        self._queue.append((leave, lambda reply: self._put_on_hook() if reply.ok else self._trouble(FxoFault.STUCK)))

    def _put_on_hook(self) -> None:
        for text in self.profile.let_go:
            self._ask(text, needed=text == "ATH")
        self._listen_for_callers()

    # What goes wrong.

    def _trouble(self, fault: FxoFault, value: str = "") -> None:
        """Once it is put right by starting over, which begins with going on hook."""
        if self.hook is Hook.FAILED:
            return
        if self._resets:
            self._fail(fault, value)
            return
        log.warning("analog modem: %s %s, starting over", fault, value)
        self._begin_reset()
        self._resets = 1
        self.call.lost()

    def _fail(self, fault: FxoFault, value: str = "") -> None:
        if self.hook is Hook.FAILED:
            return
        self._clear()
        self.hook = Hook.FAILED
        self.call.lost()
        self.tell(FxoFailed(fault, value))

    def _clear(self) -> None:
        self._queue.clear()
        self._handler = None
        self._engine = AtEngine(NEWS, questions=QUESTIONS)
        self._reader = DleReader()
        self._is_stream = self._eats_newline = False
        self._ahead = self._heard = b""
        self._speech.clear()
        self._identity = {}
        self._flood_lines = 0
