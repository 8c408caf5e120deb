"""The one call of an analog line.

Theory of operation:

    free      --RING----------------------> ringing     FxoRinging, when the number came or cannot come any more
    ringing   --answer--> answering --sound--> active   Answered
    free      --dial----> seizing   --sound--> listening for the dial tone
    listening --dial tone, or sound of another sort--> dialling   the digits, as tones in the sound
    dialling  --all said-> waiting                      Dialing
    waiting   --ringback--> alerting                    Alerting
    waiting, alerting --somebody speaks, ringback stays away--> active  Answered
    any       --busy, congestion, dial tone, loop, silence, length, hang_up--> ending   LineReleased
    ending    --on hook----> free                       Ended

An analog line says with tones only that somebody answered or hung up, so all of it is heard here, in samples: what
counts as answered is a voice, or a ringback that stays away.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from enum import StrEnum
from typing import Protocol

from hardware.audio.call_sound import CallSound
from hardware.audio.frames import FRAME, SILENCE
from hardware.modem.caller_id import CallerIdReader
from hardware.modem.dle import LineEvent
from hardware.modem.facts import Alerting, Answered, Dialing, Ended, GsmFact
from hardware.modem.fxo_facts import CallerIdNoted, CallerIdTiming, EchoNoted, FxoRinging, LineReleased, ToneNoted
from hardware.modem.release import Limits, ReleasedBy, ReleaseWatch, is_quiet_frame
from hardware.tones.generate import dtmf, tone
from hardware.tones.measure import FLOOR_DB, overall_db
from hardware.tones.plans import ToneKind, TonePlan
from hardware.tones.progress import ProgressDetector, ToneHeard

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9*#ABCD,w]+")
"""`,` waits two seconds, `w` for another dial tone."""

RING_PATIENCE = 8.0
"""The longest pause of a ring cadence is 4 s; without a ring for this long the caller has given up."""
NUMBER_PATIENCE = 5.5
"""From the first ring to the second, between which the number comes in most countries."""
EARLY_SECONDS = 8.0
"""A number that came before the first ring belongs to a ring within this time (UK, and DTMF caller id)."""
DIAL_TONE_SECONDS = 5.0
DIAL_TONE_MS = 400
BLIND_SECONDS = 1.5
"""Before dialling on a line whose dial tone is not waited for."""
SETTLE_MS = 600
"""After the last digit, in which clicks of the exchange are no answer."""
VOICE_MS = 400
AWAY_MS = 6500
"""A ringback that stays away so long has been answered, by somebody who says nothing; no cadence pauses longer."""
NO_RINGBACK_SECONDS = 25.0
ANSWER_SECONDS = 180.0
COMMA_SECONDS = 2.0
KEY_MS = 90
ECHO_FRAMES = 20
"""From the first digit until the dial tone has surely stopped and the modem's own delay is over."""

NORMAL, BUSY, NO_USER, NO_ANSWER, OUT_OF_ORDER, TEMPORARY, CONGESTION = 16, 17, 18, 19, 27, 41, 42
_CAUSES = {
    ToneKind.BUSY: (BUSY, ReleasedBy.BUSY),
    ToneKind.CONGESTION: (CONGESTION, ReleasedBy.CONGESTION),
    ToneKind.DIAL: (TEMPORARY, ReleasedBy.DIAL_TONE),
    ToneKind.UNKNOWN: (NORMAL, ReleasedBy.UNKNOWN_TONE),
}


class FxoCallState(StrEnum):
    FREE = "free"
    RINGING = "ringing"
    ANSWERING = "answering"
    SEIZING = "seizing"
    LISTENING = "listening"
    DIALLING = "dialling"
    WAITING = "waiting"
    ALERTING = "alerting"
    ACTIVE = "active"
    ENDING = "ending"


_OUTGOING = {FxoCallState.DIALLING, FxoCallState.WAITING, FxoCallState.ALERTING}


class Settings(Protocol):
    """What a call needs to know of its line."""

    @property
    def tones(self) -> TonePlan: ...
    @property
    def pulse(self) -> bool: ...
    @property
    def waits_for_dial_tone(self) -> bool: ...
    @property
    def limits(self) -> Limits: ...


