"""The live page: what it shows, how it follows, and what it says when the controller is away."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from flask import Flask

from appliance.control.controller_messages import DoorRang, HangUpCall, SmsCame, Trouble
from appliance.control.diversion_messages import LiveDiversion
from web.live_feed import Full, LiveFeed, Moment, Told

from .canned_office import PASSWORD, CannedOffice, a_conversation, a_ringing_call, an_office
from .conftest import Browser


class Stream:
    """Reads the events of an open stream."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.answer = browser.client.get("/live/events", headers={"Accept": "text/event-stream"}, **options)
        assert self.answer.status_code == 200
        self._lines: Iterator[str] = iter(self._split())

    def _split(self) -> Iterator[str]:
        for chunk in self.answer.response:
            yield from (chunk if isinstance(chunk, str) else chunk.decode()).split("\n\n")

    def next(self, wanted: str) -> tuple[str, dict[str, Any]]:
        """(id, data) of the next event of a kind."""
        for text in self._lines:
            if found := re.search(rf"^id: (.*)\nevent: {wanted}\ndata: (.*)", text):
                return found[1], json.loads(found[2])
        raise AssertionError(f"the stream ended before {wanted}")

    def close(self) -> None:
        self.answer.close()


@pytest.fixture
def feed(app: Flask) -> LiveFeed:
    found: LiveFeed = app.extensions["porter_feed"]
    return found


def test_the_page_shows_the_office(browser: Browser, office: CannedOffice, feed: LiveFeed) -> None:
    page = browser.get("/live")
    for text in (
        "Kalna iela 5",
        "Front door",
        "gsm1",
        "+37160000000",
        "Anna",
        "not connected",
        "2 new",
        "Nobody is on the phone",
    ):
        assert text in page


def test_a_call_appears_on_the_stream(browser: Browser, office: CannedOffice) -> None:
    stream = Stream(browser)
    _id, first = stream.next("office")
    assert "Nobody is on the phone" in first["parts"]["calls"]
    office.show(calls=(a_ringing_call(),))
    _id, then = stream.next("office")
    assert "ringing the group" in then["parts"]["calls"]
    assert "doors" not in then["parts"], "what is as before is not sent again"
    stream.close()


def test_a_call_that_talks_names_both_and_counts_from_the_answer(browser: Browser, office: CannedOffice) -> None:
    call = a_conversation()
    office.show(calls=(call,))
    stream = Stream(browser)
    parts = {}
    while "Boris" not in parts.get("calls", ""):
        _id, event = stream.next("office")
        parts.update(event["parts"])
    assert "Dace" in parts["calls"]
    assert f'data-since="{call.talking_since}"' in parts["calls"]
    stream.close()


def test_missed_notices_are_told_after_a_reconnect(browser: Browser, office: CannedOffice) -> None:
    stream = Stream(browser)
    seen, _event = stream.next("office")
    office.tell(SmsCame("gsm1", "+37120000001", "status"))
    last, notice = stream.next("notice")
    assert notice["text"] == "Message from +37120000001: status"
    stream.close()
    again = Stream(browser, query_string={"after": seen})
    assert again.next("notice") == (last, notice)
    again.close()
    office.tell(DoorRang("front"))
    newer = Stream(browser, query_string={"after": last})
    assert "at the door: Front door" in newer.next("notice")[1]["text"]
    newer.close()


def test_numbers_of_another_run_of_the_page_mean_nothing(browser: Browser, office: CannedOffice) -> None:
    stream = Stream(browser)
    stream.next("office")
    office.tell(DoorRang("front"))
    stream.next("notice")
    stream.close()
    for after in ("other.0", "x", "", ".", "other.-1", "\u0661.\u0661"):
        again = Stream(browser, query_string={"after": after})
        assert again.next("office")
        again.close()


def test_the_stream_ends_with_the_session(browser: Browser, office: CannedOffice, app: Flask) -> None:
    stream = Stream(browser)
    stream.next("office")
    app.extensions["porter_access"].book.end_all()
    assert "event: signed-out" in "".join(stream._lines)


