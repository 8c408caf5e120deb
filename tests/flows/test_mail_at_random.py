"""Who presses anything at a mailbox and hangs up at any moment: nothing breaks, and no message is lost."""

from __future__ import annotations

import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calls.ports import VoiceMessage
from appliance.calls.story import Broke, LeftMessage
from appliance.config.models import Mailbox, MailboxRules
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office

OFFICE = small_office(
    extensions={
        "201": person("Anna", "201", voicemail_pin="4711", mailbox=MailboxRules(operator="extension:202")),
        "202": person("Boris", "202"),
        "203": person("Dace", "203"),
    },
    mailboxes={"team": Mailbox(name="Team", number="619", members=("201", "202"), pin="4712")},
)
THERE = [
    VoiceMessage(id=f"{box}{number}", box=box, path=f"{box}{number}.wav", caller=caller, seconds=5)
    for box in ("201", "team")
    for number, caller in enumerate((CUSTOMER, "", "202"))
]

pressed = st.lists(
    st.tuples(st.sampled_from([*"0123579#*", "202#", "619#", "4711#", "202#1", "202##"]), st.floats(0, 9)), max_size=25
)
"""Keys, and the seconds before each."""


async def presses(far: FarEnd, keys: list[tuple[str, float]]) -> None:
    """Press keys, and hang up."""
    for key, seconds in keys:
        await trio.sleep(seconds)
        far.press(key)
    far.hang_up()
    await trio.testing.wait_all_tasks_blocked()


def assert_at_rest(world: SimulatedOffice) -> None:
    """The caller left, and nothing of the call stayed behind."""
    assert not world.office.calls and not world.office.legs and not world.office.media
    assert not world.sound.attached and not world.office.ports.scratch.kept  # type: ignore[attr-defined]
    facts = [told.fact for record in world.records.ended for told in record.story]
    assert not [fact for fact in facts if isinstance(fact, Broke)]


async def _listens(dialled: str, keys: list[tuple[str, float]]) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NOON) as world:
        for message in THERE:
            world.mailboxes.keep_soon(message)
        await presses(world.switch.call_in(world.office, "201", dialled), keys)
        await trio.sleep(300)  # whom she called back rings out
        assert_at_rest(world)
        assert {message.id for message in THERE} <= world.mailboxes.kept.keys(), "deleted ones are in the bin"


async def _leaves(keys: list[tuple[str, float]]) -> None:
    async with open_simulated_office(OFFICE, TUESDAY_NIGHT) as world:
        await presses(world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER), keys)
        await trio.sleep(300)
        assert_at_rest(world)
        facts = [told.fact for record in world.records.ended for told in record.story]
        assert len(world.mailboxes.kept) == sum(isinstance(fact, LeftMessage) for fact in facts)


@given(dialled=st.sampled_from(["*97", "*98", "*98619", "*98202"]), keys=pressed)
@settings(max_examples=60, deadline=None)
def test_whoever_listens_may_press_anything_and_leave_at_any_moment(
    dialled: str, keys: list[tuple[str, float]]
) -> None:
    trio.run(_listens, dialled, keys, clock=trio.testing.MockClock(autojump_threshold=0))


@given(keys=pressed)
@settings(max_examples=60, deadline=None)
def test_whoever_leaves_a_message_may_press_anything_and_leave_at_any_moment(keys: list[tuple[str, float]]) -> None:
    trio.run(_leaves, keys, clock=trio.testing.MockClock(autojump_threshold=0))
