"""A conversation: one task, the legs it holds, the principal leg whose hang-up ends it, and the current step.

Theory of operation. `run` loops over steps. A step is a coroutine, `async def flow(call, …)`. It returns what comes
next:

    Next(flow, leg, …)   go on with that flow; every leg the call holds but the principal and those named is hung up
    Outcome              the step is over; the call goes on with `otherwise` when that is set, else it ends
    None                 the call is over

Three things cut into a step, all of them synchronous and safe inside callbacks:

    principal gone, or adopted by another call     -> the whole task is cancelled; while the step has named heirs, a
                                                      principal that is gone is followed by the first who is there
    redirect(flow, …)                              -> only the step is cancelled, and `flow` beats its result
    another leg gone                               -> nothing; the step that waits for `leg.gone` sees it

Cleanup is synchronous: it hangs up what is held and hands the record over, so no part of it needs a shield.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import msgspec
import trio

from appliance.calls.leg import Leg
from appliance.calls.media import Media, MediaKind
from appliance.calls.names import CallId, Cause, Outcome, Party
from appliance.calls.ports import CallerShown, Prompt
from appliance.calls.record import CallRecord, LegRecord, ToldFact
from appliance.calls.ringing import Ringing, ringing
from appliance.calls.story import AnyStoryFact, Broke, HungUp, StepBegan, StepEnded, WentOver
from appliance.calls.talk import Conversation, talk

if TYPE_CHECKING:
    from appliance.calls.home import CallHome
    from appliance.config.models import Language

log = logging.getLogger(__name__)

MOST_STEPS = 50
"""Steps of one call without a talk or a person's choice; a configuration that sends a call in circles ends here."""


class Next:
    """What a call does next: a flow and its arguments. The legs among them are kept, the others hung up."""

    def __init__(self, flow: Flow, *args: Any, **kwargs: Any) -> None:
        self.flow = flow
        self.args = args
        self.kwargs = kwargs

    @property
    def name(self) -> str:
        return getattr(self.flow, "__name__", repr(self.flow))

    @property
    def legs(self) -> set[Leg]:
        return {arg for arg in (*self.args, *self.kwargs.values()) if isinstance(arg, Leg)}

    def __repr__(self) -> str:
        return f"Next({self.name})"


Then = Next | Outcome | None
Flow = Callable[..., Awaitable[Then]]


