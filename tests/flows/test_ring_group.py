"""Ring groups: who rings when, and what members do about it."""

import trio
import trio.testing

from appliance.calls.agents import Agent, KeptAgents
from appliance.calls.names import Cause
from appliance.calls.story import Answered, HuntBegan, LeftMessage, Lifted, NoAnswer, NobodyToRing, NotRung, Ringing
from appliance.config.models import (
    Configuration,
    Contact,
    HuntStrategy,
    Language,
    Membership,
    OpeningHours,
    Relax,
    RingGroup,
)
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle

SALES = "ring_group:sales"


def sales(strategy: HuntStrategy, *members: str, **settings: object) -> Configuration:
    """The small office without diversions, whose sales are hunted by a strategy, ten seconds a stage."""
    group = RingGroup(
        name="Sales",
        number="600",
        members=members or ("201", "202", "203"),
        strategy=strategy,
        **{"ring_seconds": 10, "then": "voicemail:201", **settings},  # type: ignore[arg-type]
    )
    always = {"office": OpeningHours(weekly={}, override="open")}
    return small_office(ring_groups={"sales": group}, extensions=people(), opening_hours=always)


def people(**settings: dict[str, object]) -> dict[str, object]:
    names = {"201": "Anna", "202": "Boris", "203": "Dace"}
    return {number: person(name, number, **settings.get(f"_{number}", {})) for number, name in names.items()}


def rung(world: SimulatedOffice) -> list[str]:
    """Who was rung in the last call, in this order."""
    return [told.fact.member for told in world.records.ended[-1].story if isinstance(told.fact, Ringing)]


def told(world: SimulatedOffice) -> list[object]:
    return [told.fact for told in world.records.ended[-1].story]


async def a_call_answered_by(world: SimulatedOffice, people: People, number: str, talk_seconds: float = 60) -> None:
    """A customer calls, one member answers, they talk."""
    customer = customer_calls(world)
    (await people.phone(number)).answer()
    await trio.sleep(talk_seconds)
    customer.hang_up()
    await settle()


async def test_round_robin_goes_on_where_the_last_call_ended() -> None:
    async with open_simulated_office(sales(HuntStrategy.ROUND_ROBIN), TUESDAY_NOON) as world:
        desks = People(world)
        for number in ("201", "202", "203", "201"):
            await a_call_answered_by(world, desks, number)
            assert rung(world) == [number]
    assert world.agents.kept.last_turns == {SALES: "201"}


