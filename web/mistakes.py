"""The pages for what goes wrong: each names the cause and the next step."""

from __future__ import annotations

import logging

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from appliance.control.faults import RequestFailed
from appliance.errors import PorterError
from web.answers import status_of
from web.gate import wants_data
from web.words import fault_in_words

log = logging.getLogger(__name__)


def answer_kindly(app: Flask) -> None:
    """Answer every error with a page of ours, or as data to a script."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _old_form)
    app.register_error_handler(PorterError, _refused)
    app.register_error_handler(InternalServerError, _internal)


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())  # a redirect
    answer = _answer(*_in_words(code), code)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
    return answer


def _in_words(code: int) -> tuple[str, str]:
    match code:
        case 401:
            return _("You are not signed in."), _("Sign in and try again.")
        case 404:
            return _("There is no such page."), _("Go to the live page and look from there.")
        case 405:
            return _("This address cannot be used like that."), _("Go to the live page and look from there.")
        case 413:
            return _("This is too large."), _(
                "A file of at most %(count)d MB is accepted.", count=(request.max_content_length or 0) // 2**20
            )
        case 415 | 400:
            return _("The page could not make sense of that."), _("Go back, reload the page and try again.")
    return _("This did not work."), _("Go back, reload the page and try again.")


def _old_form(error: CSRFError) -> Response:
    return _answer(_("This page was open for too long."), _("Go back, reload the page and try again."), 400)


def _refused(error: PorterError) -> Response:
    if isinstance(error, RequestFailed):
        cause, next_step = fault_in_words(error.fault)
        return _answer(cause, next_step, status_of(error))
    return _answer(error.cause, error.next_step or "", 503)


def _internal(error: InternalServerError) -> Response:
    # Flask has logged the traceback already.
    return _answer(
        _("The page failed because of a fault in the program."),
        _("The journal has the details; please report them."),
        500,
    )


def _answer(cause: str, next_step: str, code: int) -> Response:
    if wants_data():
        return make_response(jsonify(ok=False, said=f"{cause} {next_step}".strip()), code)
    return make_response(render_template("mistake.html", cause=cause, next_step=next_step), code)
