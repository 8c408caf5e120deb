"""A script with a real modem and a real web service: a customer keys in an order, hears of it, and books a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from appliance.calls.story import AppointmentBooked, Branched, DigitsCollected, ReadBack, ServiceAsked
from hardware.simulators import modem_control
from tests.scenarios.desks import customer_calls
from tests.scenarios.running_office import CONFIGURATION, CUSTOMER, RunningOffice, running_office
from tests.sound import loudness, read_wav

pytestmark = pytest.mark.real

SCRIPT = """
opening_hours:
  office: {weekly: {mon: ["09:00-18:00"]}, override: open}
  practice: {weekly: {mon: ["00:00-24:00"], tue: ["00:00-24:00"], wed: ["00:00-24:00"], thu: ["00:00-24:00"]}}
calendars:
  doctor: {name: Doctor, hours: practice, minutes: 20, notice_minutes: 60}
scripts:
  order:
    name: Order
    steps:
    - {do: collect, label: number, text: {en: Your order number.}, into: order, least: 4, most: 4}
    - {do: confirm, text: {en: "{order:digits}. If this is right press 1."}, no: "step:number"}
    - {do: ask, url: "http://127.0.0.1:SERVICE/orders/{order}?from={caller}", answers: [state], failed: "extension:201"}
    - {do: branch, value: state, cases: {sent: "step:sent"}}
    - {do: go, to: "extension:202"}
    - {do: say, label: sent, text: {en: It is on its way.}}
    - {do: book, calendar: doctor, failed: "extension:201"}
    - {do: go, to: hang_up}
    then: "extension:201"
"""


class Orders(ThreadingHTTPServer):
    """The customer's own web service."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[str] = []


class Answering(BaseHTTPRequestHandler):
    server: Orders

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answer = json.dumps({"state": "sent"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def orders() -> Iterator[Orders]:
    with Orders() as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield service
        service.shutdown()
        thread.join()


@pytest.fixture
def office(tmp_path: Path, orders: Orders) -> Iterator[RunningOffice]:
    usual, _, rest = CONFIGURATION.partition("opening_hours:\n")
    rest = rest.partition("\n")[2].replace('to: "ring_group:sales"', 'to: "script:order"')
    script = SCRIPT.replace("SERVICE", str(orders.server_address[1]))
    with running_office(tmp_path / "office", configuration=usual + script.lstrip() + rest) as running:
        yield running


async def test_an_order_is_asked_for_by_keys_and_an_appointment_booked(
    office: RunningOffice, orders: Orders, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    await office.until_ready()
    await customer_calls(office, heard)
    await office.until(lambda now: any(call.step == "follow_script" for call in now.calls), "the script to be said")
    # He knows it by heart: the number, yes, the second of the times offered, yes.
    await office.modem(modem_control.Press(keys="4711121"))
    story = [told.fact for told in (await office.until_over()).story]
    assert DigitsCollected("order", "4711") in story and ReadBack(confirmed=True) in story
    assert orders.asked == [f"/orders/4711?from={CUSTOMER.replace('+', '%2B')}"]
    assert any(isinstance(fact, ServiceAsked) and not fact.fault for fact in story)
    assert any(isinstance(fact, Branched) and fact.found == "sent" for fact in story)
    (booked,) = [fact for fact in story if isinstance(fact, AppointmentBooked)]
    listed = office.command("appointments")
    assert CUSTOMER in listed.stdout and booked.at[:10] in listed.stdout, listed
    samples, rate = read_wav(heard)
    quarters = [samples[at : at + rate // 4] for at in range(0, len(samples), rate // 4)]
    assert sum(loudness(quarter) > 0.01 for quarter in quarters) > 8, "more than two seconds of a voice"
