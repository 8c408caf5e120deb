"""Mailboxes on the page: heard, kept, deleted, brought back, forwarded, taken away; kept up to date by itself."""

import io
import wave
from datetime import UTC, datetime

import msgspec
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from appliance.control.controller_messages import Mailbox
from appliance.control.mailbox_messages import (
    BoxesListed,
    DeleteVoicemail,
    ForwardVoicemail,
    KeepVoicemail,
    KeptVoicemail,
    ListVoicemail,
    RestoreVoicemail,
    ShownBox,
    VoicemailListed,
    VoicemailSound,
)
from appliance.control.messages import Fault
from tests.sound import tone

from .canned_office import CannedOffice
from .conftest import Browser

ANNA = ShownBox(key="201", name="Anna", new=1, old=1, deleted=0, used=0.42, is_full=False, pin_rests_seconds=0.0)
TEAM = ShownBox(key="team", name="Team <b>", new=0, old=0, deleted=0, used=1.0, is_full=True, pin_rests_seconds=90.0)
NEW = KeptVoicemail(
    id="m1",
    path="/m1.wav",
    caller="+37129999999",
    caller_name="Līga <i>",
    left_at=datetime(2026, 11, 24, 8, 5, tzinfo=UTC),
    seconds=75,
    heard=False,
    forwarded_by="",
)
OLD = msgspec.structs.replace(
    NEW, id="m2", caller="", caller_name="", left_at=None, seconds=3, heard=True, forwarded_by="202"
)


def a_wav() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(tone(440, 1.0).tobytes())
    return file.getvalue()


@pytest.fixture(autouse=True)
def boxes(office: CannedOffice) -> None:
    """Anna has a new and an old message; the team's box is full."""
    office.lists |= {
        "list_boxes": BoxesListed((ANNA, TEAM)),
        "list_voicemail": VoicemailListed((OLD, NEW)),
        "fetch_voicemail": VoicemailSound(a_wav()),
    }


def test_every_box_is_listed_with_how_it_is(browser: Browser) -> None:
    page = browser.get("/mailboxes/")
    for text in ('href="/mailboxes/201"', "Team &lt;b&gt;", ">full<", "PIN guessed at", "1 new"):
        assert text in page, text


def test_the_messages_of_a_box_stand_newest_first(browser: Browser) -> None:
    page = browser.get("/mailboxes/201")
    assert page.index("Līga &lt;i&gt;") < page.index("number withheld")
    for text in ("42 % of the mailbox", "24 Nov, 10:05", "1:15", "forwarded by 202", "at a time nobody knew"):
        assert text in page, text
    assert "callers can leave nothing" in browser.get("/mailboxes/team")


def test_the_sound_is_served_whole_and_in_parts(browser: Browser) -> None:
    whole = browser.client.get("/mailboxes/201/m1.wav")
    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/wav", a_wav())
    part = browser.client.get("/mailboxes/201/m1.wav", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"RIFF")
    file = browser.client.get("/mailboxes/201/m1.wav?download=1")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_what_is_not_there_is_not_found(browser: Browser, office: CannedOffice) -> None:
    office.refusals["fetch_voicemail"] = Fault("no_such_message", "It is gone.")
    assert browser.client.get("/mailboxes/201/m9.wav").status_code == 404
    assert browser.client.get("/mailboxes/999").status_code == 404
    assert browser.client.get("/mailboxes/201/m1/explode").status_code == 404


def test_without_scripts_every_button_works(browser: Browser, office: CannedOffice) -> None:
    at = "/mailboxes/201"
    browser.post(f"{at}/m1/keep", form_at=at)
    browser.post(f"{at}/m1/delete", form_at=at)
    browser.post(f"{at}/m1/restore", form_at=at)
    browser.post(f"{at}/m1/forward", form_at=at, to="team")
    who = {"box": "201", "id": "m1", "by": "owner"}
    wanted = [KeepVoicemail(**who), DeleteVoicemail(**who), RestoreVoicemail(**who)]
    kinds = (KeepVoicemail, DeleteVoicemail, RestoreVoicemail, ForwardVoicemail)
    assert [asked for asked in office.asked if isinstance(asked, kinds)] == [
        *wanted,
        ForwardVoicemail(**who, to="team"),
    ]
    assert "The message is forwarded." in browser.get(at)
    assert browser.post(f"{at}/m1/forward", form_at=at).status_code == 400  # type: ignore[attr-defined]
    browser.get(f"{at}?bin=1")
    assert ListVoicemail(box="201", deleted=True) in office.asked


def test_strangers_hear_nothing(app: object, office: CannedOffice) -> None:
    stranger = app.test_client()  # type: ignore[attr-defined]
    assert stranger.get("/mailboxes/201/m1.wav").status_code == 302
    assert stranger.post("/mailboxes/201/m1/delete").status_code in (400, 401)


@pytest.mark.real
def test_a_message_is_heard_saved_and_deleted_and_the_list_follows(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("link", name="Mailboxes").click()
    page.get_by_role("link", name="Anna").click()
    first = page.locator(".message").first
    expect(first).to_contain_text("Līga <i>")
    heard = first.locator("audio").evaluate(
        "audio => new Promise(done => { audio.muted = true; audio.onended = () => done(audio.duration);"
        " audio.onerror = () => done(-1); audio.play(); })"
    )
    assert heard == pytest.approx(1.0, abs=0.05)
    first.get_by_role("button", name="Save").focus()
    office.lists["list_voicemail"] = VoicemailListed((OLD, msgspec.structs.replace(NEW, heard=True)))
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("The message counts as heard.")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    assert KeepVoicemail(box="201", id="m1", by="owner") in office.asked
    first.get_by_label("Forward to").select_option("team")
    first.get_by_role("button", name="Forward").click()
    expect(page.locator("#said")).to_have_text("The message is forwarded.")
    office.refusals["delete_voicemail"] = Fault("no_such_message", "It is gone already.")
    first.get_by_role("button", name="Delete").click()
    expect(page.locator("#said")).to_contain_text("It is gone already.")


@pytest.mark.real
def test_a_new_message_shows_by_itself_but_cuts_nobody_who_listens(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    office.lists["list_voicemail"] = VoicemailListed((OLD,))
    page.goto("/mailboxes/201")
    expect(page.locator(".message")).to_have_count(1)
    page.wait_for_timeout(500)  # the stream is open
    page.locator("audio").evaluate("audio => { audio.muted = true; audio.loop = true; return audio.play(); }")
    office.lists["list_voicemail"] = VoicemailListed((OLD, NEW))
    office.show(mailboxes=(Mailbox(box="201", new=7, old=5),))
    page.wait_for_timeout(1000)
    expect(page.locator(".message")).to_have_count(1)
    page.locator("audio").evaluate("audio => audio.pause()")
    expect(page.locator(".message")).to_have_count(2)


@pytest.mark.real
@pytest.mark.parametrize("locale", ["en-GB", "lv-LV", "uk-UA", "ru-RU"])
def test_mailboxes_fit_a_phone(signed_in: Page, chromium: Chromium, locale: str) -> None:
    context = chromium.new_context(
        base_url=signed_in.url.removesuffix("/live"),
        storage_state=signed_in.context.storage_state(),
        viewport={"width": 390, "height": 844},
        locale=locale,
    )
    page = context.new_page()
    for path in ("/mailboxes/", "/mailboxes/201", "/mailboxes/team?bin=1"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()
