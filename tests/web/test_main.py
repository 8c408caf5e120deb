"""`porter-web` as a process: ready, watched, refused ports, many streams and slow browsers."""

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .canned_office import CannedOffice
from .running_page import Page, running

pytestmark = pytest.mark.real


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with running(tmp_path) as page:
        yield page


def test_the_process_is_ready_and_says_that_it_lives(tmp_path: Path) -> None:
    with running(tmp_path, watchdog_seconds=0.3) as page:
        for _time in range(3):
            page.told("WATCHDOG=1")


def test_strangers_are_led_to_the_set_up_and_learn_no_version(page: Page) -> None:
    answer = page.ask("GET", "/")
    assert answer.status == 302
    assert answer.headers["Server"] is None


def test_sigterm_ends_it_at_once_even_with_open_streams(page: Page, tmp_path: Path) -> None:
    with CannedOffice(tmp_path / "run" / "controller.sock").running():
        cookie = page.signed_in()
        streams = [page.ask("GET", "/live/events", Cookie=cookie, Accept="text/event-stream") for _ in range(5)]
        assert [stream.status for stream in streams] == [200] * 5
        page.process.send_signal(signal.SIGTERM)
        assert page.process.wait(5) == 0


def test_a_taken_port_is_said_with_what_to_do(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = Page(folder, "--port", str(page.port))
    _out, error = other.process.communicate(timeout=20)
    assert other.process.returncode == 1
    assert f"port {page.port}: Address already in use." in error
    assert "ss -ltnp" in error
    assert "Traceback" not in error


def test_an_address_that_is_not_ours_is_said(tmp_path: Path) -> None:
    other = Page(tmp_path, "--listen", "192.0.2.1")
    _out, error = other.process.communicate(timeout=20)
    assert other.process.returncode == 1
    assert "cannot listen at 192.0.2.1" in error
    assert "Traceback" not in error


def test_sixty_slow_browsers_and_forty_streams_do_not_keep_others_waiting(page: Page, tmp_path: Path) -> None:
    with CannedOffice(tmp_path / "run" / "controller.sock").running() as office:
        cookie = page.signed_in()
        slow = [socket.create_connection(("127.0.0.1", page.port)) for _ in range(60)]
        for sock in slow:
            sock.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        streams = [page.ask("GET", "/live/events", Cookie=cookie, Accept="text/event-stream") for _ in range(40)]
        assert {stream.status for stream in streams} == {200}
        assert page.ask("GET", "/live/events", Cookie=cookie, Accept="text/event-stream").status == 503
        began = time.monotonic()
        answer = page.ask("GET", "/live", Cookie=cookie)
        assert answer.status == 200
        assert b"Kalna iela 5" in answer.read()
        assert time.monotonic() - began < 1.0
        began = time.monotonic()
        office.show(name="Renamed")
        for stream in streams:
            while b"Renamed" not in stream.readline():
                pass
        assert time.monotonic() - began < 1.0
        for sock in slow:
            sock.close()


def test_gone_browsers_free_their_streams(page: Page, tmp_path: Path) -> None:
    with CannedOffice(tmp_path / "run" / "controller.sock").running():
        cookie = page.signed_in()
        for _round in range(3):
            streams = []
            deadline = time.monotonic() + 10
            while len(streams) < 40:
                stream = page.ask("GET", "/live/events", Cookie=cookie, Accept="text/event-stream")
                if stream.status == 200:
                    streams.append(stream)
                assert time.monotonic() < deadline, f"only {len(streams)} streams were free again"
            for stream in streams:
                stream.close()


def test_a_killed_page_remembers_who_is_signed_in(tmp_path: Path) -> None:
    with running(tmp_path) as first, CannedOffice(tmp_path / "run" / "controller.sock").running():
        cookie = first.signed_in()
        first.process.kill()
        first.process.wait()
        value = cookie.partition("=")[2]
        (tmp_path / "notify").unlink()
        with running(tmp_path) as second:
            answer = second.ask("GET", "/live", Cookie=f"porter_{second.base_port}={value}")
            assert answer.status == 200


def test_through_a_proxy_the_browsers_address_counts(tmp_path: Path) -> None:
    with running(tmp_path, "--behind-proxy") as page:
        near = page.ask("GET", "/set-up", **{"X-Forwarded-For": "127.0.0.1"}).read().decode()
        far = page.ask("GET", "/set-up", **{"X-Forwarded-For": "192.168.1.20"}).read().decode()
        assert 'name="code"' not in near
        assert 'name="code"' in far
        secure = page.ask("GET", "/set-up", **{"X-Forwarded-For": "192.168.1.20", "X-Forwarded-Proto": "https"})
        assert "Secure" in (secure.headers["Set-Cookie"] or "")
