"""What happens when somebody rings at a door: who comes after whom, when, and what the visitor hears."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import DialledNumber, Language, Model, Name, OutsideNumber

TalkSeconds = Annotated[float, Meta(ge=10, le=900, description="seconds, 10 to 900")]


class DoorCall(Model, frozen=True, kw_only=True):
    """How a door's calls go, beside whom its button rings."""

    number: DialledNumber | None = None
    """What displays show beside the door's name, and what is dialled to take its call or to speak to it; None: displays
    show the door's short name."""
    then: tuple[str, ...] = ()
    """Destinations that are tried in turn while nobody comes; after the last one the visitor hears that nobody does."""
    hours: Name | None = None
    """Opening hours of this door; None: it rings at any time."""
    closed: tuple[str, ...] = ()
    """Destinations outside of the hours, in turn; none: the visitor hears that nobody is there."""
    sms: tuple[OutsideNumber, ...] = ()
    """Who is asked by SMS when nobody comes, each with a code that opens once, for this ring and number; "OPEN" and the
    code lets the visitor in."""
    sms_seconds: Annotated[float, Meta(ge=30, le=300, description="seconds, 30 to 300")] = 60.0
    """How long such a code opens, and the visitor waits."""
    language: Language | None = None
    """What visitors are spoken to in; None: the office's."""
    talk_seconds: TalkSeconds = 180.0
    """How long one talk with the door lasts at most, since a visitor who goes away hangs up nothing."""
