"""Prompts as commands and the page see them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from appliance.config.models import CallQueue, Feature, FeatureCodes, Language, Menu, OfficePrompt, Say, Script
from appliance.control.faults import RequestFailed
from appliance.control.prompt_messages import (
    HearPrompt,
    KeepPrompt,
    ListPrompts,
    PromptsListed,
    RemovePrompt,
    ShownPrompt,
)
from appliance.prompts.catalogue import catalogue
from appliance.prompts.inventory import number_of, numbers, sayables
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.prompts.words import name_of_text
from appliance.services.prompt_desk import PromptDesk
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office

LV = Language.LV
OFFICE = small_office(
    prompts={"welcome": OfficePrompt(numbers={LV: "1"})},
    language=LV,
    menus={"main": Menu(name="Main", greeting={LV: "Labdien!", Language.EN: "Good day!"})},
    call_queues={
        "help": CallQueue(name="Help", number="620", members=("201",), announcements=("Viens.", {Language.RU: "Раз."}))
    },
    scripts={"order": Script(name="Order", steps=(Say(text={LV: "Rēķins {caller:digits}, paldies."}),))},
)


def desk(world: SimulatedOffice, folder: Path) -> PromptDesk:
    library = PromptLibrary(folder / "cache", own=FolderShelf(folder / "own"), recordings=folder / "none")
    ports = world.office.ports
    return PromptDesk(lambda: world.office.configuration, ports.prompts, ports.scratch, library)


async def listed(desk: PromptDesk, language: str | None = None) -> tuple[ShownPrompt, ...]:
    answer = await desk.handle(ListPrompts(language))
    assert isinstance(answer, PromptsListed)
    return answer.prompts


async def test_what_is_recorded_comes_first_then_what_the_office_wrote_then_what_comes_with_porter(
    tmp_path: Path,
) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        world.prompts.paths["goodbye", "lv"] = "own.wav"
        prompts = await listed(desk(world, tmp_path))
        assert prompts[0] == ShownPrompt(
            name="goodbye",
            language="lv",
            dial=f"*77{number_of('goodbye', LV)}",
            seconds=3.0,
            text="Uz redzēšanos.",
            topic="mail",
            place="goodbye",
            voice="own",
        )
        assert prompts[1] == ShownPrompt(
            name="welcome",
            language="lv",
            dial="*771",
            seconds=None,
            text="",
            topic="own",
            place="prompts.welcome",
            voice="none",
        )
        assert [(prompt.topic, prompt.place, prompt.text) for prompt in prompts[2:6]] == [
            ("menus", "menus.main.greeting", "Labdien!"),
            ("queues", "call_queues.help.announcements.1", "Viens."),
            ("scripts", "scripts.order.steps.1.text", "Rēķins"),
            ("scripts", "scripts.order.steps.1.text", ", paldies."),
        ]
        assert {prompt.name for prompt in prompts} >= {"welcome", *catalogue().phrases}
        counted = {prompt.text for prompt in prompts if prompt.place == "new-messages"}
        assert counted == {"Jums nav jaunu ziņu.", "Jums ir", "jaunu ziņu.", "jauna ziņa.", "jaunas ziņas."}
        russian = await listed(desk(world, tmp_path), "ru")
        assert not any(prompt.seconds for prompt in russian)
        assert [prompt.text for prompt in russian if prompt.topic == "queues"] == ["Раз."]


async def test_a_recording_of_a_text_that_nothing_says_any_more_is_shown_so() -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        world.prompts.paths[name_of_text("Sveiki!"), "lv"] = "own.wav"
        first = (await listed(desk(world, Path("nowhere"))))[0]
        assert (first.topic, first.voice, first.seconds) == ("unused", "own", 3.0)


@pytest.mark.parametrize("name", ["welcome", "nothing"])
async def test_what_nobody_recorded_and_has_no_text_cannot_be_heard(tmp_path: Path, name: str) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        with pytest.raises(RequestFailed, match="no own recording"):
            await desk(world, tmp_path).handle(HearPrompt(name=name, language="lv"))


async def test_a_misspelt_name_is_refused_with_the_right_one(tmp_path: Path) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        prompts = desk(world, tmp_path)
        with pytest.raises(RequestFailed, match='Did you mean "welcome"') as refused:
            await prompts.handle(KeepPrompt(name="welcom", language="lv", sound=b"", by="anna"))
        assert refused.value.fault.code == "no_such_prompt" and not world.prompts.paths


async def test_what_is_not_recorded_cannot_be_removed(tmp_path: Path) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        prompts = desk(world, tmp_path)
        world.prompts.paths["welcome", "lv"] = "own.wav"
        with pytest.raises(RequestFailed, match="no own recording of welcome in ru"):
            await prompts.handle(RemovePrompt(name="welcome", language="ru", by="anna"))
        await prompts.handle(RemovePrompt(name="welcome", language="lv", by="anna"))
        assert not world.prompts.paths


async def test_each_prompt_has_a_number_for_the_telephone_unless_there_is_no_code_for_it(tmp_path: Path) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        dials = [prompt.dial for prompt in await listed(desk(world, tmp_path))]
        assert len(set(dials)) == len(dials) and None not in dials
    without = msgspec.structs.replace(OFFICE, codes=FeatureCodes(own={Feature.RECORD_PROMPT: ()}))
    async with open_simulated_office(without, TUESDAY_NOON) as world:
        assert {prompt.dial for prompt in await listed(desk(world, tmp_path))} == {None}


def test_numbers_stay_the_same_and_hardly_any_prompt_has_none() -> None:
    known = numbers(OFFICE)
    assert all(len(number) == 6 for number in known)
    every = [(sayable.name, language) for language in Language for sayable in sayables(OFFICE, language)]
    found = {(sayable.name, language) for sayable, language in known.values()}
    assert found <= set(every) and len(every) - len(found) <= 5
    assert number_of("goodbye", LV) == number_of("goodbye", LV) != number_of("goodbye", Language.UK)
