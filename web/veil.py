"""Passwords and PINs do not appear on pages: the configuration is shown with dots in their places, and a text that
still has the dots means what is there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.config.mistakes import ConfigurationInvalid, below
from appliance.config.text import read_yaml

DOTS = "••••••••"
_SECRETS = frozenset({"password", "pin", "leader_pin", "voicemail_pin", "sim_pin", "opening_code"})


def veil(text: str) -> str:
    """The configuration text with every secret replaced by dots."""
    return _replace(text, {path: (secret, DOTS) for path, secret in _secrets(text)})


def unveil(text: str, current: str) -> str:
    """The text with the dots replaced by what the current configuration has at the same place.

    Dots at a place where there is nothing now stay, and validation reports them. Text that is not YAML stays as it is.
    """
    known = dict(_secrets(current))
    return _replace(
        text, {path: (DOTS, known[path]) for path, value in _secrets(text) if value == DOTS and path in known}
    )


def _secrets(text: str) -> Iterator[tuple[str, str]]:
    """(path, value) of every secret that is written."""
    try:
        document = read_yaml(text)
    except ConfigurationInvalid:
        return
    yield from _walk(document.data, "", "")


def _walk(value: object, path: str, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            for key, part in value.items():
                yield from _walk(part, below(path, key), str(key))
        case list():
            for at, part in enumerate(value, 1):
                yield from _walk(part, below(path, at), name)
        case str() if name in _SECRETS:
            yield path, value


def _replace(text: str, changes: Mapping[str, tuple[str, str]]) -> str:
    """Replace within the line of each entry, so that the lines of mistakes stay those of the reader's text."""
    if not changes:
        return text
    places = read_yaml(text).lines
    lines = text.split("\n")
    for path, (old, new) in changes.items():
        at = places[path] - 1
        name, colon, rest = lines[at].partition(f"{path.rpartition('.')[2]}:")
        lines[at] = name + colon + rest.replace(old, new, 1)
    return "\n".join(lines)
