"""Lines on the live page: the modem, its network, its SIM, its divert, and in every language why it does not work."""

from typing import Any

import msgspec
import pytest
from flask import Flask

from appliance.control.controller_messages import LiveModem, Trouble
from web.live_feed import LiveFeed

from .canned_office import CannedOffice
from .conftest import Browser

MODEM = LiveModem(
    model="huawei E1550",
    imei="353600000000001",
    iccid="8937101000000000018",
    technology="3G",
    divert="+37129999999",
    divert_failed=False,
)


def shown(browser: Browser, office: CannedOffice, app: Flask, language: str = "en", **changes: Any) -> str:
    """The page once it knows of the changes."""
    troubles = changes.pop("troubles", ())
    line = msgspec.structs.replace(office.office.lines[0], modem=MODEM, **changes)
    office.show(lines=(line,), troubles=troubles)
    feed: LiveFeed = app.extensions["porter_feed"]
    listener = feed.listen()
    while (now := feed.moment().office) is None or (now.lines, now.troubles) != (office.office.lines, troubles):
        listener.take(5)
    feed.leave(listener)
    return browser.get(f"/live?language={language}")


def test_all_that_is_known_of_a_line_is_shown(browser: Browser, office: CannedOffice, app: Flask) -> None:
    page = shown(browser, office, app)
    wanted = "LMT · 3G · signal 4 of 5 · huawei E1550 · SIM 8937101000000000018 · unreachable calls go to +37129999999"
    assert wanted in page


@pytest.mark.parametrize(
    ("divert", "failed", "said"),
    [("", False, "no divert at the network"), (None, False, ""), (None, True, "could not be checked or set")],
)
def test_divert_of_the_network_is_told_as_it_is(
    browser: Browser, office: CannedOffice, app: Flask, divert: str | None, failed: bool, said: str
) -> None:
    modem = msgspec.structs.replace(MODEM, divert=divert, divert_failed=failed)
    office.show(lines=(msgspec.structs.replace(office.office.lines[0], modem=modem),))
    page = browser.get("/live")
    for _ in range(50):
        if "huawei E1550" in page:
            break
        page = browser.get("/live")
    assert said in page
    assert "unreachable calls" not in page


@pytest.mark.parametrize(
    ("language", "cause", "next_step"),
    [
        ("en", "A wrong PIN was entered before; tries left: 2", "Enter the right PIN once in a mobile phone"),
        ("lv", "Iepriekš ievadīts nepareizs PIN kods; atlikuši mēģinājumi: 2", "Ievadiet pareizo PIN kodu"),
        ("uk", "Раніше вводили неправильний ПІН-код; лишилося спроб: 2", "Введіть правильний ПІН-код"),
        ("ru", "Раньше вводили неверный ПИН-код; осталось попыток: 2", "Введите верный ПИН-код"),
    ],
)
def test_reason_is_told_in_the_readers_language_at_the_line_and_among_the_troubles(
    browser: Browser, office: CannedOffice, app: Flask, language: str, cause: str, next_step: str
) -> None:
    why = {"reason_code": "pin_not_risked", "reason_value": "2"}
    trouble = Trouble("line gsm1", "English", "English", code="pin_not_risked", value="2")
    page = shown(browser, office, app, language, state="offline", reason="English", troubles=(trouble,), **why)
    assert page.count(cause) == page.count(next_step) == 2
    assert "English</" not in page.partition('id="part-lines"')[2].partition("</section>")[0]


def test_words_without_a_name_are_shown_as_they_are(browser: Browser, office: CannedOffice, app: Flask) -> None:
    assert "The operator refuses us." in shown(
        browser, office, app, "lv", state="offline", reason="The operator refuses us."
    )
