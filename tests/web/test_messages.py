"""Short messages on the page: the lists, a new one, and what can be done about one that failed or waits."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from appliance.config.models import Language
from appliance.control.messages import Fault
from appliance.control.sms_messages import (
    CancelSms,
    ListSms,
    RetrySms,
    SendSms,
    SmsListed,
    SmsOutgoing,
    SmsReceived,
)
from appliance.control.sms_reasons import REASONS, sms_reason
from hardware.modem.sms_faults import SmsFault

from .canned_office import CannedOffice
from .conftest import Browser

NINE = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Riga"))


def came(id: str = "1", **changes: object) -> SmsReceived:
    values = {"line": "gsm1", "sender": "+37129999999", "text": "hello", "sent_at": NINE, "received_at": NINE}
    return SmsReceived(id=id, **(values | changes))


def goes(id: str = "1", **changes: object) -> SmsOutgoing:
    values = {"to": "+37120000001", "text": "alarm", "line": None, "state": "waiting", "queued_at": NINE}
    return SmsOutgoing(id=id, **(values | {"changed_at": None, "reason": "", "reason_value": ""} | changes))


@pytest.fixture(autouse=True)
def listed(office: CannedOffice) -> None:
    """A message of each kind."""
    office.lists["list_sms"] = SmsListed(
        received=(
            came("2", text="<script>alert(1)</script>\nsecond line", sender="Banka"),
            came("1", sender="", text="[unreadable SMS: ends inside the address] 0004", raw="0004", received_at=None),
        ),
        outgoing=(
            goes("4", state="failed", reason="rejected"),
            goes("3", reason="in_doubt", reason_value="gsm1"),
            goes("2", state="delivered", line="gsm1", changed_at=NINE),
            goes("1", state="cancelled"),
        ),
    )


def test_the_lists_say_what_came_and_how_far_ours_are(browser: Browser, office: CannedOffice) -> None:
    page = browser.get("/messages/")
    for text in (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "Banka",
        "unknown sender",
        "As the network sent it: 0004",
        "The network rejected it. Check the number and the balance of the SIM, then send it again.",
        "Line gsm1 may have sent a part of it",
        "delivered",
        "cancelled",
    ):
        assert text in page, text
    assert "<script>alert" not in page
    assert page.count("/retry") == 2 and page.count("/cancel") == 1
    assert ListSms(most=50) in office.asked


def test_reasons_are_in_the_readers_language(browser: Browser) -> None:
    page = browser.get("/messages/lists", headers={"Accept-Language": "lv"})
    assert "Tīkls to noraidīja." in page and "piegādāta" in page and "<html" not in page


def test_a_new_message_is_handed_to_the_controller_as_it_was_written(browser: Browser, office: CannedOffice) -> None:
    browser.post("/messages/", to="+371 2000 0001", text="Labdien,\r\nāčē 🚪")
    assert SendSms(to="+371 2000 0001", text="Labdien,\r\nāčē 🚪", by="owner") in office.asked


def test_a_number_that_is_none_is_refused_in_words(browser: Browser, office: CannedOffice) -> None:
    office.refusals["send_sms"] = Fault("sms_number", '"x" is no number.')
    browser.post("/messages/", to="x", text="hello")
    assert "That is no number. Write digits, with + and the country&#39;s code first." in browser.get("/messages/")


@pytest.mark.parametrize(("deed", "asked"), [("retry", RetrySms), ("cancel", CancelSms)])
def test_one_message_is_sent_again_or_stopped(
    browser: Browser, office: CannedOffice, deed: str, asked: type[RetrySms | CancelSms]
) -> None:
    browser.post(f"/messages/4/{deed}")
    assert asked(id="4", by="owner") in office.asked


@pytest.mark.parametrize("id", ["x", "-1", "1" * 30, "٤"])
def test_what_is_no_message_is_not_asked_about(browser: Browser, id: str) -> None:
    assert browser.post(f"/messages/{id}/retry").status_code == 404


def test_a_controller_that_is_away_is_said_with_the_remedy(browser: Browser, office: CannedOffice) -> None:
    office.refusals["list_sms"] = Fault("not_running", "")
    assert "The controller is not running" in browser.get("/messages/")


def test_every_reason_a_modem_can_give_has_words_in_every_language() -> None:
    assert {fault.value for fault in SmsFault} <= set(REASONS)
    for name in REASONS:
        for language in Language:
            cause, next_step = sms_reason(name, "42", language)
            assert cause and next_step, (name, language)
            assert "{" not in cause + next_step
    assert sms_reason("in words of a line's own.", "", Language.LV) == ("in words of a line's own.", "")


@pytest.mark.real
def test_the_lists_follow_by_themselves_and_buttons_work(office: CannedOffice, signed_in: Page) -> None:
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto("/messages/")
    assert signed_in.evaluate("document.documentElement.scrollWidth") <= 390
    expect(signed_in.get_by_text("Banka")).to_be_visible()
    listed = office.lists["list_sms"]
    assert isinstance(listed, SmsListed)
    later = came("3", sender="Anna", text="just now")
    office.lists["list_sms"] = SmsListed(received=(later, *listed.received), outgoing=listed.outgoing)
    expect(signed_in.get_by_text("just now")).to_be_visible()
    signed_in.get_by_role("button", name="Do not send the message to +37120000001").click()
    expect(signed_in.get_by_text("The message is not sent.")).to_be_visible()
    assert CancelSms(id="3", by="owner") in office.asked
