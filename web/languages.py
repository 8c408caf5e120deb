"""In which language a page is shown: as chosen, else as the browser asks, else as the office speaks."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_babel import Babel

LANGUAGES = {"en": "English", "lv": "Latviešu", "uk": "Українська", "ru": "Русский"}
_COOKIE = "language"
_YEAR = 365 * 24 * 3600


def speak_languages(app: Flask) -> None:
    """Choose the language of every request; `?language=lv` on any address changes it for good."""
    Babel(app, locale_selector=_language)

    @app.after_request
    def remember(response: Response) -> Response:
        chosen = request.args.get("language")
        if chosen in LANGUAGES:
            response.set_cookie(_COOKIE, chosen, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
        return response


def _language() -> str:
    for chosen in (request.args.get("language"), request.cookies.get(_COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    office: str | None = g.get("office_language")
    return request.accept_languages.best_match(list(LANGUAGES)) or office or "en"
