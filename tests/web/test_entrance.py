"""Who comes in and who has tried, on the page: against a real door process, and by keyboard in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from appliance.control.door_messages import Granted
from appliance.control.door_people import CodeKind, ListPeople, SetPersonCode
from tests.door.conftest import DoorProcess, by_digit

from .canned_office import CannedOffice, an_office
from .conftest import Browser
from .test_doors import live

pytestmark = pytest.mark.real


@pytest.fixture
def door(tmp_path: Path) -> Iterator[DoorProcess]:
    process = DoorProcess(tmp_path)
    process.start()
    process.apply()
    yield process
    process.close()


def people(door: DoorProcess) -> list[tuple[str, str]]:
    return [(one.person, one.kind) for one in door.client.ask(ListPeople()).people]


def give(browser: Browser, **fields: str) -> str:
    answer = browser.post("/entrance/give", form_at="/entrance/", **({"person": "plumber", "kind": "guest"} | fields))
    text: str = answer.text  # type: ignore[attr-defined]
    return text


def test_a_guest_gets_a_code_that_is_shown_once_and_opens(browser: Browser, door: DoorProcess) -> None:
    page = give(browser, uses="1")
    found = re.search(r'<strong class="code">(\d{6})</strong>', page)
    assert found is not None
    assert found[1] not in browser.get("/entrance/")
    assert "used 0 of 1 times" in browser.get("/entrance/")
    assert isinstance(door.client.ask(by_digit(code=found[1], call_id="c9")), Granted)
    assert "used 1 of 1 times" in browser.get("/entrance/")
    tries = browser.get("/ledger/?text=c9")
    assert "plumber" in tries and "key of a phone" in tries and "opened" in tries


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"person": ""}, "person", "This is needed."),
        ({}, "until", "A guest&#39;s code has to end."),
        ({"uses": "none"}, "uses", "This is not a number."),
        ({"until": "tomorrow"}, "until", "This is no day."),
        ({"uses": "1", "hours": "always"}, "hours", "Write such as"),
        ({"uses": "1", "code": "123"}, "code", "A code has 4 to 12 digits."),
        ({"uses": "1", "code": "1234"}, "code", "Digits in a row are too easy."),
        ({"kind": "card"}, "code", "Write the number that is printed on the card."),
        ({"kind": "king", "uses": "1"}, "kind", "This is needed."),
        ({"uses": "1", "from": "2099-01-02", "until": "2099-01-01"}, "until", "It ends before it begins."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    browser: Browser, door: DoorProcess, fields: dict[str, str], field: str, says: str
) -> None:
    page = give(browser, **fields)
    assert re.search(rf'id="{field}-wrong">{re.escape(says)}', page), page
    assert people(door) == []


def test_a_code_that_is_taken_is_refused_and_what_was_written_stays(browser: Browser, door: DoorProcess) -> None:
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    page = give(browser, person="<b>Otto</b>", code="836251", uses="3")
    assert "Somebody has this code already." in page
    assert 'value="&lt;b&gt;Otto&lt;/b&gt;"' in page and "<b>Otto" not in page
    assert people(door) == [("anna", CodeKind.CODE)]


def test_a_code_is_taken_away_and_given_back(browser: Browser, door: DoorProcess) -> None:
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    browser.post("/entrance/take", form_at="/entrance/", person="anna", kind="code")
    assert people(door) == []
    assert "Undo: anna" in browser.get("/entrance/")
    browser.post("/entrance/undo", form_at="/entrance/")
    assert people(door) == [("anna", CodeKind.CODE)]
    browser.post("/entrance/undo", form_at="/entrance/")
    assert "There is no change of codes to take back." in browser.get("/entrance/")


def test_the_ledger_is_searched_turned_over_and_checked(browser: Browser, door: DoorProcess) -> None:
    for number in range(60):
        door.client.ask(by_digit(door="garage", call_id=f"call{number}"))
    first = browser.get("/ledger/")
    assert "no such door" in first and first.count("refused: ") == 50
    older = re.search(r'href="(/ledger/\?[^"]*before=\d+[^"]*)"', first)
    assert older is not None
    assert browser.get(older[1].replace("&amp;", "&")).count("refused: ") == 10
    assert browser.get("/ledger/?text=nothing of the kind").count("refused: ") == 0
    whole = browser.post("/ledger/verify", form_at="/ledger/")
    assert "60 entries were looked at. Nothing of it was changed." in whole.text  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("language", "who", "tried"),
    [
        ("en", "Who comes in", "Who has tried"),
        ("lv", "Kas nāk iekšā", "Kas ir mēģinājis"),
        ("uk", "Хто заходить", "Хто пробував"),
        ("ru", "Кто входит", "Кто пробовал"),
    ],
)
def test_both_pages_are_in_the_readers_language(
    browser: Browser, door: DoorProcess, language: str, who: str, tried: str
) -> None:
    assert f"<h1>{who}</h1>" in browser.get(f"/entrance/?language={language}")
    assert f"<h1>{tried}</h1>" in browser.get(f"/ledger/?language={language}")


def test_without_a_door_process_the_pages_say_so(browser: Browser) -> None:
    for path in ("/entrance/", "/ledger/"):
        assert 'class="trouble"' in browser.get(path)


@pytest.mark.parametrize("path", ["give", "take", "undo"])
def test_nothing_changes_without_the_forms_token(browser: Browser, door: DoorProcess, path: str) -> None:
    door.client.ask(SetPersonCode(person="anna", code="836251"))
    assert browser.client.post(f"/entrance/{path}", data={"person": "anna", "kind": "code"}).status_code == 400
    assert browser.client.get(f"/entrance/{path}").status_code == 405
    assert people(door) == [("anna", CodeKind.CODE)]


def test_a_guest_is_given_a_code_by_keyboard_on_a_phone(
    office: CannedOffice, door: DoorProcess, signed_in: Page
) -> None:
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/entrance/")
    page.get_by_label("Who", exact=False).first.focus()
    page.keyboard.type("Plumber")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#until-wrong")).to_have_text("A guest's code has to end.")
    assert int(page.evaluate("document.documentElement.scrollWidth")) <= 390
    page.get_by_label("How often").focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    shown = page.locator("#result .code")
    expect(shown).to_have_text(re.compile(r"^\d{6}$"))
    assert isinstance(door.client.ask(by_digit(code=shown.inner_text())), Granted)
    assert int(page.evaluate("document.documentElement.scrollWidth")) <= 390
    page.get_by_role("button", name="Take the code of Plumber away").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody has a code.")).to_be_visible()
    page.get_by_role("button", name="Undo: Plumber").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("used 1 of 2 times")).to_be_visible()
    page.goto("/ledger/")
    page.get_by_label("Text to look for").focus()
    page.keyboard.type("granted")
    page.keyboard.press("Enter")
    expect(page.get_by_text("key of a phone")).to_be_visible()
    assert int(page.evaluate("document.documentElement.scrollWidth")) <= 390
    page.get_by_role("button", name="Check for changes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing of it was changed.")).to_be_visible()


def test_the_live_page_never_says_locked_where_nobody_knows(browser: Browser, office: CannedOffice, app: Flask) -> None:
    """CHECKLIST A24: the pin, not the wish."""
    (door,) = an_office().doors
    unknown = msgspec.structs.replace(door, is_known=False)
    assert "not known whether it is locked" in live(browser, office, app, "doors", doors=(unknown,))
    blocked = msgspec.structs.replace(door, is_open=True, blocked_seconds=90.0)
    shown = live(browser, office, app, "doors", doors=(blocked,))
    assert "It stands open." in shown and "After tampering nobody opens it from afar:" in shown
