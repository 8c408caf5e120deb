"""Ringing several members until one of them takes the call: the body of every hunt, forward and transfer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import trio

from appliance.calls.before_talk import hears, presses_1
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, Outcome, Party, PartyKind, WayOut
from appliance.calls.ports import RINGBACK, CallerShown, LineState, Phrase, Prompt
from appliance.calls.story import AcceptAsked, Answered, Briefed, ForwardTried, LegFailed, NotRung, WayOutChosen
from appliance.calls.story import Ringing as RingingFact
from appliance.errors import PorterError

if TYPE_CHECKING:
    from appliance.calls.call import Call

log = logging.getLogger(__name__)

LINE_TROUBLE = frozenset(
    {
        Cause.OUT_OF_ORDER,
        Cause.NO_CIRCUIT,
        Cause.TEMPORARY_FAILURE,
        Cause.CONGESTION,
        Cause.NO_ROUTE,
        Cause.RECOVERY_ON_TIMER,
    }
)
"""Causes that speak of the line and not of the called party: the next line is tried."""

NOBODY_THERE = frozenset({Cause.ABSENT, Cause.NO_USER_RESPONSE})
"""Causes of a telephone that does not reply, such as one whose plug was pulled while it is still registered."""

NO_SUCH_NUMBER = frozenset({Cause.UNALLOCATED, Cause.INVALID_NUMBER, Cause.NUMBER_CHANGED})


class Inside(msgspec.Struct, frozen=True):
    """An extension; every phone of it rings."""

    number: str


class Outside(msgspec.Struct, frozen=True):
    """An outside number, over the first of the lines that takes the call."""

    number: str
    ways: tuple[WayOut, ...]
    confirm: bool = True
    """Whether who answers must press 1, so that a mobile's own mailbox never takes a caller."""
    insist: bool = False
    """Dial also on a line that says it cannot: a modem without a network may still call for help."""
    question: tuple[Prompt, ...] = ()
    """What who answers hears before he presses 1; () for the usual."""
    shows_line: bool = False
    """The line's own number is shown, and not the caller's."""
    sms: str = ""
    """Sent to the number as it begins to ring; "" for nothing."""
    route: str = ""
    """The outbound route that chose the lines; "" where none did."""
    payer: str | None = None
    """The extension that dialled and whom the call counts for; None: nobody of the house did."""
    why_not: str = ""
    """Why there are no ways; "" where no line is meant for the number."""

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(way.line for way in self.ways)


Member = Inside | Outside


