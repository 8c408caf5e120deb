"""Doors on the page: who rings, opening, notices until somebody has seen them, and adding a door safely."""

from __future__ import annotations

import re
from time import monotonic
from typing import Any

import msgspec
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from appliance.control.controller_messages import DoorAnswered, LiveCall, LiveDoor, OpenDoor, PhoneState
from appliance.control.messages import Fault
from appliance.control.notice_messages import AcknowledgeNotice, LiveNotice
from web.live_feed import LiveFeed

from .canned_office import CannedOffice, a_leg, an_office
from .conftest import Browser
from .test_chromium import width_of


def a_notice(**changes: Any) -> LiveNotice:
    notice = LiveNotice(
        id="n1",
        kind="forced",
        door="Front door",
        person="",
        at="2026-11-24T12:04:00+02:00",
        last_at="2026-11-24T12:04:00+02:00",
        count=1,
        is_over=False,
        acknowledged_by="",
    )
    return msgspec.structs.replace(notice, **changes)


def a_visit(talking: bool = False) -> LiveCall:
    return LiveCall(
        id="c9",
        caller="front",
        caller_name="Front door",
        called="front",
        step="talk" if talking else "ring_group",
        began=monotonic() - 3,
        talking_since=monotonic() if talking else None,
        legs=(
            a_leg("l1", "front", "Front door", kind="door", is_principal=True, state=PhoneState.TALKING),
            a_leg("l2", "201", "Anna"),
        ),
    )


def live(browser: Browser, office: CannedOffice, app: Flask, part: str, language: str = "en", **changes: Any) -> str:
    """A part of the live page once it knows of the changes."""
    office.show(**changes)
    feed: LiveFeed = app.extensions["porter_feed"]
    listener = feed.listen()
    while (now := feed.moment().office) is None or now.at != office.office.at:
        listener.take(5)
    feed.leave(listener)
    page = browser.get(f"/live?language={language}")
    return page.partition(f'id="part-{part}"')[2].partition('id="part-')[0]


@pytest.mark.parametrize(
    ("language", "rings", "talks"),
    [
        ("en", "Somebody rings here.", "Somebody talks with the visitor."),
        ("lv", "Šeit kāds zvana.", "Kāds runā ar apmeklētāju."),
        ("uk", "Тут хтось дзвонить.", "Хтось розмовляє з відвідувачем."),
        ("ru", "Здесь кто-то звонит.", "Кто-то разговаривает с посетителем."),
    ],
)
def test_the_door_shows_who_rings(
    browser: Browser, office: CannedOffice, app: Flask, language: str, rings: str, talks: str
) -> None:
    assert rings not in live(browser, office, app, "doors", language)
    assert rings in live(browser, office, app, "doors", language, calls=(a_visit(),))
    assert talks in live(browser, office, app, "doors", language, calls=(a_visit(talking=True),))


def test_a_station_that_is_not_there_is_told(browser: Browser, office: CannedOffice, app: Flask) -> None:
    (door,) = an_office().doors

    def with_station(there: bool | None) -> tuple[LiveDoor, ...]:
        return (msgspec.structs.replace(door, station_registered=there),)

    missing = "The door station is not there."
    assert missing in live(browser, office, app, "doors", doors=with_station(False))
    assert missing not in live(browser, office, app, "doors", doors=with_station(True))
    assert missing not in live(browser, office, app, "doors", doors=with_station(None))


def test_the_door_is_opened_by_post_and_says_why_not(browser: Browser, office: CannedOffice) -> None:
    assert browser.post("/doors/front/open").status_code == 302  # type: ignore[attr-defined]
    assert office.asked[-1] == OpenDoor(door="front", person="owner")
    assert "The door is unlocked." in browser.get("/live")
    office.lists["open_door"] = DoorAnswered(False, "Somebody has tampered with it.")
    browser.post("/doors/front/open")
    assert "The door stays locked: Somebody has tampered with it." in browser.get("/live")


def test_nothing_but_a_form_with_its_token_opens(browser: Browser, office: CannedOffice) -> None:
    """CHECKLIST A25."""
    assert browser.client.get("/doors/front/open").status_code == 405
    assert browser.client.post("/doors/front/open").status_code == 400
    browser.client.delete_cookie("porter")
    assert not any(isinstance(asked, OpenDoor) for asked in office.asked)


def test_a_notice_stays_until_somebody_has_seen_it(browser: Browser, office: CannedOffice, app: Flask) -> None:
    told = live(browser, office, app, "notices", notices=(a_notice(count=3, is_over=True),))
    for text in ("The door was opened by force.", "Go and look", "Front door", "Tue 24 Nov, 12:04", "3 times", "over"):
        assert text in told
    browser.post("/doors/notices/n1/acknowledge")
    assert office.asked[-1] == AcknowledgeNotice(id="n1", by="owner")
    seen = live(browser, office, app, "notices", notices=(a_notice(acknowledged_by="owner"),))
    assert "Acknowledged by owner." in seen and "<button" not in seen
    office.refusal = Fault("no_such_notice", "Somebody has acknowledged this already.")
    browser.post("/doors/notices/n1/acknowledge")
    assert "Somebody has acknowledged this already." in browser.get("/live")


def test_names_that_look_like_tags_stay_text(browser: Browser, office: CannedOffice, app: Flask) -> None:
    told = live(browser, office, app, "notices", notices=(a_notice(door="<b>x</b>", person="<i>", kind="odd_kind"),))
    assert "<b>x</b>" not in told and "&lt;b&gt;x" in told and "odd kind" in told


# Adding a door.

