"""One destination after another, calls that would go round, and numbers that are our own."""

import trio

from appliance.calls.names import Cause
from appliance.calls.story import CameBack, LeftMessage, OwnNumberCalled, RouteTaken, WentRound
from appliance.config.models import Diversion, Door, InboundRoute, RingGroup
from appliance.simulated.office import open_simulated_office
from tests.flows.callers import OWN, office_with_contacts
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, person, small_office
from tests.flows.test_callers import calls
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard


async def test_a_chain_is_tried_one_after_the_other() -> None:
    """Everybody, also an outside number, can be followed by anybody; the last one's own mailbox comes at the end."""
    chain = InboundRoute(
        name="Main", to="extension:202", then=(f"outside:{MOBILE}", "ring_group:night", "extension:201")
    )
    office = small_office(
        inbound_routes=(chain,),
        ring_groups={"night": RingGroup(name="Night", number="601", members=("203",), then="voicemail:203")},
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = world.switch.call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(20 + 30 + 25 + 20 + 20)
        customer.hang_up()
        await settle()
        assert [phone.account for phone in people.rung] == ["202", MOBILE, "203", "201"]
        (message,) = world.mailboxes.kept.values()
        assert message.box == "201"


async def test_a_diversion_comes_before_what_follows_in_the_chain() -> None:
    office = small_office(
        inbound_routes=(InboundRoute(name="Main", to="extension:203", then=("extension:202",)),),
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = world.switch.call_from_line(world.office, "gsm1", CUSTOMER)
        await trio.sleep(10 + 30 + 5)
        assert [phone.account for phone in people.rung] == ["203", MOBILE, "202"]
        customer.hang_up()


async def test_a_chain_of_empty_desks_ends_at_the_default_desks_mailbox() -> None:
    office = small_office(
        inbound_routes=(InboundRoute(name="Main", to="ring_group:sales", then=(f"outside:{MOBILE}",)),),
        outbound_routes=(),
    )
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        world.switch.phones.clear()
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.hang_up()
        await settle()
    assert [fact.box for fact in only_story(world) if isinstance(fact, LeftMessage)] == ["201"]


async def test_diversions_that_lead_round_end_at_a_mailbox() -> None:
    round_and_round = {
        "201": person("Anna", "201", divert=Diversion(no_answer="extension:202", after_seconds=5)),
        "202": person("Boris", "202", divert=Diversion(no_answer="extension:201", after_seconds=5)),
    }
    office = small_office(extensions=round_and_round, ring_groups={}, inbound_routes=(), doors={})
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await trio.sleep(60)
        customer.hang_up()
        await settle()
        assert [phone.account for phone in people.rung] == ["201", "202", "201", "202"]
        assert len(world.mailboxes.kept) == 1
    assert WentRound(circle=("extension:201", "extension:202", "extension:201")) in only_story(world)


async def test_a_circle_within_a_chain_is_left_for_the_next_of_the_chain() -> None:
    round_and_round = {
        "201": person("Anna", "201", divert=Diversion(always="extension:202")),
        "202": person("Boris", "202", divert=Diversion(always="extension:201")),
        "203": person("Dace", "203"),
    }
    chain = InboundRoute(name="Main", to="extension:201", then=("extension:202", "extension:203"))
    office = small_office(extensions=round_and_round, inbound_routes=(chain,))
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        dace = await people.phone("203")
        dace.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
    assert sum(isinstance(fact, WentRound) for fact in only_story(world)) == 2


async def test_a_colleague_in_a_circle_hears_that_nobody_comes() -> None:
    round_and_round = {
        "201": person("Anna", "201", divert=Diversion(always="extension:202")),
        "202": person("Boris", "202", divert=Diversion(always="extension:201")),
        "203": person("Dace", "203"),
    }
    async with open_simulated_office(small_office(extensions=round_and_round), TUESDAY_NOON) as world:
        dace = world.switch.call_in(world.office, "203", "201")
        await settle()
        assert phrases_heard(world, dace) == ["nobody-takes-your-call"]
        await trio.sleep(5)
        assert dace.leg.is_gone


async def test_a_visitor_whose_bell_goes_round_hears_that_nobody_comes() -> None:
    round_and_round = {
        "201": person("Anna", "201", divert=Diversion(always="extension:202")),
        "202": person("Boris", "202", divert=Diversion(always="extension:201")),
        "203": person("Dace", "203"),
    }
    door = Door(name="Front door", rings="extension:201")
    async with open_simulated_office(small_office(extensions=round_and_round, doors={"front": door})) as world:
        visitor = world.switch.ring_door(world.office, "front")
        await settle()
        assert visitor is not None and phrases_heard(world, visitor) == ["nobody-comes-to-the-door"]
        assert not world.mailboxes.kept


async def test_our_own_number_is_called_without_a_line() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "60000000")
        await settle()
        assert world.lines["gsm1"].dialled == []
        assert sorted(phone.account for phone in people.rung) == ["202", "203"], "where the route of gsm1 leads"
        anna.hang_up()
        await settle()
    assert OwnNumberCalled(number=OWN, line="gsm1") in only_story(world)


async def test_a_diversion_to_our_own_number_ends_at_a_mailbox() -> None:
    office = office_with_contacts(routes=(InboundRoute(name="Main", line="gsm1", to="extension:201"),))
    people_of = {**office.extensions, "201": person("Anna", "201", divert=Diversion(always=f"outside:{OWN}"))}
    office = small_office(extensions=people_of, inbound_routes=office.inbound_routes, lines=office.lines)
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        customer = customer_calls(world)
        await trio.sleep(20)
        customer.hang_up()
        await settle()
        assert world.lines["gsm1"].dialled == []
        assert len(world.mailboxes.kept) == 1
    story = only_story(world)
    assert any(isinstance(fact, WentRound) for fact in story)
    assert sum(isinstance(fact, RouteTaken) for fact in story) <= 10


async def test_a_customer_is_transferred_to_our_own_number_within_the_house() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        customer = calls(world, CUSTOMER)
        anna = await people.phone("201")
        anna.answer()
        await settle()
        anna.transfer("60000000")
        await settle()
        boris = await people.phone("202")
        boris.answer()
        await settle()
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        assert world.lines["gsm1"].dialled == []
        customer.hang_up()


async def test_a_forwarded_call_that_the_network_sends_back_is_busy_and_goes_on() -> None:
    """Dace's mobile is diverted to our second line: the caller ends at a mailbox, not in a circle of lines."""
    routes = (InboundRoute(name="Main", to="extension:203"),)
    async with open_simulated_office(office_with_contacts(routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        customer = world.switch.call_from_line(world.office, "gsm2", CUSTOMER)
        mobile = await people.phone(MOBILE)
        back = world.lines["gsm2"].call_from_line(world.office, "gsm2", OWN)
        await settle()
        assert back.ended_with is Cause.BUSY
        mobile.reject(Cause.BUSY)
        await trio.sleep(5)
        assert world.sound.heard_by(customer.leg.id) == ["record"]
        customer.hang_up()
        await settle()
    assert CameBack(line="gsm1") in [told.fact for told in world.records.ended[0].story]


async def test_a_forwarded_call_that_comes_back_with_its_callers_number_is_busy_too() -> None:
    routes = (InboundRoute(name="Main", to="extension:203"),)
    async with open_simulated_office(office_with_contacts(routes=routes), TUESDAY_NOON) as world:
        people = People(world)
        customer = world.switch.call_from_line(world.office, "gsm2", CUSTOMER)
        await people.phone(MOBILE)
        line = world.lines["gsm2"]
        back = line.call_from_line(world.office, "gsm2", CUSTOMER, redirected_from=MOBILE)
        await settle()
        assert back.ended_with is Cause.BUSY
        customer.hang_up()


async def test_somebody_else_whom_the_mobile_we_ring_diverts_to_us_gets_through() -> None:
    async with open_simulated_office(office_with_contacts(), TUESDAY_NOON) as world:
        people = People(world)
        anna = world.switch.call_in(world.office, "201", "203")
        await people.phone(MOBILE)
        line = world.lines["gsm2"]
        stranger = line.call_from_line(world.office, "gsm2", "+37125555555", redirected_from=MOBILE)
        await settle()
        assert stranger.hears_ringing
        stranger.hang_up()
        anna.hang_up()


async def test_a_number_that_only_the_sim_knows_is_our_own_too() -> None:
    office = small_office()
    async with open_simulated_office(office, TUESDAY_NOON) as world:
        world.lines["gsm1"].number = OWN
        anna = world.switch.call_in(world.office, "201", "60000000")
        await settle()
        assert world.lines["gsm1"].dialled == []
        anna.hang_up()
        await settle()
    assert OwnNumberCalled(number=OWN, line="gsm1") in only_story(world)
