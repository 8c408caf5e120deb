"""The card of codes."""

import msgspec
import pytest

from appliance.control.controller_messages import ShowCodes

from .canned_office import CannedOffice, a_phone
from .conftest import Browser


@pytest.mark.parametrize(
    ("language", "does"),
    [
        ("en", "Divert all my calls"),
        ("lv", "Pāradresēt visus manus zvanus"),
        ("uk", "Переадресувати всі мої дзвінки"),
        ("ru", "Переадресовать все мои звонки"),
    ],
)
def test_every_code_stands_on_the_card_in_the_readers_language(
    browser: Browser, office: CannedOffice, language: str, does: str
) -> None:
    page = browser.get(f"/codes/?language={language}")
    assert ShowCodes(language=language) in office.asked
    assert does in page
    for keys in ("*72…", "*21*…#", "##002#", "112", "71–79"):
        assert f"<kbd>{keys}</kbd>" in page


def test_the_live_page_says_who_is_diverted_and_who_is_not_to_be_disturbed(
    browser: Browser, office: CannedOffice
) -> None:
    anna, boris = a_phone("201", "Anna", registered=True), a_phone("202", "Boris", registered=True)
    quiet = msgspec.structs.replace(anna, do_not_disturb=True)
    office.show(phones=(quiet, msgspec.structs.replace(boris, diverted_to="+37120000001")))
    page = browser.get("/live")
    assert page.count("do not disturb") == 1
    assert "calls go to +37120000001" in page


def test_the_card_is_linked_from_every_page(browser: Browser) -> None:
    assert 'href="/codes/"' in browser.get("/live")
    assert 'href="/codes/" aria-current="page"' in browser.get("/codes/")
