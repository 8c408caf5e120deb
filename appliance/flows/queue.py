"""A caller waits in a call queue: music and announcements, keys that lead elsewhere, until a member is free.

The dispatcher offers members to his ticket. They ring here, while he goes on hearing music and what he is told, and
the first who answers gets him at once. So waiting and ringing are one step: nothing he hears is cut by somebody who
does not come, and his place is kept as long as the step lasts, however it ends.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping

import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.leg import Leg
from appliance.calls.names import Outcome
from appliance.calls.ports import CallerShown, Counted, Phrase, Prompt, Recorded, Said, SpelledDigits
from appliance.calls.promises import PromisedCall
from appliance.calls.queues import Promise, Ticket
from appliance.calls.story import CallbackPromised, QueueEntered, QueueKeyPressed, QueueLeft, QueueServed
from appliance.calls.talk import talk
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import Callback, CallQueue
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.flows.ask_callback import ask_callback
from appliance.flows.briefing import briefing
from appliance.flows.members import member_of
from appliance.flows.queue_state import caller_of, expected_seconds, hunt_of, key_of, logged_in, place_of, waiting_in
from appliance.flows.rating import ask_after_talk
from appliance.routing.callbacks import is_time
from appliance.routing.languages import text_in
from appliance.routing.queueing import Arriving, Reason, Saying, sayings, steps_for, why_not_enter

LATE_SECONDS = 1.0
"""What was due longer ago, while something else was said, is left out."""

SHORTEST_MUSIC_SECONDS = 1.0
"""A recording that is over sooner is missing or empty."""

_OUTCOMES = {
    Reason.FULL: Outcome.BUSY,
    Reason.TOO_LONG: Outcome.BUSY,
    Reason.NO_AGENTS: Outcome.UNREACHABLE,
    Reason.WAITED: Outcome.NO_ANSWER,
    Reason.REMOVED: Outcome.UNREACHABLE,
}


async def wait_in_queue(
    call: Call,
    name: str,
    steps: int = 0,
    shown: CallerShown | None = None,
    ways_out: Mapping[str, Next] | None = None,
) -> Then:
    """Wait for a member of a queue; an outcome when the queue cannot keep the caller.

    Args:
        steps: Of priority, beside those the queue gives.
        ways_out: Key to what follows when the caller presses it.
    """
    queue = call.home.configuration.call_queues.get(name)
    if queue is None:
        return Outcome.UNREACHABLE
    caller = caller_of(call)
    is_vip = caller.contact is not None and caller.contact.vip
    steps += steps_for(call.home.configuration, queue, caller, call.principal.party.line)
    with call.home.queues.place(call, name, steps=steps, is_vip=is_vip) as ticket:
        expected = expected_seconds(call.home, ticket)
        if reason := _why_not(call, queue, ticket, expected):
            ticket.was_sent_on = True
            call.tell(QueueLeft(group=name, why=reason))
            return _OUTCOMES[reason]
        call.tell(QueueEntered(group=name, place=place_of(call.home, ticket), expected_seconds=expected))
        call.principal.answer()
        return await _Waiting(call, queue, ticket, shown, ways_out or {}).until_over()


def _why_not(call: Call, queue: CallQueue, ticket: Ticket, expected: float | None) -> Reason | None:
    members = hunt_of(call.home, ticket.queue, queue).members
    waiting = waiting_in(call.home, ticket.queue) - 1
    arriving = Arriving(is_vip=ticket.is_vip, waiting=waiting, agents=logged_in(members), expected_seconds=expected)
    return why_not_enter(queue, arriving)


class _Waiting:
    """One caller as he waits. What comes first decides: a member answers, a key, or the queue cannot keep him."""

    def __init__(
        self, call: Call, queue: CallQueue, ticket: Ticket, shown: CallerShown | None, ways_out: Mapping[str, Next]
    ) -> None:
        self._call = call
        self._queue = queue
        self._ticket = ticket
        self._shown = shown
        self._ways_out = ways_out
        self._sayings = sayings(queue)
        self._hearing = trio.CancelScope()
        self._answered = trio.Event()
        """Not set while he is asked something."""
        self._answered.set()
        self._promise: Promise | None = None
        self._then: Then = None

    async def until_over(self) -> Then:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._until, nursery.cancel_scope, self._be_served)
            nursery.start_soon(self._until, nursery.cancel_scope, self._obey_keys)
            nursery.start_soon(self._entertain_when_silent)
        return self._then

    async def _until(self, scope: trio.CancelScope, what: Callable[[], Awaitable[Then]]) -> None:
        then = await what()
        if self._then is None:  # who has answered in the same instant in which a key was pressed gets the caller
            self._then = then
        scope.cancel()

    @property
    def _waited(self) -> float:
        return self._call.home.agents.now() - self._ticket.entered

    # Members.

    async def _be_served(self) -> Then:
        while True:
            match await self._ticket.next_news():
                case str(reason):
                    return self._be_sent_on(Reason(reason))
                case members:
                    if winner := await self._ring(members):
                        return Next(talk, winner)

    def _be_sent_on(self, reason: Reason) -> Outcome:
        self._ticket.was_sent_on = True
        self._call.tell(QueueLeft(group=self._ticket.queue, why=reason, seconds=self._waited))
        return _OUTCOMES[reason]

    async def _ring(self, members: tuple[str, ...]) -> Leg | None:
        """Ring the members who are offered; None when none of them takes the call, and they are free again."""
        call, agents, waited = self._call, self._call.home.agents, self._waited
        rung_at = agents.now()
        async with call.ringing(self._shown, is_entertained=True) as ringing:
            call.home.places.now_rung_for(call, key_of(self._ticket.queue))
            ringing.on_declined = agents.declined
            ringing.briefing = briefing(call, self._queue)
            ringing.only(member_of(call, member) for member in members)
            winner = await ringing.answer(within=self._queue.ring_seconds)
        if winner is None:
            for member in members:
                agents.declined(member.removeprefix(OUTSIDE_PREFIX))
            call.home.queues.withdraw(self._ticket)
            return None
        self._ticket.was_served = True
        if self._promise is not None:
            call.home.queues.forget(self._promise)
        call.tell(QueueServed(group=self._ticket.queue, seconds=waited))
        agents.took_call(winner, key_of(self._ticket.queue), self._queue.wrap_up_seconds, rung_at=rung_at)
        ask_after_talk(call, self._queue)
        return winner

    # Keys.

    async def _obey_keys(self) -> Then:
        while True:
            key = await self._call.principal.next_digit()
            if key in self._ways_out:
                self._ticket.was_sent_on = True
                self._call.tell(QueueKeyPressed(group=self._ticket.queue, key=key, seconds=self._waited))
                return self._ways_out[key]
            if (callback := self._offered_callback()) is not None and key == callback.key:
                self._answered = trio.Event()
                self._hearing.cancel()
                if await self._arrange(callback):
                    self._ticket.was_sent_on = True
                    return Next(announce, Phrase("queue-callback-promised", self._call.language))
                self._answered.set()

    def _offered_callback(self) -> Callback | None:
        """What callers may ask for now; None: no callbacks, or not at this hour."""
        callback, home = self._queue.callback, self._call.home
        if callback is None or not is_time(home.configuration, callback, home.ports.clock.wall()):
            return None
        return callback

    async def _arrange(self, callback: Callback) -> bool:
        """Promise a callback at a number the caller confirms; what is promised is durable.

        Members may be offered meanwhile; who answers gets the caller, and the promise is void.
        """
        call, ticket, queues = self._call, self._ticket, self._call.home.queues
        number = await ask_callback(call, callback)
        if number is None:
            return False
        promised = PromisedCall(
            id=call.home.new_id(),
            queue=ticket.queue,
            number=number,
            name=call.principal.party.name,
            language=call.language,
            entered=ticket.entered,
            steps=ticket.steps,
            asked_at=call.home.agents.now(),
        )
        self._promise = queues.promise(call, promised)
        try:
            await queues.settled()
        except PorterError:
            queues.forget(self._promise)
            with call.play(call.principal, Phrase("queue-callback-not-kept", call.language)) as telling:
                await telling.finished.wait()
            return False
        call.tell(CallbackPromised(group=ticket.queue, number=number, seconds=self._waited))
        return True

    # What he hears.

    async def _entertain_when_silent(self) -> None:
        """Entertain him but for the time in which he is asked something."""
        while True:
            with trio.CancelScope() as self._hearing:
                await self._entertain()
            await self._answered.wait()

    async def _entertain(self) -> None:
        for saying in self._sayings:
            seconds = saying.at - self._waited
            if seconds >= -LATE_SECONDS:
                await self._music(seconds)
                with self._call.play(self._call.principal, *self._words(saying)) as playing:
                    await playing.finished.wait()
        await self._music(math.inf)

    def _words(self, saying: Saying) -> list[Prompt]:
        if saying.announcement is not None:
            return [Said(*text_in(saying.announcement, self._call.language, self._call.settings.language))]
        place = place_of(self._call.home, self._ticket)
        words: list[Prompt] = [Counted("queue-you-are-number", place, self._call.language)]
        expected = expected_seconds(self._call.home, self._ticket) if self._queue.tells_wait else None
        if expected is not None:
            words.append(Counted("queue-expected-minutes", round(expected / 60), self._call.language))
        if (callback := self._offered_callback()) is not None:
            words += [
                Phrase("queue-press-for-callback", self._call.language),
                SpelledDigits(callback.key, self._call.language),
            ]
        return words

    async def _music(self, seconds: float) -> None:
        """Music for some time; the queue's own recording where there is one."""
        leg = self._call.principal
        with trio.move_on_after(max(seconds, 0)):
            while self._queue.music:
                began = trio.current_time()
                with self._call.play(leg, Recorded(self._queue.music)) as playing:
                    await playing.finished.wait()
                if trio.current_time() - began < SHORTEST_MUSIC_SECONDS:
                    break
            with self._call.music(leg):
                await trio.sleep_forever()
