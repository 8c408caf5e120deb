"""The step in which two parties talk. Hold is obeyed here; what else a party asks for is the office's `in_call`."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

import trio

from appliance.calls.facts import Held, Resumed
from appliance.calls.leg import Leg
from appliance.calls.media import Media
from appliance.calls.names import Cause
from appliance.calls.story import OffHold, OnHold, Talked

if TYPE_CHECKING:
    from appliance.calls.call import Call


async def talk(call: Call, other: Leg) -> None:
    """The principal and another party hear each other until one of them leaves."""
    call.principal.answer()
    other.answer()
    call.talk_began()
    began = trio.current_time()
    try:
        with Conversation(call, call.principal, other) as conversation:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_obey, conversation, call.principal, other)
                nursery.start_soon(_obey, conversation, other, call.principal)
                await other.gone.wait()
                nursery.cancel_scope.cancel()
        call.end(other.cause or Cause.NORMAL, by=other)
    finally:
        seconds = trio.current_time() - began
        call.talk_lasted(seconds)
        call.tell(Talked(member=other.party.shown, seconds=seconds))


async def _obey(conversation: Conversation, leg: Leg, peer: Leg) -> None:
    """Read what a leg asks for during the talk."""
    call = conversation.call
    while True:
        match await leg.next_fact():
            case Held():
                conversation.connect()
                call.tell(OnHold(member=leg.party.shown))
            case Resumed():
                conversation.connect()
                call.tell(OffHold(member=leg.party.shown))
            case fact:
                await call.home.in_call(call, leg, peer, fact)


class Conversation:
    """The sound of a talk: a bridge, or music for who is on hold."""

    def __init__(self, call: Call, one: Leg, other: Leg) -> None:
        self.call = call
        self._legs = (one, other)
        self._media: list[Media] = []

    def connect(self) -> None:
        """Let them hear what they should now that one of them has, or no longer has, the other on hold."""
        self._close()
        waiting = [leg for leg in self._legs if not leg.holds]
        if len(waiting) == len(self._legs):
            self._media.append(self.call.bridge(*self._legs))
        elif waiting:
            self._media.append(self.call.music(waiting[0]))

    def _close(self) -> None:
        while self._media:
            self._media.pop().close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