async def test_who_rejects_is_passed_at_once_and_not_rung_again_for_this_call() -> None:
    async with open_simulated_office(sales(HuntStrategy.ROUND_ROBIN), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        (await desks.phone("201")).reject(Cause.REJECTED)
        began = trio.current_time()
        boris = await desks.phone("202")
        assert trio.current_time() == began
        boris.reject(Cause.BUSY)
        (await desks.phone("203")).answer()
        await settle()
        customer.hang_up()
        await settle()
        assert rung(world) == ["201", "202", "203"]


async def test_when_each_adds_one_who_rejected_stays_out() -> None:
    async with open_simulated_office(sales(HuntStrategy.ASCENDING), TUESDAY_NOON) as world:
        desks = People(world)
        customer_calls(world)
        (await desks.phone("201")).reject(Cause.REJECTED)
        boris = await desks.phone("202")
        await trio.sleep(10)
        dace = await desks.phone("203")
        assert not boris.leg.is_gone
        dace.answer()
        await settle()
        dace.hang_up()
        await settle()
        assert rung(world) == ["201", "202", "203"]


async def test_who_rejected_or_let_it_ring_comes_last_for_the_next_caller_for_a_while() -> None:
    async with open_simulated_office(sales(HuntStrategy.LINEAR, reoffer_seconds=60), TUESDAY_NOON) as world:
        desks = People(world)
        first = customer_calls(world)
        (await desks.phone("201")).reject(Cause.REJECTED)
        await desks.phone("202")
        await trio.sleep(10)  # Boris lets it ring
        (await desks.phone("203")).answer()
        await settle()
        first.hang_up()
        await settle()
        await a_call_answered_by(world, desks, "203", talk_seconds=1)
        assert rung(world) == ["203"]
        await trio.sleep(60)
        await a_call_answered_by(world, desks, "201")
        assert rung(world) == ["201"]


async def test_who_is_rung_while_another_answers_has_not_declined() -> None:
    async with open_simulated_office(sales(HuntStrategy.RING_ALL), TUESDAY_NOON) as world:
        await a_call_answered_by(world, People(world), "202")
        assert {agent.number for agent in world.agents.kept.agents if agent.declined_at is not None} == set()


async def test_the_longest_idle_is_rung_first_and_a_private_talk_counts_only_where_asked() -> None:
    for since, expected in (("last_call", "202"), ("last_talk", "203")):
        configuration = sales(HuntStrategy.LONGEST_IDLE, "201", "202", "203", idle_since=since)
        async with open_simulated_office(configuration, TUESDAY_NOON) as world:
            desks = People(world)
            await a_call_answered_by(world, desks, "201")
            anna = world.switch.call_in(world.office, "201", "202")
            (await desks.phone("202")).answer()
            await trio.sleep(5)
            anna.hang_up()
            await settle()
            await a_call_answered_by(world, desks, expected)
            assert rung(world) == [expected]


async def test_fewest_calls_today_begin_anew_the_next_day() -> None:
    async with open_simulated_office(sales(HuntStrategy.FEWEST_CALLS), TUESDAY_NOON) as world:
        desks = People(world)
        for number in ("201", "202", "203", "201"):
            await a_call_answered_by(world, desks, number)
        assert [world.office.agents.calls_today(number) for number in ("201", "202", "203")] == [2, 1, 1]
        await trio.sleep(86400)
        await a_call_answered_by(world, desks, "201")
        assert world.office.agents.calls_today("201") == 1


async def test_a_talk_for_the_group_is_followed_by_time_to_wrap_up_a_private_one_is_not() -> None:
    async with open_simulated_office(sales(HuntStrategy.LINEAR, wrap_up_seconds=30), TUESDAY_NOON) as world:
        desks = People(world)
        await a_call_answered_by(world, desks, "201")
        assert world.office.agents.is_wrapping_up("201")
        await a_call_answered_by(world, desks, "202", talk_seconds=1)
        assert NotRung("201", "wrapping up") in told(world)
        await trio.sleep(30)
        dace = world.switch.call_in(world.office, "203", "201")
        (await desks.phone("201")).answer()
        await settle()
        dace.hang_up()
        await settle()
        assert not any(world.office.agents.is_wrapping_up(number) for number in ("201", "202", "203"))


async def test_a_member_who_picks_the_call_up_elsewhere_has_taken_it_and_others_have_not() -> None:
    group = sales(HuntStrategy.LINEAR, "201", "202", wrap_up_seconds=30)
    async with open_simulated_office(group, TUESDAY_NOON) as world:
        desks, agents = People(world), world.office.agents
        for number, taken in (("203", 0), ("202", 1)):
            customer = customer_calls(world)
            await desks.phone("201")
            world.switch.call_in(world.office, number, "**201")
            await settle()
            assert world.sound.heard_by(customer.leg.id) == ["bridge"]
            customer.hang_up()
            await settle()
            assert (agents.calls_today(number), agents.is_wrapping_up(number)) == (taken, bool(taken))
        assert not world.office.places.rung_for


async def test_who_talks_is_passed_over_where_there_is_no_call_waiting() -> None:
    office = sales(HuntStrategy.RING_ALL)
    without = small_office(ring_groups=office.ring_groups, extensions=people(_201={"call_waiting": False}))
    async with open_simulated_office(without, TUESDAY_NOON) as world:
        desks = People(world)
        dace = world.switch.call_in(world.office, "203", "201")
        (await desks.phone("201")).answer()
        await settle()
        await a_call_answered_by(world, desks, "202", talk_seconds=1)
        assert NotRung("201", "in a call") in told(world)
        assert sorted(rung(world)) == ["202", "203"]
        dace.hang_up()


async def test_two_callers_at_once_ring_different_members_first() -> None:
    async with open_simulated_office(sales(HuntStrategy.LINEAR), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        await desks.phone("201")
        other = world.switch.call_in(world.office, "203", "600")
        await desks.phone("202")
        assert [phone.account for phone in desks.rung] == ["201", "202"]
        for caller in (customer, other):
            caller.hang_up()


async def test_nobody_logged_in_sends_the_caller_on_at_once_with_the_reason() -> None:
    away = KeptAgents(
        agents=tuple(Agent(number=number, logged_out_at={SALES: 0.0}) for number in ("201", "202", "203"))
    )
    async with open_simulated_office(sales(HuntStrategy.RING_ALL), TUESDAY_NOON, agents=away) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        story = told(world)
        assert NobodyToRing(group="Sales", reason="logged out") in story
        assert any(isinstance(fact, LeftMessage) for fact in story)
        assert not rung(world) and not any(isinstance(fact, NoAnswer) for fact in story)


async def test_members_away_for_different_reasons_are_each_told_with_hers() -> None:
    away = KeptAgents(
        agents=(
            Agent(number="201", logged_out_at={SALES: 0.0}),
            Agent(number="202", pause_reason="Lunch"),
            Agent(number="203", logged_out_at={"ring_group:other": 0.0}),
        )
    )
    async with open_simulated_office(sales(HuntStrategy.LINEAR), TUESDAY_NOON, agents=away) as world:
        await a_call_answered_by(world, People(world), "203")
        assert [fact for fact in told(world) if isinstance(fact, NotRung)] == [
            NotRung("201", "logged out"),
            NotRung("202", "paused"),
        ]


async def test_skills_relax_while_the_caller_waits() -> None:
    office = sales(
        HuntStrategy.SKILL, needs={"lv": 3}, relax=(Relax(after_seconds=4, needs={"lv": 0}),), ring_seconds=20
    )
    skilled = small_office(ring_groups=office.ring_groups, extensions=people(_203={"skills": {"lv": 5}}))
    async with open_simulated_office(skilled, TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        dace = await desks.phone("203")
        await trio.sleep(3)
        assert [phone.account for phone in desks.rung] == ["203"]
        await trio.sleep(1)
        (await desks.phone("202")).answer()
        await settle()
        assert dace.ended_with is Cause.ANSWERED_ELSEWHERE
        customer.hang_up()
        await settle()
        assert HuntBegan("Sales", "skill", ("203", "201", "202")) in told(world)


async def test_who_speaks_the_callers_language_rings_first() -> None:
    office = sales(HuntStrategy.SKILL, needs={"language": 2}, relax=(Relax(after_seconds=8, needs={"language": 0}),))
    office = small_office(
        ring_groups=office.ring_groups,
        extensions=people(_202={"skills": {"uk": 3}}, _203={"skills": {"ru": 5}}),
        contacts={"olena": Contact(name="Olena", numbers=(CUSTOMER,), language=Language.UK)},
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        await desks.phone("202")
        await trio.sleep(7)
        assert [phone.account for phone in desks.rung] == ["202"]
        await trio.sleep(1)
        await desks.phone("203")
        customer.hang_up()


async def test_time_lifts_a_call_to_the_second_line_while_it_rings() -> None:
    office = sales(HuntStrategy.RING_ALL, membership={"203": Membership(tier=2)}, lift_seconds=6)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        anna = await desks.phone("201")
        await trio.sleep(6)
        dace = await desks.phone("203")
        assert anna.leg.is_gone
        assert dace.shown is not None and dace.shown.name == f"Sales 2: {CUSTOMER}"
        dace.answer()
        await settle()
        customer.hang_up()
        await settle()
        assert Lifted("Sales", 2) in told(world)


async def test_a_person_of_two_groups_who_rejected_in_one_is_not_rung_in_the_other() -> None:
    groups = {
        "sales": RingGroup(name="Sales", number="600", members=("201", "202"), ring_seconds=10, then="ring_group:all"),
        "all": RingGroup(name="All", number="601", members=("202", "203"), ring_seconds=10, then="voicemail:201"),
    }
    async with open_simulated_office(small_office(ring_groups=groups, extensions=people()), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        (await desks.phone("202")).reject(Cause.REJECTED)
        await trio.sleep(10)
        (await desks.phone("203")).answer()
        await settle()
        customer.hang_up()
        await settle()
        assert (sorted(rung(world)[:2]), rung(world)[2:]) == (["201", "202"], ["203"])
        assert NotRung("202", "has rejected this call") in told(world)


async def test_a_mobile_of_the_group_has_states_too() -> None:
    office = sales(HuntStrategy.LONGEST_IDLE, f"outside:{MOBILE}", "202")
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        desks = People(world)
        anna = world.switch.call_in(world.office, "201", "600")
        mobile = await desks.phone(MOBILE)
        mobile.answer()
        await settle()
        mobile.press("1")
        await trio.sleep(9)
        anna.hang_up()
        await settle()
        assert any(isinstance(fact, Answered) for fact in told(world))
        anna = world.switch.call_in(world.office, "201", "600")
        await desks.phone("202")
        assert len(desks.rung) == 2
        anna.hang_up()


async def test_a_caller_who_hangs_up_while_it_rings_blames_nobody() -> None:
    async with open_simulated_office(sales(HuntStrategy.LINEAR), TUESDAY_NOON) as world:
        desks = People(world)
        customer = customer_calls(world)
        await desks.phone("201")
        customer.hang_up()
        await settle()
        assert world.office.agents.agent("201").declined_at is None
