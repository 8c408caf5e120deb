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
    """The part that came first: sender and time."""
    text: str
    """Missing parts are shown as […]; "" for 8 bit data."""
    slots: tuple[int, ...]
    """Every storage place a part was read from, duplicates included: free them once the message is kept."""
    missing: tuple[int, ...] = ()
    """Numbers of parts that never came."""


class _Unfinished:
    def __init__(self, now: float) -> None:
        self.since = now
        self.parts: dict[int, Deliver] = {}
        self.slots: list[int] = []


class Reassembly:
    """Collects the parts of one SIM's messages. The key is (sender, reference, total), TS 23.040 §9.2.3.24.1."""

    def __init__(self) -> None:
        self._unfinished: dict[tuple[str, int, int, int], _Unfinished] = {}

    @property
    def deadline(self) -> float | None:
        """When `overdue` has something next; None while nothing waits."""
        waiting = [one.since for one in self._unfinished.values()]
        return min(waiting) + PATIENCE_SECONDS if waiting else None

    def add(self, sms: Deliver, slot: int, now: float) -> list[WholeSms]:
        """Messages that are whole now: none or one, and an older one when too many wait."""
        concat = sms.concat
        if concat is None or concat.total == 1:
            return [WholeSms(first=sms, text=sms.text or "", slots=(slot,))]
        key = (sms.number, concat.reference, concat.total, concat.bits)
        finished = []
        if key not in self._unfinished and len(self._unfinished) >= MOST_UNFINISHED:
            finished.append(self._finish(min(self._unfinished, key=lambda one: self._unfinished[one].since)))
        waiting = self._unfinished.setdefault(key, _Unfinished(now))
        if slot not in waiting.slots:
            waiting.slots.append(slot)
        waiting.parts.setdefault(concat.part, sms)
        if len(waiting.parts) == concat.total:
            finished.append(self._finish(key))
        return finished

    def overdue(self, now: float) -> list[WholeSms]:
        """Messages whose missing parts have been waited for long enough."""
        late = [key for key, one in self._unfinished.items() if now - one.since >= PATIENCE_SECONDS]
        return [self._finish(key) for key in late]

    def _finish(self, key: tuple[str, int, int, int]) -> WholeSms:
        waiting = self._unfinished.pop(key)
        total = key[2]
        missing = tuple(part for part in range(1, total + 1) if part not in waiting.parts)
        first = next(iter(waiting.parts.values()))
        return WholeSms(first=first, text=_joined(waiting.parts, total), slots=tuple(waiting.slots), missing=missing)


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
