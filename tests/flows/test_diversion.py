"""Calls for people who divert them, and for people who are followed: desk, mobile, others."""

import pytest
import trio

from appliance.calls.names import Cause
from appliance.calls.ports import Phrase, Prompt, Said, SpelledDigits
from appliance.calls.story import AcceptAsked, Answered, Diverted, LeftMessage
from appliance.config.models import (
    Configuration,
    Contact,
    Diversion,
    DivertRule,
    DivertTimes,
    FollowStage,
    OutboundRoute,
    RingGroup,
)
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_everyday_calls import People, customer_calls, only_story, settle
from tests.flows.test_unhappy_calls import phrases_heard

FORWARDED = Diverted("202", "no_answer", f"outside:{MOBILE}")


def office(*, boris: dict[str, object], **changes: object) -> Configuration:
    """Customers ring Boris; two lines, of which a customer uses one."""
    small = small_office()
    people = {**small.extensions, "202": person("Boris", "202", **{"mobile": MOBILE, **boris})}
    (gsm1,) = small.lines.values()
    settings: dict[str, object] = {
        "extensions": people,
        "default_desk": "extension:202",
        "inbound_routes": (),
        "lines": {"gsm1": gsm1, "gsm2": gsm1},
        "outbound_routes": (OutboundRoute(name="All", lines=("gsm2",)),),
        **changes,
    }
    return small_office(**settings)


def to_mobile(**divert: object) -> Configuration:
    return office(boris={"divert": Diversion(no_answer=f"outside:{MOBILE}", after_seconds=10, **divert)})


def asked(world: SimulatedOffice, mobile: FarEnd) -> list[Prompt]:
    """What the mobile has heard so far, once."""
    heard = [prompt for leg, prompt in world.sound.heard if leg == mobile.leg.id]
    return heard[:3]


async def forwarded_to_mobile(world: SimulatedOffice, people: People) -> tuple[FarEnd, FarEnd]:
    """A customer whom Boris does not answer at his desk, and his mobile that rings now."""
    customer = customer_calls(world)
    await people.phone("202")
    await trio.sleep(10)
    return customer, await people.phone(MOBILE)


# Who answers outside.


@pytest.mark.parametrize(
    ("caller", "contacts", "name"),
    [
        (CUSTOMER, {}, SpelledDigits(CUSTOMER.removeprefix("+"))),
        (CUSTOMER, {"berzina": Contact(name="Anna Berzina", numbers=(CUSTOMER,))}, Said("Anna Berzina")),
        ("", {}, Phrase("a-withheld-number")),
    ],
)
async def test_who_answers_outside_hears_who_calls_before_he_takes_it(
    caller: str, contacts: dict[str, Contact], name: Prompt
) -> None:
    configuration = office(boris={"divert": Diversion(always=f"outside:{MOBILE}")}, contacts=contacts)
    async with open_simulated_office(configuration, TUESDAY_NOON) as world:
        people = People(world)
        customer = world.lines["gsm1"].call_from_line(world.office, "gsm1", caller)
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        assert asked(world, mobile) == [Phrase("call-from"), name, Phrase("press-one")]
        assert not customer.leg.is_answered
        mobile.press("1")
        await settle()
        assert world.sound.heard_by(customer.leg.id) == world.sound.heard_by(mobile.leg.id) == ["bridge"]
        customer.hang_up()


async def test_without_the_announcement_he_is_only_asked_to_take_it() -> None:
    async with open_simulated_office(to_mobile(announce=False), TUESDAY_NOON) as world:
        customer, mobile = await forwarded_to_mobile(world, People(world))
        mobile.answer()
        await settle()
        assert phrases_heard(world, mobile)[:1] == ["press-one-to-accept"]
        customer.hang_up()


@pytest.mark.parametrize(("show", "shown"), [("caller", CUSTOMER), ("line", "")])
async def test_the_callers_number_is_shown_outside_or_the_lines_own(show: str, shown: str) -> None:
    async with open_simulated_office(to_mobile(show=show), TUESDAY_NOON) as world:
        customer, mobile = await forwarded_to_mobile(world, People(world))
        assert mobile.shown is not None and mobile.shown.number == shown
        customer.hang_up()


