"""The running office: accepts legs, starts calls, owns the meeting places. Its nursery is the only long-lived one."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

import trio

from appliance.calls.absent import Absent, AbsentInbox
from appliance.calls.agents import Agents
from appliance.calls.call import Call, Next
from appliance.calls.home import Ports
from appliance.calls.leg import Leg
from appliance.calls.line_tests import LineTest
from appliance.calls.media import Media
from appliance.calls.names import CallId, Cause, LegId, Party, PartyKind
from appliance.calls.places import MeetingPlaces
from appliance.calls.ports import Inbox, LegCarrier
from appliance.calls.queues import Queues
from appliance.calls.story import RangAgain
from appliance.calls.talk import Conversation
from appliance.calls.tolls import Tolls
from appliance.calls.wrong_pins import WrongPins
from appliance.config.loading import check
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration
from appliance.flows.arrive import arrive_from_line, arrive_from_phone
from appliance.flows.charge import charge
from appliance.flows.dispatch import dispatch
from appliance.flows.door_call import door_call, end_long_visit
from appliance.flows.in_call import in_call
from appliance.flows.pickup import take_over
from appliance.flows.way_out import why_not_now
from appliance.flows.wished_call import begin_wished_call
from appliance.routing.callers import who_calls
from appliance.routing.inbound import Arrival
from appliance.routing.languages import own_language
from appliance.routing.stations import station_accounts

log = logging.getLogger(__name__)


class Office:
    """Implements `CallHome` for calls and flows, and `Reception` for adapters.

    Use: `async with open_office(configuration, ports, ids) as office`. On leaving, every call is ended with its
    record written; nothing is left behind.

    Attributes:
        media: Every open sound attachment.
        chance: Decides where the configuration leaves something to chance.
        on_change: Called after anything an observer could see has changed; must be quick and synchronous.
        on_ring: Told of each door at which somebody rings; the same.
        inbox: Keeps messages that came in, durably.
        take_settings: Puts a changed configuration in force; see `CallHome.change_settings`.
    """

    def __init__(
        self,
        configuration: Configuration,
        ports: Ports,
        nursery: trio.Nursery,
        new_id: Callable[[], str],
        chance: random.Random,
    ) -> None:
        self.ports = ports
        self.media: set[Media] = set()
        self.places = MeetingPlaces(ports.sound, WrongPins(ports.wrong_pins, ports.clock))
        self.chance = chance
        self.on_change: Callable[[], None] = _nobody_watches
        self.on_ring: Callable[[str], None] = _nobody_hears
        self.inbox: Inbox = AbsentInbox()
        self.take_settings: SettingsTaker = self._follow_change
        self._configuration = configuration
        self._nursery = nursery
        self.new_id = new_id
        self._legs: dict[LegId, Leg] = {}
        self._calls: dict[CallId, Call] = {}
        self._is_closing = False
        self.agents = Agents(ports.clock, ports.agents, self._legs, self.call_changed)
        self.queues = Queues(self.agents, ports.promises, ports.clock, self.call_changed)
        self.tolls = Tolls(ports.tolls)
        self.line_test: LineTest | None = None
        self.agents.on_handled = self.queues.handled

    # What calls and flows see.

    @property
    def configuration(self) -> Configuration:
        return self._configuration

    @property
    def legs(self) -> Mapping[LegId, Leg]:
        return self._legs

    @property
    def calls(self) -> Mapping[CallId, Call]:
        return self._calls

    def new_leg(self, carrier: LegCarrier, party: Party, *, incoming: bool) -> Leg:
        leg = Leg(LegId(self.new_id()), carrier, party, incoming=incoming)
        leg.language = own_language(self._configuration, party)
        self._legs[leg.id] = leg
        leg.on_gone = self._leg_gone
        self.call_changed()
        return leg

    def call_over(self, call: Call) -> None:
        self._calls.pop(call.id, None)
        self.call_changed()

    def call_changed(self) -> None:
        self.queues.look_again()
        self.on_change()

    def why_not_out(self, line: str, payer: str | None) -> str:
        return why_not_now(self, line, payer)

    def charge(self, leg: Leg) -> None:
        self._nursery.start_soon(charge, self, leg)

    async def in_call(self, conversation: Conversation, leg: Leg) -> None:
        await in_call(conversation, leg)

    async def change_settings(self, change: Callable[[Configuration], Configuration], *, by: str) -> None:
        await self.take_settings(change, by=by)

    async def _follow_change(self, change: Callable[[Configuration], Configuration], *, by: str) -> None:
        """The default of `take_settings`: an office without a store keeps its settings in memory."""
        changed = change(self._configuration)
        if mistakes := check(changed):
            raise ConfigurationInvalid(mistakes)
        log.info("settings changed by %s", by)
        await self.follow(changed)

    def _leg_gone(self, leg: Leg) -> None:
        self._legs.pop(leg.id, None)
        self.agents.leg_ended(leg)
        self._grant_wishes()
        self.call_changed()

    def _grant_wishes(self) -> None:
        """Somebody is free who may be waited for."""
        engaged = {leg.party.number for leg in self._legs.values() if leg.party.kind is PartyKind.EXTENSION}
        for wish in self.places.wishes.take_due(lambda number: number not in engaged, trio.current_time()):
            begin_wished_call(self, wish)

    # What adapters hand in.

    def phone_calls(self, carrier: LegCarrier, *, account: str, dialled: str, replaces: LegId | None = None) -> Leg:
        if (door := station_accounts(self._configuration).get(account)) is not None:
            return self._station_calls(carrier, door, dialled)
        number = self.extension_of(account)
        extension = self._configuration.extensions.get(number)
        name = extension.name if extension is not None else ""
        party = Party(kind=PartyKind.EXTENSION, number=number, name=name)
        first = Next(take_over, replaces) if replaces is not None else Next(arrive_from_phone, dialled)
        return self._start(carrier, party, first, called=dialled)

    def line_calls(
        self,
        carrier: LegCarrier,
        *,
        line: str,
        caller: str,
        did: str = "",
        redirected_from: str = "",
        caller_name: str = "",
        hops: int = 0,
    ) -> Leg:
        who = who_calls(self._configuration, caller, caller_name)
        party = Party(kind=PartyKind.OUTSIDE, number=who.number, name=who.shown_name, line=line)
        arrival = Arrival(line=line, did=did, redirected_from=redirected_from, hops=hops)
        return self._start(carrier, party, Next(arrive_from_line, arrival, who), called=did or line)

    def door_rings(self, carrier: LegCarrier, *, door: str) -> Leg | None:
        if (visit := self._visit_at(door)) is not None:
            _tell_rang_again(visit)
            return None
        return self._visit(carrier, door)

    def _station_calls(self, carrier: LegCarrier, door: str, dialled: str) -> Leg:
        """A SIP station calls, which is its button; a second call while the first goes on finds it busy."""
        visit = self._visit_at(door)
        if visit is None:
            return self._visit(carrier, door, dialled)
        _tell_rang_again(visit)
        refused = Leg(LegId(self.new_id()), carrier, visit.party, incoming=True)
        refused.was_ended(Cause.BUSY)
        return refused

    def _visit_at(self, door: str) -> Leg | None:
        """The leg of whoever stands at a door now."""
        legs = (leg for leg in self._legs.values() if leg.party.kind is PartyKind.DOOR)
        return next((leg for leg in legs if leg.party.number == door), None)

    def _visit(self, carrier: LegCarrier, door: str, dialled: str = "") -> Leg:
        configured = self._configuration.doors.get(door)
        name = configured.name if configured is not None else door
        party = Party(kind=PartyKind.DOOR, number=door, name=name)
        leg = self._start(carrier, party, Next(door_call, door, dialled), called=door)
        self._nursery.start_soon(end_long_visit, leg)
        self.on_ring(door)
        return leg

    def call_out(self, first: Next, party: Party, *, called: str) -> Call | None:
        if self._is_closing:
            return None
        return self._begin(self.new_leg(Absent(), party, incoming=False), first, called)

    def _start(self, carrier: LegCarrier, party: Party, first: Next, *, called: str) -> Leg:
        leg = self.new_leg(carrier, party, incoming=True)
        if self._is_closing:
            # The carrier learns of its leg only when we return; it hangs up a leg that is handed back gone.
            leg.was_ended(Cause.TEMPORARY_FAILURE)
            return leg
        self._begin(leg, first, called)
        return leg

    def _begin(self, principal: Leg, first: Next, called: str) -> Call:
        call = Call(CallId(self.new_id()), self, first, principal=principal, called=called)
        self._calls[call.id] = call
        self._nursery.start_soon(self._run, call)
        self.on_change()
        return call

    async def _run(self, call: Call) -> None:
        await call.run()

    # What the composition root does.

    async def follow(self, configuration: Configuration) -> None:
        """Routing, members and rights follow at the next decision; calls keep what they pinned at their start."""
        self._configuration = configuration
        self.call_changed()

    def extension_of(self, account: str) -> str:
        """The extension a SIP account belongs to; the account's own name when none claims it."""
        for number, extension in self._configuration.extensions.items():
            if account in extension.phones:
                return number
        return account

    def close(self) -> None:
        """End every call; new ones are refused."""
        self._is_closing = True
        for call in list(self._calls.values()):
            call.end(Cause.TEMPORARY_FAILURE)


@asynccontextmanager
async def open_office(
    configuration: Configuration, ports: Ports, new_id: Callable[[], str], chance: random.Random
) -> AsyncIterator[Office]:
    """An office that takes calls until the block is left."""
    async with trio.open_nursery() as nursery:
        office = Office(configuration, ports, nursery, new_id, chance)
        dispatching = trio.CancelScope()
        nursery.start_soon(_dispatch_within, dispatching, office)
        try:
            yield office
        finally:
            office.close()
            dispatching.cancel()


def _tell_rang_again(visit: Leg) -> None:
    if visit.call is not None:
        visit.call.tell(RangAgain(door=visit.party.number))


async def _dispatch_within(scope: trio.CancelScope, office: Office) -> None:
    with scope:
        await dispatch(office)


class SettingsTaker(Protocol):
    """Puts a changed configuration in force."""

    async def __call__(self, change: Callable[[Configuration], Configuration], *, by: str) -> None: ...


def _nobody_watches() -> None:
    """The default of `Office.on_change`."""


def _nobody_hears(_: str) -> None:
    """The default of `Office.on_ring`."""
