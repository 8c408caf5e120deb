"""Whether menus make sense: each key means one thing, and something is said to everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.config.mistakes import Mistake
from appliance.config.models import Configuration, Language, Menu

UNDERSTOOD: Mapping[str, tuple[Language, ...]] = {"pocketsphinx": (Language.EN,)}
"""Languages an engine has a model for in Debian."""

_SINGLE_KEYS = ("dial_by_name", "repeat", "back")


def menu_destinations(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, text) of every destination that menus name."""
    for name, menu in configuration.menus.items():
        for key, to in menu.keys.items():
            yield f"menus.{name}.keys.{key}", to
        for field in ("invalid", "silence"):
            to = getattr(menu, field)
            if to is not None:
                yield f"menus.{name}.{field}", to


def exits(configuration: Configuration, name: str, menu: Menu) -> Iterator[tuple[str, str]]:
    """(path, text) of where a menu sends callers who do not choose: those press nothing, or only wrong keys."""
    for field in ("silence", "invalid"):
        yield f"menus.{name}.{field}", getattr(menu, field) or configuration.default_desk


def key_uses(menu: Menu) -> Iterator[tuple[str, str]]:
    """(path below the menu, key) of everything that a key is used for."""
    for table in ("keys", "languages"):
        yield from ((f"{table}.{key}", key) for key in getattr(menu, table))
    yield from ((field, getattr(menu, field)) for field in _SINGLE_KEYS if getattr(menu, field) is not None)


def check_menus(configuration: Configuration) -> Iterator[Mistake]:
    """A key of a menu means one thing, and every menu says something."""
    for name, menu in configuration.menus.items():
        path = f"menus.{name}"
        if not menu.greeting:
            example = f'`greeting: {{{configuration.language}: "For sales press 1."}}`'
            cause = f"A menu must say something, such as {example}."
            yield Mistake(path=f"{path}.greeting", cause=cause)
        for language, words in menu.words.items():
            for key in words.keys() - {key for _, key in key_uses(menu)}:
                yield Mistake(path=f"{path}.words.{language}.{key}", cause=f"The key {key} does nothing in this menu.")
        used: dict[str, str] = {}
        for use, key in key_uses(menu):
            if key in used:
                yield Mistake(path=f"{path}.{use}", cause=f"The key {key} is used already, by `{used[key]}`.")
            used.setdefault(key, use)


def warn_of_menus(configuration: Configuration) -> Iterator[Mistake]:
    """Languages that can be chosen and are then not spoken; menus in which nothing can be chosen."""
    for name, menu in configuration.menus.items():
        path = f"menus.{name}"
        for key, language in menu.languages.items():
            if language not in menu.greeting:
                cause = f"Who chooses {language} hears this menu in another language; add the text to `greeting`."
                yield Mistake(path=f"{path}.languages.{key}", cause=cause)
        for language in menu.words:
            if language not in UNDERSTOOD.get(configuration.speech.engine, ()):
                cause = (
                    f"Nobody understands {language} here: `speech.engine` is {configuration.speech.engine}. Keys work."
                )
                yield Mistake(path=f"{path}.words.{language}", cause=cause)
        if not menu.dial_extensions and not dict(key_uses(menu)):
            yield Mistake(path=path, cause="Nothing can be chosen here, so every caller ends up at `silence`.")
