"""What real calls taught of a line: its tones as they are, and how the number of a caller comes. Values and pure
functions; whoever holds the line keeps them."""

from __future__ import annotations

import msgspec

from hardware.modem.fxo_facts import CallerIdTiming
from hardware.modem.fxo_profiles import FxoProfile
from hardware.tones.plans import ToneKind, TonePattern, TonePlan
from hardware.tones.progress import ToneHeard

MOST_TONES = 12
ALIKE_HZ = 15.0
ALIKE_MS = 60
CALLS_PER_MODE = 2
"""Calls without a number before another way is tried; a withheld number counts as one that came."""


class LearnedTone(msgspec.Struct, frozen=True):
    """One tone as this line has it, mean of all times."""

    kind: ToneKind
    hz: tuple[float, ...]
    ms: tuple[int, ...]
    """On and off; () when continuous."""
    times: int = 1
    """How often it was heard."""


class LineLore(msgspec.Struct, frozen=True, kw_only=True):
    """All that was learned of one line."""

    tones: tuple[LearnedTone, ...] = ()
    caller_id: CallerIdTiming = CallerIdTiming.UNKNOWN
    caller_id_mode: str = ""
    """Name of the profile's mode that is used; "": the first."""
    is_mode_proved: bool = False
    """A number came with it: no other is tried any more."""
    calls_without_id: int = 0
    """In a row."""
    echo_loss_db: float | None = None
    """How much quieter our own sound comes back; None: not measured yet."""


def with_tone(lore: LineLore, heard: ToneHeard) -> LineLore:
    """The lore after a tone was heard once more."""
    kind = ToneKind.BUSY if heard.kind is ToneKind.UNKNOWN else heard.kind
    for at, known in enumerate(lore.tones):
        if known.kind is kind and _is_same(known, heard):
            times = known.times + 1
            weight = 1 / min(times, 20)
            better = LearnedTone(
                kind,
                tuple(round(a + (b - a) * weight, 1) for a, b in zip(known.hz, heard.hz, strict=True)),
                tuple(round(a + (b - a) * weight) for a, b in zip(known.ms, heard.ms, strict=True)),
                times,
            )
            return msgspec.structs.replace(lore, tones=(*lore.tones[:at], better, *lore.tones[at + 1 :]))
    fresh = LearnedTone(kind, heard.hz, heard.ms)
    most = sorted((*lore.tones, fresh), key=lambda tone: -tone.times)[:MOST_TONES]
    return msgspec.structs.replace(lore, tones=tuple(most))


def with_call(lore: LineLore, profile: FxoProfile, seen: CallerIdTiming) -> LineLore:
    """The lore after a call came in. While no number comes, the profile's modes are tried one after another; the first
    that brings one is kept for good."""
    mode = lore.caller_id_mode or profile.caller_id[0].name
    if seen in (CallerIdTiming.BEFORE_RING, CallerIdTiming.AFTER_RING):
        return msgspec.structs.replace(
            lore, caller_id=seen, caller_id_mode=mode, is_mode_proved=True, calls_without_id=0
        )
    missed = lore.calls_without_id + 1
    names = [mode.name for mode in profile.caller_id]
    if not lore.is_mode_proved and missed % CALLS_PER_MODE == 0:
        mode = names[(names.index(mode) + 1) % len(names)] if mode in names else names[0]
    if not lore.is_mode_proved and missed >= CALLS_PER_MODE * len(names):
        return msgspec.structs.replace(
            lore, caller_id=CallerIdTiming.NEVER, caller_id_mode=names[0], calls_without_id=missed
        )
    return msgspec.structs.replace(lore, caller_id_mode=mode, calls_without_id=missed)


def with_echo(lore: LineLore, loss_db: float) -> LineLore:
    """The lore after the echo was measured once more."""
    known = lore.echo_loss_db
    mean = loss_db if known is None else 0.7 * known + 0.3 * loss_db
    return msgspec.structs.replace(lore, echo_loss_db=round(mean, 1))


def plan_with(lore: LineLore, plan: TonePlan) -> TonePlan:
    """A country's plan with the tones of the line itself in front."""

    def learned(kind: ToneKind) -> tuple[TonePattern, ...]:
        return tuple(TonePattern(tone.hz, tone.ms) for tone in lore.tones if tone.kind is kind)

    return TonePlan(
        dial=(*learned(ToneKind.DIAL), *plan.dial),
        ringback=(*learned(ToneKind.RINGBACK), *plan.ringback),
        busy=(*learned(ToneKind.BUSY), *plan.busy),
        congestion=(*learned(ToneKind.CONGESTION), *plan.congestion),
    )


def _is_same(known: LearnedTone, heard: ToneHeard) -> bool:
    return (
        len(known.hz) == len(heard.hz)
        and len(known.ms) == len(heard.ms)
        and all(abs(a - b) <= ALIKE_HZ for a, b in zip(known.hz, heard.hz, strict=True))
        and all(abs(a - b) <= ALIKE_MS for a, b in zip(known.ms, heard.ms, strict=True))
    )
