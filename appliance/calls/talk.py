"""The step in which parties talk: two as a rule, or more. What one of them asks for meanwhile is the office's
`in_call`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

import trio

from appliance.calls.leg import Leg
from appliance.calls.media import Media
from appliance.calls.names import Cause
from appliance.calls.story import PartyLeft, Talked

if TYPE_CHECKING:
    from appliance.calls.call import Call, Next


async def talk(call: Call, *others: Leg) -> Next | None:
    """The principal and the others hear each other until only one of them is left.

    Of three anyone may leave, the principal too; with the last but one the call ends, or goes on with what was to
    follow its talk.
    """
    for leg in (call.principal, *others):
        leg.answer()
    call.talk_began()
    if len(others) > 1:
        call.heirs = others
    began = trio.current_time()
    try:
        with Conversation(call, call.principal, *others) as conversation:
            last = await _until_one_is_left(conversation)
        following, call.after_talk = call.after_talk, None
        if following is None:
            call.end(last.cause or Cause.NORMAL, by=last)
        return following
    finally:
        seconds = trio.current_time() - began
        call.talk_lasted(seconds)
        for leg in others:
            call.tell(Talked(member=leg.party.shown, seconds=seconds))


async def _until_one_is_left(conversation: Conversation) -> Leg:
    """Obey everybody; the leg that left last."""
    call, left = conversation.call, conversation.legs[0]
    async with trio.open_nursery() as nursery:

        async def attend(leg: Leg) -> None:
            nonlocal left
            async with trio.open_nursery() as obeying:
                obeying.start_soon(call.home.in_call, conversation, leg)
                await leg.gone.wait()
                obeying.cancel_scope.cancel()
            left = leg
            conversation.leave(leg)
            if len(conversation.legs) < 2:
                nursery.cancel_scope.cancel()
            else:
                call.tell(PartyLeft(member=leg.party.shown))

        for leg in conversation.legs:
            nursery.start_soon(attend, leg)
    return left


class Conversation:
    """The sound of a talk: a bridge of those who do not have the others on hold, or music for who is left alone.

    Attributes:
        call: The call in which they talk.
        legs: Who takes part now.
        lasting: What was opened beside the talk and ends with it at the latest.
        changed: Set at the next change of who hears whom; then there is a new one.
        is_over: Whether it has come to its end.
        stop_recording: Ends the recording of the talk; None while it is not recorded.
        street_keys: Keys heard at the doors that take part, each with its monotonic time; the last few.
    """

    def __init__(self, call: Call, *legs: Leg) -> None:
        self.call = call
        self.legs: Sequence[Leg] = legs
        self.lasting = ExitStack()
        self.stop_recording: Callable[[], None] | None = None
        self.street_keys: deque[tuple[str, float]] = deque(maxlen=16)
        self.changed = trio.Event()
        self.is_over = False
        self._media: Media | None = None

    def others(self, leg: Leg) -> list[Leg]:
        """Who talks to a leg."""
        return [other for other in self.legs if other is not leg and not other.is_gone]

    def connect(self) -> None:
        """Let them hear what they should now that somebody came, left, or has the others on hold or no longer has."""
        self._close()
        listening = [leg for leg in self.legs if not leg.holds]
        if len(listening) > 1:
            self._media = self.call.bridge(*listening)
        elif listening and len(self.legs) > 1:
            self._media = self.call.music(listening[0])
        self._tell_change()

    @property
    def bridged(self) -> list[Leg]:
        """Who hear each other now; nobody while all but one have the others on hold."""
        listening = [leg for leg in self.legs if not leg.holds and not leg.is_gone]
        return listening if len(listening) > 1 else []

    def leave(self, leg: Leg) -> None:
        """Somebody takes no part any more."""
        self.legs = [other for other in self.legs if other is not leg]
        self.connect()

    def _tell_change(self) -> None:
        self.changed.set()
        self.changed = trio.Event()

    def _close(self) -> None:
        media, self._media = self._media, None
        if media is not None:
            media.close()

    def __enter__(self) -> Self:
        self.connect()
        self.call.conversation = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call.conversation = None
        self.lasting.close()
        self._close()
        self.is_over = True
        self._tell_change()
