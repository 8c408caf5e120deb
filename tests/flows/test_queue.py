"""Call queues: who waits, what he hears, who is rung for whom, and where callers go whom a queue cannot keep."""

import msgspec
import trio
import trio.testing

from appliance.calls.agents import Agent, KeptAgents
from appliance.calls.names import Cause
from appliance.calls.ports import Counted, Said
from appliance.calls.story import LeftMessage, NotRung, QueueEntered, QueueKeyPressed, QueueLeft, QueueServed, Ringing
from appliance.config.models import (
    CallQueue,
    Configuration,
    Contact,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    Language,
    Membership,
    Priority,
    QueueCondition,
    RingGroup,
)
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, settle

SUPPORT = "queue:support"
VIP = "+37126000001"
LINES = {f"gsm{at}": GsmLine(simulated=True) for at in range(1, 6)}


def queue_of(*members: str, **settings: object) -> CallQueue:
    """Support, rung one after the other as they are written, without sayings."""
    usual: dict[str, object] = {
        "name": "Support",
        "number": "610",
        "members": members or ("201",),
        "strategy": HuntStrategy.LINEAR,
        "ring_seconds": 10,
        "then": "voicemail:203",
        "tells_place": False,
    }
    return CallQueue(**{**usual, **settings})  # type: ignore[arg-type]


def office_with(queue: CallQueue, **changes: object) -> Configuration:
    """People without diversions, five lines that all lead to the queue, and a VIP."""
    settings: dict[str, object] = {
        "call_queues": {"support": queue},
        "extensions": {number: person(number, number) for number in ("201", "202", "203")},
        "lines": LINES,
        "inbound_routes": (InboundRoute(name="All", to=SUPPORT),),
        "contacts": {"vip": Contact(name="Berzina", numbers=(VIP,), vip=True)},
    }
    return small_office(**{**settings, **changes})


def calls_in(world: SimulatedOffice, line: int, number: str = CUSTOMER) -> FarEnd:
    return world.lines[f"gsm{line}"].call_from_line(world.office, f"gsm{line}", number)


async def waits(world: SimulatedOffice, line: int, number: str = CUSTOMER) -> FarEnd:
    """Somebody calls; who calls next is behind him."""
    caller = calls_in(world, line, number)
    await settle()
    return caller


def hears(world: SimulatedOffice, phone: FarEnd) -> list[str]:
    return world.sound.heard_by(phone.leg.id)


def talks_with(one: FarEnd, other: FarEnd) -> bool:
    call = one.leg.call
    return call is not None and call.is_talking and call.legs == {one.leg, other.leg}


def facts(world: SimulatedOffice, *kinds: type) -> list[object]:
    """Facts of some kinds of the call that ended last."""
    return [told.fact for told in world.records.ended[-1].story if isinstance(told.fact, kinds)]


async def test_a_caller_hears_music_also_while_it_rings_and_is_bridged_at_once() -> None:
    async with open_simulated_office(office_with(queue_of()), TUESDAY_NOON) as world:
        people = People(world)
        customer = calls_in(world, 1)
        anna = await people.phone("201")
        assert customer.leg.is_answered and hears(world, customer) == ["music"]
        anna.answer()
        await settle()
        assert talks_with(customer, anna) and hears(world, customer) == ["bridge"]
        await trio.sleep(60)
        anna.hang_up()
        await settle()
        assert facts(world, QueueEntered, QueueServed) == [
            QueueEntered(group="support", place=1, expected_seconds=0.0),
            QueueServed(group="support", seconds=0.0),
        ]
        assert world.records.ended[-1].answered_at == 0.0


async def test_callers_are_served_in_the_order_they_came_and_one_agent_rings_for_one_of_them() -> None:
    async with open_simulated_office(office_with(queue_of()), TUESDAY_NOON) as world:
        people = People(world)
        first, second, third = [await waits(world, line) for line in (1, 2, 3)]
        for caller in (first, second, third):
            anna = await people.phone("201")
            assert len([phone for phone in people.rung if not phone.leg.is_gone]) == 1
            anna.answer()
            await settle()
            assert talks_with(caller, anna)
            await trio.sleep(30)
            caller.hang_up()
            await settle()
        assert world.office.queues.tickets == []


