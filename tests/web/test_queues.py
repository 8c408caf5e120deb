"""Queues and agents on the live page, in a real browser."""

import re
from time import monotonic

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from appliance.control.messages import Fault
from appliance.control.team_messages import AgentAction, AgentState, LiveAgent, LiveQueue, LiveWaiting, SwitchAgent

from .canned_office import CannedOffice

pytestmark = pytest.mark.real


def waiting(place: int, **changes: object) -> LiveWaiting:
    usual: dict[str, object] = {
        "call": f"c{place}",
        "number": f"+3712999999{place}",
        "name": "",
        "place": place,
        "since": monotonic() - 65,
        "expected": None,
        "steps": 0,
        "is_vip": False,
        "rung": (),
    }
    return LiveWaiting(**{**usual, **changes})  # type: ignore[arg-type]


def agent(number: str, state: AgentState, **changes: object) -> LiveAgent:
    usual: dict[str, object] = {
        "number": number,
        "name": "Anna",
        "teams": {"queue:support": True},
        "pause_reason": None,
        "paused_since": None,
        "is_wrapping_up": False,
        "calls_today": 4,
        "state": state,
    }
    return LiveAgent(**{**usual, **changes})  # type: ignore[arg-type]


def queue() -> LiveQueue:
    """Two wait, since now: a run of all tests takes longer than any caller would wait."""
    return LiveQueue(
        name="support",
        title="Support <1>",
        waiting=2,
        callbacks=1,
        longest_wait=65.0,
        agents=2,
        free=0,
        callers=(
            waiting(1, name="Līga", expected=125.0, steps=2, is_vip=True, rung=("201",)),
            waiting(2),
        ),
    )


def agents() -> tuple[LiveAgent, ...]:
    return (
        agent("201", AgentState.RINGING),
        agent("202", AgentState.PAUSED, name="Boris", pause_reason="Lunch", paused_since=monotonic() - 30),
        agent("203", AgentState.LOGGED_OUT, name="Dace", teams={"queue:support": False}),
    )


@pytest.fixture
def busy(office: CannedOffice, signed_in: Page) -> Page:
    """Two wait, one agent rings, one pauses, one is not there."""
    office.show(queues=(queue(),), agents=agents())
    expect(signed_in.locator("#part-queues .waiting tbody tr")).to_have_count(2)
    return signed_in


def test_who_waits_is_shown_with_place_wait_and_priority_and_goes_by_itself(office: CannedOffice, busy: Page) -> None:
    first, second = busy.locator("#part-queues .waiting tbody tr").all()
    for text in ("1", "Līga", "2:05", "VIP", "+2", "ringing at Anna"):
        expect(first).to_contain_text(text)
    expect(first.locator("time")).to_have_text(re.compile(r"1:[0-5]\d"))
    expect(second).to_contain_text("–")
    expect(busy.locator("#part-queues")).to_contain_text("0 of 2 agents free")
    office.show(queues=())
    expect(busy.locator("#part-queues")).to_contain_text("No call queue yet")


def test_an_agent_is_paused_and_logged_out_by_keyboard(office: CannedOffice, busy: Page) -> None:
    busy.get_by_role("button", name="Pause: Anna").focus()
    busy.keyboard.press("Enter")
    expect(busy.locator("#said")).to_have_text("Paused.")
    busy.get_by_role("button", name="Log in: Dace").click()
    expect(busy.locator("#said")).to_have_text("Logged in.")
    busy.get_by_role("button", name="End the pause: Boris").click()
    expect(busy.locator("#said")).to_have_text("The pause is over.")
    assert [asked for asked in office.asked if isinstance(asked, SwitchAgent)] == [
        SwitchAgent(number="201", action=AgentAction.PAUSE, by="owner"),
        SwitchAgent(number="203", action=AgentAction.LOG_IN, by="owner"),
        SwitchAgent(number="202", action=AgentAction.GO_ON, by="owner"),
    ]
    expect(busy.get_by_role("button", name="Log out: Dace")).to_have_count(0)


def test_a_refusal_is_told_where_the_owner_looks(office: CannedOffice, busy: Page) -> None:
    office.refusals["switch_agent"] = Fault("no_agent", "201 is no member of any team.")
    busy.get_by_role("button", name="Pause: Anna").click()
    expect(busy.locator("#said")).to_contain_text("no member of any team")


@pytest.mark.parametrize("locale", ["en-GB", "lv-LV", "uk-UA", "ru-RU"])
def test_queues_and_agents_fit_a_phone(busy: Page, chromium: Chromium, locale: str) -> None:
    context = chromium.new_context(
        base_url=busy.url.removesuffix("/live"),
        storage_state=busy.context.storage_state(),
        viewport={"width": 390, "height": 844},
        locale=locale,
    )
    page = context.new_page()
    page.goto("/live")
    expect(page.locator("#part-queues .waiting tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
