"""The microphone and loudspeaker of a door."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model

GainDb = Annotated[float, Meta(ge=-40, le=40, description="decibels, -40 to 40")]


class DoorSound(Model, frozen=True, kw_only=True):
    """A sound card whose microphone and loudspeaker are at the door."""

    device: str = ""
    """ALSA's name of the card, such as "plughw:CARD=Device"; `aplay -L` lists them. A simulated one needs none."""
    playback: str = ""
    """Where another card plays; "": the same."""
    heard_db: GainDb = 0.0
    """Makes what the visitor says louder, or quieter where it is below 0."""
    said_db: GainDb = 0.0
    """Makes what the visitor hears louder or quieter."""
    cancel_echo: bool = True
    """Take out of the microphone what the loudspeaker says; off only for a handset."""
    simulated: bool = False
