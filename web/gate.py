"""Who may see what: nobody anything, except to set up and to sign in."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user
from itsdangerous import BadSignature, URLSafeSerializer

from web.guessing import GuessLimits
from web.owner import Owner
from web.sessions import SessionBook

View = TypeVar("View", bound=Callable[..., Any])

KNOWN_BROWSER_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""
_FORWARDED = "X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"


class Access:
    """Everything about passwords and sessions, shared by the gate and its pages."""

    def __init__(self, owner: Owner, book: SessionBook, limits: GuessLimits) -> None:
        self.owner = owner
        self.book = book
        self.limits = limits


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """The owner, in one session."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get_id(self) -> str:
        return self.token


def public(view: View) -> View:
    """Let everybody see this page."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def passive(view: View) -> View:
    """The browser asks for this by itself: it does not show that somebody is there."""
    view.is_passive = True  # type: ignore[attr-defined]
    return view


def access() -> Access:
    """The application's own."""
    found: Access = current_app.extensions["porter_access"]
    return found


def is_local() -> bool:
    """Whether the one who asks sits at this machine, as far as a proxy in front lets us know."""
    try:
        here = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    is_behind = current_app.config["BEHIND_PROXY"]
    return here and (is_behind or not any(name in request.headers for name in _FORWARDED))


def sign_in() -> None:
    """Begin a session in this browser; whatever it held before is gone."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(access().book.begin()))


def wants_data() -> bool:
    """Whether a script asked, rather than a person following a link."""
    return request.accept_mimetypes.best in ("application/json", "text/event-stream")


def place_asked_for() -> str:
    """Where to go after signing in: a path of ours, or the first page."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc
    return wanted if is_ours and wanted.isprintable() else url_for("live.page")


class KnownBrowsers:
    """A cookie for browsers that have signed in before: guessing strangers cannot lock those out."""

    NAME = "known"

    def __init__(self, key: str, cookie: str) -> None:
        self._signer = URLSafeSerializer(key, salt="known browser")
        self.name = f"{cookie}_{self.NAME}"

    def is_known(self) -> bool:
        try:
            return bool(self._signer.loads(request.cookies.get(self.name, "")) == self.NAME)
        except BadSignature:
            return False

    def remember(self, response: Any) -> Any:
        response.set_cookie(
            self.name,
            self._signer.dumps(self.NAME),
            max_age=KNOWN_BROWSER_SECONDS,
            path=url_for("access.sign_in_page"),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
        return response


def close_gate(app: Flask, shared: Access) -> None:
    """Refuse every request of somebody who is not signed in, whatever its path and method."""
    app.extensions["porter_access"] = shared
    manager = LoginManager(app)
    manager.session_protection = None  # it would end the session of a phone that changes from cable to radio

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        return SignedIn(token) if shared.book.is_alive(token) else None

    @app.before_request
    def let_in() -> ResponseReturnValue | None:
        view = app.view_functions.get(request.endpoint or "")
        is_reading = request.method in ("GET", "HEAD")
        if (request.endpoint == "static" and is_reading) or getattr(view, "is_public", False):
            return None
        if current_user.is_authenticated:
            if not getattr(view, "is_passive", False):
                shared.book.touch(current_user.token)
            return None
        if wants_data() or not is_reading:
            abort(401)
        if not shared.owner.exists:
            return redirect(url_for("access.set_up"))
        asked_for = request.full_path.rstrip("?")
        return redirect(url_for("access.sign_in_page", next=None if asked_for == "/" else asked_for))