async def test_who_rejects_is_left_alone_for_a_while_and_the_next_one_rings_at_once() -> None:
    async with open_simulated_office(office_with(queue_of("201", "202")), TUESDAY_NOON) as world:
        people = People(world)
        customer = calls_in(world, 1)
        (await people.phone("201")).reject(Cause.REJECTED)
        began = trio.current_time()
        boris = await people.phone("202")
        assert trio.current_time() == began
        boris.reject(Cause.BUSY)
        await settle()
        await trio.sleep(29)
        assert len(people.rung) == 2 and hears(world, customer) == ["music"]
        await trio.sleep(2)
        (await people.phone("201")).answer()
        await settle()
        customer.hang_up()


async def test_an_agent_whose_phone_is_away_is_not_rung_on_and_on() -> None:
    async with open_simulated_office(office_with(queue_of(reoffer_seconds=0)), TUESDAY_NOON) as world:
        world.switch.phones["201"] = 0
        customer = calls_in(world, 1)
        await trio.sleep(21)
        customer.hang_up()
        await settle()
        assert len(facts(world, Ringing)) == 5


async def test_an_agent_of_two_queues_rings_for_one_caller_and_the_longest_waiting_is_first() -> None:
    second = queue_of("201", name="Second", number="611")
    office = office_with(queue_of(), call_queues={"support": queue_of(), "second": second})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        (await people.phone("201")).answer()
        await settle()
        dace = world.switch.call_in(world.office, "203", "611")
        await trio.sleep(1)
        customer = calls_in(world, 1)
        await trio.sleep(1)
        boris.hang_up()
        anna = await people.phone("201")
        assert len([phone for phone in people.rung if not phone.leg.is_gone]) == 1
        anna.answer()
        await settle()
        assert talks_with(dace, anna) and hears(world, customer) == ["music"]
        dace.hang_up()
        customer.hang_up()


async def test_a_ring_group_does_not_ring_who_is_kept_for_a_queue() -> None:
    group = RingGroup(name="Sales", number="600", members=("201", "202"), then="voicemail:203")
    office = office_with(queue_of(), ring_groups={"sales": group})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = calls_in(world, 1)
        anna = await people.phone("201")
        dace = world.switch.call_in(world.office, "203", "600")
        await people.phone("202")
        assert [phone.account for phone in people.rung] == ["201", "202"]
        dace.hang_up()
        await settle()
        assert NotRung("201", "kept for a queue") in facts(world, NotRung)
        anna.answer()
        customer.hang_up()


async def test_a_ring_group_passes_over_who_is_taken_for_a_queue_while_the_group_rings() -> None:
    group = RingGroup(
        name="Sales",
        number="600",
        members=("202", "201"),
        strategy=HuntStrategy.LINEAR,
        ring_seconds=10,
        then="voicemail:203",
    )
    queue = queue_of(ring_seconds=25)
    async with open_simulated_office(office_with(queue, ring_groups={"sales": group}), TUESDAY_NOON) as world:
        people = People(world)
        world.switch.call_in(world.office, "203", "600")
        await people.phone("202")
        customer = calls_in(world, 1)
        anna = await people.phone("201")
        await trio.sleep(15)
        assert [phone.account for phone in people.rung] == ["202", "201"]
        anna.answer()
        await settle()
        assert talks_with(customer, anna)
        customer.hang_up()


async def test_all_ring_for_the_first_caller_where_the_queue_says_so() -> None:
    office = office_with(queue_of("201", "202", "203", strategy=HuntStrategy.RING_ALL))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        first, second = await waits(world, 1), await waits(world, 2)
        await settle()
        assert sorted(phone.account for phone in people.rung) == ["201", "202", "203"]
        boris = await people.phone("202")
        boris.answer()
        await settle()
        assert talks_with(first, boris)
        assert sorted(phone.account for phone in people.rung[3:]) == ["201", "203"]
        (await people.phone("203")).answer()
        await settle()
        assert second.leg.call is not None and second.leg.call.is_talking
        first.hang_up()
        second.hang_up()


