"""What the domain needs of the outside: adapters and simulators implement these protocols, `appliance/main.py` wires
them. Everything synchronous here returns at once; the few coroutines are where a flow must wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec
import trio

from appliance.calls.names import CallId, Cause, LegId

if TYPE_CHECKING:
    from appliance.calls.leg import Leg
    from appliance.calls.record import CallRecord


class Clock(Protocol):
    """Time: durations are monotonic, the wall may be unknown (most Pis boot without a clock)."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; the same scale as `trio.current_time()`."""
        ...

    def wall(self) -> datetime | None:
        """The time of day with its zone; None while nobody trusts it."""
        ...


class Network(Protocol):
    """The network of the house."""

    def address(self) -> str:
        """IPv4 address of this box there, at which its page is; "" without a network."""
        ...


class CallerShown(msgspec.Struct, frozen=True):
    """What the called party's display shows."""

    number: str
    name: str = ""
    answers_itself: bool = False
    """Ask the phone to answer without being touched, as for the intercom; one that cannot simply rings."""
    is_withheld: bool = False
    """Ask the network not to show our number."""
    ring_tone: str | None = None
    """A name for the Alert-Info header (RFC 3261 §20.4), such as "door"; None: the phone's usual ring."""


class Contact(msgspec.Struct, frozen=True):
    """One registration: where one phone of an account can be dialled now."""

    account: str
    address: str
    """Opaque to the domain; the adapter that handed it out understands it."""


class LegCarrier(Protocol):
    """The adapter behind a leg. It keeps the real dialog in its own table by leg id until that is really over, and
    ignores ids it no longer knows: a leg may end on both sides at once."""

    def ring(self, leg: LegId) -> None: ...
    def progress(self, leg: LegId) -> bool:
        """Whether the party can hear us before it is answered; its sound is then open."""
        ...

    def answer(self, leg: LegId) -> None: ...
    def hang_up(self, leg: LegId, cause: Cause) -> None: ...
    def send_digits(self, leg: LegId, digits: str) -> None: ...
    def report_transfer(self, leg: LegId, progress: int) -> None: ...


class Switch(LegCarrier, Protocol):
    """The phones of the house: SIP through the edge, or simulated people."""

    async def contacts(self, account: str) -> Sequence[Contact]:
        """Where an account is registered now; empty when no phone of it is there. One leg is dialled per contact."""
        ...

    def dial(self, leg: Leg, to: Contact, shown: CallerShown) -> None:
        """Start an outgoing dialog for `leg`; a failure is reported as `leg.was_ended(cause)`, never raised."""
        ...


class LineState(StrEnum):
    """Whether calls can go through a line."""

    READY = "ready"
    BUSY = "busy"
    STARTING = "starting"
    OFFLINE = "offline"


class LineStatus(msgspec.Struct, frozen=True):
    """A line as it is now."""

    name: str
    state: LineState
    reason: str = ""
    """Plain words for why it is not ready, and what to do."""
    signal: int | None = None
    """Bars 0-5; None where a line has no radio."""
    operator: str = ""
    number: str = ""


class Line(LegCarrier, Protocol):
    """A path to the outside: a GSM modem, an analog line, a SIP line."""

    @property
    def name(self) -> str: ...

    @property
    def status(self) -> LineStatus: ...

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number; failures as `leg.was_ended(cause)`: 34 when the line is in use, 27 when down."""
        ...

    async def send_sms(self, to: str, text: str) -> None:
        """Send one message of any length; raises `LineFailed` when the network did not take it."""
        ...


class Attachment(Protocol):
    """Sound that was connected. `close` is idempotent and undoes only this."""

    finished: trio.Event
    """Set when a prompt has been played to its end, or when a recording ended because nothing was heard for long;
    never for bridges and music."""

    @property
    def seconds(self) -> float:
        """Sound recorded so far, in seconds, and still known after closing; 0.0 where nothing is recorded."""
        ...

    def close(self) -> None: ...


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """A prompt of the catalogue by name, such as `voicemail-greeting`."""

    name: str
    language: str = "en"


class Said(msgspec.Struct, frozen=True, tag=True):
    """Free text, spoken by the speech synthesiser: for what no recorded prompt covers."""

    text: str
    language: str = "en"


class SpelledDigits(msgspec.Struct, frozen=True, tag=True):
    """A number said digit by digit, such as a caller's."""

    digits: str
    language: str = "en"


class Recorded(msgspec.Struct, frozen=True, tag=True):
    """A recording by its path."""

    path: str


