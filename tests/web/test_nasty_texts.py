"""No text that somebody sends makes the page fail, or comes back as anything but text (CHECKLIST E6)."""

import pytest

from web.settings import WebSettings

from .canned_office import CannedOffice
from .conftest import Browser
from .past_calls import a_past_call, keep

NASTY = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}${7*7}#{7*7}<%= 7*7 %>",
    "' OR 1=1; DROP TABLE calls; --",
    "../../../../etc/passwd",
    "$(id) `id` ;id |id",
    "\x00\x01\x1b[31m\r\nSet-Cookie: a=b",
    "%00%0d%0a%s%n%x",
    "\ufeff\u202e\u0000\ud7ff",
    "😀" * 500,
    "A" * 70_000,
    "-1e309",
    "٣",
]
FORMS = {
    "/sign-in": ("password",),
    "/set-up": ("password", "again", "code"),
    "/password": ("old", "password", "again"),
    "/demo/lines/gsm1/call": ("number",),
    "/demo/lines/gsm1/sms": ("number", "text"),
    "/demo/lines/gsm1/keys": ("keys",),
    "/configuration/": ("text", "do"),
    "/configuration/copy": ("password",),
}


@pytest.mark.parametrize("text", NASTY)
def test_texts_do_no_harm(browser: Browser, office: CannedOffice, settings: WebSettings, text: str) -> None:
    keep(settings.records_file, a_past_call(1))
    answers = [browser.post(path, **dict.fromkeys(names, text)) for path, names in FORMS.items()]
    for path in ("/calls/", "/live", "/configuration/", "/sign-in", "/live/events", "/nothing"):
        names = ("search", "before", "missed", "next", "language", "after", "csrf_token")
        answers.append(browser.client.get(path, query_string=dict.fromkeys(names, text), buffered=False))
    for place in ("/calls/{}", "/live/calls/{}/hang-up", "/demo/lines/{}/answer", "/demo/doors/{}/press", "/static/{}"):
        answers.append(browser.client.get(place.format("x")))
        answers.append(browser.post(place.replace("{}", _in_path(text))))
        answers.append(browser.client.get(place.replace("{}", _in_path(text))))
    for answer in answers:
        assert answer.status_code < 500 or answer.status_code == 503
        if answer.mimetype == "text/html":
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
            assert "root:" not in answer.text
        assert "a=b" not in answer.headers.getlist("Set-Cookie")
        answer.close()


@pytest.mark.parametrize(
    "header", ["Accept-Language", "Accept", "User-Agent", "Referer", "X-Forwarded-For", "Last-Event-ID"]
)
@pytest.mark.parametrize("text", ["", ";;;q=q", "*/*;q=nan", "en;q=9" * 2000, "<script>", "\xff\xfe"])
def test_headers_do_no_harm(browser: Browser, header: str, text: str) -> None:
    for path in ("/live", "/live/now", "/sign-in", "/nothing"):
        assert browser.client.get(path, headers={header: text}).status_code < 500


def _in_path(text: str) -> str:
    from urllib.parse import quote

    return quote(text[:2000], safe="")
