"""Which recording of the office's own a number means, and who may make it."""

from __future__ import annotations

from typing import NamedTuple

from appliance.calls.names import Party
from appliance.config.models import Configuration, Language
from appliance.routing.rights import person_behind


class PromptSpoken(NamedTuple):
    """A prompt in one language."""

    name: str
    language: Language
    text: str = ""
    """What it says until it is recorded; "" where that is not known here."""


def prompt_at(configuration: Configuration, number: str) -> PromptSpoken | None:
    """What a number after the code means; None: nothing."""
    spoken = (
        PromptSpoken(name, language)
        for name, prompt in configuration.prompts.items()
        for language, own in prompt.numbers.items()
        if own == number
    )
    return next(spoken, None)


def may_record_prompts(configuration: Configuration, party: Party) -> bool:
    """Whether a party may put a recording in the place of a prompt: by a right of its extension."""
    person = person_behind(configuration, party)
    return person is not None and person[1].may_record_prompts
