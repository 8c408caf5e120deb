"""Recordings and messages go when their days are over, once the time is known."""

from datetime import datetime, timedelta

import msgspec
import trio
import trio.testing

from appliance.config.models import Mailbox, MailboxRules, TalkRecordings
from appliance.errors import PorterError
from appliance.services.retention import LOOK_SECONDS, forget_old_messages, forget_old_recordings
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import TUESDAY_NOON, small_office


async def moments(wall: datetime | None, keep_days: int | None, hours: int, *, fails: bool = False) -> list[datetime]:
    """Before which moments recordings are forgotten within some hours."""
    asked: list[datetime] = []

    async def forget(moment: datetime) -> int:
        asked.append(moment)
        if fails:
            raise PorterError("The disk is full.")
        return 1

    office = msgspec.structs.replace(small_office(), recordings=TalkRecordings(keep_days=keep_days))
    async with open_simulated_office(office, wall) as world:
        with trio.move_on_after(hours * LOOK_SECONDS - 1):
            await forget_old_recordings(world.office, forget)
    return asked


async def test_recordings_are_forgotten_when_their_days_are_over() -> None:
    month = timedelta(days=30)
    assert await moments(TUESDAY_NOON, 30, 2) == [TUESDAY_NOON - month, TUESDAY_NOON - month + timedelta(hours=1)]


async def test_a_store_that_cannot_is_asked_again() -> None:
    assert len(await moments(TUESDAY_NOON, 30, 3, fails=True)) == 3


async def test_nothing_is_forgotten_without_a_limit_or_a_clock() -> None:
    assert await moments(TUESDAY_NOON, None, 3) == [] and await moments(None, 30, 3) == []


class Boxes:
    """Mailboxes that note what they are asked to remove; the disk of one is broken."""

    def __init__(self) -> None:
        self.asked: dict[str, tuple[datetime | None, datetime]] = {}

    async def purge(self, box: str, *, heard_before: datetime | None, binned_before: datetime) -> int:
        self.asked[box] = heard_before, binned_before
        if box == "201":
            raise PorterError("The disk is broken.")
        return 1


async def test_each_box_keeps_messages_by_its_own_rules_and_one_that_fails_holds_up_none() -> None:
    rules = MailboxRules(keep_days=14, bin_days=7)
    team = Mailbox(name="Team", number="699", members=("201",), rules=rules)
    boxes = Boxes()
    async with open_simulated_office(small_office(mailboxes={"team": team}), TUESDAY_NOON) as world:
        with trio.move_on_after(1):
            await forget_old_messages(world.office, boxes)
    usual = None, TUESDAY_NOON - timedelta(days=30)
    own = TUESDAY_NOON - timedelta(days=14), TUESDAY_NOON - timedelta(days=7)
    assert boxes.asked == {"201": usual, "202": usual, "203": usual, "team": own}


async def test_no_message_is_too_old_while_the_clock_is_not_set() -> None:
    boxes = Boxes()
    async with open_simulated_office(small_office()) as world:
        with trio.move_on_after(2 * LOOK_SECONDS):
            await forget_old_messages(world.office, boxes)
    assert boxes.asked == {}
