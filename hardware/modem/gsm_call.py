"""The one call a GSM modem can carry.

Theory of operation:

    free      --RING, +CLIP, incoming-> ringing    Ringing, as soon as the number is known or 1.5 s have passed
    ringing   --answer---------------> answering  ATA
    answering --active, CLCC 0-------> active     Answered
    free      --dial-----------------> dialing    ATD; Dialing when the network works on it
    dialing   --alerting, CLCC 3-----> alerting   Alerting
    dialing, alerting --active, CLCC 0--> active  Answered
    any       --hang_up--------------> ending     AT+CHUP
    any       --ended, NO CARRIER, BUSY, two CLCC without the call--> free   Ended

Words in small letters are what the news of the family mean (`profiles.Meaning`). News is quick but gets lost; AT+CLCC,
asked every second while there is a call, is the truth.
"""

import logging
import re
from enum import StrEnum

from hardware.modem.at import Command, Final, Reply
from hardware.modem.call_news import Heard, read_call_news
from hardware.modem.facts import (
    Alerting,
    Answered,
    CallMissed,
    Dialing,
    DigitHeard,
    Ended,
    ModemFailed,
    Remedy,
    Ringing,
    SoundFlow,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm_wire import Handler, Wire, fields, number_at, phone_number
from hardware.modem.profiles import Meaning, VoiceMoment

_NUMBER = re.compile(r"([*#][0-9*#]*#)?\+?[0-9*#]+")

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
LOOK_SECONDS = 30.0
"""Between two looks whether the modem carries a call nobody told us of."""
NUMBER_PATIENCE = 1.5
RING_PATIENCE = 10.0
"""RING comes every 5 s; without one for this long the caller has given up."""
HANG_UP_PATIENCE = 5.0
CAUSE_PATIENCE = 0.3
"""A family whose news of the end tells no cause writes BUSY or NO ANSWER beside it."""
SETTLE_SECONDS = 0.5
"""After a call, so that its last lines are not taken for the next one's."""

RELEASED = 6
"""SIMCom's addition to the states of +CLCC."""
NORMAL, BUSY, NO_ANSWER, NO_CIRCUIT, TEMPORARY = 16, 17, 19, 34, 41
_CAUSES = {
    "NO CARRIER": NORMAL,
    "BUSY": BUSY,
    "NO ANSWER": NO_ANSWER,
    "NO DIALTONE": NO_CIRCUIT,
    "NO DIAL TONE": NO_CIRCUIT,
}
_CAUSE_OF_FINAL = {
    Final.NO_CARRIER: NORMAL,
    Final.BUSY: BUSY,
    Final.NO_ANSWER: NO_ANSWER,
    Final.NO_DIALTONE: NO_CIRCUIT,
}


class CallState(StrEnum):
    FREE = "free"
    RINGING = "ringing"
    ANSWERING = "answering"
    DIALING = "dialing"
    ALERTING = "alerting"
    ACTIVE = "active"
    ENDING = "ending"


class OneCall:
    """The call of a modem, or none."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.state = CallState.FREE
        self._settled_at = 0.0
        self._turn = 0
        self._look_at: float | None = None
        self._forget()

    def _forget(self) -> None:
        self.state = CallState.FREE
        self._turn += 1  # what was asked for an earlier call concerns no later one
        self._index = 1
        self._number: str | None = None
        self._told = False
        self._dial_due: str | None = None
        self._misses = 0
        self._poll_at: float | None = None
        self._polling = False
        self._ring_seen = 0.0
        self._offer_at: float | None = None
        self._guard_at: float | None = None
        self._hang_ups = 0
        self._end_at: float | None = None
        self._voice_was_asked = False
        self._voice_is_open = False
        self._voice_at: float | None = None
        self._voice_until = 0.0

    # What we want.

    def dial(self, number: str) -> None:
        """Call a number of digits, * and #, with "+" when international, and perhaps a code for this one call in front,
        such as #31# (3GPP TS 22.030 §6.5.5). Raises ValueError for anything else, and
        RuntimeError while there is a call."""
        if self.state is not CallState.FREE:
            raise RuntimeError("the modem carries a call already")
        if _NUMBER.fullmatch(number) is None:
            raise ValueError(f"{number!r} is not a number a telephone network knows")
        self.state = CallState.DIALING
        self._dial_due = number
        self.tick()

    def answer(self) -> None:
        """Answer the call that rings; without effect when none does."""
        if self.state is CallState.RINGING:
            self.state = CallState.ANSWERING
            if VoiceMoment.BEFORE in self._wire.profile.voice.moments:
                self._open_voice()
            command = Command(text=self._wire.profile.answer, is_call=True, seconds=15.0)
            self._ask(command, self._answered)

    def hang_up(self) -> None:
        """End the call, or reject it while it rings. `Ended` follows when the modem is free."""
        if self.state in (CallState.FREE, CallState.ENDING):
            return
        if self._dial_due is not None:
            self._ended(NORMAL)
            return
        self.state = CallState.ENDING
        self._offer_at = None
        self._send_hang_up(self._wire.profile.hang_up)

    def send_digit(self, digit: str) -> None:
        """Press a key; without effect when no call is up. Keys the family cannot send are dropped and logged."""
        if self.state is not CallState.ACTIVE:
            return
        if digit not in self._wire.profile.digits:
            log.warning("modem cannot send the key %r", digit)
            return
        self._ask(Command(text=self._wire.profile.send_digit.format(index=self._index, digit=digit)), urgent=False)

    def opened(self) -> None:
        """The modem is set up. A call it carries from an earlier life has nobody on our side: it is hung up, unless it
        rings. So is, later, a call that began though we had given it up."""
        self._look_at = self._wire.now + LOOK_SECONDS
        if self.state is CallState.FREE:
            self._wire.ask(Command(text=self._wire.profile.list_calls, prefix="+CLCC:"), self._left_over)

    def lost(self) -> None:
        """The modem restarted or went away: whatever call there was is over."""
        self._look_at = None
        if self.state is not CallState.FREE:
            self._ended(TEMPORARY)

    # What the modem says.

    def read(self, line: str) -> bool:
        """Take one unsolicited line; False when it does not concern calls."""
        name, _, _ = line.partition(":")
        if line in _CAUSES:
            if not self._is_not_begun:
                self._ended(_CAUSES[line])
        elif name in ("RING", "+CRING"):
            self._ring(None)
        elif name == "+CLIP":
            parts = fields(line)
            self._ring(phone_number(parts[0], number_at(parts, 1)))
        elif (flow := self._wire.profile.voice.flow) and line.startswith(flow):
            self._wire.tell(SoundFlow(is_open=fields(line)[0] != "0"))
        elif heard := read_call_news(self._wire.profile.call_news, line):
            self._hear(heard)
        else:
            return False
        return True

    def _hear(self, heard: Heard) -> None:
        match heard.meaning:
            case Meaning.DIALING | Meaning.ALERTING | Meaning.ACTIVE if self.state is CallState.FREE:
                self.opened()
            case Meaning.DIALING:
                self._index = heard.index or 1
                self._under_way()
            case Meaning.ALERTING:
                self._alerting()
            case Meaning.ACTIVE:
                self._active()
            case Meaning.INCOMING:
                self._ring(heard.number or None)
            case Meaning.ENDED if not self._is_not_begun:
                self._end_told(heard.cause)
            case Meaning.KEY if self.state is CallState.ACTIVE:
                self._wire.tell(DigitHeard(heard.key))
            case Meaning.MISSED if self.state is CallState.FREE and self._wire.now >= self._settled_at:
                self._wire.tell(CallMissed(heard.number))
            case Meaning.MISSED if self.state is CallState.RINGING:
                self._ended(NORMAL)

    @property
    def deadline(self) -> float | None:
        times = [self._poll_at, self._offer_at, self._guard_at, self._look_at, self._end_at, self._voice_at]
        if self._dial_due is not None:
            times.append(self._settled_at)
        if self.state is CallState.RINGING:
            times.append(self._ring_seen + RING_PATIENCE)
        return min((time for time in times if time is not None), default=None)

    def tick(self) -> None:
        """Do what is due."""
        now = self._wire.now
        if self._look_at is not None and now >= self._look_at:
            self.opened()
        if self._dial_due is not None and now >= self._settled_at:
            self._dial(self._dial_due)
        if self._offer_at is not None and now >= self._offer_at:
            self._offer("")
        if self.state is CallState.RINGING and now >= self._ring_seen + RING_PATIENCE:
            self._ended(NORMAL)
        if self._end_at is not None and now >= self._end_at:
            self._ended(NORMAL)
        if self._voice_at is not None and now >= self._voice_at:
            self._ask_voice()
        if self._guard_at is not None and now >= self._guard_at:
            self._still_there()
        if self._poll_at is not None and now >= self._poll_at:
            self._poll()

    @property
    def _is_not_begun(self) -> bool:
        """No call, or one the network does not work on yet: what ends now is a call before it."""
        return self.state is CallState.FREE or (self.state is CallState.DIALING and not self._told)

    def _ask(self, command: Command, then: Handler | None = None, *, urgent: bool = True) -> None:
        """Ask for this call: pointless, and dropped, when its turn or its answer comes only after the call."""
        turn = self._turn

        def answered(reply: Reply) -> None:
            if then is not None and turn == self._turn:
                then(reply)

        self._wire.ask(command, answered, urgent=urgent, wanted=lambda: turn == self._turn)

    # Steps of the table.

    def _ring(self, number: str | None) -> None:
        now = self._wire.now
        if self.state is CallState.FREE:
            if number is None and now < self._settled_at:
                return
            self.state = CallState.RINGING
            self._offer_at = now + NUMBER_PATIENCE
            self._poll()
        if self.state is CallState.RINGING:
            self._ring_seen = now
            if number is not None:
                self._offer(number)

    def _offer(self, number: str) -> None:
        self._offer_at = None
        if not self._told:
            self._told = True
            self._wire.tell(Ringing(number))

    def _dial(self, number: str) -> None:
        self._dial_due = None
        if VoiceMoment.BEFORE in self._wire.profile.voice.moments:
            self._open_voice()
        turn = self._turn
        self._wire.ask(
            Command(text=self._wire.profile.dial.format(number=number), is_call=True, seconds=20.0),
            lambda reply: self._dialed(turn, reply),
            urgent=True,
            wanted=lambda: turn == self._turn,
        )

    def _dialed(self, turn: int, reply: Reply) -> None:
        if turn != self._turn:  # ended before the network began: nobody wants this call
            if reply.final in (Final.OK, Final.CONNECT, Final.TIMEOUT) and self.state is CallState.FREE:
                self.opened()
        elif reply.final in (Final.OK, Final.CONNECT):
            self._under_way()
        elif reply.final is Final.TIMEOUT:
            self._poll_soon()
        else:
            self._ended(_CAUSE_OF_FINAL.get(reply.final, TEMPORARY))

    def _under_way(self) -> None:
        if self.state is CallState.DIALING and not self._told:
            self._told = True
            self._wire.tell(Dialing())
            if VoiceMoment.UNDER_WAY in self._wire.profile.voice.moments:
                self._open_voice()
            self._poll_soon()

    def _alerting(self) -> None:
        self._under_way()
        if self.state is CallState.DIALING:
            self.state = CallState.ALERTING
            self._wire.tell(Alerting())

    def _answered(self, reply: Reply) -> None:
        if self.state is not CallState.ANSWERING:
            return
        if reply.final in (Final.OK, Final.CONNECT, Final.TIMEOUT):
            self._poll()
        else:
            self._ended(_CAUSE_OF_FINAL.get(reply.final, TEMPORARY))

    def _active(self) -> None:
        self._under_way()
        if self.state in (CallState.DIALING, CallState.ALERTING, CallState.ANSWERING):
            self.state = CallState.ACTIVE
            if VoiceMoment.ACTIVE in self._wire.profile.voice.moments or not self._voice_is_open:
                self._open_voice()
            self._wire.tell(Answered())
            self._poll_soon()

    def _open_voice(self) -> None:
        if self._wire.profile.voice.on is not None:
            self._voice_was_asked = True
            self._voice_until = self._wire.now + self._wire.profile.voice.retry_for
            self._ask_voice()

    def _ask_voice(self) -> None:
        self._voice_at = None
        self._ask(Command(text=self._wire.profile.voice.on or ""), self._voice_opened)

    def _voice_opened(self, reply: Reply) -> None:
        self._voice_is_open = reply.ok
        if reply.ok:
            return
        if self._wire.now < self._voice_until:
            self._voice_at = self._wire.now + self._wire.profile.voice.retry_seconds
        elif self.state is CallState.ACTIVE:
            self._wire.tell(ModemFailed(ModemFault.NO_SOUND, Remedy.PERSON))

    def _send_hang_up(self, text: str) -> None:
        self._hang_ups += 1
        self._guard_at = self._wire.now + HANG_UP_PATIENCE
        self._ask(Command(text=text), lambda _: self._poll())

    def _still_there(self) -> None:
        self._guard_at = None
        if self._hang_ups == 1:
            self._send_hang_up(self._wire.profile.hang_up_again)
            return
        self._wire.tell(ModemFailed(ModemFault.DOES_NOT_HANG_UP, Remedy.RESET))
        self._ended(TEMPORARY)

    def _end_told(self, cause: int | None) -> None:
        """The news says that the call is over, of some families without saying why."""
        if cause is None and self.state in (CallState.DIALING, CallState.ALERTING):
            self._end_at = self._wire.now + CAUSE_PATIENCE
        else:
            self._ended(cause or NORMAL)

    def _ended(self, cause: int) -> None:
        if self._voice_was_asked and self._wire.profile.voice.off is not None:
            self._wire.ask(Command(text=self._wire.profile.voice.off), urgent=True)
        self._forget()
        self._settled_at = self._wire.now + SETTLE_SECONDS
        self._wire.tell(Ended(cause))

    # The truth.

    def _poll_soon(self) -> None:
        self._poll_at = self._wire.now + POLL_SECONDS

    def _poll(self) -> None:
        self._poll_at = None
        if not self._polling and self.state is not CallState.FREE:
            self._polling = True
            self._wire.ask(Command(text=self._wire.profile.list_calls, prefix="+CLCC:"), self._listed)

    def _listed(self, reply: Reply) -> None:
        self._polling = False
        if reply.ok and self.state is not CallState.FREE:
            self._compare([fields(line.text) for line in reply.lines])
        if self.state is not CallState.FREE:
            self._poll_soon()

    def _left_over(self, reply: Reply) -> None:
        stats = [stat for line in reply.lines if (stat := number_at(fields(line.text), 2)) != RELEASED]
        if self.state is not CallState.FREE or not stats:
            return
        if 4 in stats:
            self._ring(None)
        else:
            self._wire.ask(Command(text=self._wire.profile.hang_up))

    def _compare(self, calls: list[list[str]]) -> None:
        ours = self.state in (CallState.RINGING, CallState.ANSWERING)
        outgoing = self.state in (CallState.DIALING, CallState.ALERTING)
        for parts in calls:
            index, direction, stat = (number_at(parts, position) for position in range(3))
            if number_at(parts, 3) not in (0, None) or stat == RELEASED:
                continue  # a data or fax call, or one that is over
            if (ours and direction == 0) or (outgoing and direction == 1):
                continue
            self._misses = 0
            self._index = index or 1
            self._follow(stat, phone_number(parts[5], number_at(parts, 6)) if len(parts) > 5 else "")
            return
        self._misses += self._told
        if self._misses >= 2 or self.state is CallState.ENDING:
            self._ended(NORMAL)

    def _follow(self, stat: int | None, number: str) -> None:
        match stat:
            case 0:
                self._active()
            case 2:
                self._under_way()
            case 3:
                self._alerting()
            case 4 if self.state is CallState.RINGING and number:
                self._offer(number)