DOOR = {
    "way_out": "yes",
    "name": "Back door",
    "key": "back",
    "rings": "extension:201",
    "open_digit": "7",
    "lock": "fail_safe",
    "pins": "simulated",
    "button_pin": "5",
    "relay_pin": "6",
    "relay_locked_level": "1",
    "pulse_seconds": "2.5",
}


def test_the_way_out_is_shown_before_a_door_can_be_added(browser: Browser) -> None:
    """CHECKLIST A2."""
    safety = browser.get("/doors/new")
    for text in ("The way out never depends on this box", "mechanical handle", "EN 179", "fire alarm"):
        assert text in safety
    assert 'name="relay_pin"' not in safety
    answer = browser.post("/doors/new", form_at="/doors/new")
    assert (answer.status_code, answer.location) == (302, "/doors/new")  # type: ignore[attr-defined]
    answer = browser.post("/doors/add", form_at="/doors/new", **{**DOOR, "way_out": ""})
    assert (answer.status_code, answer.location) == (302, "/doors/new")  # type: ignore[attr-defined]
    form = browser.post("/doors/new", form_at="/doors/new", way_out="yes").text  # type: ignore[attr-defined]
    assert 'name="relay_pin"' in form and "Anna (201)" in form and 'value="fail_safe" checked' not in form


def test_a_door_is_added_with_all_that_was_written(browser: Browser, office: CannedOffice) -> None:
    answer = browser.post("/doors/add", form_at="/doors/new", **DOOR)
    assert answer.status_code == 302, answer.text  # type: ignore[attr-defined]
    door = office.configuration.doors["back"]
    assert (door.name, door.rings, door.open_digit, door.lock) == ("Back door", "extension:201", "7", "fail_safe")
    assert (door.button_pin, door.relay_pin, door.relay_locked_level, door.pulse_seconds) == (5, 6, 1, 2.5)
    assert door.pins == "simulated"
    assert answer.location == "/doors/back/try"  # type: ignore[attr-defined]
    tried = browser.get("/doors/back/try")
    for text in ("The door is added.", "Try Back door", "for 2.5 s", "Press the button", "Pull the plug of the lock"):
        assert text in tried
    opened = browser.post("/doors/back/open", form_at="/doors/back/try", **{"from": "try"})
    assert opened.location == "/doors/back/try"  # type: ignore[attr-defined]
    assert office.asked[-1] == OpenDoor(door="back", person="owner")
    assert "The door is unlocked." in browser.get("/doors/back/try")
    assert browser.client.get("/doors/cellar/try").status_code == 404


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": "", "key": "", "rings": "", "lock": ""}, {"name", "key", "rings", "lock"}),
        ({"button_pin": "x", "relay_pin": "1.5", "pulse_seconds": ""}, {"button_pin", "relay_pin", "pulse_seconds"}),
        ({"relay_pin": "99", "pulse_seconds": "30", "open_digit": "55"}, {"relay_pin", "pulse_seconds", "open_digit"}),
        ({"relay_pin": "5"}, {"relay_pin"}),
        ({"key": "back door"}, {"key"}),
        ({"rings": "extension:999", "button_pin": "60"}, {"rings", "button_pin"}),
        ({"pins": "teleport", "relay_locked_level": "7"}, {"pins", "relay_locked_level"}),
    ],
)
def test_all_mistakes_are_shown_at_once_where_they_are(
    browser: Browser, office: CannedOffice, changes: dict[str, str], wrong: set[str]
) -> None:
    answer = browser.post("/doors/add", form_at="/doors/new", **{**DOOR, **changes})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = answer.text  # type: ignore[attr-defined]
    assert set(re.findall(r'class="wrong" id="(\w+)-wrong"', page)) == wrong
    assert 'value="Back door"' in page or "name" in changes, "what was written stays"
    assert "back" not in office.configuration.doors


def test_a_name_that_is_taken_is_refused(browser: Browser, office: CannedOffice) -> None:
    browser.post("/doors/add", form_at="/doors/new", **DOOR)
    answer = browser.post("/doors/add", form_at="/doors/new", **{**DOOR, "button_pin": "12", "relay_pin": "13"})
    assert "There is a door of this name already." in answer.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("lv", "Izeja nekad nav atkarīga no šīs kastes"),
        ("uk", "Вихід ніколи не залежить від цієї коробки"),
        ("ru", "Выход никогда не зависит от этой коробки"),
    ],
)
def test_the_warning_is_in_the_readers_language(browser: Browser, language: str, title: str) -> None:
    assert title in browser.get(f"/doors/new?language={language}")


def test_a_door_is_added_by_keyboard_on_a_phone(office: CannedOffice, signed_in: Page) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#add-door").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The way out never depends on this box")).to_be_visible()
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("What people call the door").focus()
    page.keyboard.type("Back door")
    page.keyboard.press("Tab")
    page.keyboard.type("back")
    page.get_by_role("button", name="Add the door").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lock-wrong")).to_have_text("This is needed.")
    expect(page.locator("#rings-wrong")).to_be_visible()
    assert width_of(page) <= 390
    page.get_by_label("Whom the button rings").select_option(label="Anna (201)")
    page.get_by_label("It is open").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Add the door").click()
    expect(page.get_by_text("The door is added.")).to_be_visible()
    assert office.configuration.doors["back"].lock == "fail_safe"
    page.get_by_role("button", name="Test the lock").click()
    expect(page.get_by_text("The door is unlocked.")).to_be_visible()
    assert width_of(page) <= 390


def test_the_door_is_opened_and_a_notice_seen_without_leaving_the_page(office: CannedOffice, signed_in: Page) -> None:
    office.show(notices=(a_notice(),))
    page = signed_in
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#said")).to_have_text("Acknowledged.")
    page.get_by_role("button", name="Open Front door").click()
    expect(page.locator("#said")).to_have_text("The door is unlocked.")
