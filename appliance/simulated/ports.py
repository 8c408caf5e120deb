"""In-memory ports of one office, for explain, tests and dry runs: nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import trio

from appliance.calls.agents import NOBODY_KNOWN, Agent, KeptAgents
from appliance.calls.home import Ports
from appliance.calls.names import CallId, Used
from appliance.calls.ports import (
    Appointment,
    Enquired,
    KeptPrompt,
    Line,
    NumberedPrompt,
    OpenAnswer,
    TalkRecording,
    VoiceMessage,
)
from appliance.calls.promises import PromisedCall
from appliance.calls.record import CallRecord, dialled_by, rung_from_outside, talked
from appliance.calls.wrong_pins import KeptTries
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.prompts.inventory import numbered
from appliance.simulated.sound import SimulatedSound
from appliance.simulated.switch import SimulatedSwitch


class SimulatedClock:
    """Trio's clock, and a wall that starts at a given moment; None: the time is unknown."""

    def __init__(self, wall: datetime | None) -> None:
        self._wall = wall
        self._began = trio.current_time()

    def monotonic(self) -> float:
        return trio.current_time()

    def wall(self) -> datetime | None:
        return None if self._wall is None else self._wall + timedelta(seconds=trio.current_time() - self._began)


class MemoryRecords:
    """Call records in memory."""

    def __init__(self) -> None:
        self.under_way: dict[CallId, CallRecord] = {}
        self.ended: list[CallRecord] = []

    def call_started(self, record: CallRecord) -> None:
        self.under_way[record.id] = record

    def call_ended(self, record: CallRecord) -> None:
        self.under_way.pop(record.id, None)
        self.ended.append(record)


class MemoryMailboxes:
    """Voicemail in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, VoiceMessage] = {}
        """Those in the bin too."""
        self.discarded: list[str] = []
        self.comments: list[str] = []
        """Paths of what was spoken before forwarded messages."""
        self.greetings: dict[tuple[str, str], str] = {}
        """Own greetings, by box and reason."""
        self._paths = 0

    async def new_recording(self, box: str) -> str:
        self._paths += 1
        return f"memory:{box}/{self._paths}"

    async def keep(self, message: VoiceMessage) -> None:
        self.keep_soon(message)

    def keep_soon(self, message: VoiceMessage) -> None:
        self.kept[message.id] = message

    def discard_soon(self, path: str) -> None:
        self.discarded.append(path)

    async def messages(self, box: str, *, deleted: bool = False) -> Sequence[VoiceMessage]:
        return [message for message in self.kept.values() if message.box == box and message.deleted == deleted]

    async def mark_heard(self, message_id: str) -> None:
        self._change(message_id, heard=True)

    async def delete(self, message_id: str) -> None:
        self.delete_soon(message_id)

    def delete_soon(self, message_id: str) -> None:
        self._change(message_id, deleted=True)

    async def restore(self, message_id: str) -> None:
        self._change(message_id, deleted=False, heard=True)

    async def forward(
        self, message_id: str, box: str, *, by: str, mail_to: str = "", comment: str | None = None
    ) -> None:
        self.comments += [comment] if comment is not None else []
        copy_id = f"{message_id}-for-{box}"
        self.kept[copy_id] = msgspec.structs.replace(
            self.kept[message_id], id=copy_id, box=box, heard=False, forwarded_by=by, mail_to=mail_to
        )

    async def greeting(self, box: str, reason: str = "always") -> str | None:
        return self.greetings.get((box, reason)) or self.greetings.get((box, "always"))

    async def keep_greeting(self, box: str, reason: str, path: str) -> None:
        self.greetings[box, reason] = path

    async def remove_greeting(self, box: str, reason: str) -> None:
        self.greetings.pop((box, reason), None)

    def _change(self, message_id: str, **changes: object) -> None:
        if message_id in self.kept:
            self.kept[message_id] = msgspec.structs.replace(self.kept[message_id], **changes)


class MemoryScratch:
    """Paths that lead nowhere.

    Attributes:
        refusal: Why there is no room for a recording; None: there is.
    """

    def __init__(self) -> None:
        self.refusal: PorterError | None = None
        self.kept: set[str] = set()
        self._paths = 0

    async def new_recording(self) -> str:
        if self.refusal is not None:
            raise self.refusal
        self._paths += 1
        path = f"memory:scratch/{self._paths}"
        self.kept.add(path)
        return path

    def discard_soon(self, path: str) -> None:
        self.kept.discard(path)


class MemoryShelf:
    """Own recordings of prompts by name and language.

    Attributes:
        refusal: Why no recording can be used; None: each can.
    """

    def __init__(self) -> None:
        self.paths: dict[tuple[str, str], str] = {}
        self.refusal: PorterError | None = None

    async def keep(self, name: str, language: str, path: str, text: str = "") -> float:
        await trio.lowlevel.checkpoint()
        if self.refusal is not None:
            raise self.refusal
        self.paths[name, language] = path
        return 3.0

    async def remove(self, name: str, language: str) -> bool:
        return self.paths.pop((name, language), None) is not None

    async def kept(self) -> Sequence[KeptPrompt]:
        return [KeptPrompt(name=name, language=language, seconds=3.0) for name, language in self.paths]

    def numbered(self, configuration: Configuration, number: str) -> NumberedPrompt | None:
        return numbered(configuration, number)


class MemoryRecordings:
    """Recordings of talks in a list."""

    def __init__(self) -> None:
        self.kept: list[TalkRecording] = []
        self.discarded: list[str] = []
        self.is_full = False
        self.begun = 0

    async def new_recording(self, call: CallId, *, most_bytes: int) -> str:
        if self.is_full:
            raise PorterError("There is no room for a recording.")
        self.begun += 1
        return f"memory:talks/{call}.{self.begun}.wav"

    def keep_soon(self, recording: TalkRecording) -> None:
        self.kept.append(recording)

    def discard_soon(self, path: str) -> None:
        self.discarded.append(path)

    async def recordings(self, most: int = 50) -> Sequence[TalkRecording]:
        return self.kept[: -most - 1 : -1]

    async def remove(self, id: str) -> bool:
        before, self.kept = self.kept, [one for one in self.kept if one.id != id]
        return len(self.kept) < len(before)


class MemoryAcquaintances:
    """Who knows whom by the records in memory."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    async def last_talk(self, number: str) -> str | None:
        pairs = (talked(record) for record in reversed(self._records.ended))
        return next((pair[1] for pair in pairs if pair is not None and pair[0] == number), None)

    async def last_caller(self, extension: str) -> str | None:
        records = reversed(self._records.ended)
        return next((record.caller.number for record in records if extension in rung_from_outside(record)), None)

    async def last_dialled(self, extension: str) -> str | None:
        records = reversed(self._records.ended)
        return next((dialled for record in records if (dialled := dialled_by(record, extension))), None)


