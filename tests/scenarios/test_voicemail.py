"""Voicemail with real phones: greetings by reason, the way to the operator, a forwarded message and its lamp, and a
mail that a real server takes, with the caller's voice in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import trio

from hardware.simulators import modem_control
from hardware.simulators.modem import CallState
from tests.scenarios.desks import BORIS_HZ, CUSTOMER_HZ, customer_calls, desks
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, PASSWORD, RunningOffice, running_office
from tests.services.mail_servers import Postbox, mail_server
from tests.sip.linphones import RUNG
from tests.sip.phones import baresip, poll
from tests.sound import RATE, read_wav, strength, tone, write_wav

pytestmark = pytest.mark.real

BUSY_HZ, NO_ANSWER_HZ = 480.0, 900.0
"""The greetings Anna has recorded for these two reasons."""

ANNAS = f"""
  "201":
    name: Anna
    phones: {{"201": {{password: {PASSWORD}}}}}
    divert: {{after_seconds: 4}}
    email: anna@example.com
    mailbox: {{operator: "extension:203"}}
"""
FIRST_LINE = f'  "201": {{name: Anna, phones: {{"201": {{password: {PASSWORD}}}}}}}\n'


class House(NamedTuple):
    """An office, and the provider's mail server."""

    office: RunningOffice
    post: Postbox


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    assert FIRST_LINE in CONFIGURATION
    wanted = CONFIGURATION.replace(FIRST_LINE, ANNAS.lstrip("\n")).replace("override: open", "override: closed")
    with mail_server() as (post, port):
        wanted += f"mail: {{server: 127.0.0.1, port: {port}, security: none, sender: pbx@example.com}}\n"
        with running_office(tmp_path_factory.mktemp("office"), configuration=wanted) as office:
            box = office.layout.voicemail_folder / "201"
            box.mkdir(parents=True, exist_ok=True)
            write_wav(box / "greeting-busy.wav", tone(BUSY_HZ, 8))
            write_wav(box / "greeting-no_answer.wav", tone(NO_ANSWER_HZ, 8))
            yield House(office, post)


async def test_who_is_busy_greets_otherwise_than_who_does_not_answer_and_zero_reaches_the_operator(
    house: House, tmp_path: Path
) -> None:
    async with desks(house.office, tmp_path) as people:
        await people.boris.dial("201")
        await people.anna.until("CALL_INCOMING")
        await people.boris.until_hears(NO_ANSWER_HZ)
        await people.boris.press("0")
        await people.dace.until(RUNG)
        await people.dace.accept()
        await people.dace.until_hears(BORIS_HZ)
        await people.boris.hang_up()
        await house.office.until(lambda now: not now.calls, "the call to end")
        await people.boris.dial("201")
        await people.anna.until("CALL_INCOMING")
        await people.anna.hang_up()
        await people.boris.until_hears(BUSY_HZ)
        await people.boris.hang_up()
        await house.office.until(lambda now: not now.calls, "the call to end")


async def test_a_message_goes_out_by_mail_and_lights_the_lamp_it_is_forwarded_to(house: House, tmp_path: Path) -> None:
    office, port = house.office, house.office.layout.sip_port
    async with (
        baresip(tmp_path, "201", PASSWORD, port, apps=["mwi"]) as anna,
        baresip(tmp_path, "202", PASSWORD, port, hums=BORIS_HZ, apps=["mwi"]) as boris,
    ):
        await office.until_ready("201", "202")
        await customer_calls(office)
        await office.until_modem(lambda modem: modem.status.call is CallState.UP, "the mailbox to answer")
        await office.until(lambda now: any(call.step == "leave_message" for call in now.calls), "the mailbox")
        await office.modem(modem_control.Press(keys="#"))
        await trio.sleep(5)
        await office.modem(modem_control.HangUp())
        await poll(lambda: bool(house.post.taken), "a mail")
        await office.until(lambda now: any(box.box == "201" and box.new == 1 for box in now.mailboxes), "a message")
        await anna.dial("*97")
        await anna.until_hears(CUSTOMER_HZ, 25)
        await anna.press("3")
        await trio.sleep(1)
        await anna.press("202##")
        await office.until(lambda now: any(box.box == "202" and box.new == 1 for box in now.mailboxes), "the copy")
        await poll(lambda: any("yes" in str(event) for event in boris.events if event["type"] == "MWI_NOTIFY"), "lamp")
        await anna.hang_up()
    await a_command_deletes_and_restores(office)
    a_command_saves_the_sound_and_forwards_it(office, tmp_path)
    assert office.command("test-mail", "boris@example.com").returncode == 0
    mail, tested = house.post.taken
    assert tested["To"] == "boris@example.com"
    assert mail["To"] == "anna@example.com" and CUSTOMER in mail["Subject"]
    body = mail.get_body()
    assert body is not None and f"From: {CUSTOMER}" in body.get_content() and "Mailbox: Anna" in body.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "audio/mpeg"
    assert_holds_the_voice(attached.get_content(), tmp_path)


async def a_command_deletes_and_restores(office: RunningOffice) -> None:
    listed = office.command("voicemail", "201")
    assert listed.returncode == 0 and CUSTOMER in listed.stdout, listed
    message = listed.stdout.split()[0]
    assert office.command("voicemail", "201", "--delete", message).returncode == 0
    await office.until(lambda now: all(box.old == 0 for box in now.mailboxes if box.box == "201"), "an empty box")
    assert message in office.command("voicemail", "201", "--bin").stdout
    assert office.command("voicemail", "201", "--restore", message).returncode == 0
    assert message in office.command("voicemail", "201").stdout


def a_command_saves_the_sound_and_forwards_it(office: RunningOffice, folder: Path) -> None:
    """What the page plays comes the same way: through the controller, from the box."""
    message = office.command("voicemail", "201").stdout.split()[0]
    saved = office.command("voicemail", "201", "--save", message, str(folder / "saved.wav"))
    assert saved.returncode == 0, saved.stderr
    samples, rate = read_wav(folder / "saved.wav")
    assert strength(samples[rate : 2 * rate], CUSTOMER_HZ, rate=rate) > 0.1
    before = len(office.command("voicemail", "202").stdout.splitlines())
    assert office.command("voicemail", "201", "--forward", message, "202").returncode == 0
    assert len(office.command("voicemail", "202").stdout.splitlines()) == before + 1
    assert office.command("voicemail", "201", "--forward", message, "999").returncode == 1
    assert office.command("voicemail", "201", "--keep", message).returncode == 0


def assert_holds_the_voice(mp3: bytes, folder: Path) -> None:
    (folder / "mail.mp3").write_bytes(mp3)
    subprocess.run(["lame", "--quiet", "--decode", folder / "mail.mp3", folder / "mail.wav"], check=True)
    samples, rate = read_wav(folder / "mail.wav")
    assert 2 * RATE < len(samples) * RATE / rate < 10 * RATE
    assert strength(samples[rate : 2 * rate], CUSTOMER_HZ, rate=rate) > 0.1