class Ringing:
    """The members that ring now, and the first who took the call.

    Members come and go by `only`; `answer` waits. Leaving the context hangs up everybody but the winner, who hear
    that the call was completed elsewhere.

    Attributes:
        winner: Who took the call; None as long as nobody did.
        shown: What the displays of those show who begin to ring from now on.
        declined: Members who were busy or rejected the call, at every phone of theirs. They are not rung again.
        on_declined: Told the number of each.
        briefing: What who answers hears before the caller gets him; () for nothing.
    """

    def __init__(self, call: Call, nursery: trio.Nursery, shown: CallerShown, on_alerting: Callable[[], None]) -> None:
        self._call = call
        self._nursery = nursery
        self.shown = shown
        self._on_alerting = on_alerting
        self._scopes: dict[Member, trio.CancelScope] = {}
        self._causes: list[Cause] = []
        self._rung = 0
        self._changed = trio.Event()
        self._began = trio.current_time()
        self._is_alerting = False
        self._said_no: set[str] = set()
        self._written_to: set[str] = set()
        self.declined: set[Member] = set()
        self.on_declined: Callable[[str], None] = _nobody_minds
        self.briefing: Callable[[Leg], Sequence[Prompt]] = _nothing_to_hear
        self._asked = 0
        """How many answered, and are asked to accept or hear something first."""
        self.winner: Leg | None = None

    def only(self, members: Iterable[Member]) -> None:
        """Ring exactly these: new ones are added, those who ring already go on, the rest stops."""
        wanted = dict.fromkeys(members)
        for member in [member for member in self._scopes if member not in wanted]:
            self._scopes.pop(member).cancel()
        for member in wanted:
            if member not in self._scopes and member not in self.declined and self.winner is None:
                scope = self._scopes[member] = trio.CancelScope()
                self._nursery.start_soon(self._ring, member, scope)
        self._tell_places()

    @property
    def members(self) -> tuple[Member, ...]:
        """Who rings now."""
        return tuple(self._scopes)

    async def answer(self, *, within: float) -> Leg | None:
        """Who took the call; None when the time is over, or nobody is left who rings.

        Who has answered and is being asked to accept may finish when the time is over.
        """
        with trio.move_on_after(within):
            await self._until(lambda: self.winner is not None or not self._scopes)
        await self._until(lambda: self.winner is not None or not self._asked)
        return self.winner

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed = trio.Event()
            await self._changed.wait()

    @property
    def outcome(self) -> Outcome:
        """Why nobody answered: no phone was there, all were busy, the number does not exist, or simply nobody came.

        Lines and phones that failed say nothing about the others; one that rang to the end means no answer.
        """
        if len(self._causes) < self._rung:
            return Outcome.NO_ANSWER
        said = {cause for cause in self._causes if cause not in LINE_TROUBLE and cause not in NOBODY_THERE}
        if not said:
            return Outcome.UNREACHABLE
        if said <= {Cause.BUSY, Cause.REJECTED}:
            return Outcome.BUSY
        return Outcome.UNKNOWN if said <= NO_SUCH_NUMBER else Outcome.NO_ANSWER

    async def _ring(self, member: Member, scope: trio.CancelScope) -> None:
        with scope:
            match member:
                case Inside():
                    await self._ring_inside(member)
                case Outside():
                    await self._ring_outside(member)
        if self._scopes.get(member) is scope:
            del self._scopes[member]
        if member.number in self._said_no and not scope.cancelled_caught and self.winner is None:
            self.declined.add(member)
            self.on_declined(member.number)
        self._tell_places()
        self._changed.set()

    async def _ring_inside(self, member: Inside) -> None:
        home = self._call.home
        extension = home.configuration.extensions.get(member.number)
        if extension is None:
            self._call.tell(NotRung(member=member.number, reason="no such extension"))
            return
        if extension.do_not_disturb:
            self._rung += 1
            self._causes.append(Cause.BUSY)
            self._call.tell(NotRung(member=member.number, reason="do not disturb"))
            return
        if not extension.call_waiting and member.number in home.agents.talking(apart_from=self._call.legs):
            self._rung += 1
            self._causes.append(Cause.BUSY)
            self._call.tell(NotRung(member=member.number, reason="on the phone"))
            return
        contacts = [contact for account in extension.phones for contact in await home.ports.switch.contacts(account)]
        self._call.tell(RingingFact(member=member.number, phones=len(contacts)))
        party = Party(kind=PartyKind.EXTENSION, number=member.number, name=extension.name)
        async with trio.open_nursery() as phones:
            for contact in contacts:
                leg = home.new_leg(home.ports.switch, party, incoming=False)
                if self._take(leg):
                    home.ports.switch.dial(leg, contact, self.shown)
                    phones.start_soon(self._hear, leg, phones.cancel_scope)

    async def _hear(self, leg: Leg, others: trio.CancelScope) -> None:
        """Wait for one phone; the first that answers wins, and the member's other phones stop ringing.

        Who hears first who calls, and does not want him, has said no for all of them.
        """
        try:
            if await self._is_answered(leg):
                if self._call.introduction and not await self._accepts(leg):
                    self._said_no.add(leg.party.number)
                elif await self._is_briefed(leg):
                    self._won(leg)
                others.cancel()
        finally:
            self._drop(leg)

    async def _ring_outside(self, member: Outside) -> None:
        home = self._call.home
        if member.why_not:
            self._call.tell(NotRung(member=member.number, reason=member.why_not))
            return
        if member.route:
            self._call.tell(WayOutChosen(number=member.number, route=member.route, lines=member.lines))
        for way in member.ways:
            name = way.line
            line = home.ports.lines.get(name)
            if line is None or (line.status.state is not LineState.READY and not member.insist):
                reason = "no such line" if line is None else line.status.reason or line.status.state
                self._call.tell(NotRung(member=member.number, reason=f"{name}: {reason}"))
                continue
            if not member.insist and (full := home.why_not_out(name, member.payer)):
                self._call.tell(NotRung(member=member.number, reason=f"{name}: {full}"))
                continue
            leg = home.new_leg(line, Party(kind=PartyKind.OUTSIDE, number=member.number, line=name), incoming=False)
            leg.payer = member.payer
            self._call.tell(ForwardTried(member=member.number, line=name))
            if not self._take(leg):
                return
            await self._announce_by_sms(member, name)
            shown = _shown(way, CallerShown(number="") if member.shows_line else self.shown)
            line.dial(leg, way.dials, msgspec.structs.replace(shown, offices=self._call.offices))
            try:
                if await self._is_answered(leg):
                    home.charge(leg)
                    if member.confirm and not await self._accepts(leg, member.question):
                        return
                    if await self._is_briefed(leg):
                        self._won(leg)
                    return
            finally:
                self._drop(leg)
            if leg.cause not in LINE_TROUBLE:
                return

    async def _announce_by_sms(self, member: Outside, line: str) -> None:
        """Queue what the member is to read; whoever cannot be written to is rung all the same."""
        if not member.sms or member.number in self._written_to:
            return
        self._written_to.add(member.number)
        try:
            await self._call.home.ports.outbox.send_sms(member.number, member.sms, line=line)
        except PorterError as error:
            log.warning("call %s: no SMS to %s: %s", self._call.id, member.number, error)

    def _take(self, leg: Leg) -> bool:
        self._rung += 1
        if self.winner is None and self._call.adopt(leg):
            return True
        leg.hang_up(Cause.ANSWERED_ELSEWHERE)
        return False

    async def _is_answered(self, leg: Leg) -> bool:
        """True when the leg is answered, False when it is gone; lets the caller hear that it rings meanwhile."""
        async with trio.open_nursery() as nursery:

            async def until(event: trio.Event) -> None:
                await event.wait()
                nursery.cancel_scope.cancel()

            async def alert() -> None:
                await leg.alerting.wait()
                if not self._is_alerting:
                    self._is_alerting = True
                    self._on_alerting()

            nursery.start_soon(until, leg.answered)
            nursery.start_soon(until, leg.gone)
            nursery.start_soon(alert)
        if leg.is_gone:
            self._causes.append(leg.cause or Cause.NORMAL)
            if leg.cause in (Cause.BUSY, Cause.REJECTED):
                self._said_no.add(leg.party.number)
            self._call.tell(LegFailed(member=leg.party.number, cause=leg.cause or Cause.NORMAL))
        return not leg.is_gone

    async def _accepts(self, leg: Leg, question: tuple[Prompt, ...] = ()) -> bool:
        """Ask the one who answered to press 1, so that a mobile's mailbox does not take the caller, or because he has
        to hear first who it is."""
        language = self._call.language_of(leg)
        leg.forget_facts()
        self._asked += 1
        try:
            usual = question or (Phrase("press-one-to-accept", language),)
            accepted = await presses_1(self._call, leg, self._call.introduction or usual)
        finally:
            self._asked -= 1
            self._changed.set()
        leg.accepted = accepted
        self._call.tell(AcceptAsked(member=leg.party.number, accepted=accepted))
        return accepted

    async def _is_briefed(self, leg: Leg) -> bool:
        """Let the one who answered hear what is meant for him alone, unless a key cuts it short; False when he hangs
        up. The caller hears that it rings meanwhile."""
        note = self.briefing(leg)
        if not note:
            return True
        leg.forget_facts()
        self._asked += 1
        try:
            await hears(self._call, leg, note)
        finally:
            self._asked -= 1
            self._changed.set()
        if leg.is_gone:
            self._causes.append(leg.cause or Cause.NORMAL)
            self._call.tell(LegFailed(member=leg.party.number, cause=leg.cause or Cause.NORMAL))
        else:
            self._call.tell(Briefed(member=leg.party.number))
        leg.forget_facts()
        return not leg.is_gone

    def _won(self, leg: Leg) -> None:
        if self.winner is None and not leg.is_gone and leg.call is self._call:
            self.winner = leg
            self._call.tell(Answered(member=leg.party.number, after_seconds=trio.current_time() - self._began))
            self._changed.set()

    def _drop(self, leg: Leg) -> None:
        if leg is not self.winner and leg.call is self._call:
            leg.hang_up(Cause.ANSWERED_ELSEWHERE if self.winner is not None else Cause.NO_ANSWER)

    def _tell_places(self) -> None:
        inside = tuple(member.number for member in self._scopes if isinstance(member, Inside))
        self._call.home.places.now_ringing(self._call, inside)


