"""The card of codes."""

import pytest

from appliance.control.controller_messages import ShowCodes

from .canned_office import CannedOffice
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


def test_the_card_is_linked_from_every_page(browser: Browser) -> None:
    assert 'href="/codes/"' in browser.get("/live")
    assert 'href="/codes/" aria-current="page"' in browser.get("/codes/")