class SimulatedNetwork:
    """A network that gives this box an address, or does not exist.

    Attributes:
        own: The address; "" without a network.
    """

    def __init__(self) -> None:
        self.own = "192.0.2.10"

    def address(self) -> str:
        return self.own


class MemoryOutbox:
    """Messages that would be sent."""

    def __init__(self) -> None:
        self.queued: list[tuple[str, str]] = []

    async def send_sms(self, to: str, text: str, *, line: str | None = None) -> None:
        self.queued.append((to, text))


class MemoryAgents:
    """What is known of members, as it was at first and with what came since."""

    def __init__(self, kept: KeptAgents = NOBODY_KNOWN) -> None:
        self.kept = kept

    def load(self) -> KeptAgents:
        return self.kept

    def keep_agent(self, agent: Agent, at: float, wall: datetime | None) -> None:
        others = tuple(other for other in self.kept.agents if other.number != agent.number)
        self.kept = msgspec.structs.replace(self.kept, agents=(*others, agent), at=at, wall=wall)

    def keep_turn(self, team: str, member: str) -> None:
        self.kept = msgspec.structs.replace(self.kept, last_turns={**self.kept.last_turns, team: member})

    def keep_handled(self, team: str, seconds: float) -> None:
        handled = {**self.kept.handled, team: (*self.kept.handled.get(team, ()), seconds)}
        self.kept = msgspec.structs.replace(self.kept, handled=handled)

    async def settled(self) -> None:
        await trio.lowlevel.checkpoint()


class MemoryPromises:
    """Promised callbacks in a dictionary."""

    def __init__(self, kept: Sequence[PromisedCall] = ()) -> None:
        self.kept = {promised.id: promised for promised in kept}

    def load(self) -> Sequence[PromisedCall]:
        return tuple(self.kept.values())

    def keep(self, promised: PromisedCall) -> None:
        self.kept[promised.id] = promised

    def forget(self, id: str) -> None:
        self.kept.pop(id, None)

    async def settled(self) -> None:
        await trio.lowlevel.checkpoint()


class MemoryServices:
    """Web services that answer what they were told to, by the beginning of the address; others cannot be reached."""

    def __init__(self) -> None:
        self.answers: dict[str, Enquired] = {}
        self.imagine: Callable[[], bool] | None = None
        """Where nobody is asked: whether the service whose turn it is is taken to answer. None: they are asked."""
        self.seconds = 0.0
        """How long each takes."""
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    async def ask(self, url: str, *, send: Mapping[str, str], seconds: float) -> Enquired:
        if self.imagine is not None:
            return Enquired(was_asked=False, fault="" if self.imagine() else "not asked")
        self.asked.append((url, send))
        await trio.sleep(min(self.seconds, seconds))
        if self.seconds > seconds:
            return Enquired(fault="too slow")
        found = (answer for start, answer in self.answers.items() if url.startswith(start))
        return next(found, Enquired(fault="unreachable"))


