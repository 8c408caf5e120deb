"""The texts an office wrote itself that somebody may hear: where each stands, so that it can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from appliance.config.models import Collect, Configuration, Confirm, Language, Say, Script, SpokenTexts, Team
from appliance.routing.scripts import fixed_parts


class OfficeText(NamedTuple):
    """A text in one language."""

    topic: str
    """Such as "menus", for whoever lists them."""
    place: str
    """Where it stands in the configuration, such as `menus.main.greeting`."""
    text: str
    language: Language


def office_texts(configuration: Configuration) -> Iterator[OfficeText]:
    """Every text, in the order of the topics; texts around values one by one."""
    for topic, place, written in _written(configuration):
        by_language = {configuration.language: written} if isinstance(written, str) else written
        for language, text in by_language.items():
            for part in fixed_parts(text):
                yield OfficeText(topic, place, part, language)


def _written(configuration: Configuration) -> Iterator[tuple[str, str, str | SpokenTexts]]:
    for name, menu in configuration.menus.items():
        yield "menus", f"menus.{name}.greeting", menu.greeting
    for name, queue in configuration.call_queues.items():
        for at, announcement in enumerate(queue.announcements, 1):
            yield "queues", f"call_queues.{name}.announcements.{at}", announcement
        yield from _of_team(f"call_queues.{name}", queue)
    for name, group in configuration.ring_groups.items():
        yield from _of_team(f"ring_groups.{name}", group)
    for name, script in configuration.scripts.items():
        yield from _of_script(f"scripts.{name}", script)
    for name, survey in configuration.surveys.items():
        yield "scripts", f"surveys.{name}.question", survey.question
    for name, contact in configuration.contacts.items():
        if contact.greeting:
            yield "names", f"contacts.{name}.greeting", contact.greeting
    for number, person in configuration.extensions.items():
        yield "names", f"extensions.{number}.name", person.name


def _of_team(path: str, team: Team) -> Iterator[tuple[str, str, str | SpokenTexts]]:
    if team.briefing is not None:
        yield "notes", f"{path}.briefing", team.briefing
    for at, note in enumerate(team.notes, 1):
        yield "notes", f"{path}.notes.{at}", note


def _of_script(path: str, script: Script) -> Iterator[tuple[str, str, SpokenTexts]]:
    for at, step in enumerate(script.steps, 1):
        match step:
            case Say(text=text) | Collect(text=text) | Confirm(text=text):
                yield "scripts", f"{path}.steps.{at}.text", text
