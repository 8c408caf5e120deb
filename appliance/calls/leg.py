"""One party's dialog as the domain sees it: an id, two events, a bounded queue of facts. It owns no task."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import trio

from appliance.calls.facts import Digit, Held, LegFact, Resumed, TransferAsked
from appliance.calls.names import Cause, LegId, Party, PartyKind

if TYPE_CHECKING:
    from appliance.calls.call import Call
    from appliance.calls.media import Media
    from appliance.calls.ports import LegCarrier
    from appliance.config.models import Language

log = logging.getLogger(__name__)

MOST_FACTS = 128
"""Facts a leg keeps unread; further ones are dropped and counted (a caller who leans on a key)."""


class Leg:
    """One party's dialog.

    Every method is synchronous and safe to call again, also from inside itself: adapters call the `was_…` methods
    out of their callbacks, and hanging up may report the end before it returns.

    Attributes:
        answered: Set when the dialog is established.
        alerting: Set when the far end said that it rings.
        gone: Set when the leg is over, by whichever side; the dying dialog is the adapter's from then on.
        cause: Why it is over; None while it lives.
        call: The one call that holds it; None only before it is adopted and after it is gone.
        media: The one sound attachment it has; taps do not count.
        incoming: True when the party called us.
        accepted: True for somebody outside whom we rang as one of the house, and who pressed 1 to take the call.
        language: What the party is spoken to in; None: the office's. A caller may choose another one.
        payer: The extension a call outside counts for; None: nobody's, or the leg leads to no line.
        holds: True while the party keeps us on hold; outlives the step, as the party's telephone does not forget it.
    """

    def __init__(self, id: LegId, carrier: LegCarrier, party: Party, *, incoming: bool) -> None:
        self.id = id
        self.carrier = carrier
        self.party = party
        self.incoming = incoming
        self.call: Call | None = None
        self.media: Media | None = None
        self.alerting = trio.Event()
        self.answered = trio.Event()
        self.gone = trio.Event()
        self.cause: Cause | None = None
        self.accepted = False
        self.language: Language | None = None
        self.payer: str | None = None
        self.holds = False
        self.on_gone: Callable[[Leg], None] = _nobody_minds
        self.times = LegTimes()
        self.facts_dropped = 0
        self._facts: deque[LegFact] = deque()
        self._news = trio.Event()

    def __repr__(self) -> str:
        return f"<Leg {self.id} {self.party.shown}>"

    @property
    def is_gone(self) -> bool:
        return self.gone.is_set()

    @property
    def is_answered(self) -> bool:
        return self.answered.is_set()

    @property
    def is_of_the_house(self) -> bool:
        """Whether the party may ask for what phones of the house may: one of them, or a mobile that stands for one."""
        return self.party.kind is PartyKind.EXTENSION or self.accepted

    # What we do to the party.

    def ring(self) -> None:
        """Let an incoming party hear that it rings (180)."""
        if not self.is_gone and not self.is_answered:
            self.carrier.ring(self.id)

    def progress(self) -> bool:
        """Open the sound towards an incoming party before answering (183), for announcements that cost nothing.

        Returns:
            False where the party hears nothing before the answer, as over GSM.
        """
        return not self.is_gone and (self.is_answered or self.carrier.progress(self.id))

    def answer(self) -> None:
        """Answer an incoming party. `answered` is set when the carrier says so, usually at once."""
        if not self.is_gone and not self.is_answered:
            self.carrier.answer(self.id)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """End the leg; the first cause given by either side counts."""
        if self._end(cause):
            self.carrier.hang_up(self.id, cause)

    def send_digits(self, digits: str) -> None:
        """Press keys towards the party, paced by the carrier."""
        if not self.is_gone:
            self.carrier.send_digits(self.id, digits)

    def report_transfer(self, progress: int) -> None:
        """Tell who asked for a transfer how it goes (NOTIFY, message/sipfrag).

        Args:
            progress: 100 trying, 180 ringing, 200 done, or a Q.850 cause below 100 when it failed.
        """
        if not self.is_gone:
            self.carrier.report_transfer(self.id, progress)

    def silence(self) -> None:
        """Close what the leg hears and says, wherever that was."""
        if self.media is not None:
            self.media.close()

    # What the adapter reports.

    def was_alerting(self) -> None:
        self.alerting.set()

    def was_answered(self, at: float | None = None) -> None:
        if not self.is_gone and not self.is_answered:
            self.times.answered = trio.current_time() if at is None else at
            self.answered.set()

    def was_ended(self, cause: Cause) -> None:
        """The party, or the network, ended the leg."""
        self._end(cause)

    def tell(self, fact: LegFact) -> None:
        """Queue a fact for the step that holds the leg; dropped when the leg is gone or the queue is full."""
        if self.is_gone:
            return
        if isinstance(fact, Held | Resumed):
            self.holds = isinstance(fact, Held)
        if isinstance(fact, TransferAsked) and self.call is not None and not self.call.is_talking:
            # Only a talk can be transferred; whoever asks elsewhere must not wait for an answer for ever.
            self.report_transfer(Cause.REJECTED)
            return
        if len(self._facts) >= MOST_FACTS:
            self.facts_dropped += 1
            if self.facts_dropped == 1:
                log.warning("leg %s: nobody reads its facts, dropping further ones", self.id)
            return
        self._facts.append(fact)
        self._news.set()

    # What the step that holds the leg reads.

    async def next_fact(self) -> LegFact:
        """The oldest unread fact; waits for one. One reader at a time."""
        while not self._facts:
            self._news = trio.Event()
            await self._news.wait()
        return self._facts.popleft()

    async def next_digit(self) -> str:
        """The next key pressed; other facts that come before it are dropped."""
        while True:
            fact = await self.next_fact()
            if isinstance(fact, Digit):
                return fact.digit

    def put_back(self, facts: Sequence[LegFact]) -> None:
        """Make facts the oldest unread ones again, in their order: they were meant for the next step."""
        self._facts.extendleft(reversed(facts))
        self._news.set()

    def forget_facts(self) -> None:
        """Drop what is unread, so that a step does not obey keys meant for the one before."""
        self._facts.clear()

    def _end(self, cause: Cause) -> bool:
        if self.is_gone:
            return False
        self.cause = cause
        self.times.ended = trio.current_time()
        self.gone.set()
        self.silence()
        call, self.call = self.call, None
        self.on_gone(self)
        if call is not None:
            call.leg_left(self)
        return True


class LegTimes:
    """When things happened to a leg, in monotonic seconds; None for what did not."""

    def __init__(self) -> None:
        self.started = trio.current_time()
        self.answered: float | None = None
        self.talked: float | None = None
        """The first talk began."""
        self.ended: float | None = None


def _nobody_minds(_: Leg) -> None:
    """The default of `Leg.on_gone`: a leg outside of an office, as in a test of its own."""