async def test_a_line_that_cannot_show_the_caller_tells_his_number_by_sms() -> None:
    async with open_simulated_office(to_mobile(sms_first=True), TUESDAY_NOON) as world:
        customer, _ = await forwarded_to_mobile(world, People(world))
        assert world.outbox.queued == [(MOBILE, CUSTOMER)]
        customer.hang_up()


# Coming back into the flow.


async def test_a_mailbox_that_answers_outside_never_gets_the_customer() -> None:
    async with open_simulated_office(to_mobile(), TUESDAY_NOON) as world:
        customer, mobile = await forwarded_to_mobile(world, People(world))
        mobile.answer()
        await trio.sleep(20 + 30)
        assert mobile.leg.is_gone
        customer.hang_up()
        await settle()
        assert [message.box for message in world.mailboxes.kept.values()] == ["202"]
    story = only_story(world)
    assert FORWARDED in story and AcceptAsked(MOBILE, False) in story
    assert any(isinstance(fact, LeftMessage) for fact in story)


@pytest.mark.parametrize("cause", [Cause.BUSY, Cause.REJECTED, Cause.NO_ANSWER, Cause.UNALLOCATED, Cause.OUT_OF_ORDER])
async def test_a_mobile_that_fails_gives_the_caller_back_to_the_mailbox(cause: Cause) -> None:
    async with open_simulated_office(to_mobile(), TUESDAY_NOON) as world:
        customer, mobile = await forwarded_to_mobile(world, People(world))
        mobile.leg.was_ended(cause)
        await trio.sleep(20)
        assert customer.leg.is_answered
        customer.hang_up()
        await settle()
        assert len(world.mailboxes.kept) == 1


async def test_a_line_in_use_gives_the_caller_back_at_once() -> None:
    configuration = office(boris={"divert": Diversion(always=f"outside:{MOBILE}", no_answer="extension:201")})
    async with open_simulated_office(configuration, TUESDAY_NOON) as world:
        people = People(world)
        other = world.lines["gsm2"].call_from_line(world.office, "gsm2", "+37126000009")
        await settle()
        world.lines["gsm2"].is_offline = True
        customer = customer_calls(world)
        await people.phone("201")
        assert customer.hears_ringing
        customer.hang_up()
        other.hang_up()
        await settle()
        assert not world.office.calls


async def test_a_diversion_that_failed_is_not_tried_again_by_another_rule() -> None:
    both = Diversion(always=f"outside:{MOBILE}", no_answer=f"outside:{MOBILE}")
    async with open_simulated_office(office(boris={"divert": both}), TUESDAY_NOON) as world:
        customer = customer_calls(world)
        await trio.sleep(31 + 20)
        customer.hang_up()
        await settle()
        assert world.lines["gsm2"].dialled == [MOBILE]
        assert len(world.mailboxes.kept) == 1


