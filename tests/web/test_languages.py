"""Four languages: every text of the page is translated, and the reader gets the right one."""

import io
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import Flask

import web
from web.languages import LANGUAGES

from .canned_office import CannedOffice, a_conversation, a_ringing_call
from .conftest import Browser

WEB = Path(web.__file__).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    """Every text of the page."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    found = {message for _file, _line, message, _notes, _context in extract_from_dir(WEB, methods, keywords=KEYWORDS)}
    assert len(found) > 200
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str, texts: set[str | tuple[str, ...]]) -> None:
    file = WEB / "translations" / language / "LC_MESSAGES" / "messages.po"
    catalog = read_po(io.BytesIO(file.read_bytes()), locale=language)
    for text in texts:
        message = catalog.get(text if isinstance(text, str) else text[0])
        assert message is not None, text
        assert all(message.string if isinstance(message.string, tuple) else (message.string,)), text
        assert not message.fuzzy
        assert not list(message.check(catalog)), text
    assert len([message for message in catalog if message.id]) == len(texts), "texts that are gone"


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    folder = WEB / "translations" / language / "LC_MESSAGES"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO((folder / "messages.po").read_bytes()), locale=language))
    compiled.seek(0)
    with (folder / "messages.mo").open("rb") as kept:
        expected, found = read_mo(compiled), read_mo(kept)
    assert {str(m.id): m.string for m in expected if m.id} == {str(m.id): m.string for m in found if m.id}


@pytest.mark.parametrize(("language", "word"), [("en", "Doors"), ("lv", "Durvis"), ("uk", "Двері"), ("ru", "Двери")])
def test_the_browsers_language_is_spoken(browser: Browser, language: str, word: str) -> None:
    page = browser.get("/live", headers={"Accept-Language": f"{language}-XX,{language};q=0.9,de;q=0.8"})
    assert word in page
    assert f'<html lang="{language}">' in page


def test_a_chosen_language_stays(browser: Browser) -> None:
    browser.get("/live?language=uk", headers={"Accept-Language": "en"})
    assert "Двері" in browser.get("/live", headers={"Accept-Language": "en"})
    browser.get("/live?language=xx")
    assert "Двері" in browser.get("/live", headers={"Accept-Language": "en"})


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "2 calls"), ("lv", "2 zvani"), ("uk", "2 дзвінки"), ("ru", "2 звонка")],
)
def test_plurals_are_right(browser: Browser, office: CannedOffice, app: Flask, language: str, expected: str) -> None:
    office.show(calls=(a_ringing_call(), a_conversation()))
    feed = app.extensions["porter_feed"]
    listener = feed.listen()
    while feed.moment().office is None or not feed.moment().office.calls:
        listener.take(5)
    assert expected in browser.get(f"/live?language={language}")


def test_faults_are_said_in_the_readers_language(app: Flask, stopped_office: CannedOffice) -> None:
    browser = Browser(app.test_client())
    browser.set_up()
    assert "Vadības programma nedarbojas" in browser.get("/live?language=lv")
