"""What a crash leaves of a call."""

from collections.abc import Sequence

import trio

from appliance.calls.record import CallRecord
from appliance.calls.story import Answered
from appliance.services.story_keeper import keep_stories
from appliance.simulated.office import open_simulated_office
from tests.flows.offices import CUSTOMER, TUESDAY_NOON, small_office
from tests.flows.test_everyday_calls import People, customer_calls, settle


class Written:
    """Each bundle of records that was written."""

    def __init__(self) -> None:
        self.bundles: list[Sequence[CallRecord]] = []

    def calls_go_on(self, records: Sequence[CallRecord]) -> None:
        self.bundles.append(records)


async def test_a_call_is_kept_within_a_second_of_each_change_and_not_again_without_one() -> None:
    written = Written()
    async with open_simulated_office(small_office(), TUESDAY_NOON) as world, trio.open_nursery() as nursery:
        nursery.start_soon(keep_stories, world.office, written)
        people = People(world)
        customer = customer_calls(world)
        boris = await people.phone("202")
        await trio.sleep(1.5)
        ((ringing,),) = written.bundles
        assert {leg.party.number for leg in ringing.legs} == {CUSTOMER, "201", "202", "203"}
        boris.answer()
        await trio.sleep(1)
        ((talking,),) = written.bundles[1:]
        assert Answered(member="202", after_seconds=1.5) in [told.fact for told in talking.story]
        assert talking.answered_at == 1.5 and talking.cause is None
        await trio.sleep(60)
        customer.hang_up()
        await settle()
        await trio.sleep(60)
        assert len(written.bundles) == 2, "nothing changed, or it was over"
        nursery.cancel_scope.cancel()
