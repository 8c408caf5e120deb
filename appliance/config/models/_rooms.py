"""Conference rooms: numbers behind which any number of people talk to each other."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Model, Pin, ShownName


class ConferenceRoom(Model, frozen=True, kw_only=True):
    """A room that is there all the time and empty most of it."""

    name: ShownName
    number: DialledNumber
    pin: Pin | None = None
    """Keyed in before one gets in; None: nothing is asked, nor from callers who are sent there."""
    leader_pin: Pin | None = None
    """Who keys in this one leads. The others wait with music until a leader is there, and again when the last one has
    left. None: nobody leads."""
    most: Annotated[int, Meta(ge=2, le=50, description="people, 2 to 50")] = 20
