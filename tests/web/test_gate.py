"""Who may see what: nobody anything, except to set up and to sign in (CHECKLIST E1, E2, E4, E5)."""

import pytest
from flask import Flask

from web import sessions
from web.sessions import IDLE_SECONDS, LONGEST_SECONDS, SessionBook
from web.settings import WebSettings

from .canned_office import PASSWORD, CannedOffice
from .conftest import Browser

OPEN = {"static", "access.set_up", "access.sign_in_page"}
METHODS = "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"


def paths_of(app: Flask) -> list[str]:
    """Every address of the page but the open ones, with something for each variable."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in OPEN:
            path = rule.rule.replace("<any(answer, hang_up, unplug, plug_in):action>", "answer")
            for name in rule.arguments:
                path = path.replace(f"<{name}>", "201")
            found.append(path)
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("is_set_up", [True, False])
def test_every_address_is_closed_to_strangers(app: Flask, stranger: Browser, method: str, is_set_up: bool) -> None:
    if is_set_up:
        app.extensions["porter_access"].owner.set_up(PASSWORD)
    odd = ["/live/", "//live", "/live%00", "/Live", "/live/../live", "/admin", "/console", "/.env"]
    for path in [*paths_of(app), *odd]:
        for headers in (
            {},
            {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-User": "owner", "X-Original-URL": "/sign-in"},
        ):
            answer = stranger.client.open(path, method=method, headers=headers)
            assert answer.status_code in (301, 302, 308, 401, 403, 404), (method, path, answer.status)
            assert "Kalna" not in answer.text
            if answer.status_code == 404:
                assert path.startswith("/static/")


def test_there_is_a_good_number_of_closed_addresses(app: Flask) -> None:
    assert len(paths_of(app)) > 15


def test_the_owner_sets_a_password_and_is_signed_in(browser: Browser) -> None:
    assert "Kalna iela 5" in browser.get("/live")


def test_setting_up_happens_once(browser: Browser, app: Flask) -> None:
    stranger = Browser(app.test_client())
    answer = stranger.client.get("/set-up")
    assert answer.status_code == 302
    assert answer.location == "/sign-in"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaa",
        "password1234",
        "123456789012",
        "qwertyuiop123",
        "porterporter",
        "йцукенгшщзхъ",
        "x" * 300,
    ],
)
def test_a_weak_password_is_refused_with_a_reason(app: Flask, stranger: Browser, password: str) -> None:
    answer = stranger.post("/set-up", form_at="/set-up", password=password, again=password)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert not app.extensions["porter_access"].owner.exists


def test_passwords_that_differ_are_refused(stranger: Browser) -> None:
    answer = stranger.post("/set-up", form_at="/set-up", password=PASSWORD, again=PASSWORD + "x")
    assert answer.status_code == 400
    assert "differ" in answer.text


def test_from_another_machine_the_set_up_code_is_needed(app: Flask, settings: WebSettings) -> None:
    code_file = settings.folder / "setup-code"
    assert code_file.stat().st_mode & 0o777 == 0o600
    code = code_file.read_text().strip().lower().replace("-", " ")
    visitor = Browser(app.test_client())
    visitor.client.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    without = visitor.post("/set-up", form_at="/set-up", password=PASSWORD, again=PASSWORD, code="WRONG")
    assert without.status_code == 403
    with_code = visitor.post("/set-up", form_at="/set-up", password=PASSWORD, again=PASSWORD, code=code)
    assert with_code.status_code == 302
    assert not code_file.exists()


def test_who_comes_through_a_proxy_is_not_at_this_machine(app: Flask, stranger: Browser) -> None:
    assert 'name="code"' in stranger.client.get("/set-up", headers={"X-Forwarded-For": "203.0.113.5"}).text
    assert 'name="code"' not in stranger.client.get("/set-up").text


def test_set_up_closes_after_an_hour(app: Flask, stranger: Browser) -> None:
    owner = app.extensions["porter_access"].owner
    began = owner._now()
    owner._now = lambda: began + 3601
    answer = stranger.client.get("/set-up")
    assert answer.status_code == 403
    assert not owner.set_up(PASSWORD)


def test_signing_in_leads_to_where_one_wanted_to_go(browser: Browser, app: Flask) -> None:
    again = Browser(app.test_client())
    asked = again.client.get("/calls/?search=Olga")
    assert asked.location == "/sign-in?next=/calls/?search%3DOlga"
    answer = again.post(asked.location, form_at="/sign-in", password=PASSWORD)
    assert answer.location == "/calls/?search=Olga"


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/\t/evil"]
)
def test_signing_in_never_leads_elsewhere(browser: Browser, app: Flask, place: str) -> None:
    again = Browser(app.test_client())
    token_page = "/sign-in"
    answer = again.post(f"/sign-in?next={place}", form_at=token_page, password=PASSWORD)
    assert answer.location == "/live"


def test_guessing_is_limited_and_the_owner_elsewhere_gets_in(browser: Browser, app: Flask) -> None:
    guesser = Browser(app.test_client())
    codes = [
        guesser.client.post(
            "/sign-in",
            data={"csrf_token": _token(guesser), "password": f"guess number {i}"},
            headers={"X-Forwarded-For": f"10.0.0.{i}"},
        ).status_code
        for i in range(30)
    ]
    assert codes.count(403) <= 10
    assert codes[-1] == 429
    owner = Browser(app.test_client())
    owner.client.environ_base["REMOTE_ADDR"] = "192.168.1.20"
    assert owner.post("/sign-in", form_at="/sign-in", password=PASSWORD).status_code == 302


def test_many_guessing_addresses_do_not_lock_out_a_known_browser(browser: Browser, app: Flask) -> None:
    stranger = Browser(app.test_client())
    evaluated = 0
    for i in range(60):
        stranger.client.environ_base["REMOTE_ADDR"] = f"10.1.{i}.1"
        answer = stranger.post("/sign-in", form_at="/sign-in", password="guess it is")
        evaluated += answer.status_code == 403
    assert evaluated <= 30
    browser.post("/sign-out")
    assert browser.post("/sign-in", form_at="/sign-in", password=PASSWORD).status_code == 302


def test_a_form_without_its_token_is_refused(browser: Browser, office: CannedOffice) -> None:
    answer = browser.client.post("/demo/lines/gsm1/call", data={"number": "+37120000009"})
    assert answer.status_code == 400
    assert office.asked == []


def test_signing_out_ends_every_session_and_copied_cookies(browser: Browser, app: Flask) -> None:
    elsewhere = Browser(app.test_client())
    assert elsewhere.post("/sign-in", form_at="/sign-in", password=PASSWORD).status_code == 302
    assert browser.post("/sign-out").status_code == 302
    for one in (browser, elsewhere):
        assert one.client.get("/live").status_code == 302


def test_another_password_ends_every_other_session(browser: Browser, app: Flask) -> None:
    elsewhere = Browser(app.test_client())
    elsewhere.post("/sign-in", form_at="/sign-in", password=PASSWORD)
    new = "eleven quiet submarines knit"
    answer = browser.post("/password", form_at="/password", old=PASSWORD, password=new, again=new)
    assert answer.status_code == 302
    assert browser.client.get("/live").status_code == 200
    assert elsewhere.client.get("/live").status_code == 302
    assert elsewhere.post("/sign-in", form_at="/sign-in", password=PASSWORD).status_code == 403


def test_cookies_are_for_the_browser_alone(stranger: Browser) -> None:
    answer = stranger.post("/set-up", form_at="/set-up", password=PASSWORD, again=PASSWORD)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie for cookie in cookies)


def test_cookies_are_secure_under_tls(stranger: Browser) -> None:
    answer = stranger.client.get("/set-up?language=lv", base_url="https://localhost")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


class Watch:
    """Monotonic seconds that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_session_ends_when_nobody_is_there(settings: WebSettings) -> None:
    watch = Watch()
    book = SessionBook(settings.folder / "sessions.json", watch, "this boot")
    token = book.begin()
    watch.now += IDLE_SECONDS - 1
    book.touch(token)
    watch.now += IDLE_SECONDS - 1
    assert book.is_alive(token)
    watch.now += 2
    assert not book.is_alive(token)