class FxoWire(Protocol):
    """What a call needs of its modem."""

    now: float
    sound: CallSound

    @property
    def settings(self) -> Settings: ...
    def tell(self, fact: GsmFact) -> None: ...
    def seize(self, pulse_number: str | None = None) -> None: ...
    def let_go(self) -> None: ...


class FxoCall:
    """The call of a line, or none.

    Attributes:
        id_timing: When this line's numbers come, as learned: whether a caller is offered at once or after the second
            ring.
    """

    def __init__(self, wire: FxoWire) -> None:
        self._wire = wire
        self.state = FxoCallState.FREE
        self.id_timing = CallerIdTiming.UNKNOWN
        self._caller = CallerIdReader()
        self._caller_at = 0.0
        self._forget()

    def _forget(self) -> None:
        self.state = FxoCallState.FREE
        self._caller.forget()
        self._rings = 0
        self._rang_at = 0.0
        self._offer_at: float | None = None
        self._told = False
        self._id_before_ring = False
        self._number = ""
        self._cause = NORMAL
        self._since = 0.0
        self._progress: ProgressDetector | None = None
        self._watch: ReleaseWatch | None = None
        self._keys: deque[bytes] = deque()
        self._said = SILENCE
        self._echo_after = 0
        self._echo_said = self._echo_heard = FLOOR_DB
        self._tone_first: float | None = None
        self._sound_was_heard = False

    # What we want.

    def dial(self, number: str) -> None:
        """Call a number as the exchange takes it: 0-9, *, #, `,` for two seconds, `w` for another dial tone. Raises
        ValueError for anything else, RuntimeError while there is a call."""
        if self.state is not FxoCallState.FREE:
            raise RuntimeError("the line carries a call already")
        if _NUMBER.fullmatch(number) is None:
            raise ValueError(f"{number!r} is not a number an analog line can dial")
        self._forget()
        self.state = FxoCallState.SEIZING
        self._number = number
        self._since = self._wire.now
        pulse = self._wire.settings.pulse and set(number) <= set("0123456789")
        self._wire.seize(number if pulse else None)

    def answer(self) -> None:
        """Answer the call that rings; without effect when none does."""
        if self.state is FxoCallState.RINGING:
            self.state = FxoCallState.ANSWERING
            self._wire.seize()

    def hang_up(self) -> None:
        """End the call. One that rings cannot be rejected: it rings on unheard, and `Ended` comes when it stops."""
        if self.state is FxoCallState.RINGING:
            self._told = True
            self._offer_at = None
        elif self.state not in (FxoCallState.FREE, FxoCallState.ENDING):
            self._end(NORMAL, ReleasedBy.US)

    def send_digit(self, digit: str) -> None:
        """Press a key, heard in the sound; without effect when no call is up or the key is none."""
        if self.state is FxoCallState.ACTIVE and digit in "0123456789*#ABCD":
            self._say(dtmf(digit, on_ms=KEY_MS, off_ms=KEY_MS))

    # What the modem brings.

    def read(self, line: str) -> None:
        """A line of text nobody asked for."""
        if line == "RING" or line.startswith("RING "):
            self._ring()
        elif self._caller.read(line):
            self._caller_at = self._wire.now
            if self.state is FxoCallState.RINGING:
                if self._caller.has_number and not self._told:
                    self._offer_at = min(self._offer_at or self._wire.now + 1.0, self._wire.now + 1.0)  # a name follows
            elif self.state is FxoCallState.FREE:
                self._id_before_ring = True

    def notice(self, event: LineEvent) -> None:
        """The modem noticed something on the line."""
        if event is LineEvent.RING:
            self._ring()
        elif self._watch is not None:
            if (by := self._watch.notice(event)) is not None:
                self._end(NORMAL, by)
        elif event is LineEvent.LOOP_BREAK and self.state in _OUTGOING:
            self._end(TEMPORARY, ReleasedBy.LOOP)

    def connected(self) -> None:
        """The line is off hook and its sound flows."""
        self._since = self._wire.now
        if self.state is FxoCallState.ANSWERING:
            self._talk()
        elif self.state is FxoCallState.SEIZING:
            self._progress = ProgressDetector(self._wire.settings.tones)
            if self._wire.settings.pulse and set(self._number) <= set("0123456789"):
                self._number = ""
                self._dialled()
            else:
                self.state = FxoCallState.LISTENING

    def hear(self, raw: bytes, clean: bytes) -> None:
        """20 ms from the line, and the same without our own echo."""
        if self._watch is not None:
            if (by := self._watch.hear(clean, self._said)) is not None:
                if self._watch.tone is not None:
                    self._wire.tell(ToneNoted(self._watch.tone))
                self._end(NORMAL, by, self._watch.tone)
            return
        if self._progress is None:
            return
        self._sound_was_heard = self._sound_was_heard or not is_quiet_frame(clean)
        tones = self._progress.hear(clean)
        if self.state is FxoCallState.LISTENING:
            self._listen()
        elif self.state is FxoCallState.DIALLING:
            self._measure_echo(raw)
        elif self.state in (FxoCallState.WAITING, FxoCallState.ALERTING):
            for tone_heard in tones:
                self._follow(tone_heard)
            self._look_for_answer()

    def next_frame(self) -> bytes:
        """The 20 ms to say now: keys go before what the office says."""
        said = self._wire.sound.next_said()
        if self._keys:
            said = self._keys.popleft()
            if not self._keys and self.state is FxoCallState.DIALLING:
                self._continue_dialling()
        elif self.state in (FxoCallState.LISTENING, FxoCallState.DIALLING):
            said = SILENCE
        self._said = said
        return said

    def is_on_hook(self) -> None:
        """The modem put the line on hook."""
        if self.state not in (FxoCallState.FREE, FxoCallState.RINGING):
            self._ended()

    def lost(self) -> None:
        """The modem or its port is gone."""
        if self.state is not FxoCallState.FREE:
            self._cause = TEMPORARY
            self._ended()

    def tick(self) -> None:
        """Do what is due."""
        now = self._wire.now
        if self.state is FxoCallState.RINGING:
            if self._offer_at is not None and now >= self._offer_at:
                self._offer()
            if now >= self._rang_at + RING_PATIENCE:
                self._note_caller_id()
                self._ended()

    @property
    def deadline(self) -> float | None:
        if self.state is not FxoCallState.RINGING:
            return None
        end = self._rang_at + RING_PATIENCE
        return end if self._offer_at is None else min(end, self._offer_at)

    # Ringing.

    def _ring(self) -> None:
        now = self._wire.now
        if self.state is FxoCallState.FREE:
            early = self._id_before_ring and now - self._caller_at <= EARLY_SECONDS
            if not early:
                self._caller.forget()
            self.state = FxoCallState.RINGING
            self._id_before_ring = early
            waits = self.id_timing in (CallerIdTiming.UNKNOWN, CallerIdTiming.AFTER_RING) and not early
            self._offer_at = now + NUMBER_PATIENCE if waits else now
        elif self.state is FxoCallState.RINGING and not self._told and self._rings >= 1 and now - self._rang_at > 2.0:
            # A second ring of the same cadence (GB has two bursts 0.2 s apart): the number is here by now, or never.
            self._offer_at = min(self._offer_at or now, now + 0.5)
        if self.state is FxoCallState.RINGING:
            self._rings += 1
            self._rang_at = now

    def _offer(self) -> None:
        self._offer_at = None
        if not self._told:
            self._told = True
            caller = self._caller.caller
            self._wire.tell(FxoRinging(number=caller.number if caller else "", name=caller.name if caller else ""))

    def _note_caller_id(self) -> None:
        """How the number of this call came, for the line to learn."""
        if not self._caller.has_number:
            timing = CallerIdTiming.NEVER
            if self._rings < 2:
                return  # too short a call to say
        else:
            timing = CallerIdTiming.BEFORE_RING if self._id_before_ring else CallerIdTiming.AFTER_RING
        self._wire.tell(CallerIdNoted(timing))

    # Dialling.

    def _listen(self) -> None:
        progress, waited = self._progress, self._wire.now - self._since
        assert progress is not None
        if not self._wire.settings.waits_for_dial_tone:
            if waited >= BLIND_SECONDS:
                self._continue_dialling()
        elif progress.tone_ms >= DIAL_TONE_MS:
            if (hz := progress.tone_hz) and self._tone_first is None:
                self._tone_first = self._wire.now
                self._wire.tell(ToneNoted(ToneHeard(ToneKind.DIAL, hz, ())))
            self._continue_dialling()
        elif waited >= DIAL_TONE_SECONDS:
            if self._sound_was_heard:
                self._continue_dialling()
            else:
                self._end(OUT_OF_ORDER, ReleasedBy.US)

    def _continue_dialling(self) -> None:
        """Up to the next `w`, or the end."""
        self.state = FxoCallState.DIALLING
        part, wait, self._number = self._number.partition("w")
        if part:
            self._say(tone(seconds=0.1))
            for key in part:
                pause = key == ","
                self._say(tone(seconds=COMMA_SECONDS) if pause else dtmf(key, on_ms=KEY_MS, off_ms=KEY_MS))
            self._number = wait + self._number
        elif wait:
            self._progress = ProgressDetector(self._wire.settings.tones)
            self._since = self._wire.now
            self._sound_was_heard = False
            self.state = FxoCallState.LISTENING
        else:
            self._dialled()

    def _dialled(self) -> None:
        self.state = FxoCallState.WAITING
        self._since = self._wire.now
        self._sound_was_heard = False
        self._progress = ProgressDetector(self._wire.settings.tones)
        if self._echo_said > FLOOR_DB:
            self._wire.tell(EchoNoted(round(max(0.0, self._echo_said - self._echo_heard), 1)))
        self._wire.tell(Dialing())

    def _measure_echo(self, raw: bytes) -> None:
        """The dial tone has stopped after the first digit; the loudest heard now is what we said."""
        self._echo_after += 1
        if self._echo_after > ECHO_FRAMES:
            self._echo_said = max(self._echo_said, overall_db(self._said))
            self._echo_heard = max(self._echo_heard, overall_db(raw))

    def _follow(self, heard: ToneHeard) -> None:
        if heard.kind is ToneKind.RINGBACK:
            if self.state is FxoCallState.WAITING:
                self.state = FxoCallState.ALERTING
                self._wire.tell(Alerting())
            return
        if heard.kind is ToneKind.UNKNOWN and not heard.ms:
            self._talk()  # no exchange says anything by it; a machine there may
            return
        cause, by = _CAUSES[heard.kind]
        if heard.kind is ToneKind.BUSY and self.state is FxoCallState.ALERTING:
            cause = NO_ANSWER
        self._wire.tell(ToneNoted(heard))
        self._end(cause, by, heard)

    def _look_for_answer(self) -> None:
        progress, waited = self._progress, self._wire.now - self._since
        if progress is None or self.state not in (FxoCallState.WAITING, FxoCallState.ALERTING):
            return
        if waited * 1000 < SETTLE_MS:
            progress.voice_ms = 0
        elif progress.voice_ms >= VOICE_MS or self._ringback_stays_away(progress):
            self._talk()
        elif self.state is FxoCallState.WAITING and waited >= NO_RINGBACK_SECONDS:
            if self._sound_was_heard:
                self._talk()
            else:
                self._end(NO_USER, ReleasedBy.SILENCE)
        elif waited >= ANSWER_SECONDS:
            self._end(NO_ANSWER, ReleasedBy.US)

    def _ringback_stays_away(self, progress: ProgressDetector) -> bool:
        return self.state is FxoCallState.ALERTING and progress.since_tone_ms >= AWAY_MS

    # Talking and ending.

    def _talk(self) -> None:
        if self.state is FxoCallState.ANSWERING:
            self._note_caller_id()
        self.state = FxoCallState.ACTIVE
        self._progress = None
        self._watch = ReleaseWatch(self._wire.settings.tones, self._wire.settings.limits)
        self._wire.tell(Answered())

    def _say(self, sound: bytes) -> None:
        self._keys.extend(sound[at : at + FRAME].ljust(FRAME, b"\0") for at in range(0, len(sound), FRAME))

    def _end(self, cause: int, by: ReleasedBy, tone_heard: ToneHeard | None = None) -> None:
        self.state = FxoCallState.ENDING
        self._cause = cause
        self._watch = self._progress = None
        self._keys.clear()
        self._wire.tell(LineReleased(by, tone_heard))
        self._wire.let_go()

    def _ended(self) -> None:
        cause = self._cause
        self._forget()
        self._wire.tell(Ended(cause))
