"""Recording a prompt by telephone: what callers hear changes when the person says so, and at no other moment."""

from __future__ import annotations

import pytest
import trio

from appliance.calls.ports import OwnPrompt, Phrase, Prompt, Recorded, Said
from appliance.calls.story import PromptRecorded, PromptRestored
from appliance.config.models import Configuration, Language, OfficePrompt
from appliance.errors import PorterError
from appliance.prompts.inventory import number_of
from appliance.prompts.words import name_of_text
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.ports import MemoryScratch
from appliance.simulated.switch import FarEnd
from tests.flows.menus import MAIN, office_with_menus
from tests.flows.offices import TUESDAY_NOON, person
from tests.flows.test_everyday_calls import customer_calls, only_story, settle

WELCOME = {"welcome": OfficePrompt(numbers={Language.EN: "1", Language.LV: "2"})}
SPOKEN = Phrase("speak-then-hash")
ASKED = [Phrase("prompt-sounds-so"), Recorded("memory:scratch/1"), Phrase("prompt-choices")]


def office(*, right: bool = True) -> Configuration:
    return office_with_menus(
        main={"recorded": "welcome"},
        prompts=WELCOME,
        extensions={"201": person("Anna", "201", may_record_prompts=right), "202": person("Boris", "202")},
        ring_groups={},
        menus={"main": MAIN.__class__(name="Main", greeting=MAIN.greeting, recorded="welcome")},
    )


def heard(world: SimulatedOffice, far_end: FarEnd) -> list[Prompt]:
    """Phrases and recordings, without the tones."""
    kinds = Phrase | Recorded | OwnPrompt | Said
    return [prompt for leg, prompt in world.sound.heard if leg == far_end.leg.id and isinstance(prompt, kinds)]


async def spoken(world: SimulatedOffice, dialled: str = "*772") -> FarEnd:
    """Anna has said her text and pressed #; she hears what is to be done with it."""
    anna = world.switch.call_in(world.office, "201", dialled)
    await trio.sleep(4)
    anna.press("#")
    await settle()
    assert heard(world, anna) == [SPOKEN, *ASKED]
    return anna


def scratch(world: SimulatedOffice) -> MemoryScratch:
    kept = world.office.ports.scratch
    assert isinstance(kept, MemoryScratch)
    return kept


def facts(world: SimulatedOffice) -> list[object]:
    return [fact for fact in only_story(world) if isinstance(fact, PromptRecorded | PromptRestored)]


async def test_one_keeps_what_was_said_in_the_language_of_the_number() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        anna = await spoken(world)
        anna.press("1")
        await trio.sleep(5)
        assert anna.leg.is_gone and heard(world, anna)[-1] == Phrase("prompt-kept")
        assert world.prompts.paths == {("welcome", "lv"): "memory:scratch/1"}
        assert facts(world) == [PromptRecorded("welcome", "lv", 3.0)]
        assert not scratch(world).kept and not world.sound.attached


async def test_the_number_is_asked_for_when_it_is_not_dialled() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*77")
        await trio.sleep(1)
        anna.press("1#")
        await trio.sleep(4)
        anna.press("#")
        await settle()
        assert heard(world, anna) == [Phrase("prompt-number"), SPOKEN, *ASKED]
        anna.press("1")
        await settle()
        assert list(world.prompts.paths) == [("welcome", "en")]
        anna.hang_up()


async def test_two_records_again_four_plays_again_and_only_the_last_one_is_kept() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        anna = await spoken(world)
        anna.press("2")
        await trio.sleep(4)
        anna.press("#")
        await settle()
        anna.press("4")
        await settle()
        again = [Phrase("prompt-sounds-so"), Recorded("memory:scratch/2"), Phrase("prompt-choices")]
        assert heard(world, anna) == [SPOKEN, *ASKED, SPOKEN, *again, *again]
        anna.press("1")
        await settle()
        assert world.prompts.paths == {("welcome", "lv"): "memory:scratch/2"}
        anna.hang_up()
        await settle()
        assert not scratch(world).kept


