"""A phone of another make at the switch: what the contract shows with baresip holds with linphone, and both hear each
other."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
import trio

from appliance.calls.facts import Digit, DtmfTransport, Held, Resumed, TransferAsked
from appliance.calls.leg import Leg
from tests.sip.linphones import LEFT, ON_HOLD, RINGING, RUNG, TALKING, Linphone, linphone
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import PASSWORD, RealStage, dial, happens, real_stage

pytestmark = pytest.mark.real


async def linphone_at(
    stage: RealStage,
    account: str,
    *,
    transport: Literal["udp", "tcp"] = "udp",
    dtmf: Literal["rtpevent", "info"] = "rtpevent",
) -> Linphone:
    """A registered linphone that hums 550 Hz."""
    stage.edge.add(account, PASSWORD)
    stage.accounts.add(account)
    port = stage.edge.settings.sip_port
    phone = await stage.phones.enter_async_context(
        linphone(stage.folder, account, PASSWORD, port, hums=550, transport=transport, dtmf=dtmf)
    )
    await phone.registered()
    return phone


async def answered(stage: RealStage, phone: Linphone) -> Leg:
    (leg,) = await dial(stage, phone.user)
    await phone.until(RUNG)
    await phone.accept()
    await happens(leg.answered)
    await phone.until(TALKING)
    return leg


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_linphone_and_baresip_hear_each_other_through_a_hold(
    shared_edge: RunningEdge, tmp_path: Path, transport: Literal["udp", "tcp"]
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna = await linphone_at(stage, "201", transport=transport)
        boris = await stage.person("202", hums=700)
        await anna.dial("202")
        mine = (await stage.desk.next_call()).leg
        mine.ring()
        await anna.until(RINGING)
        (his,) = await dial(stage, "202")
        await boris.until_rung()
        await boris.answer()
        await happens(his.answered)
        mine.answer()
        stage.sound.bridge(mine.id, his.id)
        await anna.until(TALKING)
        await anna.until_hears(700)
        await boris.phone.until_hears(550)
        await anna.hold()
        await anna.until(ON_HOLD)
        with trio.fail_after(5):
            assert await mine.next_fact() == Held()
        await anna.resume()
        with trio.fail_after(5):
            assert await mine.next_fact() == Resumed()
        await anna.until_hears(700)
        await boris.phone.until_hears(550)
        await anna.hang_up()
        await happens(mine.gone)
        await anna.until(LEFT)


async def test_a_linphone_that_rings_shows_who_calls_and_may_refuse(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna = await linphone_at(stage, "201")
        (leg,) = await dial(stage, "201")
        assert "300" in (await anna.until(RUNG))["caller"]
        await happens(leg.alerting)
        await anna.hang_up()
        await happens(leg.gone)


@pytest.mark.parametrize("dtmf", ["rtpevent", "info"])
async def test_the_keys_of_a_linphone_arrive_in_order_and_once(
    shared_edge: RunningEdge, tmp_path: Path, dtmf: Literal["rtpevent", "info"]
) -> None:
    transport = DtmfTransport.RFC4733 if dtmf == "rtpevent" else DtmfTransport.INFO
    async with real_stage(shared_edge, tmp_path) as stage:
        anna = await linphone_at(stage, "201", dtmf=dtmf)
        leg = await answered(stage, anna)
        await anna.press("15#*00")
        with trio.fail_after(10):
            assert [await leg.next_fact() for _ in range(6)] == [Digit(digit, transport) for digit in "15#*00"]


async def test_a_linphone_asks_for_a_blind_transfer(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna = await linphone_at(stage, "201")
        leg = await answered(stage, anna)
        await anna.transfer("203")
        with trio.fail_after(5):
            assert await leg.next_fact() == TransferAsked(to="203")
        leg.report_transfer(100)
        leg.report_transfer(200)
        await anna.until(LEFT)


async def test_a_linphone_asks_for_an_attended_transfer_to_its_other_call(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna = await linphone_at(stage, "201")
        first = await answered(stage, anna)
        await anna.hold()
        with trio.fail_after(5):
            assert await first.next_fact() == Held()
        other = await anna.dial("203")
        second = (await stage.desk.next_call()).leg
        second.answer()
        await anna.until(TALKING)
        await anna.connect(1, other)
        with trio.fail_after(5):
            assert await first.next_fact() == TransferAsked(to="", replaces=second.id)
