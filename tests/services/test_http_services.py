"""Web services asked by real HTTP on loopback: those that answer, and those that do everything else."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trio

from appliance.calls.ports import Enquired
from appliance.services.http_services import MOST_BYTES, HttpServices, values_of

SECONDS = 1.0
"""How long each of these services may take."""


class Service(BaseHTTPRequestHandler):
    """What it does is its path."""

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/good":
                self.answer(json.dumps({"state": "paid", "due": 12.5, "open": True, "list": [1], "path": self.path}))
            case "/list":
                self.answer("[1, 2]")
            case "/html":
                self.answer("<html>")
            case "/refuses":
                self.send_error(503)
            case "/redirects":
                self.send_response(302)
                self.send_header("Location", "/good")
                self.end_headers()
            case "/silent":
                self.server.over.wait(10)  # type: ignore[attr-defined]
            case "/drips":
                self.drip()
            case "/large":
                self.answer('{"a": "' + "x" * MOST_BYTES + '"}')

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def drip(self) -> None:
        """A byte at a time: each comes soon, and together they never end."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.over.wait(0.05):  # type: ignore[attr-defined]
                self.wfile.write(b" ")
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.over = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def ask(url: str, send: dict[str, str] | None = None, seconds: float = SECONDS) -> Enquired:
    async def asked() -> Enquired:
        return await HttpServices().ask(url, send=send or {}, seconds=seconds)

    return trio.run(asked)


def test_texts_and_numbers_of_the_answer_become_values(address: str) -> None:
    answer = ask(f"{address}/good?order=4711", seconds=10)
    assert answer == Enquired({"state": "paid", "due": "12.5", "open": "true", "path": "/good?order=4711"})


def test_values_are_sent_as_json(address: str) -> None:
    assert ask(f"{address}/echo", {"pin": "1234"}, seconds=10) == Enquired({"pin": "1234"})


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/list", "no JSON object"),
        ("/html", "no JSON object"),
        ("/refuses", "refused"),
        ("/redirects", "refused"),
        ("/large", "too large"),
        ("/silent", "too slow"),
        ("/drips", "too slow"),
    ],
)
def test_what_is_no_answer_has_a_reason(address: str, path: str, fault: str) -> None:
    began = time.monotonic()
    assert ask(address + path, seconds=SECONDS if fault == "too slow" else 10) == Enquired(fault=fault)
    assert time.monotonic() - began < 9


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1:1/", "unreachable"),
        ("http://no.such.host.invalid/", "unreachable"),
        ("file:///etc/passwd", "refused"),
        ("http://127.0.0.1:1\n/", "unreachable"),
    ],
)
def test_where_nothing_is_there_is_no_answer(url: str, fault: str) -> None:
    assert ask(url, seconds=10) == Enquired(fault=fault)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"null", b'"text"', b"{", b'{"a": NaN'])
def test_no_body_breaks_it(body: bytes) -> None:
    assert values_of(body) == Enquired(fault="no JSON object")


def test_a_slow_service_holds_up_nobody_else(address: str) -> None:
    faults: list[str] = []

    async def both() -> None:
        services = HttpServices()

        async def one(path: str, seconds: float) -> None:
            faults.append((await services.ask(address + path, send={}, seconds=seconds)).fault)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(one, "/silent", 3.0)
            nursery.start_soon(one, "/good", 3.0)

    trio.run(both)
    assert faults == ["", "too slow"]
