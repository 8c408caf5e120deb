"""What callers booked, how they are marked and what they answered, on the page."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from appliance.control.caller_messages import (
    AnswersListed,
    AppointmentsListed,
    BookAppointment,
    BookedTime,
    CallerAnswer,
    CancelAppointment,
    MarksListed,
    SetMark,
    ShownMark,
)
from appliance.control.messages import Fault
from web.settings import WebSettings

from .canned_office import CannedOffice
from .conftest import Browser
from .past_calls import keep

NINE = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Europe/Riga"))
BOOKED = BookedTime(
    calendar="doctor",
    calendar_name="Doctor",
    starts_at="2026-11-30T09:00+02:00",
    minutes=20,
    number="+37129999999",
    name="Līga <b>",
)
MARKS = (
    ShownMark(kind="blocked", who="+37129999999", name="", numbers=("+37129999999",)),
    ShownMark(kind="vip", who="contact:anna", name="Anna Berzina", numbers=("+37126000001",)),
)
ANSWERS = (
    CallerAnswer(call="c1", at=NINE, number="+371", name="", asked="customer_number", answer="4711"),
    CallerAnswer(call="c2", at=None, number="", name="", asked="key", answer="no"),
    CallerAnswer(call="c3", at=NINE, number="", name="Ольга", asked="mark", answer="4 (Service)"),
)


@pytest.fixture(autouse=True)
def known(office: CannedOffice) -> None:
    """Somebody has booked, somebody is marked, somebody was asked."""
    office.lists |= {
        "list_appointments": AppointmentsListed((BOOKED,)),
        "cancel_appointment": AppointmentsListed((BOOKED,)),
        "list_marks": MarksListed(MARKS),
        "list_answers": AnswersListed(ANSWERS),
    }


def test_the_lists_say_who_and_when(browser: Browser) -> None:
    page = browser.get("/callers/")
    for text in ("Mon 30 Nov, 09:00", "Līga &lt;b&gt;", "Anna Berzina", "gave the customer number 4711"):
        assert text in page, text
    assert "did not press the key" in page and 'href="/calls/c3"' in page


def test_a_mark_is_taken_off_and_put_back(browser: Browser, office: CannedOffice) -> None:
    browser.post("/callers/marks", form_at="/callers/", kind="vip", who="contact:anna")
    assert office.asked[-1] == SetMark(kind="vip", who="contact:anna", on=False, by="owner")
    page = browser.get("/callers/")
    assert "The mark is taken off." in page and ">Undo" in page
    assert ">Undo" not in browser.get("/callers/"), "the way back is offered once"
    browser.post("/callers/marks", form_at="/callers/", kind="vip", who="contact:anna", on="1")
    assert SetMark(kind="vip", who="contact:anna", on=True, by="owner") in office.asked


def test_what_is_refused_is_told_and_cannot_be_undone(browser: Browser, office: CannedOffice) -> None:
    form_at = "/callers/"
    browser.get(form_at)
    office.refusals["set_mark"] = Fault("failed", "Anna is not marked.")
    browser.post("/callers/marks", form_at=form_at, kind="vip", who="contact:anna")
    page = browser.get("/callers/")
    assert "Anna is not marked." in page and ">Undo" not in page


@pytest.mark.parametrize("form", [{}, {"calendar": "doctor", "at": "noon"}, {"calendar": "doctor", "at": "2026-11-30"}])
def test_forms_that_nobody_sends_are_refused(browser: Browser, form: dict[str, str]) -> None:
    answer = browser.post("/callers/appointments/cancel", form_at="/callers/", **form)
    assert answer.status_code == 400  # type: ignore[attr-defined]


def test_without_the_controller_the_page_says_so(browser: Browser, office: CannedOffice) -> None:
    office.refusal = Fault("internal", "broken")
    assert "fault in the program" in browser.get("/callers/")


@pytest.mark.real
def test_an_appointment_is_cancelled_and_booked_again_by_keyboard(office: CannedOffice, signed_in: Page) -> None:
    signed_in.goto("/callers/")
    signed_in.get_by_role("button", name="Cancel Mon 30 Nov, 09:00").focus()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_text("The time is free again.")).to_be_visible()
    cancelled = next(asked for asked in office.asked if isinstance(asked, CancelAppointment))
    assert (cancelled.calendar, cancelled.starts_at) == ("doctor", NINE)
    signed_in.get_by_role("button", name="Undo").focus()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_text("The time is booked again.")).to_be_visible()
    booked = next(asked for asked in office.asked if isinstance(asked, BookAppointment))
    assert (booked.starts_at, booked.number, booked.name, booked.minutes) == (NINE, "+37129999999", "Līga <b>", 20)


@pytest.mark.real
@pytest.mark.parametrize("locale", ["en-GB", "lv-LV", "uk-UA", "ru-RU"])
def test_the_lists_fit_a_phone(
    office: CannedOffice, signed_in: Page, chromium: Chromium, settings: WebSettings, locale: str
) -> None:
    keep(settings.records_file)
    context = chromium.new_context(
        base_url=signed_in.url.removesuffix("/live"),
        storage_state=signed_in.context.storage_state(),
        viewport={"width": 390, "height": 844},
        locale=locale,
    )
    page = context.new_page()
    for path in ("/callers/", "/calls/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()
