"""What a call sees of the office it lives in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Protocol

from appliance.calls.names import CallId, LegId, Party
from appliance.calls.ports import (
    Acquaintances,
    Appointments,
    Clock,
    DoorPort,
    LegCarrier,
    Line,
    Mailboxes,
    Network,
    Outbox,
    PromptShelf,
    Recogniser,
    Recordings,
    Records,
    Scratch,
    Sound,
    Switch,
    WebServices,
)

if TYPE_CHECKING:
    from appliance.calls.agents import Agents, AgentStates
    from appliance.calls.call import Call, Next
    from appliance.calls.leg import Leg
    from appliance.calls.line_tests import LineTest
    from appliance.calls.media import Media
    from appliance.calls.places import MeetingPlaces
    from appliance.calls.promises import PromiseStore
    from appliance.calls.queues import Queues
    from appliance.calls.talk import Conversation
    from appliance.calls.tolls import Tolls, TollStore
    from appliance.calls.wrong_pins import WrongPinStore
    from appliance.config.models import Configuration


@dataclass(slots=True)
class Ports:
    """The adapters of one office, wired by the composition root."""

    clock: Clock
    network: Network
    switch: Switch
    sound: Sound
    records: Records
    mailboxes: Mailboxes
    recordings: Recordings
    scratch: Scratch
    prompts: PromptShelf
    acquaintances: Acquaintances
    outbox: Outbox
    doors: DoorPort
    web_services: WebServices
    appointments: Appointments
    recognisers: Mapping[str, Recogniser]
    """By the name the configuration chooses one by."""
    agents: AgentStates
    promises: PromiseStore
    tolls: TollStore
    wrong_pins: WrongPinStore
    lines: Mapping[str, Line]


class CallHome(Protocol):
    """The office as calls and flows see it."""

    ports: Ports
    media: set[Media]
    places: MeetingPlaces
    agents: Agents
    queues: Queues
    tolls: Tolls
    line_test: LineTest | None
    """The self-call that goes on."""
    chance: Random

    async def in_call(self, conversation: Conversation, leg: Leg) -> None:
        """Obey what a party asks for during a talk, until cancelled: hold, transfers, and keys that mean something."""
        ...

    def why_not_out(self, line: str, payer: str | None) -> str:
        """Why no further call may go out over a line at this moment, such as "too-many-at-once"; "" when one may.

        Args:
            payer: The extension it counts for; None: nobody's.
        """
        ...

    def charge(self, leg: Leg) -> None:
        """A leg was answered outside: count what it costs until it is gone, and end it when a limit is reached."""
        ...

    @property
    def configuration(self) -> Configuration:
        """The configuration in force now; a call keeps the one it began with in `call.settings`."""
        ...

    async def change_settings(self, change: Callable[[Configuration], Configuration], *, by: str) -> None:
        """Put a changed configuration in force: what a person switches at a telephone, such as do-not-disturb.

        Durable and followed when it returns; once begun it is finished, even when who asked hangs up.

        Args:
            change: Makes the new configuration from the one in force at that moment.
            by: Extension or number of who asks.

        Raises `PorterError` with the cause when it is refused; then all is as it was.
        """
        ...

    @property
    def legs(self) -> Mapping[LegId, Leg]:
        """Every live leg."""
        ...

    @property
    def calls(self) -> Mapping[CallId, Call]:
        """Every running call by its id."""
        ...

    def new_leg(self, carrier: LegCarrier, party: Party, *, incoming: bool) -> Leg:
        """A leg with an id of its own, registered with the office until it is gone."""
        ...

    def call_out(self, first: Next, party: Party, *, called: str) -> Call | None:
        """Start a call that nobody has made; None while the office closes.

        Args:
            first: Its first step, which makes the first to answer its principal.
            party: In whose name it is made; its leg stands for the principal until then.
            called: The number it is for.
        """
        ...

    def new_id(self) -> str:
        """An id that nothing else of this office has."""
        ...

    def call_over(self, call: Call) -> None:
        """A call ended. Called by the call."""
        ...

    def call_changed(self) -> None:
        """Something that an observer of a call could see is different. Called by the call; quick and synchronous."""
        ...
