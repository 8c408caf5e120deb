"""Past calls: the list, the search and the story."""

import pytest

from appliance.control.controller_messages import TellStory
from web.settings import WebSettings

from .canned_office import CannedOffice
from .conftest import Browser
from .past_calls import ANNA, a_missed_call, a_past_call, keep


def test_before_the_first_call_the_page_says_so(browser: Browser, settings: WebSettings) -> None:
    keep(settings.records_file)
    assert "Nobody has called yet." in browser.get("/calls/")


def test_without_records_the_page_says_what_to_do(browser: Browser) -> None:
    assert "The records of calls cannot be read." in browser.get("/calls/")


def test_calls_are_listed_by_the_offices_clock(browser: Browser, settings: WebSettings) -> None:
    keep(settings.records_file, a_past_call(1), a_missed_call(2))
    page = browser.get("/calls/")
    assert "Ольга" in page
    assert "11:05" in page, "08:05 + 1 h UTC is 11:05 in Riga"
    assert "number withheld" in page
    assert "missed" in page
    assert "1:15" in page


def test_calls_are_found_by_number_and_name(browser: Browser, settings: WebSettings) -> None:
    keep(settings.records_file, a_past_call(1), a_past_call(2, ANNA, called="77", legs=()))
    assert "to 77" not in _words(browser.get("/calls/?search=29999999"))
    assert "to 77" in _words(browser.get("/calls/?search=bērz"))
    assert "No call fits." in browser.get("/calls/?search=nobody")


def test_only_missed_calls(browser: Browser, settings: WebSettings) -> None:
    keep(settings.records_file, a_past_call(1), a_missed_call(2))
    page = browser.get("/calls/?missed=1")
    assert "number withheld" in page
    assert "Ольга" not in page


def test_older_calls_are_a_page_away(browser: Browser, settings: WebSettings) -> None:
    keep(settings.records_file, *(a_past_call(i, called=f"called-{i}-") for i in range(120)))
    newest = browser.get("/calls/")
    assert "called-119-" in newest
    assert "called-69-" not in newest
    older = newest.split('href="/calls/?before=')[1].split('"')[0]
    page = browser.get(f"/calls/?before={older}")
    assert "called-69-" in page
    assert "called-70-" not in page
    assert "Newest calls" in page


def test_a_call_tells_its_story(browser: Browser, office: CannedOffice, settings: WebSettings) -> None:
    keep(settings.records_file, a_past_call(1))
    page = browser.get("/calls/call1?language=lv")
    assert "Anna did not answer for 20 seconds." in page
    assert "Anna Bērziņa" in page
    assert TellStory(call="call1", language="lv") in office.asked


def test_a_call_can_be_read_while_the_controller_is_away(
    app: object, stopped_office: CannedOffice, settings: WebSettings
) -> None:
    keep(settings.records_file, a_past_call(1))
    browser = Browser(app.test_client())  # type: ignore[attr-defined]
    browser.set_up()
    page = browser.get("/calls/call1")
    assert "Anna Bērziņa" in page
    assert "The controller is not running" in page


@pytest.mark.parametrize(
    "address",
    [
        "/calls/nothing",
        "/calls/..%2f..%2fetc%2fpasswd",
        "/calls/?before=-1",
        "/calls/?before=99999999999999999999999",
        "/calls/?before=' OR 1=1",
        "/calls/?search=%00%ff",
        "/calls/?search=" + "%25" * 70,
        "/calls/?search=\"'--;<script>",
        "/calls/?missed=" + "x" * 5000,
    ],
)
def test_odd_addresses_do_no_harm(browser: Browser, settings: WebSettings, address: str) -> None:
    keep(settings.records_file, a_past_call(1))
    answer = browser.client.get(address)
    assert answer.status_code in (200, 404)
    assert "<script>" not in answer.text.replace("<script src", "")


def _words(page: str) -> str:
    return page.split("<ol", 1)[-1]


def test_a_person_of_the_house_who_reached_nobody_missed_no_call_of_ours(
    browser: Browser, settings: WebSettings
) -> None:
    keep(settings.records_file, a_missed_call(1, caller=ANNA))
    page = browser.get("/calls/")
    assert 'class="chip bad"' not in page and "0:25" in page
