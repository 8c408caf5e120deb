"""Changes of the running configuration: all of it holds, or all is as it was."""

import msgspec
import pytest
import trio

from appliance.config.loading import export
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration
from appliance.control.controller_messages import CHANGED_MEANWHILE
from appliance.control.faults import RequestFailed
from appliance.errors import PorterError
from appliance.services.configuration_desk import ConfigurationDesk
from tests.flows.offices import small_office


class Shelf:
    """Settings in a list; saving takes a while, as a disk does."""

    def __init__(self, first: Configuration) -> None:
        self.kept = [first]

    async def save(self, configuration: Configuration, *, by: str) -> int:
        await trio.sleep(1)
        self.kept.append(configuration)
        return len(self.kept)

    async def previous(self) -> Configuration | None:
        return self.kept[-2] if len(self.kept) > 1 else None


class Desk:
    """A desk with one follower, which can be told to refuse."""

    def __init__(self) -> None:
        self.shelf = Shelf(small_office())
        self.followed: list[str] = []
        self.refuses = ""
        self.desk = ConfigurationDesk(small_office(), 1, self.shelf, [self.follow], changed=lambda _, __: None)

    async def follow(self, configuration: Configuration) -> None:
        self.followed.append(configuration.name)
        if configuration.name == self.refuses:
            raise PorterError("The edge does not want it.")


def renamed(name: str) -> Configuration:
    return small_office(name=name)


async def test_a_change_is_made_from_what_is_in_force_at_that_moment() -> None:
    desk = Desk()

    async def add(letter: str) -> None:
        await desk.desk.change(lambda now: msgspec.structs.replace(now, name=now.name + letter), by="201")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(add, "a")
        nursery.start_soon(add, "b")
    assert sorted(desk.desk.current.name) == sorted("Small officeab")


async def test_a_change_with_a_mistake_changes_nothing() -> None:
    desk = Desk()
    with pytest.raises(ConfigurationInvalid):
        await desk.desk.change(lambda _: small_office(default_desk="extension:999"), by="201")
    assert desk.followed == [] and len(desk.shelf.kept) == 1


async def test_a_change_is_finished_though_who_asked_hangs_up() -> None:
    desk = Desk()
    with trio.move_on_after(0.5):
        await desk.desk.change(lambda _: renamed("Asked"), by="201")
    assert desk.desk.current.name == "Asked" and desk.followed == ["Asked"]


async def test_a_change_that_a_follower_refuses_is_taken_back() -> None:
    desk = Desk()
    desk.refuses = "Refused"
    with pytest.raises(PorterError):
        await desk.desk.change(lambda _: renamed("Refused"), by="201")
    assert desk.desk.current.name == "Small office" and desk.followed == ["Refused", "Small office"]
    assert desk.shelf.kept[-1].name == "Small office"


async def test_a_change_made_from_an_older_configuration_is_refused() -> None:
    desk = Desk()
    mine = export(renamed("Mine"))
    await desk.desk.apply(mine, by="anna", dry_run=False, version=1)
    with pytest.raises(RequestFailed, match="somebody else meanwhile") as refused:
        await desk.desk.apply(export(renamed("Late")), by="boris", dry_run=False, version=1)
    assert refused.value.fault.code == CHANGED_MEANWHILE
    assert desk.desk.current.name == "Mine"
    await desk.desk.apply(export(renamed("Whatever")), by="boris", dry_run=False)
    assert desk.desk.current.name == "Whatever"