async def test_three_goes_back_to_what_was_there_before() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.prompts.paths["welcome", "lv"] = "old.wav"
        anna = await spoken(world)
        anna.press("3")
        await trio.sleep(5)
        assert anna.leg.is_gone and heard(world, anna)[-1] == Phrase("prompt-restored")
        assert not world.prompts.paths and facts(world) == [PromptRestored("welcome", "lv")]


@pytest.mark.parametrize("key", ["#", "", "9"])
async def test_whoever_chooses_nothing_changes_nothing(key: str) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.prompts.paths["welcome", "lv"] = "old.wav"
        anna = await spoken(world)
        anna.press(key)
        await trio.sleep(20)
        assert anna.leg.is_gone and heard(world, anna)[-1] == Phrase("prompt-unchanged")
        assert world.prompts.paths == {("welcome", "lv"): "old.wav"} and not facts(world)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 2.2, 3.0, 60.0, 190.0])
async def test_hanging_up_at_any_moment_changes_nothing_and_leaves_nothing(seconds: float) -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.prompts.paths["welcome", "lv"] = "old.wav"
        anna = world.switch.call_in(world.office, "201", "*772")
        await trio.sleep(seconds)
        anna.hang_up()
        await settle()
        assert world.prompts.paths == {("welcome", "lv"): "old.wav"}
        assert not scratch(world).kept and not world.sound.attached and not world.office.calls


async def test_a_recording_that_is_silent_is_asked_for_again() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        world.prompts.refusal = PorterError("The recording is silent.", "Record it again.")
        anna = await spoken(world)
        anna.press("1")
        await trio.sleep(6)
        assert heard(world, anna)[4:] == [Phrase("prompt-not-usable"), SPOKEN]
        world.prompts.refusal = None
        anna.press("#")
        await settle()
        anna.press("1")
        await settle()
        assert world.prompts.paths == {("welcome", "lv"): "memory:scratch/2"}
        anna.hang_up()


async def test_a_machine_that_plays_it_for_ever_is_cut_off() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        anna = await spoken(world)
        for _ in range(100):
            if anna.leg.is_gone:
                break
            anna.press("4")
            await trio.sleep(3)
        assert anna.leg.is_gone and not world.prompts.paths


@pytest.mark.parametrize(
    ("right", "caller", "dialled", "last"),
    [
        (False, "201", "*771", "may-not-record-prompts"),
        (True, "202", "*77", "may-not-record-prompts"),
        (True, "201", "*779", "no-such-prompt"),
        (True, "201", "*77", "no-such-prompt"),
    ],
)
async def test_who_may_not_or_dials_nothing_that_is_there_hears_so(
    right: bool, caller: str, dialled: str, last: str
) -> None:
    async with open_simulated_office(office(right=right), TUESDAY_NOON) as world:
        far_end = world.switch.call_in(world.office, caller, dialled)
        await trio.sleep(20)
        assert far_end.leg.is_gone and heard(world, far_end)[-1] == Phrase(last)
        assert not scratch(world).kept


async def test_a_menu_is_heard_as_its_recording_with_the_text_behind_it() -> None:
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        customer = customer_calls(world)
        await settle()
        assert heard(world, customer) == [OwnPrompt("welcome", MAIN.greeting[Language.EN], "en")]
        customer.hang_up()


async def test_any_prompt_is_recorded_by_the_number_the_page_shows() -> None:
    greeting = MAIN.greeting[Language.EN]
    number = number_of(name_of_text(greeting), Language.EN)
    async with open_simulated_office(office(), TUESDAY_NOON) as world:
        anna = await spoken(world, f"*77{number}")
        anna.press("1")
        await trio.sleep(5)
        assert set(world.prompts.paths) == {(name_of_text(greeting), "en")}
        anna.hang_up()
        await settle()
        assert facts(world) == [PromptRecorded(prompt=greeting, language="en", seconds=3.0)]
