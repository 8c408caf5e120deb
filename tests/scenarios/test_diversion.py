"""Calls that are diverted and followed, with real phones and the mobile behind the modem."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from appliance.calls.story import AcceptAsked, DiversionSet, Diverted
from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import ANNA_HZ, CUSTOMER_HZ, DACE_HZ, customer_is_gone, desks
from tests.scenarios.running_office import CONFIGURATION, MOBILE, PASSWORD, RunningOffice, records, running_office
from tests.sip.linphones import LEFT, RUNG
from tests.sip.phones import Baresip, baresip
from tests.sip.wire import Message, NothingHeard, Wire, WirePhone, ack
from tests.sound import hears, loudness, read_wav, strength

pytestmark = pytest.mark.real

NATIONAL = MOBILE.removeprefix("+371")
DIVERTING = CONFIGURATION.replace("{name: Boris, phones", f'{{name: Boris, mobile: "{MOBILE}", phones').replace(
    "{name: Dace, phones",
    '{name: Dace, mobile: "+37120000003", follow_me: [{members: [desk], seconds: 3}, '
    "{members: [desk, mobile], seconds: 20}], phones",
)
OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office"), configuration=DIVERTING) as running:
        yield running


def told(office: RunningOffice) -> list[object]:
    return [told.fact for record in records(office.layout) for told in record.story]


async def dials(office: RunningOffice, phone: Baresip, code: str) -> None:
    """Dial a code and listen to its end."""
    await office.until(lambda now: not now.calls, "the office at rest")
    await phone.dial(code)
    await phone.until("CALL_ESTABLISHED")
    await phone.until("CALL_CLOSED", 40)


async def mobile_rings(office: RunningOffice, number: str) -> None:
    await office.until_modem(lambda modem: modem.status.last_dialed == number, "the mobile to be called")


async def mobile_answers(office: RunningOffice) -> None:
    await office.modem(modem_control.Answer())
    await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mobile to answer")


async def test_calls_diverted_from_a_phone_go_to_the_mobile_that_presses_1_and_ring_again_when_it_is_undone(
    office: RunningOffice, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    async with desks(office, tmp_path) as people:
        await dials(office, people.boris, f"*72{NATIONAL}")
        assert DiversionSet("202", "always", f"outside:{MOBILE}") in told(office)
        await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
        await office.modem(modem_control.Record(path=str(heard)))
        await people.anna.dial("202")
        await mobile_rings(office, MOBILE)
        await mobile_answers(office)
        await trio.sleep(4)
        (call,) = (await trio.to_thread.run_sync(office.status)).calls
        assert call.talking_since is None, "nobody has pressed 1 yet"
        await office.modem(modem_control.Press(keys="1"))
        await people.anna.until_hears(CUSTOMER_HZ)
        await trio.sleep(1)
        await people.anna.hang_up()
        await customer_is_gone(office)
        assert "CALL_INCOMING" not in people.boris.kinds()
        await dials(office, people.boris, "##002#")
        await people.anna.dial("202")
        await people.boris.until("CALL_INCOMING")
        await people.anna.hang_up()
        await office.until(lambda now: not now.calls, "the call to end")
    samples, rate = read_wav(heard)
    assert loudness(samples[: rate * 2]) > 0.01 and not hears(samples[: rate * 2], ANNA_HZ), "who calls is said first"
    quarters = [samples[at : at + rate // 4] for at in range(0, len(samples), rate // 4)]
    assert any(strength(quarter, ANNA_HZ) > 0.1 for quarter in quarters), "then Anna"
    story = told(office)
    assert Diverted("202", "always", f"outside:{MOBILE}") in story and AcceptAsked(MOBILE, True) in story
    assert DiversionSet("202", "all") in story


async def test_the_desk_rings_first_then_the_mobile_joins_and_takes_the_call(
    office: RunningOffice, tmp_path: Path
) -> None:
    async with desks(office, tmp_path) as people:
        await office.modem(modem_control.PlayTone(frequency=CUSTOMER_HZ))
        await people.anna.dial("203")
        await people.dace.until(RUNG)
        first = await office.modem(modem_control.Status())
        assert first.status.last_dialed != "+37120000003", "only the desk so far"
        await mobile_rings(office, "+37120000003")
        assert (await trio.to_thread.run_sync(office.status)).calls[0].talking_since is None
        await mobile_answers(office)
        await trio.sleep(2)
        await office.modem(modem_control.Press(keys="1"))
        await people.dace.until(LEFT)
        await people.anna.until_hears(CUSTOMER_HZ)
        assert not hears(people.anna.heard(), DACE_HZ)
        await people.anna.hang_up()
        await customer_is_gone(office)


def _call(phone: WirePhone, number: str) -> Message:
    """An INVITE that was let in; its replies are still to be read."""
    uri = f"sip:{number}@porter"
    headers = [phone.contact, ("Content-Type", "application/sdp"), ("Supported", "from-change, histinfo")]
    first = phone.wire.request("INVITE", uri, from_=phone.from_, contact=False, headers=headers, body=OFFER)
    phone.wire.send(first)
    challenge = phone.wire.receive_final()
    phone.wire.send(ack(first, challenge))
    again = phone.wire.request(
        "INVITE",
        uri,
        from_=phone.from_,
        contact=False,
        call_id=first.need("Call-ID"),
        cseq=2,
        headers=[*headers, phone.credentials("INVITE", uri, challenge)],
        body=OFFER,
    )
    phone.wire.send(again)
    return again


def _hear_all(phone: WirePhone, invite: Message) -> list[Message]:
    """Everything sent to the caller until some seconds after the answer."""
    heard: list[Message] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            message = phone.wire.receive(1)
        except NothingHeard:
            continue
        heard.append(message)
        if message.method:
            phone.wire.reply(message, 200)
        elif message.status >= 200 and "INVITE" in message.need("CSeq"):
            route = list(reversed(message.all("Record-Route")))
            phone.wire.send(ack(invite, message, message.contact_uri, route))
            deadline = min(deadline, time.monotonic() + 5)
    return heard


async def test_no_message_to_the_caller_names_the_number_his_call_was_forwarded_to(
    office: RunningOffice, tmp_path: Path
) -> None:
    """No 302, and no connected identity: each header of each message to the caller is looked at."""
    heard: list[Message] = []
    port = office.layout.sip_port
    async with baresip(tmp_path, "202", PASSWORD, port) as boris:
        await office.until_ready("202")
        await dials(office, boris, f"*21*{NATIONAL}#")
        with Wire(("127.0.0.1", port)) as wire:
            anna = WirePhone(wire, "201", PASSWORD)
            assert (await trio.to_thread.run_sync(anna.register)).status == 200
            invite = await trio.to_thread.run_sync(_call, anna, "202")
            async with trio.open_nursery() as nursery:

                async def listen() -> None:
                    heard.extend(await trio.to_thread.run_sync(_hear_all, anna, invite))

                nursery.start_soon(listen)
                await mobile_rings(office, MOBILE)
                await trio.sleep(2)
                await mobile_answers(office)
                await trio.sleep(3)
                await office.modem(modem_control.Press(keys="1"))
                await office.until(lambda now: now.calls and now.calls[0].talking_since is not None, "the talk")
        await office.modem(modem_control.HangUp())
        await customer_is_gone(office)
        await dials(office, boris, "##002#")
    statuses = {message.status for message in heard}
    assert {180, 200} <= statuses and not any(300 <= status < 400 for status in statuses), statuses
    for message in heard:
        assert NATIONAL not in str(message), message


def test_the_card_of_codes_is_printed_for_the_office_that_runs(office: RunningOffice, tmp_path: Path) -> None:
    shown = office.command("codes", "--language", "lv")
    assert shown.returncode == 0 and "Mani zvani atkal zvana šeit" in shown.stdout
    page = tmp_path / "codes.html"
    assert office.command("codes", "--html", str(page)).returncode == 0
    assert "Divert all my calls" in page.read_text(encoding="utf-8")
    refused = office.command("codes", "--html", str(tmp_path / "none" / "codes.html"))
    assert refused.returncode == 1 and "Choose another file." in refused.stderr