class OwnPrompt(msgspec.Struct, frozen=True, tag=True):
    """A prompt of the office's own: what was recorded under its name, else a text, spoken."""

    name: str
    """Of `Configuration.prompts`."""
    text: str
    language: str = "en"


class Counted(msgspec.Struct, frozen=True, tag=True):
    """A phrase that counts or orders something, such as `new-messages`, in the form the language has for that many."""

    name: str
    value: int
    language: str = "en"


class Moment(msgspec.Struct, frozen=True, tag=True):
    """A time of day, with its date where that is not the day of `now`."""

    at: datetime
    now: datetime | None = None
    """None: the date is always said."""
    language: str = "en"


class TimeOfDay(msgspec.Struct, frozen=True, tag=True):
    """What time it is, as after "it is now"."""

    at: datetime
    language: str = "en"


class Tone(msgspec.Struct, frozen=True, tag=True):
    """A tone with a cadence, ITU-T E.180; silence where `frequencies` is empty."""

    frequencies: tuple[int, ...]
    """Hz, at most two."""
    on_ms: int
    off_ms: int = 0
    cycles: int = 1
    """0: until closed."""


Prompt = Phrase | Said | OwnPrompt | SpelledDigits | Recorded | Counted | Moment | TimeOfDay | Tone

BEEP = Tone((1000,), on_ms=400)
RINGBACK = Tone((425,), on_ms=1000, off_ms=4000, cycles=0)


class AudioFrames(Protocol):
    """Sound of a party without RTP, such as a modem or the door: 20 ms of s16le mono at 8 kHz, 320 bytes a frame."""

    def pull(self) -> bytes:
        """The next frame the party said; silence when there is none. Called from the bridge's clock thread."""
        ...

    def push(self, frame: bytes) -> None:
        """A frame for the party to hear. Called from the bridge's clock thread; must not block."""
        ...


class Sound(Protocol):
    """The bridge. Wishes about a leg whose sound is not up yet are kept and fulfilled when it comes up."""

    def bridge(self, *legs: LegId) -> Attachment:
        """Let each of the legs hear all the others; a leg named twice hears itself."""
        ...

    def play(self, leg: LegId, prompts: Sequence[Prompt]) -> Attachment: ...
    def music(self, leg: LegId) -> Attachment: ...

    def record(self, legs: Sequence[LegId], path: str) -> Attachment:
        """Write what the legs say to a WAV file, s16le 8 kHz mono; whole as soon as the attachment is closed."""
        ...

    def tap(self, listener: LegId, heard: Sequence[LegId], *, spoken_to: Sequence[LegId] = ()) -> Attachment:
        """Let a supervisor hear what legs say, and be heard by some of them, beside what they hear anyway."""
        ...

    def attach(self, leg: LegId, frames: AudioFrames) -> None:
        """The sound of a leg that has no RTP of its own."""
        ...

    def detach(self, leg: LegId) -> None: ...


class Records(Protocol):
    """Call records. Both methods hand over to the store's queue and return at once."""

    def call_started(self, record: CallRecord) -> None: ...
    def call_ended(self, record: CallRecord) -> None: ...


class VoiceMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a mailbox."""

    id: str
    """Name of the recording's file without its suffix, so that it is known again after a crash."""
    box: str
    path: str
    caller: str
    caller_name: str = ""
    left_at: datetime | None = None
    """None when the clock was not set."""
    seconds: float = 0.0
    heard: bool = False
    deleted: bool = False
    """In the bin, from where it can be restored for a while."""
    forwarded_by: str = ""
    """Extension of who forwarded it from another box; "": it was left here."""
    mail_to: str = ""
    """Where it is to be sent by mail as soon as it is kept; "": nowhere."""


