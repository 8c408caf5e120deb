"""What analog lines learned, in the words of the command line."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.control.learned_messages import LearnedTone, LiveLearned

_CALLER_ID = {
    "before_ring": "comes before the first ring",
    "after_ring": "comes after the first ring",
    "never": "does not come on this line",
    "unknown": "not known yet",
}
_RELEASED = {
    "us": "hung up here",
    "busy": "busy tone",
    "congestion": "congestion tone",
    "dial_tone": "dial tone",
    "unknown_tone": "a tone of its own, learned now",
    "modem_heard": "busy tone, as the modem told",
    "loop": "the exchange interrupted the current",
    "silence": "nobody said anything any more",
    "length": "the longest talk allowed",
}
_GOOD_DB, _FAIR_DB = 15.0, 8.0


def learned_rows(learned: LiveLearned) -> Iterator[tuple[str, str]]:
    """Pairs of what and how."""
    number = _CALLER_ID.get(learned.caller_id, learned.caller_id)
    if learned.caller_id_mode:
        number += f" (modem setting {learned.caller_id_mode})"
    yield "caller's number", number
    for tone in learned.tones:
        yield f"{tone.kind} tone", _tone(tone)
    if learned.echo_loss_db is not None:
        yield "echo", f"{learned.echo_loss_db:.0f} dB down, {_quality(learned.echo_loss_db)}"
    if learned.released_by:
        yield "last talk ended by", _RELEASED.get(learned.released_by, learned.released_by)


def _tone(tone: LearnedTone) -> str:
    pitch = " + ".join(f"{hz:.0f}" for hz in tone.hz)
    cadence = "/".join(map(str, tone.ms)) + " ms" if tone.ms else "continuous"
    return f"{pitch} Hz, {cadence}, heard {tone.times} times"


def _quality(loss_db: float) -> str:
    return "good" if loss_db >= _GOOD_DB else "fair" if loss_db >= _FAIR_DB else "poor: lower said_db and heard_db"