def test_a_session_ends_after_twelve_hours_whatever_happens(settings: WebSettings) -> None:
    watch = Watch()
    book = SessionBook(settings.folder / "sessions.json", watch, "this boot")
    token = book.begin()
    for _minute in range(int(LONGEST_SECONDS // 60) - 1):
        watch.now += 60
        book.touch(token)
    assert book.is_alive(token)
    watch.now += 61
    assert not book.is_alive(token)


def test_sessions_outlive_a_restart_of_the_page_but_not_of_the_machine(settings: WebSettings) -> None:
    file, watch = settings.folder / "sessions.json", Watch()
    token = SessionBook(file, watch, "this boot").begin()
    assert token not in file.read_text()
    assert SessionBook(file, watch, "this boot").is_alive(token)
    assert not SessionBook(file, watch, "the next boot").is_alive(token)


def test_the_live_page_alone_does_not_keep_a_session_alive(browser: Browser, app: Flask) -> None:
    book = app.extensions["porter_access"].book
    began = book._now()
    book._now = lambda: began + sessions.IDLE_SECONDS - 5
    assert browser.client.get("/live/now", headers={"Accept": "application/json"}).status_code == 200
    book._now = lambda: began + sessions.IDLE_SECONDS + 5
    assert browser.client.get("/live/now", headers={"Accept": "application/json"}).status_code == 401


def test_a_broken_password_file_does_not_open_the_page(app: Flask, settings: WebSettings) -> None:
    from appliance.errors import PorterError
    from web.owner import Owner

    (settings.folder / "owner.json").write_text("rubbish")
    with pytest.raises(PorterError, match=r"cannot be read"):
        Owner(settings.folder)


def test_files_are_private(browser: Browser, settings: WebSettings) -> None:
    for name in ("owner.json", "secret-key", "sessions.json"):
        assert (settings.folder / name).stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in (settings.folder / "owner.json").read_text()
    assert "m=19456" in (settings.folder / "owner.json").read_text()


def test_every_answer_is_guarded(browser: Browser) -> None:
    for path in ("/live", "/nothing", "/sign-in", "/static/live.js"):
        headers = browser.client.get(path).headers
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert browser.client.get("/live").headers["Cache-Control"] == "no-store"


def _token(browser: Browser) -> str:
    return browser.client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
