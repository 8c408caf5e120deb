"""What the contract of `Switch` is tried on: a switch and people with phones, real or simulated, in one vocabulary."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import trio

from appliance.calls.absent import AbsentInbox
from appliance.calls.facts import DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId, Party, PartyKind
from appliance.calls.ports import CallerShown, Inbox, LegCarrier, Prompt, Switch
from appliance.simulated.switch import FarEnd, SimulatedSwitch
from appliance.sip.edge.rpc import EdgeRpc
from appliance.sip.endpoint import EndpointSettings, sip_endpoint
from appliance.sip.legs import SipSwitch
from appliance.sip.sound import BridgeSound, bridge_sound
from appliance.sip.wires import PacketRelay, Wires
from tests.ports import free_ports
from tests.sip.linphones import Linphone, linphone
from tests.sip.phones import PATIENCE, Baresip, baresip
from tests.sip.running_edge import RunningEdge
from tests.sip.wire import Wire

PASSWORD = "a-password-for-tests"


@dataclass(frozen=True)
class Came:
    """A call that a phone made."""

    leg: Leg
    account: str
    dialled: str
    replaces: LegId | None


class Desk:
    """A `Reception` that only notes who came.

    Attributes:
        greet: What happens to a leg inside `phone_calls`, before the switch has it back.
    """

    def __init__(self) -> None:
        self.greet: Callable[[Leg], None] = lambda _: None
        self._numbers = itertools.count(1)
        self._send, self._receive = trio.open_memory_channel[Came](100)

    def new_leg(self, carrier: LegCarrier, number: str, *, incoming: bool) -> Leg:
        party = Party(kind=PartyKind.EXTENSION, number=number)
        return Leg(LegId(f"leg-{next(self._numbers)}"), carrier, party, incoming=incoming)

    def phone_calls(self, carrier: LegCarrier, *, account: str, dialled: str, replaces: LegId | None = None) -> Leg:
        leg = self.new_leg(carrier, account, incoming=True)
        self.greet(leg)
        self._send.send_nowait(Came(leg, account, dialled, replaces))
        return leg

    def line_calls(self, carrier: LegCarrier, *, line: str, caller: str, did: str = "", **_: object) -> Leg:
        raise NotImplementedError

    def door_rings(self, carrier: LegCarrier, *, door: str) -> Leg | None:
        raise NotImplementedError

    @property
    def inbox(self) -> Inbox:
        return AbsentInbox()

    async def next_call(self) -> Came:
        with trio.fail_after(PATIENCE):
            return await self._receive.receive()


class Person(Protocol):
    """Somebody with a phone. The `until_…` wait for what this side of the call notices."""

    async def call(self, number: str) -> None: ...
    async def answer(self) -> None: ...
    async def refuse(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def press(self, digits: str) -> None: ...
    async def hold(self) -> None: ...
    async def resume(self) -> None: ...
    async def transfer(self, number: str) -> None: ...
    async def until_rung(self) -> str:
        """Wait until this phone rings; the number it shows."""
        ...

    async def until_hears_ringing(self) -> None: ...
    async def until_talking(self) -> None: ...
    async def until_left(self) -> None: ...
    async def until_transfer_failed(self) -> None: ...


class Stage(Protocol):
    """A switch that is open, and who takes its calls."""

    @property
    def switch(self) -> Switch: ...
    @property
    def desk(self) -> Desk: ...

    async def person(self, account: str, transport: Literal["udp", "tcp"] = "udp") -> Person:
        """Somebody with a registered phone of an account; a second call gives the account a second phone."""
        ...


async def dial(stage: Stage, account: str, shown: CallerShown | None = None) -> list[Leg]:
    """Dial every phone of an account."""
    legs = []
    for contact in await stage.switch.contacts(account):
        leg = stage.desk.new_leg(stage.switch, account, incoming=False)
        legs.append(leg)
        stage.switch.dial(leg, contact, shown or CallerShown(number="300", name="Tester"))
    return legs


async def happens(event: trio.Event) -> None:
    """Wait for an event of a leg, within the patience of a test."""
    with trio.fail_after(PATIENCE):
        await event.wait()


# Simulated.


class SimulatedPerson:
    """A person at a simulated phone, told of its ringing by the stage."""

    def __init__(self, stage: SimulatedStage, account: str) -> None:
        self.account = account
        self._stage = stage
        self._end: FarEnd | None = None

    @property
    def end(self) -> FarEnd:
        assert self._end is not None, "this phone has no call"
        return self._end

    def rings(self, end: FarEnd) -> None:
        self._end = end
        end.alert()

    async def call(self, number: str) -> None:
        self._end = self._stage.switch.call_in(self._stage.desk, self.account, number)

    async def answer(self) -> None:
        self.end.answer()

    async def refuse(self) -> None:
        self.end.reject(Cause.BUSY)

    async def hang_up(self) -> None:
        self.end.hang_up()

    async def press(self, digits: str) -> None:
        self.end.press(digits, DtmfTransport.RFC4733)

    async def hold(self) -> None:
        self.end.hold()

    async def resume(self) -> None:
        self.end.resume()

    async def transfer(self, number: str) -> None:
        self.end.transfer(number)

    async def until_rung(self) -> str:
        assert self.end.shown is not None
        return self.end.shown.number

    async def until_hears_ringing(self) -> None:
        assert self.end.hears_ringing

    async def until_talking(self) -> None:
        assert self.end.leg.is_answered

    async def until_left(self) -> None:
        assert self.end.leg.is_gone

    async def until_transfer_failed(self) -> None:
        assert 0 < self.end.transfer_reports[-1] < 100


class SimulatedStage:
    def __init__(self) -> None:
        self.switch = SimulatedSwitch()
        self.desk = Desk()
        self._people: list[SimulatedPerson] = []
        self._rung: dict[str, int] = {}
        self.switch.on_dialled = self._ring

    async def person(self, account: str, transport: Literal["udp", "tcp"] = "udp") -> SimulatedPerson:
        self.switch.phones[account] = self.switch.phones.get(account, 0) + 1
        self._people.append(SimulatedPerson(self, account))
        return self._people[-1]

    def _ring(self, end: FarEnd) -> None:
        theirs = [person for person in self._people if person.account == end.account]
        turn = self._rung[end.account] = self._rung.get(end.account, -1) + 1
        theirs[turn % len(theirs)].rings(end)


@asynccontextmanager
async def simulated_stage() -> AsyncIterator[SimulatedStage]:
    yield SimulatedStage()


# Real.


class RealPerson:
    """A person at a baresip."""

    def __init__(self, account: str, phone: Baresip) -> None:
        self.account = account
        self.phone = phone

    async def call(self, number: str) -> None:
        await self.phone.dial(number)

    async def answer(self) -> None:
        await self.phone.accept()

    async def refuse(self) -> None:
        await self.phone.hang_up()

    async def hang_up(self) -> None:
        await self.phone.hang_up()

    async def press(self, digits: str) -> None:
        await self.phone.press(digits)

    async def hold(self) -> None:
        await self.phone.hold()

    async def resume(self) -> None:
        await self.phone.resume()

    async def transfer(self, number: str) -> None:
        await self.phone.transfer(number)

    async def until_rung(self) -> str:
        shown = await self.phone.until("CALL_INCOMING")
        return str(shown["peeruri"]).removeprefix("sip:").split("@")[0]

    async def until_hears_ringing(self) -> None:
        await self.phone.until("CALL_RINGING")

    async def until_talking(self) -> None:
        await self.phone.until("CALL_ESTABLISHED")

    async def until_left(self) -> None:
        await self.phone.until("CALL_CLOSED")

    async def until_transfer_failed(self) -> None:
        await self.phone.until("TRANSFER_FAILED")


class TestLibrary:
    """A `PromptLibrary` with the files a test gives it."""

    __test__ = False

    def __init__(self) -> None:
        self.recordings: dict[Prompt, Sequence[Path]] = {}

    async def files(self, prompts: Sequence[Prompt]) -> Sequence[Path]:
        return [path for prompt in prompts for path in self.recordings[prompt]]


class RealStage:
    """SipSwitch behind a real edge, with baresip phones.

    Attributes:
        sound: The bridge.
        library: What it plays.
    """

    def __init__(
        self, edge: RunningEdge, folder: Path, switch: SipSwitch, sound: BridgeSound, library: TestLibrary
    ) -> None:
        self.desk = Desk()
        self.edge = edge
        self.folder = folder
        self.switch = switch
        self.sound = sound
        self.library = library
        self.phones = AsyncExitStack()
        self.accounts: set[str] = set()

    async def person(
        self, account: str, transport: Literal["udp", "tcp"] = "udp", *, hums: float = 440.0
    ) -> RealPerson:
        self.edge.add(account, PASSWORD)
        self.accounts.add(account)
        phone = await self.phones.enter_async_context(
            baresip(self.folder, account, PASSWORD, self.edge.settings.sip_port, transport=transport, hums=hums)
        )
        await phone.registered()
        return RealPerson(account, phone)

    async def linphone(self, account: str, *, hums: float = 440.0) -> Linphone:
        """A second make of phone. Like `person`, it is ended with the stage."""
        self.edge.add(account, PASSWORD)
        self.accounts.add(account)
        phone = await self.phones.enter_async_context(
            linphone(self.folder, account, PASSWORD, self.edge.settings.sip_port, hums=hums)
        )
        await phone.registered()
        return phone


@asynccontextmanager
async def real_stage(edge: RunningEdge, folder: Path) -> AsyncIterator[RealStage]:
    """An engine behind `edge`; every phone's account is forgotten by the edge at the end."""
    ports = edge.settings
    # Below the range from which the kernel hands out ports.
    rtp_port = 10_000 + ports.engine_port % 1000 * 20
    settings = EndpointSettings(sip_port=ports.engine_port, edge_port=ports.sip_port, rtp_port=rtp_port, rtp_ports=200)
    wires, library = Wires(PacketRelay()), TestLibrary()
    async with sip_endpoint(settings) as endpoint, bridge_sound(wires, library, folder=folder) as sound:
        switch = SipSwitch(endpoint, EdgeRpc(edge.settings.rpc_socket), wires)
        stage = RealStage(edge, folder, switch, sound, library)
        switch.open(stage.desk)
        try:
            async with stage.phones:
                yield stage
                await switch.close()
        finally:
            for account in stage.accounts:
                edge.rpc.forget(account)


# A switch alone.


class NoRegistrations:
    """Nobody is registered: contacts are URIs that a test makes up."""

    async def contacts(self, account: str) -> tuple[()]:
        return ()


@dataclass
class LoneStage:
    """SipSwitch without an edge, and a wire that stands for one phone or for the edge itself."""

    switch: SipSwitch
    desk: Desk
    wires: Wires
    wire: Wire


@asynccontextmanager
async def lone_switch(most_legs: int = 8) -> AsyncIterator[LoneStage]:
    (port,) = free_ports(1)
    rtp_port = 10_000 + port % 1000 * 20
    settings = EndpointSettings(sip_port=port, edge_port=None, rtp_port=rtp_port, rtp_ports=200, most_legs=most_legs)
    async with sip_endpoint(settings) as endpoint:
        wires, desk = Wires(PacketRelay()), Desk()
        switch = SipSwitch(endpoint, NoRegistrations(), wires)
        switch.open(desk)
        with Wire(("127.0.0.1", port)) as wire:
            yield LoneStage(switch, desk, wires, wire)
            await switch.close()


OpenStage = Callable[[], AbstractAsyncContextManager[Stage]]
