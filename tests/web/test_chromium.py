"""The page in a real browser: set-up, the live view, the demo panel, a phone's width and the dark."""

import os

import msgspec
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from appliance.control.controller_messages import DoorRang, HoursSwitch, SwitchHours
from appliance.control.simulation_messages import SimulateCall, SimulatePress
from web.settings import WebSettings

from .canned_office import PASSWORD, CannedOffice, a_conversation, a_ringing_call, some_hours
from .conftest import set_up
from .past_calls import a_missed_call, a_past_call, keep

PICTURE = os.environ.get("PORTER_PICTURE")
"""Where to keep a picture of the live page for the README; unset: nowhere."""

pytestmark = pytest.mark.real


def width_of(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_the_owner_sets_a_password_signs_out_and_in_again(office: CannedOffice, page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_label("New password").fill("password1234")
    page.get_by_label("The same once more").fill("password1234")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("easily guessed")
    set_up(page)
    expect(page.get_by_role("heading", name="Kalna iela 5")).to_be_visible()
    page.get_by_label("Owner").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out")).to_be_visible()
    page.get_by_label("The owner's password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not the password")
    page.get_by_label("The owner's password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Kalna iela 5")).to_be_visible()


def test_a_call_comes_up_talks_and_goes(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    expect(page.get_by_text("Nobody is on the phone")).to_be_visible()
    office.show(calls=(a_ringing_call(),))
    card = page.locator(".call")
    expect(card).to_contain_text("ringing the group")
    expect(card.locator(".timer")).to_have_text("0:07")
    expect(card.locator(".timer")).to_have_text("0:08")
    office.show(calls=(a_conversation(),))
    expect(card).to_contain_text("to 203")
    expect(card.locator(".timer")).to_contain_text("2:1")
    office.tell(DoorRang("front"))
    expect(page.locator("#news")).to_contain_text("Somebody is at the door: Front door")
    office.show(calls=())
    expect(page.get_by_text("Nobody is on the phone")).to_be_visible()


def test_hanging_up_says_what_came_of_it(office: CannedOffice, signed_in: Page) -> None:
    office.show(calls=(a_ringing_call(),))
    signed_in.get_by_role("button", name="Hang up the call of +37120000009").click()
    expect(signed_in.get_by_role("status")).to_have_text("The call is ended.")


def test_the_demo_panel_calls_in_and_presses_the_button(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.get_by_label("Call in from").fill("+371 2000 0042")
    page.get_by_role("button", name="Call in").click()
    expect(page.get_by_role("status")).to_contain_text("Somebody is calling")
    page.get_by_role("button", name="Press the button").click()
    expect(page.get_by_role("status")).to_contain_text("The button is pressed")
    assert office.asked == [SimulateCall(line="gsm1", caller="+37120000042"), SimulatePress(door="front")]
    page.get_by_label("Call in from").fill("my aunt")
    page.get_by_role("button", name="Call in").click()
    expect(page.get_by_role("status")).to_contain_text("not a telephone number")


def test_the_page_comes_back_with_the_controller(stopped_office: CannedOffice, page: Page) -> None:
    set_up(page)
    expect(page.get_by_text("The controller is not running")).to_be_visible()
    with stopped_office.running():
        expect(page.get_by_role("heading", name="Kalna iela 5")).to_be_visible()
        expect(page.get_by_text("The controller is not running")).not_to_be_visible()
    expect(page.get_by_text("What you see below is the last that is known.")).to_be_visible()


def test_without_a_stream_the_page_asks(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.route("**/live/events*", lambda route: route.fulfill(status=503, body="full"))
    page.reload()
    office.show(calls=(a_ringing_call(),))
    expect(page.locator(".call")).to_contain_text("ringing the group", timeout=8000)


def test_who_was_signed_out_elsewhere_is_asked_to_sign_in(
    office: CannedOffice, signed_in: Page, chromium: Chromium
) -> None:
    context = signed_in.context
    signed_in.request.get("/live")
    other = context.new_page()
    other.goto("/live")
    other.get_by_label("Owner").click()
    other.get_by_role("button", name="Sign out").click()
    signed_in.wait_for_url("**/sign-in?next=%2Flive")


def test_without_scripts_the_page_still_works(office: CannedOffice, signed_in: Page, chromium: Chromium) -> None:
    state = signed_in.context.storage_state()
    base = signed_in.url.removesuffix("/live")
    context = chromium.new_context(base_url=base, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto("/live")
    page.get_by_role("button", name="Call in").click()
    expect(page.get_by_text("Somebody is calling")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "lv-LV", "uk-UA", "ru-RU"])
def test_every_page_fits_a_phone(
    office: CannedOffice, signed_in: Page, chromium: Chromium, settings: WebSettings, scheme: str, locale: str
) -> None:
    keep(settings.records_file, a_past_call(1), a_missed_call(2))
    office.show(calls=(a_ringing_call(), a_conversation()))
    context = chromium.new_context(
        base_url=signed_in.url.removesuffix("/live"),
        storage_state=signed_in.context.storage_state(),
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
    )
    page = context.new_page()
    for path in ("/live", "/doors/new", "/calls/", "/calls/call1", "/configuration/", "/password", "/nothing"):
        page.goto(path)
        assert width_of(page) <= 390, path
        background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        is_dark = int(background.split("(")[1].split(",")[0]) < 64
        assert is_dark == (scheme == "dark"), background
    context.close()


def test_the_keyboard_reaches_everything(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.locator("body").press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Language").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Latviešu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Latviešu")).not_to_be_visible()
    page.get_by_label("Call in from").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Somebody is calling")


def test_a_change_of_the_configuration_is_checked_and_applied(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("navigation").get_by_text("System").click()
    page.get_by_role("link", name="Configuration").click()
    text = page.locator("#text")
    text.fill(text.input_value().replace("Anna", "Annija"))
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#result")).to_contain_text("extensions.201.name")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("is in force")).to_be_visible()
    assert office.configuration.extensions["201"].name == "Annija"


@pytest.mark.skipif(PICTURE is None, reason="PORTER_PICTURE names no file")
def test_a_picture_for_the_readme(office: CannedOffice, signed_in: Page) -> None:
    busy = msgspec.structs.replace(office.office.lines[0], state="busy")
    office.show(calls=(a_ringing_call(), a_conversation()), lines=(busy,))
    expect(signed_in.locator(".call")).to_have_count(2)
    office.tell(DoorRang("front"))
    expect(signed_in.locator("#news")).to_contain_text("Front door")
    signed_in.emulate_media(reduced_motion="reduce")
    signed_in.screenshot(path=PICTURE)


def test_who_goes_by_keyboard_sees_where_he_is(office: CannedOffice, signed_in: Page) -> None:
    """The menus of language and owner took the focus without any sign of it."""
    shown = "(e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).boxShadow])(document.activeElement)"
    for _ in range(8):
        signed_in.keyboard.press("Tab")
        assert signed_in.evaluate(shown) != ["none", "none"], signed_in.evaluate("document.activeElement.outerHTML")


def test_the_opening_hours_are_switched_without_leaving_the_page(office: CannedOffice, signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Close now").click()
    expect(signed_in.locator("#said")).to_have_text("The opening hours are switched.")
    assert SwitchHours(name="office", to=HoursSwitch.CLOSED, until="change", by="owner") in office.asked
    office.show(hours=(some_hours(is_open=False, why="hand", until="2026-11-24T18:00+02:00"),))
    hours = signed_in.locator("#part-hours")
    expect(hours).to_contain_text("switched by hand, until Tue 24 Nov, 18:00")
    expect(hours.get_by_role("button", name="By the week")).to_be_visible()