class Mailboxes(Protocol):
    """Voicemail storage. A message is there when `keep` has returned.

    The `…_soon` methods hand over to the store's queue and return at once, in the order they were called: a flow uses
    them in its cleanup, where the caller has hung up and nothing can be awaited. A recording that is neither kept nor
    discarded, because the process died, is found at the next start, repaired and kept.
    """

    async def new_recording(self, box: str) -> str:
        """A path to record a new message to; what is found there after a crash is repaired and kept.

        Raises `PorterError` when there is no room for a message.
        """
        ...

    async def keep(self, message: VoiceMessage) -> None: ...

    def keep_soon(self, message: VoiceMessage) -> None:
        """The recording was closed just before; its file may be completed some milliseconds later."""
        ...

    def discard_soon(self, path: str) -> None:
        """Remove a recording that holds no message; `path` is one of `new_recording`."""
        ...

    async def messages(self, box: str, *, deleted: bool = False) -> Sequence[VoiceMessage]:
        """What is in a box, or in its bin, oldest first."""
        ...

    async def mark_heard(self, message_id: str) -> None: ...

    async def delete(self, message_id: str) -> None:
        """Into the bin; see `restore`."""
        ...

    def delete_soon(self, message_id: str) -> None: ...

    async def restore(self, message_id: str) -> None:
        """Out of the bin, as a message that was heard."""
        ...

    async def forward(
        self, message_id: str, box: str, *, by: str, mail_to: str = "", comment: str | None = None
    ) -> None:
        """A copy for another box, new there; the message stays where it is. Raises `PorterError` without room.

        Args:
            by: Extension of who forwards.
            comment: A recording to be heard before the message, such as one of `Scratch`; None: there is none.
        """
        ...

    async def greeting(self, box: str, reason: str = "always") -> str | None:
        """Path of the owners' own greeting for a reason, or of the one for all reasons; None: neither is there.

        Args:
            reason: A value of `routing.boxes.Greeting`.
        """
        ...

    async def keep_greeting(self, box: str, reason: str, path: str) -> None:
        """Make a recording the greeting for a reason; the one before stays until the new one is whole.

        Args:
            path: A whole recording elsewhere, such as one of `Scratch`; it is copied.

        Raises `PorterError` without room.
        """
        ...

    async def remove_greeting(self, box: str, reason: str) -> None: ...


class Scratch(Protocol):
    """Recordings that live no longer than their call, such as a caller's name."""

    async def new_recording(self) -> str:
        """A path to record to. Raises `PorterError` when there is no room."""
        ...

    def discard_soon(self, path: str) -> None:
        """Remove a recording; returns at once."""
        ...


class KeptPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt of which there is a recording of the office's own."""

    name: str
    language: str
    seconds: float


class PromptShelf(Protocol):
    """The office's own recordings of prompts. Each is heard in place of the phrase or text of that name."""

    async def keep(self, name: str, language: str, path: str) -> float:
        """Take a copy of a recording, in place of the one before; its length in seconds. Durable when this returns.

        Args:
            path: Any sound file; it is brought to the level and length of words of all prompts.

        Raises `PorterError` with the cause and the next step where it is no sound, silent or too long; then all is as
        it was.
        """
        ...

    async def remove(self, name: str, language: str) -> bool:
        """Whether there was a recording; what comes with Porter is heard again."""
        ...

    async def kept(self) -> Sequence[KeptPrompt]:
        """All of them, by language and name."""
        ...


class Acquaintances(Protocol):
    """Who of the house knows whom outside, by the calls there were."""

    async def last_talk(self, number: str) -> str | None:
        """The extension that talked last with an outside number, in or out; None: nobody that is known."""
        ...

    async def last_caller(self, extension: str) -> str | None:
        """The number that called last from outside and rang an extension; None: nobody that showed one."""
        ...

    async def last_dialled(self, extension: str) -> str | None:
        """What an extension dialled last to call somebody; None: nothing yet."""
        ...


class TalkRecording(msgspec.Struct, frozen=True, kw_only=True):
    """The recording of one talk, of everybody who took part in it."""

    id: str
    """Name of the file without its suffix, so that it is known again after a crash."""
    call: CallId
    path: str
    by: str
    """Number of who asked for it; "" where talks are always recorded, or where a crash left nothing but the sound."""
    parties: tuple[str, ...] = ()
    """Names or numbers of who talked."""
    began_at: datetime | None = None
    """None when the clock was not set."""
    seconds: float = 0.0


class Recordings(Protocol):
    """Recordings of talks. The `…_soon` methods are used in cleanup, as those of `Mailboxes`; a recording that is
    neither kept nor discarded, because the process died, is found at the next start, repaired and kept."""

    async def new_recording(self, call: CallId, *, most_bytes: int) -> str:
        """A path to record a talk of a call to.

        Args:
            most_bytes: Room that all recordings may take.

        Raises `PorterError` when they take that already, or the disk is full.
        """
        ...

    def keep_soon(self, recording: TalkRecording) -> None: ...
    def discard_soon(self, path: str) -> None: ...

    async def recordings(self, most: int = 50) -> Sequence[TalkRecording]:
        """The last ones, newest first."""
        ...

    async def remove(self, id: str) -> bool:
        """Whether there was such a recording; it is gone now."""
        ...


class Enquired(msgspec.Struct, frozen=True):
    """What a web service answered."""

    values: Mapping[str, str] = {}
    """The texts and numbers of the JSON object it answered with, by name."""
    fault: str = ""
    """Why there is no answer: "unreachable", "too slow", "refused", "too large" or "no JSON object"; "" when there
    is one."""