class Call:
    """One conversation. The office starts its task and keeps it until it is over.

    Attributes:
        principal: The party the call serves; None only before the first leg is adopted.
        history: Members already tried, oldest first, for strategies that must not offer twice.
        refused: Numbers of members who have rejected the call; no team rings them for it again.
        otherwise: What follows a step that ends with an `Outcome` other than done.
        heirs: Who becomes the principal when it is gone, in this order; named by a step, and void with its end.
        on_pickup: What follows when a leg of another call picks up what rings here; None: a talk with the principal.
            Named by a step, and void with its end.
        conversation: Who hear each other now; None while nobody talks.
        at_last: What follows when nothing else does, so that nobody is left without a word; None: the call ends.
        after_talk: What follows a talk that the other party ends, such as a question to the caller; None: nothing.
        offices: Through how many other offices of ours it came.
        stays_inside: Whether no destination leads the caller outside until he is spoken to or decides himself.
        trail: Destinations the call was sent to since a person last decided about it, by a talk or a key.
        at_end: Called when the call is over, in its cleanup; must be quick and synchronous.
        introduction: What who answers hears before he gets the caller, whom he may refuse then; () for nothing.
        outcome: How the last step ended that did not say what comes next.
        settings: The configuration as it was when the call began.
    """

    def __init__(self, id: CallId, home: CallHome, first: Next, *, principal: Leg, called: str) -> None:
        self.id = id
        self.home = home
        self.settings = home.configuration
        self.called = called
        self.principal = principal
        self.caller = principal.party
        self.heirs: tuple[Leg, ...] = ()
        self.on_pickup: Callable[[Leg], Next] | None = None
        self.conversation: Conversation | None = None
        self.legs: set[Leg] = set()
        self.history: list[str] = []
        self.refused: set[str] = set()
        self.otherwise: Next | None = None
        self.at_last: Next | None = None
        self.after_talk: Next | None = None
        self.offices = 0
        self.stays_inside = False
        self.trail: list[str] = []
        self.introduction: tuple[Prompt, ...] = ()
        self.at_end: list[Callable[[], None]] = []
        self.step_name = ""
        self.is_ending = False
        self._steps = 0
        self._began = home.ports.clock.monotonic()
        self._began_at = home.ports.clock.wall()
        self._next: Next | None = first
        self.outcome = Outcome.DONE
        self._whole = trio.CancelScope()
        self._step = trio.CancelScope()
        self._story: list[ToldFact] = []
        self._leg_records: dict[Leg, LegRecord] = {}
        self._past_legs: list[LegRecord] = []
        self._cause: Cause | None = None
        self._ended_by = ""
        self._answered_at: float | None = None
        self._talk_seconds = 0.0
        if not self.adopt(principal):
            self.end(principal.cause or Cause.NORMAL)

    def __repr__(self) -> str:
        return f"<Call {self.id} {self.caller.shown} -> {self.called} {self.step_name}>"

    # Legs.

    def adopt(self, leg: Leg) -> bool:
        """Take a leg over, from another call or new; the only way a leg changes hands.

        Its sound is closed first. False when the leg is gone or this call is ending: then nothing has changed.
        """
        if leg.is_gone or self.is_ending:
            return False
        if leg.call is self:
            return True
        old, leg.call = leg.call, self
        leg.silence()
        self.legs.add(leg)
        moved_from = old.id if old is not None else None
        self._leg_records[leg] = LegRecord(
            id=leg.id, party=leg.party, incoming=leg.incoming, joined_at=self._now(), moved_from=moved_from
        )
        if old is not None:
            old._leg_moved(leg, self)
        return True

    def leg_left(self, leg: Leg) -> None:
        """A leg of ours is over. Called by the leg."""
        self._forget(leg, moved_to=None)
        if leg is not self.principal:
            return
        if heir := next((heir for heir in self.heirs if heir in self.legs), None):
            self.principal = heir
        else:
            self.end(leg.cause or Cause.NORMAL, by=leg)

    def _leg_moved(self, leg: Leg, to: Call) -> None:
        self._forget(leg, moved_to=to.id)
        if leg is self.principal:
            self.tell(WentOver(member=leg.party.shown, to_call=to.id))
            self.end(Cause.NORMAL)

    def _forget(self, leg: Leg, *, moved_to: CallId | None) -> None:
        self.legs.discard(leg)
        record = self._leg_records.pop(leg, None)
        if record is not None:
            self._past_legs.append(self._closed(leg, record, moved_to=moved_to))

    def _closed(self, leg: Leg, record: LegRecord, *, moved_to: CallId | None = None) -> LegRecord:
        answered = leg.times.answered
        return LegRecord(
            id=record.id,
            party=record.party,
            incoming=record.incoming,
            joined_at=record.joined_at,
            answered_at=None if answered is None else max(answered - self._began, record.joined_at),
            left_at=self._now() if leg.is_gone or moved_to is not None else None,
            cause=leg.cause,
            moved_from=record.moved_from,
            moved_to=moved_to,
        )

    # Sound.

    def bridge(self, *legs: Leg) -> Media:
        """Let each leg hear all the others; those that are gone take no part."""
        sound = self.home.ports.sound
        living = [leg for leg in legs if not leg.is_gone]
        ends = living if len(living) > 1 else ()
        return Media(
            MediaKind.BRIDGE, ends, lambda legs: sound.bridge(*(leg.id for leg in legs)), registry=self.home.media
        )

    def music(self, leg: Leg) -> Media:
        """Music on hold until closed."""
        sound = self.home.ports.sound
        return Media(MediaKind.MUSIC, [leg], lambda legs: sound.music(legs[0].id), registry=self.home.media)

    def play(self, leg: Leg, *prompts: Prompt) -> Media:
        """Prompts one after another; `finished` is set at their end."""
        sound = self.home.ports.sound
        return Media(MediaKind.PROMPT, [leg], lambda legs: sound.play(legs[0].id, prompts), registry=self.home.media)

    def record(self, leg: Leg, path: str) -> Media:
        """What the leg says, to a WAV file."""
        sound = self.home.ports.sound
        return Media(
            MediaKind.RECORDING, [leg], lambda legs: sound.record([legs[0].id], path), registry=self.home.media
        )

    def ringing(
        self,
        shown: CallerShown | None = None,
        on_alerting: Callable[[], None] | None = None,
        *,
        waiting: Leg | None = None,
        is_entertained: bool = False,
    ) -> AbstractAsyncContextManager[Ringing]:
        """Ring members until one takes the call; see `appliance.calls.ringing`."""
        return ringing(self, shown, on_alerting, waiting=waiting, is_entertained=is_entertained)

    # What happens next.

    def redirect(self, flow: Flow, *args: Any, **kwargs: Any) -> bool:
        """Go on with another flow at once; it beats the result of the step it cancels.

        Returns:
            False when it is too late; who asked tells its own party so.
        """
        if self.is_ending:
            return False
        self._next = Next(flow, *args, **kwargs)
        self.heirs, self.on_pickup = (), None
        self._step.cancel()
        return True

    def join(self, leg: Leg) -> bool:
        """Connect a leg, ours or another call's, with the principal: retrieve, pickup, attended transfer."""
        return not self.is_ending and self.adopt(leg) and self.redirect(talk, leg)

    def pick_up(self, leg: Leg) -> bool:
        """Connect a leg of another call in place of those that ring here; False when it is too late."""
        if self.on_pickup is None:
            return self.join(leg)
        follows = self.on_pickup(leg)
        return not self.is_ending and self.adopt(leg) and self.redirect(follows.flow, *follows.args, **follows.kwargs)

    def end(self, cause: Cause = Cause.NORMAL, *, by: Leg | None = None) -> None:
        """End the call: its task is cancelled and what it holds is hung up."""
        if self.is_ending:
            return
        self.is_ending = True
        self._cause = cause
        self._ended_by = by.party.shown if by is not None else "porter"
        self._whole.cancel()

    async def run(self) -> None:
        """The task of the call. Never raises but Trio's own cancellation of the office."""
        try:
            self.home.ports.records.call_started(self.to_record())
            with self._whole:
                await self._run_steps()
        except Exception as error:
            log.exception("call %s: fault in step %s; story so far: %s", self.id, self.step_name, self._story)
            self.tell(Broke(error=repr(error)))
            self.end(Cause.TEMPORARY_FAILURE)
        finally:
            self.end(self.outcome.cause)
            self.tell(HungUp(by=self._ended_by, cause=self._cause or Cause.NORMAL))
            self._let_go()

    def _let_go(self) -> None:
        """Hang up what is held and hand the record over; whatever breaks here must not take other calls along."""
        for leg in list(self.legs):
            try:
                leg.hang_up(self._cause or Cause.NORMAL)
            except Exception:
                log.exception("call %s: leg %s could not be hung up", self.id, leg.id)
        for clean_up in self.at_end:
            try:
                clean_up()
            except Exception:
                log.exception("call %s: %s failed", self.id, clean_up)
        self.home.call_over(self)
        try:
            self.home.ports.records.call_ended(self.to_record())
        except Exception:
            log.exception("call %s: its record could not be handed over: %s", self.id, self._story)

    async def _run_steps(self) -> None:
        while self._next is not None and not self.is_ending:
            step, self._next = self._next, None
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise RuntimeError(f"more than {MOST_STEPS} steps: destinations that lead to each other")
            for leg in self.legs - {self.principal} - step.legs:
                leg.hang_up()
            self.heirs, self.on_pickup = (), None
            self.step_name = step.name
            self.tell(StepBegan(flow=step.name))
            then: Then = None
            with trio.CancelScope() as self._step:
                then = await step.flow(self, *step.args, **step.kwargs)
            if self._next is None:
                self._next = self._following(step, then)

    def _following(self, step: Next, then: Then) -> Next | None:
        if isinstance(then, Next):
            return then
        if then is None or then is Outcome.DONE:
            return None
        self.tell(StepEnded(flow=step.name, outcome=then))
        self.outcome = then
        following, self.otherwise = self.otherwise, None
        if following is None:
            following, self.at_last = self.at_last, None
        return following

    # The record.

    def tell(self, fact: AnyStoryFact) -> None:
        """Add a fact to the story."""
        self._story.append(ToldFact(at=self._now(), fact=fact))
        log.info("call %s: %s", self.id, fact)
        self.home.call_changed()

    @property
    def story(self) -> Sequence[AnyStoryFact]:
        return [told.fact for told in self._story]

    @property
    def language(self) -> Language:
        """What the principal is spoken to in."""
        return self.language_of(self.principal)

    def language_of(self, leg: Leg) -> Language:
        """What a party is spoken to in."""
        return leg.language or self.settings.language

    @property
    def is_talking(self) -> bool:
        """Whether two parties talk in it."""
        return self.step_name == talk.__name__

    @property
    def began(self) -> float:
        """Monotonic seconds."""
        return self._began

    @property
    def answered_at(self) -> float | None:
        """Seconds from the start to the first talk; None while nobody talked."""
        return self._answered_at

    def talk_began(self) -> None:
        """The caller talks to a person or a mailbox from now on; the first time counts for the record.

        What was to follow had nobody taken the call is void from here on.
        """
        self.outcome, self.otherwise, self.at_last = Outcome.DONE, None, None
        self.introduction = ()
        self.stays_inside = False
        self.trail.clear()
        self._steps = 0
        if self._answered_at is None:
            self._answered_at = self._now()
        self.home.call_changed()

    def person_decided(self) -> None:
        """A person chose where to go, by a key: what led here does not count as a circle, and what was to follow had
        nobody taken the call is void."""
        self.otherwise = None
        self.stays_inside = False
        self.trail.clear()
        self._steps = 0

    def caller_is(self, party: Party) -> None:
        """The caller turned out to be somebody: so he is shown and recorded from now on."""
        leg = self.principal
        if (record := self._leg_records.get(leg)) is not None:
            self._leg_records[leg] = msgspec.structs.replace(record, party=party)
        leg.party = self.caller = party
        self.home.call_changed()

    def talk_lasted(self, seconds: float) -> None:
        self._talk_seconds += seconds

    def to_record(self) -> CallRecord:
        """The call as it is now."""
        over = self._cause is not None and not self.legs
        legs = [*self._past_legs, *(self._closed(leg, record) for leg, record in self._leg_records.items())]
        return CallRecord(
            id=self.id,
            began_at=self._began_at,
            caller=self.caller,
            called=self.called,
            answered_at=self._answered_at,
            seconds=self._now() if over else None,
            talk_seconds=self._talk_seconds,
            cause=self._cause if over else None,
            legs=tuple(sorted(legs, key=lambda leg: (leg.joined_at, leg.id))),
            story=tuple(self._story),
        )

    def _now(self) -> float:
        return self.home.ports.clock.monotonic() - self._began
