"""Calls between offices: short numbers, names, lines of the other, circles of offices."""

from __future__ import annotations

import pytest
import trio

from appliance.calls.names import Cause, PartyKind
from appliance.calls.ports import CallerShown
from appliance.calls.story import CallBegan, CameTooFar, ForwardTried, WayOutRefused
from appliance.config.models import (
    BranchOffice,
    Configuration,
    NumberKind,
    OutboundRoute,
    SipLine,
    SipLink,
)
from appliance.routing.branches import MOST_OFFICES
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard

FOREIGNER = "301"


def to_office(*numbers: str, may_dial: tuple[NumberKind, ...] = ()) -> SipLine:
    return SipLine(
        link=SipLink.ACCOUNT,
        password="a-password-for-tests",
        profile="porter",
        simulated=True,
        branch=BranchOffice(numbers=numbers, may_dial=may_dial),
    )


def linked(*, may_dial: tuple[NumberKind, ...] = (), **changes: object) -> Configuration:
    """The small office with a line to Liepaja, whose numbers are 3xx."""
    lines = {**small_office().lines, "liepaja": to_office("3xx", may_dial=may_dial)}
    return small_office(**{"lines": lines, **changes})


def from_branch(world: SimulatedOffice, did: str, *, caller: str = FOREIGNER, hops: int = 1) -> FarEnd:
    return world.lines["liepaja"].call_from_line(world.office, "liepaja", caller, did, hops=hops)


async def test_a_short_number_of_the_other_office_is_dialled_there_with_name_and_number() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "305")
        dace = await people.phone("305")
        assert dace.shown == CallerShown("201", "Anna")
        dace.answer()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == ["bridge"]
        await trio.sleep(120)
        dace.hang_up()
        await settle()
        assert ForwardTried(member="305", line="liepaja") in only_story(world)
        assert not world.office.tolls.counts, "a call to a colleague costs nothing and is limited by nothing"


async def test_who_may_call_nobody_outside_may_call_colleagues() -> None:
    anna = person("Anna", "201", may_call_outside=False)
    configuration = linked(extensions={**small_office().extensions, "201": anna})
    async with open_simulated_office(configuration, TUESDAY_NOON) as world:
        world.switch.call_in(world.office, "201", "305")
        await settle()
        assert world.lines["liepaja"].dialled == ["305"]


@pytest.mark.parametrize(
    ("cause", "phrase"), [(Cause.UNALLOCATED, "number-unknown"), (Cause.OUT_OF_ORDER, "no-line-free")]
)
async def test_what_the_other_office_refuses_is_said_here(cause: Cause, phrase: str) -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "399")
        (await people.phone("399")).reject(cause)
        await trio.sleep(1)
        assert phrase in phrases_heard(world, anna)


async def test_a_dead_line_to_the_other_office_is_said() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        world.lines["liepaja"].is_offline = True
        anna = world.switch.call_in(world.office, "201", "305")
        await trio.sleep(1)
        assert "no-line-free" in phrases_heard(world, anna)


async def test_somebody_of_the_other_office_reaches_an_extension_and_is_seen_by_name() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        people = People(world)
        line = world.lines["liepaja"]
        leg = world.office.line_calls(line, line="liepaja", caller="301", did="201", caller_name="Juris", hops=1)
        anna = await people.phone("201")
        assert anna.shown == CallerShown("301", "Juris")
        assert leg.party.kind is PartyKind.OUTSIDE
        anna.answer()
        await settle()
        anna.hang_up()
        await settle()
        assert CallBegan(caller="301", called="201", line="liepaja") in only_story(world)


@pytest.mark.parametrize(
    ("did", "cause"),
    [
        ("299", Cause.UNALLOCATED),
        ("", Cause.UNALLOCATED),
        ("*97", Cause.UNALLOCATED),
        ("*72*29999999#", Cause.UNALLOCATED),
        ("70", Cause.UNALLOCATED),
        ("71", Cause.UNALLOCATED),
        ("3" * 64, Cause.UNALLOCATED),
        ("305", Cause.UNALLOCATED),
        (CUSTOMER, Cause.NOT_ALLOWED),
        ("00442079460018", Cause.NOT_ALLOWED),
    ],
)
async def test_nothing_else_of_the_house_can_be_dialled_from_there(did: str, cause: Cause) -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        caller = from_branch(world, did)
        await settle()
        assert caller.ended_with is cause
        assert not world.office.calls and not world.lines["gsm1"].dialled


