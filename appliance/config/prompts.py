"""Whether the prompts an office records itself can be told apart, and are there where something names them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.mistakes import Mistake, closest
from appliance.config.models import Configuration


def check_prompts(configuration: Configuration) -> Iterator[Mistake]:
    """A number means one recording, and what a menu names is a prompt."""
    used: dict[str, str] = {}
    for name, prompt in configuration.prompts.items():
        for language, number in prompt.numbers.items():
            what = f"the prompt {name} in {language}"
            if number in used:
                cause = f"{number} is already the number of {used[number]}."
                yield Mistake(path=f"prompts.{name}.numbers.{language}", cause=cause)
            used.setdefault(number, what)
    for name, menu in configuration.menus.items():
        if menu.recorded is not None and menu.recorded not in configuration.prompts:
            yield Mistake(
                path=f"menus.{name}.recorded",
                cause=f'There is no prompt "{menu.recorded}".',
                did_you_mean=closest(menu.recorded, configuration.prompts),
            )
