"""Opening hours on the live page: what decided, what comes next, and the switch."""

from typing import Any

import pytest
from flask import Flask

from appliance.control.controller_messages import HoursSwitch, SwitchHours
from web.live_feed import LiveFeed

from .canned_office import CannedOffice, some_hours
from .conftest import Browser


def shown(browser: Browser, office: CannedOffice, app: Flask, language: str = "en", **changes: Any) -> str:
    """What the page says of the hours once it knows of the changes."""
    office.show(**changes)
    feed: LiveFeed = app.extensions["porter_feed"]
    listener = feed.listen()
    while (now := feed.moment().office) is None or (now.hours, now.clock) != (office.office.hours, office.office.clock):
        listener.take(5)
    feed.leave(listener)
    return browser.get(f"/live?language={language}").partition('id="part-hours"')[2].partition("</section>")[0]


HOLIDAY = {"is_open": False, "why": "holiday", "cause": "Līgo diena", "changes_at": "2026-06-25T09:00+03:00"}
CLOSED_BY_HAND = {"is_open": False, "why": "hand", "until": "2026-11-30T09:00+02:00"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["open", "by the week", "closes Tue 24 Nov, 18:00", "Close now"]),
        (HOLIDAY, ["closed", "Līgo diena", "opens Thu 25 Jun, 09:00", "Open now"]),
        (
            {**CLOSED_BY_HAND, "changes_at": "2026-11-30T09:00+02:00"},
            ["closed", "switched by hand, until Mon 30 Nov, 09:00", "Open now", "By the week"],
        ),
        ({"why": "hand", "changes_at": None}, ["open", "until somebody switches it back", "By the week"]),
        ({"is_open": False, "why": "date"}, ["closed", "a closed date"]),
    ],
)
def test_the_page_says_whether_it_is_open_and_why(
    browser: Browser, office: CannedOffice, app: Flask, changes: dict[str, Any], expected: list[str]
) -> None:
    part = shown(browser, office, app, hours=(some_hours(**changes),))
    for text in expected:
        assert text in part


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "the time is not known, so it counts as open"),
        ("lv", "laiks nav zināms, tāpēc skaitās atvērts"),
        ("uk", "час невідомий, тому вважається відчинено"),
        ("ru", "время неизвестно, поэтому считается открыто"),
    ],
)
def test_without_a_clock_the_page_says_which_rule_applies(
    browser: Browser, office: CannedOffice, app: Flask, language: str, expected: str
) -> None:
    assert expected in shown(
        browser, office, app, language, hours=(some_hours(why="no_clock", changes_at=None),), clock=None
    )


def test_without_a_clock_the_page_says_that_a_hand_stays(browser: Browser, office: CannedOffice, app: Flask) -> None:
    part = shown(browser, office, app, hours=(some_hours(**CLOSED_BY_HAND, changes_at=None),), clock=None)
    assert "so it does not switch back by itself" in part


def test_the_switch_holds_until_the_week_changes(browser: Browser, office: CannedOffice) -> None:
    browser.post("/live/hours/office/closed")
    browser.post("/live/hours/office/auto")
    assert [request for request in office.asked if isinstance(request, SwitchHours)] == [
        SwitchHours(name="office", to=HoursSwitch.CLOSED, until="change", by="owner"),
        SwitchHours(name="office", to=HoursSwitch.AUTO, until=None, by="owner"),
    ]


def test_without_a_clock_the_switch_stays_until_it_is_taken_back(
    browser: Browser, office: CannedOffice, app: Flask
) -> None:
    shown(browser, office, app, clock=None)
    browser.post("/live/hours/office/open")
    assert SwitchHours(name="office", to=HoursSwitch.OPEN, until=None, by="owner") in office.asked


def test_the_switch_knows_three_places_and_wants_the_token(browser: Browser) -> None:
    assert browser.client.post("/live/hours/office/ajar").status_code in (400, 404)
    assert browser.client.post("/live/hours/office/open").status_code == 400
