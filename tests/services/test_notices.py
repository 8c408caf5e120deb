"""What happens at doors reaches whoever wants to know, once, and stays on the page until somebody has seen it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import trio

from appliance.calls.notices import Notice, NoticePort
from appliance.config.models import Configuration, Door, Language, NoticeKind, NoticeReceiver, Notices
from appliance.errors import PorterError
from appliance.routing.notices import is_shown, is_told_again, receivers
from appliance.services.notices import ACKNOWLEDGED_SHOWN, MOST_SHOWN, NoticeDesk, SmsNotices, in_words
from appliance.simulated.ports import MemoryOutbox, SimulatedClock
from appliance.store.notices import StoredNotices
from appliance.store.writer import Writer
from tests.flows.offices import MOBILE, TUESDAY_NOON, small_office

OWNER, GUARD = MOBILE, "+37120000009"
EVERYTHING = NoticeReceiver(to=OWNER)
ALARMS_IN_FRONT = NoticeReceiver(to=GUARD, kinds=(NoticeKind.FORCED, NoticeKind.DURESS), doors=("front",))


def office(*told: NoticeReceiver, **settings: object) -> Configuration:
    doors = {
        "front": Door(name="Front door", rings="extension:201"),
        "yard": Door(name="Yard", rings="extension:201", button_pin=5, relay_pin=6),
    }
    return small_office(doors=doors, notices=Notices(receivers=told, **settings))  # type: ignore[arg-type]


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.notices: dict[str, Notice] = {}

    def load(self) -> Sequence[Notice]:
        return tuple(reversed(self.notices.values()))

    def keep(self, notice: Notice) -> None:
        self.notices.pop(notice.id, None)
        self.notices[notice.id] = notice

    def forget(self, id: str) -> None:
        del self.notices[id]


class World:
    """A desk, what it keeps, and the messages it sends."""

    def __init__(self, configuration: Configuration, kept: Kept | None = None) -> None:
        self.configuration = configuration
        self.outbox = MemoryOutbox()
        self.kept = kept or Kept()
        self.changes = 0
        ways: dict[str, NoticePort] = {"sms": SmsNotices(self.outbox)}
        ids = iter(range(1000))
        self.desk = NoticeDesk(
            lambda: self.configuration,
            ways,
            self.kept,
            SimulatedClock(TUESDAY_NOON),
            lambda: f"n{next(ids)}",
            self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1


@asynccontextmanager
async def running(configuration: Configuration, kept: Kept | None = None) -> AsyncIterator[World]:
    world = World(configuration, kept)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(world.desk.run)
        yield world
        nursery.cancel_scope.cancel()


async def test_who_wants_to_know_is_told_within_two_seconds() -> None:
    async with running(office(EVERYTHING, ALARMS_IN_FRONT)) as world:
        world.desk.happened(NoticeKind.FORCED, door="front")
        await trio.sleep(1.99)
        text = "Front door: opened by FORCE. 12:00"
        assert sorted(world.outbox.queued) == [(OWNER, text), (GUARD, text)]
        (shown,) = world.desk.on_page()
        assert (shown.kind, shown.door, shown.at) == (NoticeKind.FORCED, "front", TUESDAY_NOON)
        assert world.changes


async def test_the_same_thing_is_counted_and_not_told_again_for_a_while() -> None:
    async with running(office(EVERYTHING)) as world:
        for _ in range(5):
            world.desk.happened(NoticeKind.HELD_OPEN, door="front")
            world.desk.ended(NoticeKind.HELD_OPEN, door="front")
            await trio.sleep(60)
        assert len(world.outbox.queued) == 1
        (shown,) = world.desk.on_page()
        assert (shown.count, shown.is_over) == (5, True)
        assert shown.last_at == TUESDAY_NOON + timedelta(seconds=240)
        await trio.sleep(600)
        world.desk.happened(NoticeKind.HELD_OPEN, door="front")
        await trio.sleep(1)
        assert len(world.outbox.queued) == 2
        world.desk.happened(NoticeKind.HELD_OPEN, door="yard")
        world.desk.happened(NoticeKind.FORCED, door="front")
        await trio.sleep(1)
        assert len(world.outbox.queued) == 4, "another door, another thing"


async def test_what_somebody_has_seen_is_told_anew_when_it_happens_again() -> None:
    async with running(office(EVERYTHING)) as world:
        world.desk.happened(NoticeKind.TAMPER, door="front")
        (shown,) = world.desk.on_page()
        assert world.desk.acknowledge(shown.id, by="owner")
        assert not world.desk.acknowledge(shown.id, by="somebody slower")
        assert not world.desk.acknowledge("never was", by="owner")
        (seen,) = world.desk.on_page()
        assert (seen.acknowledged_by, seen.acknowledged_at) == ("owner", TUESDAY_NOON)
        world.desk.happened(NoticeKind.TAMPER, door="front")
        await trio.sleep(1)
        assert len(world.outbox.queued) == 2
        assert [notice.acknowledged_by for notice in world.desk.on_page()] == ["", "owner"]


async def test_duress_is_told_and_not_shown() -> None:
    async with running(office(EVERYTHING)) as world:
        world.desk.happened(NoticeKind.DURESS, door="front", person="Anna")
        await trio.sleep(1)
        assert world.outbox.queued == [(OWNER, "Front door: opened UNDER DURESS (Anna). 12:00")]
        assert world.desk.on_page() == ()


async def test_a_way_that_fails_holds_up_no_other() -> None:
    class Broken:
        async def tell(self, notice: Notice, receiver: NoticeReceiver, text: str) -> None:
            if receiver.to == GUARD:
                raise PorterError("The disk is full.")
            if receiver.to == "+37120000007":
                raise ZeroDivisionError
            told.append(receiver.to)

    told: list[str] = []
    configuration = office(ALARMS_IN_FRONT, NoticeReceiver(to="+37120000007"), EVERYTHING)
    world = World(configuration)
    desk = NoticeDesk(lambda: configuration, {"sms": Broken()}, Kept(), SimulatedClock(None), lambda: "n", lambda: None)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(desk.run)
        desk.happened(NoticeKind.FORCED, door="front")
        await trio.sleep(1)
        desk.happened(NoticeKind.RELAY, door="yard")
        await trio.sleep(1)
        nursery.cancel_scope.cancel()
    assert told == [OWNER, OWNER] and not world.outbox.queued


async def test_notices_survive_a_restart_with_who_has_seen_them(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    configuration = office()
    for start in range(3):
        with Writer(file) as writer:
            desk = NoticeDesk(
                lambda: configuration,
                {},
                StoredNotices(writer),
                SimulatedClock(TUESDAY_NOON),
                lambda start=start: f"n{start}",  # type: ignore[misc]
                lambda: None,
            )
            desk.happened(NoticeKind.FORCED if start else NoticeKind.HELD_OPEN, door="front")
            if start == 1:
                assert desk.acknowledge("n0", by="owner")
            shown = [(notice.kind.value, notice.count, notice.acknowledged_by) for notice in desk.shown]
    assert shown == [("forced", 2, ""), ("held_open", 1, "owner")]


async def test_a_flood_of_notices_stays_bounded() -> None:
    kept = Kept()
    async with running(office(), kept) as world:
        for number in range(200):
            world.desk.happened(NoticeKind.FORCED, door=f"door{number}")
        assert len(world.desk.on_page()) == len(kept.notices) == MOST_SHOWN
        for notice in world.desk.on_page():
            world.desk.acknowledge(notice.id, by="owner")
        assert len(world.desk.on_page()) == len(kept.notices) == ACKNOWLEDGED_SHOWN


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("language", list(Language))
def test_every_notice_fits_one_short_message_in_every_language(kind: NoticeKind, language: Language) -> None:
    notice = Notice(id="n", kind=kind, door="front", person="Anna", last_at=TUESDAY_NOON)
    text = in_words(notice, office(), language)
    assert text.startswith("Front door: ") and text.endswith("12:00") and "{" not in text
    assert len(text) <= 70, "a message with letters outside of the GSM alphabet"


def test_a_door_that_is_gone_is_told_by_its_name() -> None:
    notice = Notice(id="n", kind=NoticeKind.FORCED, door="cellar")
    assert in_words(notice, office()) == "cellar: opened by FORCE."


@pytest.mark.parametrize(
    ("kind", "door", "told"),
    [
        (NoticeKind.FORCED, "front", [OWNER, GUARD]),
        (NoticeKind.FORCED, "yard", [OWNER]),
        (NoticeKind.HELD_OPEN, "front", [OWNER]),
        (NoticeKind.DURESS, "front", [OWNER, GUARD]),
    ],
)
def test_who_is_told_of_what(kind: NoticeKind, door: str, told: list[str]) -> None:
    assert [receiver.to for receiver in receivers(office(EVERYTHING, ALARMS_IN_FRONT), kind, door)] == told


@pytest.mark.parametrize(
    ("now", "told_at", "again"), [(0.0, None, True), (599.0, 0.0, False), (600.0, 0.0, True), (5.0, 5.0, False)]
)
def test_when_something_is_told_again(now: float, told_at: float | None, again: bool) -> None:
    assert is_told_again(office(), now, told_at) is again


def test_the_owner_may_have_everything_on_the_page() -> None:
    quiet, loud = office(), office(not_on_page=())
    assert not is_shown(quiet, NoticeKind.DURESS) and is_shown(quiet, NoticeKind.FORCED)
    assert is_shown(loud, NoticeKind.DURESS)
    assert msgspec.structs.replace(quiet.notices, not_on_page=()) == loud.notices
