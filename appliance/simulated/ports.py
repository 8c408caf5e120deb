"""In-memory ports of one office, for explain, tests and dry runs: nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
import trio

from appliance.calls.agents import NOBODY_KNOWN, Agent, KeptAgents
from appliance.calls.home import Ports
from appliance.calls.ports import Line, OpenAnswer, VoiceMessage
from appliance.calls.record import CallRecord
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
    """Call records in two lists."""

    def __init__(self) -> None:
        self.started: list[CallRecord] = []
        self.ended: list[CallRecord] = []

    def call_started(self, record: CallRecord) -> None:
        self.started.append(record)

    def call_ended(self, record: CallRecord) -> None:
        self.ended.append(record)


class MemoryMailboxes:
    """Voicemail in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, VoiceMessage] = {}
        self.discarded: list[str] = []
        self.greetings: dict[str, str] = {}
        """Own greetings, by box."""
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

    async def messages(self, box: str) -> Sequence[VoiceMessage]:
        return [message for message in self.kept.values() if message.box == box]

    async def mark_heard(self, message_id: str) -> None:
        if message_id in self.kept:
            self.kept[message_id] = msgspec.structs.replace(self.kept[message_id], heard=True)

    async def delete(self, message_id: str) -> None:
        self.delete_soon(message_id)

    def delete_soon(self, message_id: str) -> None:
        self.kept.pop(message_id, None)

    async def greeting(self, box: str) -> str | None:
        return self.greetings.get(box)


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

    async def settled(self) -> None:
        await trio.lowlevel.checkpoint()


class AgreeableDoor:
    """A door that grants every opening asked for by the answering side."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    async def request_open(
        self, door: str, *, channel: str, person: str, code: str | None, call_id: str | None, leg_side: str
    ) -> OpenAnswer:
        self.asked.append((door, person))
        return OpenAnswer(granted=leg_side == "answerer", reason="" if leg_side == "answerer" else "from the street")


def simulated_ports(
    nursery: trio.Nursery,
    switch: SimulatedSwitch,
    lines: Mapping[str, Line],
    wall: datetime | None,
    agents: KeptAgents = NOBODY_KNOWN,
) -> Ports:
    """Ports of an office that lives in memory only."""
    return Ports(
        clock=SimulatedClock(wall),
        switch=switch,
        sound=SimulatedSound(nursery),
        records=MemoryRecords(),
        mailboxes=MemoryMailboxes(),
        outbox=MemoryOutbox(),
        doors=AgreeableDoor(),
        agents=MemoryAgents(agents),
        lines=lines,
    )
