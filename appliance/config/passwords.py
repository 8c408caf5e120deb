"""Passwords for phones."""

from collections.abc import Callable

_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike on a phone's label: l 1 I, o 0 O, i."""

LENGTH = 20
"""Of 55 characters: 115 bits."""


def new_password(choose: Callable[[str], str]) -> str:
    """A password for a phone; `choose` takes one character of a text at random, as `secrets.choice` does."""
    return "".join(choose(_READABLE) for _ in range(LENGTH))