def test_forty_streams_and_no_more(browser: Browser, office: CannedOffice, feed: LiveFeed) -> None:
    listeners = [feed.listen() for _ in range(40)]
    answer = browser.client.get("/live/events", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    asked = browser.client.get("/live/now", headers={"Accept": "application/json"}).get_json()
    assert "Front door" in asked["parts"]["doors"]
    feed.leave(listeners.pop())
    stream = Stream(browser)
    stream.next("office")
    stream.close()
    feed.leave(listeners.pop())
    feed.listen()


def test_a_closed_stream_frees_its_place(browser: Browser, office: CannedOffice, feed: LiveFeed) -> None:
    for _ in range(60):
        stream = Stream(browser)
        stream.next("office")
        stream.close()
    assert not feed._listeners


def test_when_the_page_closes_nobody_may_listen_any_more(app: Flask, feed: LiveFeed) -> None:
    listener = feed.listen()
    feed.close()
    assert listener.take(0) is None
    with pytest.raises(Full):
        feed.listen()


def test_a_slow_reader_gets_the_newest_moment_and_every_notice(feed: LiveFeed) -> None:
    listener = feed.listen()
    listener.take(0)
    for signal in range(5):
        feed._change(an_office(version=signal), None)
        feed._tell(DoorRang(f"door {signal}"))
    found = listener.take(0)
    assert found is not None
    assert [event.notice.door for event in found if isinstance(event, Told)] == [f"door {i}" for i in range(5)]
    moments = [event for event in found if isinstance(event, Moment)]
    assert [moment.office.version for moment in moments if moment.office] == [4]
    assert [event.number for event in found] == sorted(event.number for event in found)


def test_the_page_says_when_the_controller_is_away_and_comes_back(app: Flask, stopped_office: CannedOffice) -> None:
    browser = Browser(app.test_client())
    browser.set_up()
    assert "The controller is not running" in browser.get("/live")
    stream = Stream(browser)
    _id, first = stream.next("office")
    assert first["away"]
    with stopped_office.running():
        _id, back = stream.next("office")
        assert not back["away"]
        assert "Kalna iela 5" in back["parts"]["status"]
        assert back["parts"]["troubles"].strip() == ""
    _id, lost = stream.next("office")
    assert lost["away"]
    assert "last that is known" in lost["parts"]["troubles"]
    assert "calls" not in lost["parts"], "what was known stays"
    stream.close()


def test_troubles_come_with_cause_and_next_step(browser: Browser, office: CannedOffice) -> None:
    trouble = Trouble("line gsm1", "The modem is gone.", "Plug it in again.")
    office.show(troubles=(trouble,), lines=(msgspec.structs.replace(office.office.lines[0], state="offline"),))
    stream = Stream(browser)
    parts: dict[str, str] = {}
    while "gone" not in parts.get("troubles", ""):
        parts.update(stream.next("office")[1]["parts"])
    assert "Plug it in again." in parts["troubles"]
    assert "not working" in parts["lines"]
    stream.close()


def test_hanging_up_a_call(browser: Browser, office: CannedOffice) -> None:
    office.show(calls=(a_ringing_call("c7"),))
    answer = browser.post("/live/calls/c7/hang-up")
    assert answer.status_code == 302
    assert HangUpCall("c7") in office.asked
    assert "The call is ended." in browser.get("/live")
    browser.post("/live/calls/gone/hang-up")
    assert "That call is over already." in browser.get("/live")


def test_what_strangers_send_is_shown_as_text(browser: Browser, office: CannedOffice) -> None:
    nasty = "<script>alert(1)</script>{{ 7*7 }}"
    call = msgspec.structs.replace(a_ringing_call(), caller=nasty, caller_name=nasty, called=nasty, id=nasty)
    office.show(
        calls=(call,),
        phones=(msgspec.structs.replace(office.office.phones[0], user_agent=nasty, person=nasty),),
        name=nasty,
    )
    stream = Stream(browser)
    parts: dict[str, str] = {}
    while "script" not in parts.get("calls", ""):
        parts.update(stream.next("office")[1]["parts"])
    assert "<script" not in "".join(parts.values())
    assert "49" not in parts["status"]
    page = browser.get("/live")
    assert "<script>alert" not in page
    stream.close()


def test_an_empty_office_says_what_to_do_next(browser: Browser, office: CannedOffice) -> None:
    office.show(calls=(), lines=(), doors=(), phones=(), mailboxes=(), simulated=False)
    stream = Stream(browser)
    parts: dict[str, str] = {}
    while "No line" not in parts.get("lines", ""):
        parts.update(stream.next("office")[1]["parts"])
    for part in ("doors", "phones", "lines"):
        assert "in the configuration" in parts[part]
    assert "demo" not in browser.get("/live").lower()
    stream.close()


def test_the_password_is_never_shown(browser: Browser) -> None:
    assert PASSWORD not in browser.get("/live")


REFUSED = {
    "en": "refuses the user name",
    "lv": "nepieņem lietotājvārdu",
    "uk": "не приймає ім",
    "ru": "не принимает имя",
}


@pytest.mark.parametrize("language", REFUSED)
def test_why_a_line_does_not_work_is_said_in_the_readers_language(
    browser: Browser, office: CannedOffice, language: str
) -> None:
    line = msgspec.structs.replace(
        office.office.lines[0],
        state="offline",
        reason="In English.",
        reason_code="sip_wrong_password",
        reason_value="op.example",
    )
    office.show(lines=(line,))
    stream = Stream(browser, query_string={"language": language})
    parts: dict[str, str] = {}
    while "op.example" not in parts.get("lines", ""):
        parts.update(stream.next("office")[1]["parts"])
    assert REFUSED[language] in parts["lines"]
    assert "In English." not in parts["lines"]
    stream.close()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("unanswered to +37120000001", "after 20 s", "Tue 18:00-23:00")), ("ru", ("без ответа на", "через 20 с"))],
)
def test_timed_rules_of_diversions_are_shown_with_when_they_hold(
    browser: Browser, office: CannedOffice, language: str, words: tuple[str, ...]
) -> None:
    rule = LiveDiversion(
        rule="no_answer",
        to="+37120000001",
        holds=True,
        after_seconds=20.0,
        hours="",
        closed=False,
        weekly={"tue": ("18:00-23:00",)},
    )
    by_hours = msgspec.structs.replace(rule, rule="busy", holds=False, after_seconds=None, hours="office", weekly={})
    phone = msgspec.structs.replace(office.office.phones[0], diversions=(rule, by_hours))
    office.show(phones=(phone,))
    page = until_it_shows(browser, f"/live?language={language}", words[0])
    assert all(word in page for word in words)
    assert ("while open by office" in page) is (language == "en")


def until_it_shows(browser: Browser, path: str, text: str) -> str:
    """The page, as soon as what was published has come there."""
    for _ in range(100):
        if text in (page := browser.get(path)):
            return page
        time.sleep(0.05)
    raise AssertionError(f"{text} never shows")
