"""Sound beside what legs hear anyway: a notice over a talk, the recording of a talk, a supervisor's tap.

Nothing closes these but who opened them: a leg that goes takes only its one attachment along.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from appliance.calls.leg import Leg
from appliance.calls.media import Media, MediaKind
from appliance.calls.ports import Attachment, Prompt

if TYPE_CHECKING:
    from appliance.calls.home import CallHome


def notice(home: CallHome, leg: Leg, *prompts: Prompt) -> Media:
    """Prompts that a leg hears over what it hears; `finished` is set at their end."""
    sound = home.ports.sound
    return Media(MediaKind.NOTICE, [leg], lambda legs: sound.play(legs[0].id, prompts), registry=home.media)


def record_talk(home: CallHome, legs: Sequence[Leg], path: str) -> Media:
    """What the legs of a talk say, mixed into one WAV file."""
    sound = home.ports.sound
    return Media(
        MediaKind.TALK_RECORDING,
        legs,
        lambda living: sound.record([leg.id for leg in living], path),
        registry=home.media,
    )


def tap(home: CallHome, listener: Leg, heard: Sequence[Leg], spoken_to: Sequence[Leg]) -> Media:
    """Let a supervisor hear legs of another call, and be heard by some of them."""
    sound = home.ports.sound
    wanted = frozenset(leg.id for leg in spoken_to)

    def attach(legs: list[Leg]) -> Attachment:
        ids = [leg.id for leg in legs if leg is not listener]
        return sound.tap(listener.id, ids, spoken_to=[id for id in ids if id in wanted])

    return Media(MediaKind.TAP, () if listener.is_gone else [listener, *heard], attach, registry=home.media)
