"""Long messages from their parts: any order, duplicates, parts that never come. Time is an argument."""

import msgspec

from hardware.modem.pdu import Deliver, decode_user_data

PATIENCE_SECONDS = 600.0
"""How long a message waits for its missing parts before it is delivered without them."""
MOST_UNFINISHED = 64
"""Unfinished messages kept; the oldest is delivered as it is when another comes."""
MISSING = "[…]"


class WholeSms(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message as a person reads it."""

    first: Deliver
    """The first part that is there: sender and time."""
    text: str
    """Missing parts are shown as […]; "" for 8 bit data."""
    keys: tuple[str, ...]
    """Of its parts, in their order."""
    missing: tuple[int, ...] = ()
    """Numbers of parts that never came."""


class _Unfinished:
    def __init__(self, now: float) -> None:
        self.since = now
        self.parts: dict[int, Deliver] = {}
        self.keys: dict[int, str] = {}


class Reassembly:
    """Collects the parts of one SIM's messages. The key is (sender, reference, total), TS 23.040 §9.2.3.24.1."""

    def __init__(self) -> None:
        self._unfinished: dict[tuple[str, int, int, int], _Unfinished] = {}

    @property
    def deadline(self) -> float | None:
        """When `overdue` has something next; None while nothing waits."""
        waiting = [one.since for one in self._unfinished.values()]
        return min(waiting) + PATIENCE_SECONDS if waiting else None

    def add(self, sms: Deliver, key: str, now: float) -> list[WholeSms]:
        """Messages that are whole now: none or one, and an older one when too many wait.

        Args:
            key: Names the part; see `WholeSms.keys`.
        """
        concat = sms.concat
        if concat is None or concat.total == 1:
            return [WholeSms(first=sms, text=sms.text or "", keys=(key,))]
        about = (sms.number, concat.reference, concat.total, concat.bits)
        finished = []
        if about not in self._unfinished and len(self._unfinished) >= MOST_UNFINISHED:
            finished.append(self._finish(min(self._unfinished, key=lambda one: self._unfinished[one].since)))
        waiting = self._unfinished.setdefault(about, _Unfinished(now))
        waiting.parts.setdefault(concat.part, sms)
        waiting.keys.setdefault(concat.part, key)
        if len(waiting.parts) == concat.total:
            finished.append(self._finish(about))
        return finished

    def overdue(self, now: float) -> list[WholeSms]:
        """Messages whose missing parts have been waited for long enough."""
        late = [key for key, one in self._unfinished.items() if now - one.since >= PATIENCE_SECONDS]
        return [self._finish(key) for key in late]

    def _finish(self, about: tuple[str, int, int, int]) -> WholeSms:
        waiting = self._unfinished.pop(about)
        total = about[2]
        missing = tuple(part for part in range(1, total + 1) if part not in waiting.parts)
        there = sorted(waiting.parts)
        return WholeSms(
            first=waiting.parts[there[0]],
            text=_joined(waiting.parts, total),
            keys=tuple(waiting.keys[part] for part in there),
            missing=missing,
        )


def _joined(parts: dict[int, Deliver], total: int) -> str:
    """Joins the data, not the texts: senders exist that cut a surrogate pair or an escape in two."""
    text = ""
    run: list[Deliver] = []
    for number in range(1, total + 1):
        part = parts.get(number)
        if part is None or (run and (part.encoding, part.languages) != (run[0].encoding, run[0].languages)):
            text += _text(run)
            run = []
        if part is None:
            text += MISSING
        else:
            run.append(part)
    return text + _text(run)


def _text(run: list[Deliver]) -> str:
    if not run:
        return ""
    return decode_user_data(run[0].encoding, b"".join(part.data for part in run), run[0].languages) or ""