def _shown(way: WayOut, caller: CallerShown) -> CallerShown:
    """What a display outside shows: a number of ours, nothing, or whom the call is from."""
    if way.shows is None:
        return caller
    return CallerShown(number=way.shows, is_withheld=not way.shows, is_ours=True)


def _nothing_to_hear(leg: Leg) -> Sequence[Prompt]:
    return ()


def _nobody_minds(_: str) -> None:
    """The default of `Ringing.on_declined`."""


@asynccontextmanager
async def ringing(
    call: Call,
    shown: CallerShown | None = None,
    on_alerting: Callable[[], None] | None = None,
    *,
    waiting: Leg | None = None,
    is_entertained: bool = False,
) -> AsyncIterator[Ringing]:
    """Ring members for a call; meanwhile who waits hears ringing and the call can be picked up.

    Args:
        shown: What the members' displays show; None: who waits.
        on_alerting: Called when the first member's phone rings; None: who waits is told (180).
        waiting: For whom the members ring; None: the principal. Where somebody else waits, the step says by
            `Call.on_pickup` what follows a pickup.
        is_entertained: Who waits goes on hearing what it hears, and not ringing.
    """
    leg = waiting or call.principal
    with ExitStack() as stack:
        stack.enter_context(call.home.places.being_rung(call))
        if waiting is None and not is_entertained:
            # Nobody reads keys that are pressed meanwhile; in the talk they would be codes, or tones in an ear.
            stack.callback(leg.forget_facts)
        if leg.is_answered and not is_entertained:
            stack.enter_context(call.play(leg, RINGBACK))
        async with trio.open_nursery() as nursery:
            shown = shown or CallerShown(number=leg.party.number, name=leg.party.name)
            yield Ringing(call, nursery, shown, on_alerting or leg.ring)
            nursery.cancel_scope.cancel()
