"""A dialog that is over leaves nothing behind that could touch the next one in its slot."""

import gc
import weakref

import pytest
import trio

from appliance.calls.leg import Leg
from appliance.calls.names import Cause
from appliance.calls.ports import CallerShown, Contact
from appliance.sip.legs import SipSwitch
from tests.sip.phones import poll
from tests.sip.stages import Desk, happens, lone_switch
from tests.sip.wire import Message, Wire, tag_of

pytestmark = pytest.mark.real


async def receive(wire: Wire, method: str) -> Message:
    return await trio.to_thread.run_sync(wire.receive_request, method)


def contact(wire: Wire) -> Contact:
    return Contact(account="201", address=wire.own_uri("201"))


SHOWN = CallerShown(number="300")


async def test_a_dialog_is_freed_in_its_last_callback_and_never_hangs_up_its_slot_s_next_call() -> None:
    async with lone_switch(most_legs=1) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire
        first = desk.new_leg(switch, "201", incoming=False)
        switch.dial(first, contact(wire), SHOWN)
        dialog = weakref.ref(switch._by_leg[first.id])
        slot = dialog().getId()  # type: ignore[union-attr]
        gc.disable()  # a reference circle would keep the dialog alive
        try:
            wire.reply(await receive(wire, "INVITE"), 486)
            await happens(first.gone)
            await receive(wire, "ACK")
            assert dialog() is None, gc.get_referrers(dialog())
        finally:
            gc.enable()
        assert first.cause is Cause.BUSY

        second = await refused_until_slot(slot, switch, desk, wire)
        invite = await receive(wire, "INVITE")
        gc.collect()
        wire.reply(invite, 180)
        await happens(second.alerting)
        assert not second.is_gone


async def refused_until_slot(slot: int, switch: SipSwitch, desk: Desk, wire: Wire) -> Leg:
    """Dial until PJSIP, which takes its slots in turn, uses this one again; the calls before are refused."""
    for _ in range(100):
        leg = desk.new_leg(switch, "201", incoming=False)
        switch.dial(leg, contact(wire), SHOWN)
        if switch._by_leg[leg.id].getId() == slot:
            return leg
        wire.reply(await receive(wire, "INVITE"), 486)
        await happens(leg.gone)
        await receive(wire, "ACK")
    raise AssertionError(f"slot {slot} is not used again")


async def test_hanging_up_reenters_and_frees_the_dialog_too() -> None:
    async with lone_switch(most_legs=4) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire
        leg = desk.new_leg(switch, "201", incoming=False)
        switch.dial(leg, contact(wire), SHOWN)
        dialog = weakref.ref(switch._by_leg[leg.id])
        invite = await receive(wire, "INVITE")
        wire.reply(invite, 180, tag="x")
        await happens(leg.alerting)
        leg.hang_up(Cause.ANSWERED_ELSEWHERE)
        leg.hang_up(Cause.NORMAL)
        cancel = await receive(wire, "CANCEL")
        assert cancel.need("Reason") == 'SIP;cause=200;text="Call completed elsewhere"'
        wire.reply(cancel, 200, tag="x")
        wire.reply(invite, 487, tag="x")
        await receive(wire, "ACK")
        assert dialog() is None
        assert switch.live_dialogs == 0


async def test_a_task_that_the_end_cancels_does_not_keep_the_dialog(caplog: pytest.LogCaptureFixture) -> None:
    # Trio keeps the frames that cancelled a task until the task runs. Of every call one dialog was kept for ever.
    async with lone_switch(most_legs=4) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire
        leg = desk.new_leg(switch, "201", incoming=False)
        with trio.CancelScope() as conversation:
            leg.on_gone = lambda _: conversation.cancel()
            switch.dial(leg, contact(wire), SHOWN)
            wire.reply(await receive(wire, "INVITE"), 486)
            await trio.sleep_forever()
        await receive(wire, "ACK")
        assert "still refers" not in caplog.text


async def test_a_reference_kept_by_mistake_is_kept_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    async with lone_switch(most_legs=4) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire
        leg = desk.new_leg(switch, "201", incoming=False)
        switch.dial(leg, contact(wire), SHOWN)
        mistake = switch._by_leg[leg.id]
        wire.reply(await receive(wire, "INVITE"), 404)
        await happens(leg.gone)
        await receive(wire, "ACK")
        complaint = f"leg {leg.id}: something still refers to its dialog"
        await poll(lambda: complaint in caplog.text, "the complaint")
        dialog = weakref.ref(mistake)
        del mistake
        assert dialog() is not None


async def test_too_many_calls_hear_503_and_when_to_try_again() -> None:
    async with lone_switch(most_legs=1) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire
        first = desk.new_leg(switch, "201", incoming=False)
        switch.dial(first, contact(wire), SHOWN)
        await receive(wire, "INVITE")
        beyond = desk.new_leg(switch, "202", incoming=False)
        switch.dial(beyond, contact(wire), SHOWN)
        assert beyond.cause is Cause.CONGESTION

        wire.send(invite_from(wire))
        refused = await trio.to_thread.run_sync(wire.receive_final)
        assert refused.status == 503
        assert refused.need("Retry-After") == "5"
        assert not first.is_gone


async def test_a_call_without_the_edge_s_mark_is_refused() -> None:
    async with lone_switch(most_legs=4) as stage:
        stage.wire.send(invite_from(stage.wire, marked=False))
        refused = await trio.to_thread.run_sync(stage.wire.receive_final)
        assert refused.status == 403
        assert tag_of(refused.need("To"))


async def test_an_exception_in_the_office_ends_that_call_only(caplog: pytest.LogCaptureFixture) -> None:
    async with lone_switch(most_legs=4) as stage:
        switch, desk, wire = stage.switch, stage.desk, stage.wire

        def fail(_: object) -> None:
            raise ZeroDivisionError

        desk.greet = fail
        wire.send(invite_from(wire))
        refused = await trio.to_thread.run_sync(wire.receive_final)
        assert refused.status >= 500
        assert "ZeroDivisionError" in caplog.text
        assert switch.live_dialogs == 0


def invite_from(wire: Wire, *, marked: bool = True, body: str | None = None) -> Message:
    host, port = wire.near
    sdp = (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port + 2} RTP/AVP 8 101\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
    )
    headers = [("Content-Type", "application/sdp"), *([("X-Porter-User", "201")] if marked else [])]
    uri = f"sip:202@{wire.far[0]}:{wire.far[1]}"
    return wire.request("INVITE", uri, headers=headers, body=sdp if body is None else body)
