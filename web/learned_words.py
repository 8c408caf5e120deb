"""What the page says about what analog lines learned."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.control.controller_messages import LiveLine
from appliance.control.learned_messages import LearnedTone

_CALLER_ID = {
    "before_ring": _l("numbers come before the first ring"),
    "after_ring": _l("numbers come after the first ring"),
    "never": _l("no numbers come on this line"),
}
_TONES = {
    "dial": _l("dial tone"),
    "ringback": _l("ringback"),
    "busy": _l("busy tone"),
    "congestion": _l("congestion tone"),
}
_RELEASED = {
    "us": _l("hung up here"),
    "busy": _l("busy tone"),
    "congestion": _l("congestion tone"),
    "dial_tone": _l("dial tone"),
    "unknown_tone": _l("a tone of its own"),
    "modem_heard": _l("busy tone"),
    "loop": _l("the current was interrupted"),
    "silence": _l("silence"),
    "length": _l("the longest talk allowed"),
}


def learned_in_words(line: LiveLine) -> list[str]:
    """What a line learned from real calls, each fact by itself; nothing for lines that learn nothing."""
    return list(_facts(line))


def _facts(line: LiveLine) -> Iterator[str]:
    learned = line.learned
    if learned is None:
        return
    if learned.caller_id in _CALLER_ID:
        yield str(_CALLER_ID[learned.caller_id])
    yield from map(_tone, learned.tones)
    if learned.echo_loss_db is not None:
        yield _("echo %(loss)d dB down", loss=round(learned.echo_loss_db))
    if learned.released_by in _RELEASED:
        yield _("last talk ended by: %(how)s", how=_RELEASED[learned.released_by])


def _tone(tone: LearnedTone) -> str:
    pitch = "+".join(f"{hz:.0f}" for hz in tone.hz)
    cadence = "/".join(map(str, tone.ms))
    name = _TONES.get(tone.kind, tone.kind)
    return f"{name} {pitch} Hz {cadence} ms" if cadence else f"{name} {pitch} Hz"