class MemoryAppointments:
    """Appointments in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, datetime], Appointment] = {}

    async def booked(self, calendar: str | None, since: datetime) -> Sequence[Appointment]:
        found = (kept for kept in self.kept.values() if calendar in (kept.calendar, None) and kept.ends_at > since)
        return sorted(found, key=lambda kept: kept.starts_at)

    async def book(self, appointment: Appointment) -> bool:
        others = (kept for kept in self.kept.values() if kept.calendar == appointment.calendar)
        if any(kept.starts_at < appointment.ends_at and appointment.starts_at < kept.ends_at for kept in others):
            return False
        self.kept[appointment.calendar, appointment.starts_at] = appointment
        return True

    async def cancel(self, appointment: Appointment) -> None:
        self.kept.pop((appointment.calendar, appointment.starts_at), None)


class AttentiveRecogniser:
    """Understands English, and always the same."""

    def __init__(self) -> None:
        self.said: str | None = None
        """What every caller is taken to say; None: nothing of use."""
        self.seconds = 0.5
        """How long understanding takes."""

    def understands(self, language: str) -> bool:
        return language == "en"

    async def which(self, path: str, choices: Sequence[str], language: str) -> str | None:
        await trio.sleep(self.seconds)
        return self.said if self.said in choices else None


class MemoryTolls:
    """What was called outside, in a dictionary."""

    def __init__(self, kept: Mapping[tuple[str, str], Used] | None = None) -> None:
        self.kept = dict(kept or {})

    def load(self) -> Mapping[tuple[str, str], Used]:
        return self.kept

    def keep_used(self, account: str, period: str, used: Used) -> None:
        self.kept[account, period] = used

    def forget_used(self, account: str, period: str) -> None:
        self.kept.pop((account, period), None)


class MemoryWrongPins:
    """Wrong PINs in a dictionary."""

    def __init__(self, kept: Mapping[str, KeptTries] | None = None) -> None:
        self.kept = dict(kept or {})

    def load(self) -> Mapping[str, KeptTries]:
        return self.kept

    def keep(self, what: str, tries: KeptTries) -> None:
        self.kept[what] = tries

    def forget(self, what: str) -> None:
        self.kept.pop(what, None)


class AgreeableDoor:
    """A door that grants every opening asked for from inside, where a code is keyed in with its own."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answered = 0
        self.seconds = 0.0
        """How long it thinks."""
        self.code = "271828"
        self.why_not = "wrong_code"
        """The reason it gives where the code is another one."""
        self.channels: list[str] = []
        self.issued: list[tuple[str, str, str]] = []
        """Door, ring and person of each code for one ring."""
        self.gives_codes = True

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        self.asked.append((door, person))
        await trio.sleep(self.seconds)
        self.answered += 1
        self.channels.append(channel)
        if code is not None and code != self.code:
            return OpenAnswer(granted=False, reason="the code is wrong", why=self.why_not)
        return OpenAnswer(granted=leg_side != "street", reason="from the street" if leg_side == "street" else "")

    async def one_time_code(self, door: str, *, ring: str, person: str, seconds: float) -> str | None:
        if not self.gives_codes:
            return None
        self.issued.append((door, ring, person))
        return f"{4820 + len(self.issued)}"


def simulated_ports(
    nursery: trio.Nursery,
    switch: SimulatedSwitch,
    lines: Mapping[str, Line],
    wall: datetime | None,
    agents: KeptAgents = NOBODY_KNOWN,
    promises: Sequence[PromisedCall] = (),
    tolls: Mapping[tuple[str, str], Used] | None = None,
    wrong_pins: MemoryWrongPins | None = None,
) -> Ports:
    """Ports of an office that lives in memory only."""
    records = MemoryRecords()
    return Ports(
        clock=SimulatedClock(wall),
        network=SimulatedNetwork(),
        switch=switch,
        sound=SimulatedSound(nursery),
        records=records,
        mailboxes=MemoryMailboxes(),
        recordings=MemoryRecordings(),
        scratch=MemoryScratch(),
        prompts=MemoryShelf(),
        acquaintances=MemoryAcquaintances(records),
        outbox=MemoryOutbox(),
        doors=AgreeableDoor(),
        web_services=MemoryServices(),
        appointments=MemoryAppointments(),
        recognisers={"pocketsphinx": AttentiveRecogniser()},
        agents=MemoryAgents(agents),
        promises=MemoryPromises(promises),
        tolls=MemoryTolls(tolls),
        wrong_pins=wrong_pins or MemoryWrongPins(),
        lines=lines,
    )
