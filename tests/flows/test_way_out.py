"""Calls that leave the house: rights, routes, lines in order, limits, and help above all of it."""

import pytest
import trio

from appliance.calls.names import Cause, Used
from appliance.calls.story import (
    Announced,
    ForwardTried,
    LegFailed,
    LimitEnded,
    LineSpent,
    NotRung,
    PutThroughFailed,
    TransferFailed,
    WayOutChosen,
    WayOutRefused,
)
from appliance.config.models import (
    Allowance,
    CallLimits,
    Configuration,
    Diversion,
    FollowStage,
    GsmLine,
    Language,
    LineOrder,
    NumberKind,
    OutboundRoute,
    Outgoing,
    OutsideLimits,
)
from appliance.errors import PorterError
from appliance.services.snapshot import Surroundings, office_now
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, only_story, settle
from tests.flows.test_unhappy_calls import answered_by_anna, phrases_heard

ABROAD, PREMIUM = "00442079460018", "90000000"
TODAY = "2026-11-24"


def line(**outgoing: object) -> GsmLine:
    return GsmLine(simulated=True, outgoing=Outgoing(**outgoing))  # type: ignore[arg-type]


def two_lines(first: GsmLine | None = None, second: GsmLine | None = None, **changes: object) -> Configuration:
    """An office with gsm1 and gsm2, tried in this order."""
    settings: dict[str, object] = {
        "lines": {"gsm1": first or line(), "gsm2": second or line()},
        "outbound_routes": (OutboundRoute(name="All", lines=("gsm1", "gsm2")),),
    }
    return small_office(**{**settings, **changes})


def outbound_facts(world: SimulatedOffice) -> list[object]:
    wanted = (WayOutChosen, WayOutRefused, LineSpent, LimitEnded, NotRung, ForwardTried, LegFailed, PutThroughFailed)
    return [fact for fact in only_story(world) if isinstance(fact, wanted)]


def used(world: SimulatedOffice) -> dict[str, Used]:
    """What each account has used today."""
    return {account: counts for (account, period), counts in world.office.tolls.counts.items() if period == TODAY}


# One line after the other.


async def test_a_line_in_use_is_passed_over_and_the_next_one_takes_the_call() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "29111111")
        (await people.phone("+37129111111")).answer()
        anna = world.switch.call_in(world.office, "201", "29999999")
        customer = await people.phone(CUSTOMER)
        customer.answer()
        await settle()
        assert world.sound.heard_by(anna.leg.id) == world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert customer.leg.party.line == "gsm2"
        anna.hang_up()
        await settle()
        assert outbound_facts(world) == [
            WayOutChosen(number=CUSTOMER, route="All", lines=("gsm1", "gsm2")),
            NotRung(member=CUSTOMER, reason="gsm1: busy"),
            ForwardTried(member=CUSTOMER, line="gsm2"),
        ]
        boris.hang_up()


async def test_a_line_that_breaks_while_it_dials_is_followed_by_the_next_one() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).reject(Cause.NO_CIRCUIT)
        second = await people.phone(CUSTOMER)
        assert second.leg.party.line == "gsm2"
        anna.hang_up()
        await settle()
        assert second.leg.is_gone
        assert outbound_facts(world)[1:4] == [
            ForwardTried(member=CUSTOMER, line="gsm1"),
            LegFailed(member=CUSTOMER, cause=Cause.NO_CIRCUIT),
            ForwardTried(member=CUSTOMER, line="gsm2"),
        ]


async def test_somebody_who_is_busy_is_not_called_again_over_another_line() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).reject(Cause.BUSY)
        await settle()
        assert anna.ended_with is Cause.BUSY
        assert world.lines["gsm2"].dialled == []


async def test_with_every_line_dead_the_caller_hears_that_none_is_free() -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        for one in world.lines.values():
            one.is_offline = True
        anna = world.switch.call_in(world.office, "201", "29999999")
        await trio.sleep(5)
        assert phrases_heard(world, anna) == ["no-line-free"]
        assert outbound_facts(world)[-1] == PutThroughFailed(number=CUSTOMER, tried=("gsm1", "gsm2"))


async def test_the_cheapest_line_is_dialled_first_and_as_it_wants() -> None:
    route = OutboundRoute(name="All", lines=("gsm1", "gsm2"), order=LineOrder.CHEAPEST, shown="withheld")
    cheap = line(prices={"+371": 0.02}, spelling="national", add="9")
    office = two_lines(line(prices={"+371": 0.2}), cheap, outbound_routes=(route,))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        rung = await people.phone("#31#929999999")
        assert rung.shown is not None and (rung.shown.number, rung.shown.is_withheld) == ("", True)
        assert rung.leg.party.number == CUSTOMER
        assert world.lines["gsm1"].dialled == []
        anna.hang_up()


# Rights.


