"""A door is opened from any telephone by *3667 and a PIN, and says why not."""

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.story import DoorAsked
from appliance.config.models import Configuration, Door, DoorCall
from appliance.simulated.office import open_simulated_office
from tests.flows.doors import phrases
from tests.flows.offices import TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import only_story, settle

CODE = "271828"


def two_doors() -> Configuration:
    return small_office(
        doors={
            "front": Door(name="Front door", rings="extension:201", call=DoorCall(number="90")),
            "yard": Door(name="Yard", rings="extension:201", button_pin=5, relay_pin=6, call=DoorCall(number="91")),
        }
    )


async def test_the_code_and_a_pin_open_the_only_door() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*3667")
        await settle()
        anna.press(f"{CODE}#")
        await trio.sleep(1)
        assert world.door.asked == [("front", "201")] and world.door.channels == ["code"]
        await trio.sleep(5)
        assert [name for name, _ in phrases(world, anna)] == ["enter-pin", "door-is-unlocked"]
        assert anna.ended_with is Cause.NORMAL
        assert DoorAsked(door="front", by="201", granted=True) in only_story(world)


@pytest.mark.parametrize(
    ("dialled", "chosen", "opened"),
    [("*366791", "", "yard"), ("*3667", "2", "yard"), ("*3667", "1", "front"), ("*366790", "", "front")],
)
async def test_of_several_doors_one_is_dialled_or_chosen(dialled: str, chosen: str, opened: str) -> None:
    async with open_simulated_office(two_doors(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", dialled)
        await settle()
        anna.press(f"{chosen}")
        await settle()
        anna.press(f"{CODE}#")
        await trio.sleep(1)
        assert world.door.asked == [(opened, "201")]


async def test_a_wrong_pin_is_asked_for_three_times_and_no_oftener() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*3667")
        for _ in range(5):
            await settle()
            anna.press("000001#")
        await trio.sleep(30)
        assert world.door.answered == 3
        said = [name for name, _ in phrases(world, anna)]
        assert said == ["enter-pin", "pin-wrong", "enter-pin", "pin-wrong", "enter-pin", "door-stays-locked"]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("locked_out", "door-locked-out"),
        ("outside_hours", "door-not-at-this-time"),
        ("too_often", "door-opened-too-often"),
        ("ledger_unavailable", "door-stays-locked"),
        ("", "door-stays-locked"),
    ],
)
async def test_who_may_not_hears_why_where_it_helps(why: str, said: str) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.door.why_not = why
        anna = world.switch.call_in(world.office, "201", "*3667")
        await settle()
        anna.press("000001#")
        await trio.sleep(5)
        assert phrases(world, anna)[-1] == (said, "en") and world.door.answered == 1


@pytest.mark.parametrize("pressed", ["", "#", "12#", "*0*"])
async def test_who_keys_in_no_pin_asks_the_door_for_nothing(pressed: str) -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", "*3667")
        await settle()
        anna.press(pressed)
        await trio.sleep(60)
        assert world.door.asked == [] and anna.leg.is_gone


@pytest.mark.parametrize("dialled", ["*3667", "*366799"])
async def test_without_such_a_door_the_caller_hears_so(dialled: str) -> None:
    office = small_office(doors={}) if dialled == "*3667" else two_doors()
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", dialled)
        await trio.sleep(5)
        assert phrases(world, anna) == [("no-such-door", "en")] and anna.leg.is_gone


async def test_who_keys_in_the_pin_and_hangs_up_at_once_has_opened() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        world.door.seconds = 1
        anna = world.switch.call_in(world.office, "201", "*3667")
        await settle()
        anna.press(f"{CODE}#")
        await trio.sleep(0.5)
        anna.hang_up()
        await trio.sleep(2)
        assert world.door.answered == 1 and not world.office.legs
        assert DoorAsked(door="front", by="201", granted=True) in only_story(world)
