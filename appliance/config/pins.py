"""Which PINs are too easy to guess."""

from __future__ import annotations

_UP = "01234567890123456789"


def why_trivial(pin: str, own_number: str | None = None) -> str | None:
    """Why a PIN must not be used, as a sentence; None when it is good enough.

    Args:
        own_number: The extension it belongs to, the first thing a stranger tries.
    """
    repeats = any(pin == pin[:part] * (len(pin) // part) for part in range(1, len(pin) // 2 + 1))
    if repeats:
        return "This PIN repeats itself; take another."
    if pin in _UP or pin[::-1] in _UP:
        return "This PIN only counts up or down; take another."
    if len(pin) == 4 and pin[:2] in {"19", "20"}:
        return "This PIN is a year; take another."
    if own_number and (pin.strip("0") == own_number.strip("0") or (len(own_number) > 2 and own_number in pin)):
        return "This PIN holds the extension's own number; take another."
    return None