@pytest.mark.parametrize(
    ("dialled", "phrase"), [(ABROAD, "international-not-allowed"), (PREMIUM, "premium-not-allowed")]
)
async def test_dear_numbers_are_refused_with_words_until_they_are_allowed(dialled: str, phrase: str) -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        anna = world.switch.call_in(world.office, "201", dialled)
        await trio.sleep(5)
        assert phrases_heard(world, anna) == [phrase]
        assert anna.ended_with is Cause.NOT_ALLOWED
        assert [type(fact) for fact in only_story(world) if isinstance(fact, WayOutRefused | Announced)] == [
            WayOutRefused,
            Announced,
        ]
        assert not world.lines["gsm1"].dialled


async def test_who_may_call_abroad_is_put_through() -> None:
    anna = person("Anna", "201", may_dial=(NumberKind.INTERNATIONAL,))
    async with open_simulated_office(two_lines(extensions={"201": anna}), TUESDAY_NOON) as world:
        people = People(world)
        world.switch.call_in(world.office, "201", ABROAD)
        assert (await people.phone("+442079460018")).leg.party.line == "gsm1"


async def test_a_customer_is_not_transferred_abroad_by_who_may_not_call_there() -> None:
    office = two_lines()
    office.extensions["201"] = person("Anna", "201", may_transfer_outside=True)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer, anna = await answered_by_anna(world, people)
        anna.transfer(ABROAD)
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"], "given back"
        assert not world.lines["gsm2"].dialled
        customer.hang_up()
        await settle()
        kinds = [type(fact) for fact in only_story(world)]
        assert kinds.index(WayOutRefused) < kinds.index(TransferFailed)


async def test_a_route_that_is_closed_says_so() -> None:
    route = OutboundRoute(name="By day", hours="office", lines=("gsm1",))
    async with open_simulated_office(small_office(outbound_routes=(route,)), TUESDAY_NIGHT) as world:
        anna = world.switch.call_in(world.office, "201", "29999999")
        await trio.sleep(5)
        assert phrases_heard(world, anna) == ["way-out-closed"]


# Limits.


async def test_calls_are_counted_by_the_minute_for_who_dials_the_line_and_the_office() -> None:
    async with open_simulated_office(two_lines(line(prices={"": 0.5})), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        customer = await people.phone(CUSTOMER)
        await trio.sleep(20)
        assert not used(world), "ringing costs nothing"
        customer.answer()
        await trio.sleep(59)
        assert used(world)["office"] == Used(1, 1, 0.5)
        await trio.sleep(2)
        assert used(world) == dict.fromkeys(("office", "line:gsm1", "extension:201"), Used(1, 2, 1.0))
        anna.hang_up()
        await trio.sleep(600)
        assert used(world)["office"] == Used(1, 2, 1.0)
        assert world.tolls.kept == dict(world.office.tolls.counts)


async def test_a_limit_that_is_reached_is_said_and_shown_and_help_is_called_all_the_same() -> None:
    office = two_lines(outside_limits=OutsideLimits(extension=CallLimits(day=Allowance(calls=1))))
    spent = {("extension:201", TODAY): Used(1, 3)}
    async with open_simulated_office(office, TUESDAY_NOON, tolls=spent) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        await trio.sleep(5)
        assert phrases_heard(world, anna) == ["limit-reached"]
        assert outbound_facts(world) == [WayOutRefused(number=CUSTOMER, why="limit-reached", account="extension:201")]
        (trouble,) = office_now(world.office, Surroundings()).troubles
        assert trouble.where == "outside calls, Anna (201)"
        assert trouble.cause == "1 of 1 calls are used today; outside calls are refused, emergency calls are not."
        assert "password" in trouble.next_step
        again = world.switch.call_in(world.office, "201", "112")
        (await people.phone("112")).answer()
        await trio.sleep(180)
        assert world.sound.heard_by(again.leg.id) == ["bridge"]
        assert used(world) == {"extension:201": Used(1, 3)}, "help is not counted"
        again.hang_up()


async def test_a_call_that_goes_on_and_on_is_ended_by_the_limit() -> None:
    office = two_lines(outside_limits=OutsideLimits(office=CallLimits(day=Allowance(minutes=10))))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        customer = await people.phone(CUSTOMER)
        customer.answer()
        await trio.sleep(599)
        assert not customer.leg.is_gone
        await trio.sleep(10)
        assert customer.ended_with is Cause.NOT_ALLOWED and anna.leg.is_gone
        assert LimitEnded(member=CUSTOMER, account="office", what="minutes") in only_story(world)
        assert used(world)["office"] == Used(1, 10)


async def test_a_line_that_has_used_up_its_money_leaves_the_call_to_the_next() -> None:
    office = two_lines(line(limits=CallLimits(day=Allowance(money=5.0))))
    async with open_simulated_office(office, TUESDAY_NOON, tolls={("line:gsm1", TODAY): Used(9, 99, 5.0)}) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        assert (await people.phone(CUSTOMER)).leg.party.line == "gsm2"
        anna.hang_up()
        await settle()
        assert outbound_facts(world)[0] == LineSpent(line="gsm1", what="money")


async def test_a_forwarded_call_that_no_line_may_carry_leaves_the_caller_with_a_mailbox() -> None:
    office = two_lines(
        outside_limits=OutsideLimits(office=CallLimits(day=Allowance(calls=0))),
        default_desk="extension:203",
        inbound_routes=(),
    )
    office.extensions["203"] = person("Dace", "203", divert=Diversion(always=f"outside:{MOBILE}"))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        People(world)
        caller = world.lines["gsm1"].call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(40)
        assert phrases_heard(world, caller)
        assert not world.lines["gsm2"].dialled
        caller.hang_up()
        await settle()
        assert NotRung(member=MOBILE, reason="limit-reached") in outbound_facts(world)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 30.0, 60.0, 61.0])