@pytest.mark.parametrize("seconds", [0, 5, 10, 11, 12, 25, 39, 41])
async def test_a_customer_who_hangs_up_at_any_moment_leaves_nothing_behind(seconds: float) -> None:
    async with open_simulated_office(to_mobile(), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await trio.sleep(seconds)
        if mobile := next((phone for phone in people.rung if phone.account == MOBILE), None):
            mobile.answer()
        customer.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.calls


@pytest.mark.parametrize(("at_night", "account"), [(False, "202"), (True, "201")])
async def test_a_diversion_holds_at_its_times_only(at_night: bool, account: str) -> None:
    evenings = {DivertRule.ALWAYS: DivertTimes(weekly={"tue": ("18:00-23:00",)})}
    configuration = office(boris={"divert": Diversion(always="extension:201", when=evenings)})
    async with open_simulated_office(configuration, TUESDAY_NIGHT if at_night else TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await settle()
        assert [phone.account for phone in people.rung] == [account]
        customer.hang_up()


# Follow-me.

STAGES = (
    FollowStage(members=("desk",), seconds=5),
    FollowStage(members=("desk", "mobile"), seconds=10),
    FollowStage(members=("201", "203"), seconds=10),
)


async def test_the_desk_rings_then_the_mobile_too_then_others() -> None:
    async with open_simulated_office(office(boris={"follow_me": STAGES}), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        desk = await people.phone("202")
        await trio.sleep(4)
        assert [phone.account for phone in people.rung] == ["202"]
        await trio.sleep(2)
        mobile = await people.phone(MOBILE)
        assert not desk.leg.is_gone, "it goes on ringing"
        await trio.sleep(10)
        anna, dace = await people.phone("201"), await people.phone("203")
        assert desk.leg.is_gone and mobile.leg.is_gone
        dace.answer()
        await settle()
        assert anna.ended_with is Cause.ANSWERED_ELSEWHERE
        assert world.sound.heard_by(customer.leg.id) == ["bridge"]
        customer.hang_up()
        await settle()
        assert not world.office.legs
    assert Answered(member="203", after_seconds=16) in only_story(world)


async def test_the_mobile_that_joined_takes_the_call_by_one_and_the_desk_stops() -> None:
    async with open_simulated_office(office(boris={"follow_me": STAGES}), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        desk = await people.phone("202")
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await settle()
        assert not desk.leg.is_gone, "nobody has taken the call yet"
        assert asked(world, mobile)[0] == Phrase("call-from")
        mobile.press("1")
        await settle()
        assert desk.ended_with is Cause.ANSWERED_ELSEWHERE
        assert world.sound.heard_by(mobile.leg.id) == world.sound.heard_by(customer.leg.id) == ["bridge"]
        mobile.hang_up()
        await settle()
        assert customer.leg.is_gone and not world.office.legs


async def test_the_desk_may_still_take_the_call_while_the_mobiles_mailbox_talks() -> None:
    async with open_simulated_office(office(boris={"follow_me": STAGES}), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        desk = await people.phone("202")
        mobile = await people.phone(MOBILE)
        mobile.answer()
        await trio.sleep(3)
        desk.answer()
        await settle()
        assert mobile.leg.is_gone
        assert world.sound.heard_by(desk.leg.id) == ["bridge"]
        customer.hang_up()


async def test_without_phones_at_the_desk_the_mobile_rings_at_once() -> None:
    async with open_simulated_office(office(boris={"follow_me": STAGES}), TUESDAY_NOON) as world:
        del world.switch.phones["202"]
        people = People(world)
        customer = customer_calls(world)
        await settle()
        assert [phone.account for phone in people.rung] == [MOBILE]
        customer.hang_up()


async def test_after_all_stages_the_diversion_for_no_answer_follows() -> None:
    boris = {"follow_me": STAGES, "divert": Diversion(no_answer="ring_group:late")}
    groups = {"late": RingGroup(name="Late", number="601", members=("203",), then="voicemail:202")}
    async with open_simulated_office(office(boris=boris, ring_groups=groups, doors={}), TUESDAY_NOON) as world:
        People(world)
        customer = customer_calls(world)
        await trio.sleep(26)
        assert any(call.step_name == "ring_group" for call in world.office.calls.values())
        customer.hang_up()


@pytest.mark.parametrize("seconds", [0, 4.9, 5, 5.1, 15, 15.1, 25, 25.1])
async def test_a_customer_of_a_followed_person_may_hang_up_at_any_moment(seconds: float) -> None:
    async with open_simulated_office(office(boris={"follow_me": STAGES}), TUESDAY_NOON) as world:
        people = People(world)
        customer = customer_calls(world)
        await trio.sleep(seconds)
        for phone in people.rung:
            if phone.account == MOBILE and not phone.leg.is_gone:
                phone.answer()
        customer.hang_up()
        await settle()
        assert not world.office.legs and not world.sound.attached and not world.office.calls
