"""The page as a WSGI application."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import CSRFProtect

from appliance.store.records import RecordsReader
from web import caller_words, door_words, durations, line_words, mistakes, self_call_words, sms_words, words
from web.control import Control
from web.gate import Access, KnownBrowsers, close_gate
from web.guessing import GuessLimits
from web.languages import LANGUAGES, speak_languages
from web.learned_words import learned_in_words
from web.live_feed import LiveFeed
from web.office_time import OfficeTime
from web.owner import Owner
from web.pages import (
    access,
    callers,
    calls,
    codes,
    configuration,
    demo,
    doors,
    entrance,
    ledger,
    live,
    mailboxes,
    messages,
    prompts,
)
from web.places import drawers
from web.private_files import secret_of
from web.sessions import LONGEST_SECONDS, SessionBook
from web.settings import WebSettings

LARGEST_REQUEST = 4 * 1024 * 1024
"""Bytes; a configuration of a thousand people has a quarter of one mebibyte."""

_POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"),
        *("connect-src 'self'", "media-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)


def create_app(control: Control, door: Control, settings: WebSettings) -> Flask:
    """The page of one office.

    Args:
        control: The way to the controller.
        door: The way to the door process.

    Raises RequestFailed when the owner's password cannot be read.
    """
    app = Flask(__name__)
    key = secret_of(settings.folder / "secret-key")
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=settings.cookie,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST_SECONDS,
        WTF_CSRF_TIME_LIMIT=None,  # a page that was left open may be used as long as its session lasts
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 24 * 3600,
        BEHIND_PROXY=settings.behind_proxy,
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    app.session_interface = _Sessions()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    close_gate(app, Access(Owner(settings.folder), SessionBook(settings.folder / "sessions.json"), GuessLimits()))
    app.before_request(prompts.let_upload)
    CSRFProtect(app)
    speak_languages(app)
    app.extensions["porter_control"] = control
    app.extensions["porter_door"] = door
    app.extensions["porter_known"] = KnownBrowsers(key, settings.cookie)
    app.extensions["porter_feed"] = LiveFeed(control, settings.streams)
    app.extensions["porter_rendered"] = {}
    app.extensions["porter_records"] = RecordsReader(settings.records_file)
    time = app.extensions["porter_time"] = OfficeTime(control)
    for area in (
        access,
        live,
        demo,
        calls,
        callers,
        mailboxes,
        messages,
        codes,
        prompts,
        configuration,
        doors,
        entrance,
        ledger,
    ):
        app.register_blueprint(area.pages)
    mistakes.answer_kindly(app)
    app.after_request(_guard)
    app.context_processor(_for_every_template)
    app.url_defaults(_with_content_hash)
    app.jinja_env.filters["moment"] = lambda at: time.shown(at) if at is not None else _("at a time nobody knew")
    for name in (
        "step_in_words",
        "line_reason_in_words",
        "line_state_in_words",
        "agent_state_in_words",
        "fault_in_words",
        "cause_in_words",
        "why_in_words",
        "moment_in_words",
        "notice_kind_in_words",
        "notice_step_in_words",
    ):
        app.jinja_env.filters[name] = getattr(words, name)
    app.jinja_env.filters["learned_in_words"] = learned_in_words
    for name in ("mark_in_words", "answer_in_words", "diversion_in_words"):
        app.jinja_env.filters[name] = getattr(caller_words, name)
    app.jinja_env.filters["self_call_in_words"] = self_call_words.self_call_in_words
    for name in ("sms_state_in_words", "sms_reason_in_words"):
        app.jinja_env.filters[name] = getattr(sms_words, name)
    for name in ("entry_in_words", "channel_in_words", "code_kind_in_words"):
        app.jinja_env.filters[name] = getattr(door_words, name)
    for name in ("line_facts", "trouble_in_words"):
        app.jinja_env.filters[name] = getattr(line_words, name)
    app.jinja_env.filters["duration"] = durations.as_clock
    return app


class _Sessions(SecureCookieSessionInterface):
    """The session's cookie is for TLS alone when it was set over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _guard(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response


def _for_every_template() -> dict[str, Any]:
    return {"languages": LANGUAGES, "language": str(get_locale()), "drawers": drawers()}


def _with_content_hash(endpoint: str, values: dict[str, Any]) -> None:
    """Static files may be kept for a year, since a changed one has another address."""
    if endpoint == "static" and "filename" in values:
        values["v"] = _content_hash(values["filename"])


@cache
def _content_hash(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]
