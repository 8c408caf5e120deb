"""Listening to what one party wants during a talk: codes among its keys, and what else its telephone reports."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import trio

from appliance.calls.facts import Digit, DtmfTransport, LegFact
from appliance.calls.leg import Leg
from appliance.calls.names import PartyKind
from appliance.config.models import TalkFeature
from appliance.routing.keys_in_talk import KeysInTalk

Wish = TalkFeature | LegFact
"""A code, or a fact of the leg; a `Digit` is a key that belongs to no code."""

IN_THE_SOUND = frozenset({DtmfTransport.INBAND, DtmfTransport.LINE})
"""Keys that the other party has heard as tones already."""


class Attention:
    """What a party wants, one wish after the other."""

    def __init__(self, leg: Leg, codes: Mapping[str, TalkFeature], within_seconds: float) -> None:
        self._leg = leg
        self._keys = KeysInTalk(codes, within_seconds)
        self._wishes: deque[Wish] = deque()

    async def next_wish(self) -> Wish:
        """The oldest wish not yet obeyed; waits for one."""
        while not self._wishes:
            fact: LegFact | None = None
            with trio.move_on_at(self._keys.due):
                fact = await self._leg.next_fact()
            now = trio.current_time()
            match fact:
                case None:
                    self._wishes.extend(self._keys.time_passes(now))
                case Digit():
                    self._wishes.extend(self._keys.press(fact, now))
                case _:
                    self._wishes.append(fact)
        return self._wishes.popleft()

    def hand_back(self) -> None:
        """Leave what was pressed after the last wish to whoever reads the leg next."""
        unread: list[LegFact] = [wish for wish in self._wishes if isinstance(wish, LegFact)]
        self._leg.put_back([*unread, *self._keys.take_kept()])
        self._wishes.clear()


def pass_on(key: Digit, by: Leg, to: Iterable[Leg]) -> None:
    """Press a key that was meant for the other parties there as well, such as for the menu of a bank.

    Keys travel beside the sound (RFC 4733, SIP INFO), so nobody would hear them otherwise. A door takes none: what
    opens it is asked of the door process; and what is keyed in at a door, in the street, goes nowhere.
    """
    if key.transport in IN_THE_SOUND or by.party.kind is PartyKind.DOOR:
        return
    for leg in to:
        if leg.party.kind is not PartyKind.DOOR:
            leg.send_digits(key.digit)
