"""The demo panel: the outside world of a simulated office."""

from typing import Any

import pytest

from appliance.control.messages import Fault
from appliance.control.simulation_messages import (
    LineAction,
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
)

from .canned_office import CannedOffice
from .conftest import Browser

DONE = [
    ("/demo/lines/gsm1/call", {"number": "+371 2000-0009"}, SimulateCall(line="gsm1", caller="+37120000009")),
    ("/demo/lines/gsm1/call", {"number": ""}, SimulateCall(line="gsm1", caller="")),
    (
        "/demo/lines/gsm1/sms",
        {"number": "+37120000001", "text": "ātri, будь ласка 😀"},
        SimulateSms(line="gsm1", sender="+37120000001", text="ātri, будь ласка 😀"),
    ),
    ("/demo/lines/gsm1/keys", {"keys": "1*#"}, SimulateKeys(line="gsm1", keys="1*#")),
    ("/demo/lines/gsm1/answer", {}, SimulateLine(line="gsm1", action=LineAction.ANSWER)),
    ("/demo/lines/gsm1/hang_up", {}, SimulateLine(line="gsm1", action=LineAction.HANG_UP)),
    ("/demo/lines/gsm1/unplug", {}, SimulateLine(line="gsm1", action=LineAction.UNPLUG)),
    ("/demo/lines/gsm1/plug_in", {}, SimulateLine(line="gsm1", action=LineAction.PLUG_IN)),
    ("/demo/doors/front/press", {}, SimulatePress(door="front")),
]


@pytest.mark.parametrize(("path", "fields", "asked"), DONE)
def test_what_is_asked_for_happens(
    browser: Browser, office: CannedOffice, path: str, fields: dict[str, str], asked: Any
) -> None:
    answer = browser.post(path, **fields)
    assert answer.status_code == 302
    assert answer.location == "/live"
    assert office.asked == [asked]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/demo/lines/gsm1/call", {"number": "my aunt"}),
        ("/demo/lines/gsm1/call", {"number": "+" + "1" * 40}),
        ("/demo/lines/gsm1/call", {"number": "٣٧١"}),
        ("/demo/lines/gsm1/sms", {"number": "", "text": "status"}),
        ("/demo/lines/gsm1/sms", {"number": "+37120000001", "text": "  "}),
        ("/demo/lines/gsm1/sms", {"number": "+37120000001", "text": "x" * 2001}),
        ("/demo/lines/gsm1/keys", {"keys": ""}),
        ("/demo/lines/gsm1/keys", {"keys": "12A"}),
        ("/demo/lines/gsm1/keys", {"keys": "1\x00"}),
    ],
)
def test_nonsense_is_refused_with_a_reason(
    browser: Browser, office: CannedOffice, path: str, fields: dict[str, str]
) -> None:
    browser.post(path, **fields)
    assert office.asked == []
    assert 'class="flash error"' in browser.get("/live")


def test_a_script_gets_its_answer_as_data(browser: Browser, office: CannedOffice) -> None:
    token = browser.client.get("/live").text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "number": "+37120000009"}
    answer = browser.client.post("/demo/lines/gsm1/call", data=data, headers={"Accept": "application/json"})
    assert answer.get_json() == {"ok": True, "said": "Somebody is calling. See who rings."}
    office.refusal = Fault("refused", "The simulated line gsm1 refused: busy.", "Hang up first.")
    refused = browser.client.post("/demo/lines/gsm1/call", data=data, headers={"Accept": "application/json"})
    assert refused.status_code == 409
    assert refused.get_json()["said"] == "The simulated line gsm1 refused: busy. Hang up first."
