"""Profiles read from their files: typed, and refused where an entry is unknown or stands twice."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from hardware.modem.profiles._model import Profile

_KEEPS_NEWS = ("RING", "+CLIP:", "+CREG:", "+CMTI:")
"""Without these no modem can be used."""


class ProfileError(ValueError):
    """A profile is written wrongly; the message names the file and the entry."""


def read_profile(name: str, texts: Mapping[str, str]) -> Profile:
    """The profile of a name, from the texts of all files. One that is `like` another has what it does not say itself
    from there. Raises ProfileError for what is unknown, missing, of the wrong type or stands twice."""
    try:
        profile = msgspec.convert(_entries(name, texts), Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ProfileError(f"{name}: {error}") from error
    mistakes = [*_twice(profile), *_missing(profile)]
    if profile.name != name:
        mistakes.append(f'it calls itself "{profile.name}"')
    if mistakes:
        raise ProfileError(f"{name}: {'; '.join(mistakes)}")
    return profile


def read_profiles(folder: Iterable[Traversable]) -> Mapping[str, Profile]:
    """All profiles of a folder by name. Raises ProfileError."""
    texts = {file.name.removesuffix(".toml"): file.read_text("utf-8") for file in folder if file.name.endswith(".toml")}
    return {name: read_profile(name, texts) for name in sorted(texts)}


def _entries(name: str, texts: Mapping[str, str]) -> dict[str, object]:
    entries = tomllib.loads(texts[name])
    like = entries.pop("like", None)
    if like is None:
        return entries
    if like not in texts or "like" in tomllib.loads(texts[like]):
        raise ProfileError(f'{name}: `like` needs a profile that stands by itself, not "{like}"')
    return tomllib.loads(texts[like]) | entries


def _twice(profile: Profile) -> Iterator[str]:
    """TOML itself refuses a key that stands twice; entries of lists are looked at here."""
    lists: dict[str, Iterable[str]] = {
        "before_sim": (step.text for step in profile.before_sim),
        "after_sim": (step.text for step in profile.after_sim),
        "news": profile.news,
        "usb": (layout.id for layout in profile.usb),
        "call_news": (f"{news.line} {news.first}".rstrip() for news in profile.call_news),
    }
    for where, entries in lists.items():
        for entry, count in Counter(entries).items():
            if count > 1:
                yield f'{where} has "{entry}" {count} times'


def _missing(profile: Profile) -> Iterator[str]:
    for news in _KEEPS_NEWS:
        if news not in profile.news:
            yield f'news lacks "{news}"'
    said = [news.line for news in profile.call_news]
    said += [news.line for news in (*profile.signal_news, *profile.technology_news)]
    for line in said:
        if not line.startswith(profile.news):
            yield f'"{line}" is read but does not stand in news'
    for at, one in enumerate(profile.call_news):
        if (one.means is None) == (one.stat is None):
            yield f"call_news {at + 1} needs either `means` or `stat`"


PROFILES: Mapping[str, Profile] = read_profiles(files(__package__).iterdir())