async def test_wrapping_up_holds_the_next_caller_back_no_longer_than_it_lasts() -> None:
    async with open_simulated_office(office_with(queue_of(wrap_up_seconds=20)), TUESDAY_NOON) as world:
        people = People(world)
        first, second = await waits(world, 1), await waits(world, 2)
        (await people.phone("201")).answer()
        await trio.sleep(60)
        first.hang_up()
        began = trio.current_time()
        (await people.phone("201")).answer()
        assert 20 <= trio.current_time() - began <= 21
        second.hang_up()


async def test_priority_goes_before_but_waiting_ages() -> None:
    queue = queue_of(priorities=(Priority(caller="vip", steps=2),), ageing_seconds=60)
    async with open_simulated_office(office_with(queue), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        (await people.phone("201")).answer()
        early = calls_in(world, 1)
        await trio.sleep(130)
        late = calls_in(world, 2)
        await trio.sleep(10)
        vip = calls_in(world, 3, VIP)
        await trio.sleep(1)
        boris.hang_up()
        for caller in (early, vip, late):
            anna = await people.phone("201")
            anna.answer()
            await settle()
            assert talks_with(caller, anna)
            caller.hang_up()
            await settle()


async def test_a_menu_choice_may_give_priority() -> None:
    office = office_with(
        queue_of(),
        inbound_routes=(
            InboundRoute(name="Complaints", line="gsm2", to=f"{SUPPORT}+3"),
            InboundRoute(name="All", to=SUPPORT),
        ),
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "201")
        (await people.phone("201")).answer()
        usual = calls_in(world, 1)
        await trio.sleep(1)
        complaint = calls_in(world, 2)
        await trio.sleep(1)
        boris.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert talks_with(complaint, anna) and hears(world, usual) == ["music"]
        usual.hang_up()
        complaint.hang_up()


async def test_who_waits_hears_the_place_the_wait_and_announcements_in_turn() -> None:
    queue = queue_of(tells_place=True, tell_seconds=60, announcements=("One.", "Two."), announce_seconds=25)
    async with open_simulated_office(office_with(queue), TUESDAY_NOON) as world:
        people = People(world)
        for _ in range(3):
            customer = calls_in(world, 1)
            (await people.phone("201")).answer()
            await trio.sleep(120)
            customer.hang_up()
            await settle()
        busy = world.switch.call_in(world.office, "202", "201")
        (await people.phone("201")).answer()
        first, second = await waits(world, 1), await waits(world, 2)
        await trio.sleep(85)
        heard = [prompt for leg, prompt in world.sound.heard if leg == second.leg.id]
        place = [Counted("queue-you-are-number", 2), Counted("queue-expected-minutes", 4)]
        assert heard == [*place, Said("One."), Said("Two."), *place, Said("One.")]
        for phone in (first, second, busy):
            phone.hang_up()


async def test_an_announcement_is_heard_in_the_callers_language_where_it_is_written_in_it() -> None:
    both = {Language.EN: "Two.", Language.RU: "Два."}
    queue = queue_of(tells_place=False, announcements=("One.", both), announce_seconds=10)
    russian = Contact(name="Ivanov", numbers=(VIP,), language=Language.RU)
    async with open_simulated_office(office_with(queue, contacts={"ivanov": russian}), TUESDAY_NOON) as world:
        busy = world.switch.call_in(world.office, "202", "201")
        (await People(world).phone("201")).answer()
        caller = await waits(world, 1, VIP)
        await trio.sleep(25)
        heard = [prompt for leg, prompt in world.sound.heard if leg == caller.leg.id]
        assert heard == [Said("One.", "en"), Said("Два.", "ru")]
        caller.hang_up()
        busy.hang_up()


async def test_a_key_leads_elsewhere_and_other_keys_do_nothing() -> None:
    queue = queue_of(keys={"9": "voicemail:202"})
    async with open_simulated_office(office_with(queue), TUESDAY_NOON) as world:
        people = People(world)
        customer = calls_in(world, 1)
        await people.phone("201")
        customer.press("15#")
        await settle()
        assert hears(world, customer) == ["music"]
        customer.press("9")
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        assert facts(world, QueueKeyPressed, LeftMessage)[0] == QueueKeyPressed(group="support", key="9", seconds=0.0)
        assert [fact.box for fact in facts(world, LeftMessage)] == ["202"]  # type: ignore[attr-defined]


async def test_a_full_queue_and_a_wait_too_long_send_on_at_once_but_a_vip_stays() -> None:
    async with open_simulated_office(office_with(queue_of(most_waiting=1)), TUESDAY_NOON) as world:
        boris = world.switch.call_in(world.office, "202", "201")
        people = People(world)
        first = calls_in(world, 1)
        await settle()
        second = calls_in(world, 2)
        await trio.sleep(15)
        second.hang_up()
        await settle()
        assert facts(world, QueueLeft) == [QueueLeft(group="support", why="full")] and facts(world, LeftMessage)
        vip = calls_in(world, 3, VIP)
        await settle()
        assert hears(world, vip) == ["music"]
        for phone in (vip, first, boris):
            phone.hang_up()
        assert people.rung


async def test_a_predicted_wait_that_is_too_long_sends_on() -> None:
    async with open_simulated_office(office_with(queue_of(longest_expected_seconds=100)), TUESDAY_NOON) as world:
        people = People(world)
        for _ in range(3):
            customer = calls_in(world, 1)
            (await people.phone("201")).answer()
            await trio.sleep(90)
            customer.hang_up()
            await settle()
        talking = calls_in(world, 1)
        (await people.phone("201")).answer()
        await settle()
        waiting, refused = await waits(world, 2), await waits(world, 3)
        await trio.sleep(15)
        refused.hang_up()
        await settle()
        assert facts(world, QueueLeft) == [QueueLeft(group="support", why="too_long")]
        assert hears(world, waiting) == ["music"]
        waiting.hang_up()
        talking.hang_up()


async def test_when_the_last_agent_logs_out_who_waits_goes_on_and_nobody_new_enters() -> None:
    queue = queue_of("201", "202")
    away = KeptAgents(agents=(Agent(number="202", logged_out_at={SUPPORT: 0.0}),))
    async with open_simulated_office(office_with(queue), TUESDAY_NOON, agents=away) as world:
        people = People(world)
        customer = calls_in(world, 1)
        anna = await people.phone("201")
        anna.reject(Cause.REJECTED)
        await trio.sleep(5)
        world.office.agents.log_out("201", [SUPPORT])
        await trio.sleep(15)
        customer.hang_up()
        await settle()
        assert facts(world, QueueLeft) == [QueueLeft(group="support", why="no_agents", seconds=5.0)]
        customer = calls_in(world, 1)
        await trio.sleep(15)
        customer.hang_up()
        await settle()
        assert facts(world, QueueLeft) == [QueueLeft(group="support", why="no_agents")] and facts(world, LeftMessage)


async def test_nobody_waits_longer_than_the_queue_lets_him() -> None:
    async with open_simulated_office(office_with(queue_of(longest_seconds=40)), TUESDAY_NOON) as world:
        People(world)
        customer = calls_in(world, 1)
        await trio.sleep(60)
        customer.hang_up()
        await settle()
        assert [fact.why for fact in facts(world, QueueLeft)] == ["waited"]  # type: ignore[attr-defined]
        assert facts(world, LeftMessage)


async def test_a_vip_never_leaves_the_house() -> None:
    queue = queue_of(longest_seconds=20, then="outside:+37120000009")
    async with open_simulated_office(office_with(queue, default_desk="extension:203"), TUESDAY_NOON) as world:
        people = People(world)
        vip = calls_in(world, 1, VIP)
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert talks_with(vip, dace)
        vip.hang_up()
        usual = calls_in(world, 2)
        await people.phone("+37120000009")
        usual.hang_up()


async def test_a_queue_that_is_removed_sends_everybody_on() -> None:
    office = office_with(queue_of())
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        boris = world.switch.call_in(world.office, "202", "201")
        await settle()
        customer = calls_in(world, 1)
        await trio.sleep(5)
        await world.office.follow(msgspec.structs.replace(office, call_queues={}))
        await trio.sleep(15)
        assert not world.office.queues.tickets and not world.office.places.queues
        customer.hang_up()
        boris.hang_up()
        await settle()
        assert any(
            isinstance(told.fact, QueueLeft) and told.fact.why == "removed"
            for record in world.records.ended
            for told in record.story
        )


async def test_members_added_while_callers_wait_are_rung() -> None:
    office = office_with(queue_of())
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        calls_in(world, 1)
        (await people.phone("201")).answer()
        await settle()
        second = calls_in(world, 2)
        await trio.sleep(5)
        await world.office.follow(msgspec.structs.replace(office, call_queues={"support": queue_of("201", "202")}))
        boris = await people.phone("202")
        boris.answer()
        await settle()
        assert talks_with(second, boris)


async def test_a_caller_who_hangs_up_while_an_agent_rings_frees_the_agent_for_the_next_one() -> None:
    async with open_simulated_office(office_with(queue_of()), TUESDAY_NOON) as world:
        people = People(world)
        first, second = await waits(world, 1), await waits(world, 2)
        await people.phone("201")
        first.hang_up()
        anna = await people.phone("201")
        anna.answer()
        await settle()
        assert talks_with(second, anna) and world.office.agents.agent("201").declined_at is None
        second.hang_up()


async def test_a_call_sent_to_a_queue_by_keys_waits_there_and_comes_back_when_the_queue_cannot_keep_it() -> None:
    async with open_simulated_office(office_with(queue_of(longest_seconds=20)), TUESDAY_NOON) as world:
        people = People(world)
        boris = world.switch.call_in(world.office, "202", "203")
        dace = await people.phone("203")
        dace.answer()
        await settle()
        boris.press("##610#")
        await people.phone("201")
        assert hears(world, dace) == ["music"]
        boris_again = await people.phone("202")
        boris_again.answer()
        await settle()
        assert talks_with(dace, boris_again)
        dace.hang_up()


async def test_the_second_tier_joins_by_time() -> None:
    queue = queue_of("201", "202", membership={"202": Membership(tier=2)}, lift_seconds=30)
    async with open_simulated_office(office_with(queue), TUESDAY_NOON) as world:
        people = People(world)
        busy = world.switch.call_in(world.office, "203", "201")
        (await people.phone("201")).answer()
        await settle()
        customer = calls_in(world, 1)
        began = trio.current_time()
        (await people.phone("202")).answer()
        assert 30 <= trio.current_time() - began <= 31
        busy.hang_up()
        customer.hang_up()


async def test_routes_can_ask_how_a_queue_is() -> None:
    routes = (
        InboundRoute(name="Long", queue=QueueCondition(queue="support", longer_than=0), to="voicemail:202"),
        InboundRoute(name="All", to=SUPPORT),
    )
    async with open_simulated_office(office_with(queue_of(), inbound_routes=routes), TUESDAY_NOON) as world:
        People(world)
        first = calls_in(world, 1)
        await settle()
        second = calls_in(world, 2)
        await trio.sleep(15)
        second.hang_up()
        await settle()
        assert [fact.box for fact in facts(world, LeftMessage)] == ["202"]  # type: ignore[attr-defined]
        first.hang_up()


async def test_who_picks_the_ringing_phone_up_gets_the_caller_and_his_place_is_free() -> None:
    async with open_simulated_office(office_with(queue_of()), TUESDAY_NOON) as world:
        people = People(world)
        customer = calls_in(world, 1)
        await people.phone("201")
        boris = world.switch.call_in(world.office, "202", "**201")
        await settle()
        assert talks_with(customer, boris) and not world.office.queues.tickets
        assert not world.office.agents.offered
        boris.hang_up()
