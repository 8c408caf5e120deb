"""Calling a customer back who kept his place in a queue: an agent is rung first, then he.

The calls begin without a party: a leg that reaches nobody stands for the principal until somebody answers. The promise
outlives them; only a talk, an apology that was heard, or too many vain tries make it void.
"""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.home import CallHome
from appliance.calls.names import Outcome, Party, PartyKind
from appliance.calls.ports import CallerShown, LineState, Phrase, SpelledDigits
from appliance.calls.queues import Promise
from appliance.calls.ringing import Inside, Member
from appliance.calls.story import CallbackBegan, CallbackExpired, CallbackInVain, CallbackKept
from appliance.calls.talk import talk
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.models import Callback, CallQueue
from appliance.flows.announce import announce
from appliance.flows.keys import key_before
from appliance.flows.members import member_of
from appliance.flows.queue_state import key_of
from appliance.flows.voicemail import leave_message
from appliance.flows.way_out import outside, ways_now
from appliance.routing.hops import last_mailbox

CUSTOMER_SECONDS = 40.0
"""How long the customer rings; longer, and his own voicemail answers."""

LINE_SECONDS = 30.0
"""After a line has failed, the next try is so much later; it does not count as one."""

LET_GO_SECONDS = 10.0
"""After an agent hung up while the customer was rung."""

REST_SECONDS = 1.0
"""From the beginning of one call for a promise to the next."""

MOST_APOLOGIES = 3

ANSWER_SECONDS = 6.0
"""How long the customer may think about leaving a message."""


def can_be_reached(home: CallHome, number: str) -> bool:
    """Whether a call to the customer has a line now, so that no agent is rung for nothing."""
    if number in home.configuration.extensions:
        return True
    lines = (home.ports.lines.get(way.line) for way in ways_now(home, number, None).ways)
    return any(line is not None and line.status.state is LineState.READY for line in lines)


def begin_callback(home: CallHome, promise: Promise, queue: CallQueue, members: tuple[str, ...]) -> None:
    """Start the call for a customer whose turn it is; the members are kept for him."""
    _begin(home, promise, queue, Next(ring_agents, promise, queue, members))


def begin_apology(home: CallHome, promise: Promise, queue: CallQueue | None) -> None:
    """Start the call to a customer whom nobody could call back in time."""
    _begin(home, promise, queue, Next(reach_to_apologise, promise, queue))


def _begin(home: CallHome, promise: Promise, queue: CallQueue | None, first: Next) -> None:
    name, number = (promise.queue, "") if queue is None else (queue.name, queue.number)
    party = Party(kind=PartyKind.EXTENSION, number=number, name=name)
    promise.rests_until = home.agents.now() + REST_SECONDS
    call = home.call_out(first, party, called=promise.kept.number)
    if call is None:
        home.queues.withdraw(promise)
    else:
        home.queues.hold(promise, call)


async def ring_agents(call: Call, promise: Promise, queue: CallQueue, members: tuple[str, ...]) -> Then:
    """Ring the agents who are kept for the customer; who takes it hears whom it is for, and presses 1."""
    agents, kept = call.home.agents, promise.kept
    rung_at = agents.now()
    call.tell(CallbackBegan(group=promise.queue, number=kept.number, seconds=rung_at - kept.entered))
    language = call.settings.language
    call.introduction = (
        Phrase("queue-callback-for", language),
        SpelledDigits(kept.number, language),
        Phrase("queue-press-one-to-call", language),
    )
    shown = CallerShown(kept.number, f"{queue.name}: {kept.name or kept.number}")
    async with call.ringing(shown) as ringing:
        ringing.on_declined = agents.declined
        ringing.only(member_of(call, member) for member in members)
        agent = await ringing.answer(within=queue.ring_seconds)
    call.home.queues.withdraw(promise)
    if agent is None:
        for member in members:
            agents.declined(member.removeprefix(OUTSIDE_PREFIX))
        return Outcome.NO_ANSWER
    call.introduction = ()
    call.principal = agent
    return Next(call_customer, promise, queue, rung_at)


async def call_customer(call: Call, promise: Promise, queue: CallQueue, rung_at: float) -> Then:
    """Call the customer for the agent who waits; the two talk, or the promise stays for another try."""
    queues, agents, number = call.home.queues, call.home.agents, promise.kept.number
    # Void as soon as it is known how this try ended.
    queues.keep(promise, not_before=agents.now() + LET_GO_SECONDS)
    async with call.ringing(CallerShown(queue.number, queue.name)) as ringing:
        ringing.only([_customer(call, number)])
        customer = await ringing.answer(within=CUSTOMER_SECONDS)
    if customer is not None:
        call.tell(CallbackKept(group=promise.queue, number=number))
        queues.forget(promise)
        agents.took_call(call.principal, key_of(promise.queue), queue.wrap_up_seconds, rung_at=rung_at)
        return Next(talk, customer)
    if ringing.outcome is Outcome.UNREACHABLE:
        queues.keep(promise, not_before=agents.now() + LINE_SECONDS)
    else:
        pause = (queue.callback or Callback()).retry_seconds
        queues.keep(promise, tries=promise.kept.tries + 1, not_before=agents.now() + pause)
        call.tell(CallbackInVain(number=number, outcome=ringing.outcome, tries=promise.kept.tries))
    return Next(announce, Phrase("queue-customer-not-reached", call.language))


async def reach_to_apologise(call: Call, promise: Promise, queue: CallQueue | None) -> Then:
    """Call the customer himself, to say that nobody could call him back."""
    queues, kept = call.home.queues, promise.kept
    call.tell(CallbackExpired(group=promise.queue, number=kept.number))
    shown = None if queue is None else CallerShown(queue.number, queue.name)
    async with call.ringing(shown) as ringing:
        ringing.only([_customer(call, kept.number)])
        customer = await ringing.answer(within=CUSTOMER_SECONDS)
    if customer is not None:
        queues.forget(promise)
        customer.language = kept.language
        call.principal = customer
        return Next(apologise, _box(call, queue))
    pause = (queue.callback if queue is not None else None) or Callback()
    queues.keep(promise, apologies=kept.apologies + 1, not_before=call.home.agents.now() + pause.retry_seconds)
    if promise.kept.apologies >= MOST_APOLOGIES:
        queues.forget(promise)
    return ringing.outcome


async def apologise(call: Call, box: str | None) -> Then:
    """Apologise to the customer, and offer him to leave a message."""
    leg, language = call.principal, call.language
    sorry = [Phrase("queue-callback-sorry", language)]
    if box is None:
        with call.play(leg, *sorry, Phrase("queue-goodbye", language)) as playing:
            await playing.finished.wait()
        return None
    with call.play(leg, *sorry, Phrase("queue-press-one-for-voicemail", language)) as playing:
        pressed = await key_before(leg, "1", playing.finished)
    if pressed is None:
        pressed = await key_before(leg, "1", leg.gone, seconds=ANSWER_SECONDS)
    return Next(announce, Phrase("queue-goodbye", language)) if pressed is None else Next(leave_message, box)


def _customer(call: Call, number: str) -> Member:
    return Inside(number) if number in call.home.configuration.extensions else outside(call, number, confirm=False)


def _box(call: Call, queue: CallQueue | None) -> str | None:
    """Whose mailbox is offered; None: there is none."""
    configuration = call.home.configuration
    own = queue.callback.box if queue is not None and queue.callback is not None else None
    person = configuration.extensions.get(own) if own is not None else None
    return own if person is not None and person.voicemail else last_mailbox(configuration)