class WebServices(Protocol):
    """Services of the customer's own, asked by HTTP on behalf of callers."""

    async def ask(self, url: str, *, send: Mapping[str, str], seconds: float) -> Enquired:
        """Ask once. Whatever goes wrong is a fault of the answer, never an exception.

        Args:
            send: What is sent as a JSON object (POST); nothing: the address is only fetched (GET).
            seconds: How long all of it may take.
        """
        ...


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """A time of a calendar that is booked."""

    calendar: str
    starts_at: datetime
    """With its zone."""
    number: str
    """The caller's; "" when withheld."""
    name: str = ""


class Appointments(Protocol):
    """What is booked. Raises `PorterError` when the store cannot be read or written."""

    async def booked(self, calendar: str, since: datetime) -> Sequence[Appointment]:
        """The appointments of a calendar from an instant on, in their order."""
        ...

    async def book(self, appointment: Appointment) -> bool:
        """Book a time, durably; False when somebody else has it already."""
        ...

    async def cancel(self, appointment: Appointment) -> None:
        """Give a time back, durably; one that is not booked is no fault."""
        ...


class Recogniser(Protocol):
    """An engine that understands speech without asking anybody outside of the house."""

    def understands(self, language: str) -> bool:
        """Whether it and its model of a language (ISO 639-1) are installed."""
        ...

    async def which(self, path: str, choices: Sequence[str], language: str) -> str | None:
        """Which of some words is said in a WAV file; None: none of them, or the engine failed, which is logged."""
        ...


class OpenAnswer(msgspec.Struct, frozen=True):
    """What the door decided."""

    granted: bool
    reason: str = ""
    """Why not, in plain words."""


class DoorPort(Protocol):
    """The door process, which decides every opening itself."""

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        """Ask for one opening; an unreachable door process is a refusal with the reason, never an exception.

        Args:
            channel: "dtmf", "page", "sms" or "code".
            person: Extension or number of who asks.
            leg_side: "answerer" or "street": digits heard from the street open nothing (CHECKLIST A15).
        """
        ...


class Outbox(Protocol):
    """Messages that must not be lost: kept durably until the line took them."""

    async def send_sms(self, to: str, text: str, *, line: str | None = None) -> None:
        """Returns when the message is durably queued; None: any line that can send."""
        ...


class QueuedSms(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits to be sent."""

    id: str
    to: str
    text: str
    line: str | None = None
    """None: any line."""


class SmsQueue(Protocol):
    """The durable queue behind the outbox. Each method returns when its change is durable."""

    async def add_sms(self, to: str, text: str, line: str | None) -> None: ...

    async def waiting_sms(self) -> Sequence[QueuedSms]:
        """Those that are neither sent nor given up, oldest first."""
        ...

    async def sms_sent(self, id: str, line: str) -> None: ...

    async def sms_given_up(self, id: str, reason: str) -> None:
        """It can never be sent, such as to a number that does not exist; kept for people to see."""
        ...


class Reception(Protocol):
    """The office as adapters see it: where what comes from outside is handed in. All of it on the Trio thread."""

    def phone_calls(self, carrier: LegCarrier, *, account: str, dialled: str, replaces: LegId | None = None) -> Leg:
        """A phone of the house dials.

        Args:
            account: The SIP user the edge authenticated.
            dialled: As dialled, user part only, unescaped.
            replaces: A leg whose place the new one takes (INVITE with Replaces, RFC 3891).
        """
        ...

    def line_calls(
        self,
        carrier: LegCarrier,
        *,
        line: str,
        caller: str,
        did: str = "",
        redirected_from: str = "",
        caller_name: str = "",
    ) -> Leg:
        """A call comes in from outside.

        Args:
            caller: E.164 with "+", as the network gave it otherwise; "" when withheld.
            did: The number of ours that was called; "" where the line has only one.
            redirected_from: The number that was called first, where the network tells that the call was diverted to
                us (Diversion, RFC 5806; History-Info, RFC 7044); "" otherwise.
            caller_name: The name the network sent along; "" for none.
        """
        ...

    def door_rings(self, carrier: LegCarrier, *, door: str) -> Leg | None:
        """The button of a door was pressed; None: that door's call is under way already."""
        ...

    async def sms_came(self, *, line: str, sender: str, text: str, sent_at: datetime | None, key: str) -> None:
        """A message came in. Returns when it is durably kept: only then may the line delete it from the SIM.

        Args:
            key: Equal for the same message read twice (a hash over sender, centre's time stamp and text).
        """
        ...


Lines = Mapping[str, Line]
