"""Prompts as commands see them."""

from __future__ import annotations

import pytest

from appliance.config.models import Language, OfficePrompt
from appliance.control.controller_messages import KeepPrompt, ListPrompts, PromptsListed, RemovePrompt, ShownPrompt
from appliance.control.faults import RequestFailed
from appliance.prompts.catalogue import catalogue
from appliance.services.prompt_desk import PromptDesk
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office

OFFICE = small_office(prompts={"welcome": OfficePrompt(numbers={Language.LV: "1"})}, language=Language.LV)
WELCOME = ShownPrompt(name="welcome", language="lv", number="1", seconds=None, text="")


async def test_own_prompts_come_before_those_of_porter_in_the_language_of_the_office() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        world.prompts.paths["goodbye", "lv"] = "own.wav"
        listed = await PromptDesk(world.office).handle(ListPrompts())
        assert isinstance(listed, PromptsListed)
        goodbye = ShownPrompt(name="goodbye", language="lv", number=None, seconds=3.0, text="Uz redzēšanos.")
        assert listed.prompts[:2] == (goodbye, WELCOME)
        assert {prompt.name for prompt in listed.prompts} == {"welcome", *catalogue().phrases}
        assert len(listed.prompts) == 1 + len(catalogue().phrases)
        english = await PromptDesk(world.office).handle(ListPrompts("en"))
        assert isinstance(english, PromptsListed) and not any(prompt.seconds for prompt in english.prompts)


async def test_a_misspelt_name_is_refused_with_the_right_one() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        desk = PromptDesk(world.office)
        with pytest.raises(RequestFailed, match='Did you mean "welcome"') as refused:
            await desk.handle(KeepPrompt(name="welcom", language="lv", sound=b"", by="anna"))
        assert refused.value.fault.code == "no_such_prompt" and not world.prompts.paths


async def test_what_is_not_recorded_cannot_be_removed() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        desk = PromptDesk(world.office)
        world.prompts.paths["welcome", "lv"] = "own.wav"
        with pytest.raises(RequestFailed, match="no own recording of welcome in ru"):
            await desk.handle(RemovePrompt(name="welcome", language="ru", by="anna"))
        await desk.handle(RemovePrompt(name="welcome", language="lv", by="anna"))
        assert not world.prompts.paths
