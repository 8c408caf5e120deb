"""A second make of phone: what baresip alone cannot show."""

from pathlib import Path

import pytest

from appliance.calls.facts import Digit, Held, Resumed, TransferAsked
from tests.sip.linphones import LEFT, ON_HOLD, RUNG, TALKING
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import dial, happens, real_stage

pytestmark = pytest.mark.real


async def test_linphone_is_heard_holds_and_presses_keys(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = await stage.linphone("205", hums=600)
        boris = await stage.person("202", hums=700)
        (leg,) = await dial(stage, "205")
        assert "<sip:300@" in (await phone.until(RUNG))["caller"]
        await phone.accept()
        await phone.until(TALKING)
        await happens(leg.answered)
        (other,) = await dial(stage, "202")
        await boris.until_rung()
        await boris.answer()
        await happens(other.answered)
        stage.sound.bridge(leg.id, other.id)
        await phone.until_hears(700)
        await boris.phone.until_hears(600)
        await phone.hold()
        assert await leg.next_fact() == Held()
        await phone.until(ON_HOLD)
        await phone.resume()
        assert await leg.next_fact() == Resumed()
        await phone.until(TALKING)
        await phone.press("5#")
        assert [await leg.next_fact(), await leg.next_fact()] == [Digit("5"), Digit("#")]
        leg.hang_up()
        await phone.until(LEFT)


async def test_an_attended_transfer_names_the_phone_s_other_leg(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        phone = await stage.linphone("205")
        (first,) = await dial(stage, "205")
        firsts = int((await phone.until(RUNG))["id"])
        await phone.accept()
        await happens(first.answered)
        await phone.hold()
        assert await first.next_fact() == Held()
        seconds = await phone.dial("203")
        came = await stage.desk.next_call()
        came.leg.answer()
        await happens(came.leg.answered)
        await phone.until(TALKING)
        await phone.connect(firsts, seconds)
        assert await first.next_fact() == TransferAsked(to="", replaces=came.leg.id)
        first.report_transfer(200)
        first.hang_up()
        came.leg.hang_up()
