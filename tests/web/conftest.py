"""A page with a real controller's socket behind it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

from appliance.control.client import Client
from appliance.control.controller_messages import CONTROLLER
from appliance.control.door_messages import DOOR
from appliance.office_layout import OfficeLayout
from web.app import create_app
from web.settings import WebSettings

from .canned_office import PASSWORD, CannedOffice
from .running_page import running

CHROMIUM = shutil.which("chromium") or ""
# Without the network's own errands: the browser must ask nobody but the page.
QUIET = [
    *("--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]


class Browser:
    """A browser without scripts: follows forms, keeps cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: object) -> str:
        """The text of a page that must be there."""
        answer = self.client.get(path, **options)
        assert answer.status_code == 200, answer.status
        return answer.text

    def post(self, path: str, *, form_at: str = "/live", **fields: object) -> object:
        """Send a form with the token of the page it stands on."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(form_at).text)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **fields}, content_type="multipart/form-data")

    def set_up(self) -> None:
        answer = self.post("/set-up", form_at="/set-up", password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 302, answer.text


def _socket_in(folder: Path) -> Path:
    """The controller's socket, where `porter-web` looks for it too."""
    run = folder / "run"
    run.mkdir(exist_ok=True)
    return run / "controller.sock"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[CannedOffice]:
    """A controller that runs."""
    with CannedOffice(_socket_in(tmp_path)).running() as office:
        yield office


@pytest.fixture
def stopped_office(tmp_path: Path) -> CannedOffice:
    """A controller that does not run until the test enters `running`."""
    return CannedOffice(_socket_in(tmp_path))


@pytest.fixture
def settings(tmp_path: Path) -> WebSettings:
    folder = tmp_path / "web"
    folder.mkdir(exist_ok=True)
    return WebSettings(folder=folder, records_file=tmp_path / "records" / "records.sqlite")


@pytest.fixture
def app(tmp_path: Path, settings: WebSettings) -> Iterator[Flask]:
    """The page; whether a controller runs is the test's business."""
    controller, door = _socket_in(tmp_path), OfficeLayout(tmp_path).door_socket
    app = create_app(Client(controller, CONTROLLER, "web"), Client(door, DOOR, "web"), settings)
    app.testing = True
    yield app
    app.extensions["porter_feed"].close()


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def browser(office: CannedOffice, app: Flask) -> Browser:
    """The owner, signed in to a running office."""
    browser = Browser(app.test_client())
    browser.set_up()
    return browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """A real browser; tests that use it are marked `real`."""
    if not CHROMIUM:
        pytest.skip("apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A page that is served."""
    with running(tmp_path) as page:
        yield f"http://127.0.0.1:{page.port}"


@pytest.fixture
def page(chromium: Chromium, address: str) -> Iterator[Page]:
    """A browser window at the page; whatever a script or the policy complains about fails the test."""
    context = chromium.new_context(base_url=address, locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def signed_in(page: Page) -> Page:
    """The owner's window."""
    set_up(page)
    return page


def set_up(page: Page) -> None:
    """Choose the owner's password."""
    page.goto("/")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url("**/live")
