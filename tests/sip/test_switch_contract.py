"""The contract of `Switch`: the same behaviour from PJSIP behind the edge, with real phones, and from the simulator."""

from pathlib import Path

import pytest
import trio

from appliance.calls.facts import Digit, Held, Resumed, TransferAsked
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown
from tests.sip.stages import OpenStage, Person, Stage, dial, happens, real_stage, simulated_stage


@pytest.fixture(params=["simulated", pytest.param("real", marks=pytest.mark.real)])
def open_stage(request: pytest.FixtureRequest, tmp_path: Path) -> OpenStage:
    if request.param == "simulated":
        return simulated_stage
    edge = request.getfixturevalue("shared_edge")
    return lambda: real_stage(edge, tmp_path)


async def answered_call(stage: Stage) -> tuple[Person, Leg]:
    person = await stage.person("201")
    (leg,) = await dial(stage, "201")
    await person.until_rung()
    await person.answer()
    await happens(leg.answered)
    await person.until_talking()
    return person, leg


async def test_an_account_without_phones_has_no_contacts(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        assert list(await stage.switch.contacts("299")) == []


async def test_a_dialled_phone_rings_and_shows_who_calls(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        (leg,) = await dial(stage, "201", CallerShown(number="+37120000001", name='Jānis "J" O\\B'))
        assert await person.until_rung() == "+37120000001"
        await happens(leg.alerting)
        assert not leg.is_answered


async def test_every_phone_of_an_account_rings_on_a_leg_of_its_own(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        desk_phone, softphone = await stage.person("201", "udp"), await stage.person("201", "tcp")
        legs = await dial(stage, "201")
        assert len(legs) == 2
        await desk_phone.until_rung()
        await softphone.until_rung()
        await softphone.answer()
        await softphone.until_talking()
        (answered,) = [leg for leg in legs if leg.is_answered]
        (other,) = [leg for leg in legs if leg is not answered]
        other.hang_up(Cause.ANSWERED_ELSEWHERE)
        await desk_phone.until_left()
        assert not answered.is_gone


async def test_answering_sets_answered_once_and_ends_nothing(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        _, leg = await answered_call(stage)
        assert leg.is_answered
        assert not leg.is_gone


async def test_a_refusal_ends_the_leg_as_busy(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        (leg,) = await dial(stage, "201")
        await person.until_rung()
        await person.refuse()
        await happens(leg.gone)
        assert leg.cause is Cause.BUSY


async def test_hanging_up_before_the_answer_stops_the_ringing(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        (leg,) = await dial(stage, "201")
        await person.until_rung()
        leg.hang_up(Cause.NO_ANSWER)
        assert leg.is_gone
        await person.until_left()


async def test_hanging_up_an_answered_leg_ends_the_phone_s_call(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        leg.hang_up()
        await person.until_left()


async def test_the_phone_hangs_up(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        await person.hang_up()
        await happens(leg.gone)
        assert leg.cause is Cause.NORMAL


async def test_a_phone_that_calls_comes_with_its_account_and_what_it_dialled(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        await person.call("*97")
        came = await stage.desk.next_call()
        assert (came.account, came.dialled, came.replaces) == ("201", "*97", None)
        assert came.leg.incoming
        assert not came.leg.is_answered


async def test_a_caller_hears_ringing_and_then_talks(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        await person.call("202")
        leg = (await stage.desk.next_call()).leg
        leg.ring()
        await person.until_hears_ringing()
        leg.answer()
        await happens(leg.answered)
        await person.until_talking()


async def test_a_caller_gives_up_before_the_answer(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        await person.call("202")
        leg = (await stage.desk.next_call()).leg
        leg.ring()
        await person.until_hears_ringing()
        await person.hang_up()
        await happens(leg.gone)
        assert not leg.is_answered


async def test_a_caller_is_turned_away(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        await person.call("202")
        leg = (await stage.desk.next_call()).leg
        leg.hang_up(Cause.BUSY)
        await person.until_left()


async def test_a_caller_may_be_turned_away_before_the_switch_knows_the_leg(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person = await stage.person("201")
        stage.desk.greet = lambda leg: leg.hang_up(Cause.NOT_ALLOWED)
        await person.call("202")
        assert (await stage.desk.next_call()).leg.is_gone
        await person.until_left()


async def test_keys_arrive_in_order_and_once(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        await person.press("15#*00")
        with trio.fail_after(5):
            facts = [await leg.next_fact() for _ in range(6)]
        assert [fact.digit for fact in facts if isinstance(fact, Digit)] == list("15#*00")


async def test_hold_and_resume_are_told_once_each(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        with trio.fail_after(5):
            await person.hold()
            assert await leg.next_fact() == Held()
            await person.resume()
            assert await leg.next_fact() == Resumed()


async def test_a_blind_transfer_is_asked_for_and_its_failure_told(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        await person.transfer("203")
        with trio.fail_after(5):
            assert await leg.next_fact() == TransferAsked(to="203")
        leg.report_transfer(100)
        leg.report_transfer(180)
        leg.report_transfer(Cause.BUSY)
        await person.until_transfer_failed()


async def test_a_leg_that_is_over_can_be_asked_anything(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        await person.hang_up()
        await happens(leg.gone)
        for id in (leg.id, LegId("never-was")):
            stage.switch.ring(id)
            stage.switch.progress(id)
            stage.switch.answer(id)
            stage.switch.send_digits(id, "12")
            stage.switch.report_transfer(id, 200)
            stage.switch.hang_up(id, Cause.NORMAL)
            stage.switch.hang_up(id, Cause.BUSY)


async def test_a_new_call_works_after_the_old_one(open_stage: OpenStage) -> None:
    async with open_stage() as stage:
        person, leg = await answered_call(stage)
        leg.hang_up()
        await person.until_left()
        await person.call("202")
        again = (await stage.desk.next_call()).leg
        again.answer()
        await person.until_talking()
        assert not again.is_gone