async def test_lines_here_are_used_from_there_as_far_as_allowed() -> None:
    async with open_simulated_office(linked(may_dial=(NumberKind.MOBILE,)), TUESDAY_NOON) as world:
        people = People(world)
        caller = from_branch(world, CUSTOMER)
        customer = await people.phone(CUSTOMER)
        customer.answer()
        await settle()
        assert world.sound.heard_by(caller.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert from_branch(world, "+37167000000").ended_with is None
        await settle()
        refused = [told.fact for told in world.records.ended[-1].story]
        assert WayOutRefused(number="+37167000000", why="not-allowed") in refused
        assert world.lines["gsm1"].dialled == [CUSTOMER]


async def test_a_call_for_help_from_there_goes_out_here_and_ours_goes_there_last() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        People(world)
        from_branch(world, "112")
        await settle()
        assert world.lines["gsm1"].dialled == ["112"]
    lines = {"liepaja": to_office("3xx"), **small_office().lines}
    async with open_simulated_office(linked(lines=lines), TUESDAY_NOON) as world:
        world.switch.call_in(world.office, "201", "112")
        await settle()
        assert (world.lines["gsm1"].dialled, world.lines["liepaja"].dialled) == (["112"], [])


async def test_a_call_goes_through_a_third_office() -> None:
    lines = {**small_office().lines, "liepaja": to_office("3xx"), "ventspils": to_office("4xx")}
    async with open_simulated_office(linked(lines=lines), TUESDAY_NOON) as world:
        people = People(world)
        from_branch(world, "405", hops=3)
        third = await people.phone("405")
        assert third.shown == CallerShown(FOREIGNER, offices=3)


async def test_hanging_up_at_either_end_leaves_nothing() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        people = People(world)
        for _ in range(2):
            anna = world.switch.call_in(world.office, "201", "305")
            other = await people.phone("305")
            anna.hang_up()
            await settle()
            assert other.ended_with is not None
        caller = from_branch(world, "201")
        await people.phone("201")
        caller.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.lines["liepaja"].far_ends


async def test_a_call_that_came_through_ten_offices_is_ended() -> None:
    async with open_simulated_office(linked(), TUESDAY_NOON) as world:
        caller = from_branch(world, "201", hops=MOST_OFFICES)
        await settle()
        assert caller.ended_with is Cause.NO_ROUTE
        assert CameTooFar(offices=MOST_OFFICES) in only_story(world)


async def test_a_circle_of_two_offices_ends() -> None:
    """Each sends all numbers outside to the other."""
    routes = (OutboundRoute(name="All", lines=("liepaja",)),)
    configuration = linked(may_dial=tuple(NumberKind), outbound_routes=routes)
    async with (
        open_simulated_office(configuration, TUESDAY_NOON) as riga,
        open_simulated_office(configuration, TUESDAY_NOON) as liepaja,
    ):
        joined = [0]

        def join(there: SimulatedOffice) -> None:
            """What one office dials arrives at the other, as the real link has it."""

            def dialled(out: FarEnd) -> None:
                joined[0] += 1
                shown = out.shown
                assert shown is not None and joined[0] < 50
                came = there.lines["liepaja"].call_from_line(
                    there.office, "liepaja", shown.number, out.account, hops=shown.offices + 1
                )
                came.leg.on_gone = out_ends(came, out, came.leg.on_gone)

            here = liepaja if there is riga else riga
            here.lines["liepaja"].on_dialled = dialled

        def out_ends(came: FarEnd, out: FarEnd, before: object) -> object:
            def gone(leg: object) -> None:
                before(leg)  # type: ignore[operator]
                out.reject(came.ended_with or Cause.NORMAL)

            return gone

        for world in (riga, liepaja):
            world.lines["liepaja"].channels = 20
            join(world)
        anna = riga.switch.call_in(riga.office, "201", CUSTOMER)
        await trio.sleep(30)
        assert joined[0] == MOST_OFFICES
        assert anna.leg.is_gone
        assert not riga.office.calls and not liepaja.office.calls
        facts = [told.fact for world in (riga, liepaja) for record in world.records.ended for told in record.story]
        assert facts.count(CameTooFar(offices=MOST_OFFICES)) == 1


async def test_a_call_that_was_diverted_ten_times_is_ended() -> None:
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world:
        line = world.lines["gsm1"]
        assert line.call_from_line(world.office, "gsm1", CUSTOMER, hops=9).ended_with is None
        caller = line.call_from_line(world.office, "gsm1", CUSTOMER, hops=10)
        await settle()
        assert caller.ended_with is Cause.NO_ROUTE