async def test_hanging_up_at_any_moment_leaves_nothing_that_counts_on(seconds: float) -> None:
    async with open_simulated_office(two_lines(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).answer()
        await trio.sleep(seconds)
        anna.hang_up()
        await settle()
        then = dict(world.office.tolls.counts)
        await trio.sleep(1000)
        assert dict(world.office.tolls.counts) == then
        assert not world.office.legs and not world.office.media


# How many calls go out at the same time.


@pytest.mark.parametrize(
    ("limits", "account"),
    [
        ({"outside_limits": OutsideLimits(office=CallLimits(at_once=1))}, "office"),
        ({"outside_limits": OutsideLimits(extension=CallLimits(at_once=1))}, "extension:201"),
    ],
)
async def test_one_call_too_many_at_the_same_time_is_refused_with_words_and_help_is_not(
    limits: dict[str, object], account: str
) -> None:
    async with open_simulated_office(two_lines(**limits), TUESDAY_NOON) as world:
        people = People(world)
        first = world.switch.call_in(world.office, "201", "29999999")
        await people.phone(CUSTOMER)
        second = world.switch.call_in(world.office, "201", "29999998")
        await trio.sleep(5)
        assert "too-many-at-once" in phrases_heard(world, second) and second.leg.is_gone
        (record,) = world.records.ended
        refusal = WayOutRefused("+37129999998", "too-many-at-once", account)
        assert refusal in [told.fact for told in record.story]
        help_ = world.switch.call_in(world.office, "201", "112")
        assert await people.phone("112")
        help_.hang_up()
        first.hang_up()
        await settle()
        third = world.switch.call_in(world.office, "201", "29999998")
        assert await people.phone("+37129999998"), "the first one is over"
        third.hang_up()


async def test_a_line_that_has_as_many_calls_as_it_may_is_passed_over() -> None:
    spare = line(limits=CallLimits(at_once=0))
    async with open_simulated_office(two_lines(first=spare), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        assert (await people.phone(CUSTOMER)).leg.party.line == "gsm2"
        anna.hang_up()
        await settle()
        assert LineSpent("gsm1", "at_once") in outbound_facts(world)


async def test_mobiles_that_ring_together_are_counted_one_by_one() -> None:
    """Both were planned before either of them rang."""
    together = FollowStage(members=(f"outside:{MOBILE}", f"outside:{CUSTOMER}"))
    anna = person("Anna", "201", follow_me=(together,))
    limits = OutsideLimits(office=CallLimits(at_once=1))
    office = two_lines(extensions={**small_office().extensions, "201": anna}, outside_limits=limits)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        await trio.sleep(2)
        assert len([phone for phone in people.rung if phone.account.startswith("+")]) == 1
        boris.hang_up()
        await settle()
        assert any("too-many-at-once" in fact.reason for fact in outbound_facts(world) if isinstance(fact, NotRung))


@pytest.mark.parametrize("language", list(Language))
async def test_half_a_limit_and_all_of_it_are_told_by_sms_once_each(language: Language) -> None:
    limits = OutsideLimits(office=CallLimits(day=Allowance(minutes=4)), alert=(MOBILE,))
    async with open_simulated_office(two_lines(outside_limits=limits, language=language), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).answer()
        await trio.sleep(65)
        (half,) = world.outbox.queued
        assert half[0] == MOBILE and "2" in half[1] and "4" in half[1]
        await trio.sleep(120)
        assert len(world.outbox.queued) == 2 and world.outbox.queued[1][1] != half[1]
        await trio.sleep(120)
        assert anna.leg.is_gone and len(world.outbox.queued) == 2
        assert all(len(text) <= 140 for _, text in world.outbox.queued)


async def test_an_alarm_that_cannot_be_sent_ends_no_call() -> None:
    limits = OutsideLimits(office=CallLimits(day=Allowance(minutes=4)), alert=(MOBILE,))
    async with open_simulated_office(two_lines(outside_limits=limits), TUESDAY_NOON) as world:

        async def broken(to: str, text: str, *, line: str | None = None) -> None:
            raise PorterError("The disk is full.")

        world.outbox.send_sms = broken  # type: ignore[method-assign]
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "29999999")
        (await people.phone(CUSTOMER)).answer()
        await trio.sleep(100)
        assert not anna.leg.is_gone
        anna.hang_up()
