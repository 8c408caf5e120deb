"""Asking the controller for something, and answering the browser with what became of it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, jsonify, redirect
from flask.typing import ResponseReturnValue

from appliance.control.faults import RequestFailed, ServiceUnreachable
from appliance.control.messages import Ask
from web.control import Control
from web.gate import wants_data
from web.words import fault_in_words


def control() -> Control:
    """The application's way to the controller."""
    found: Control = current_app.extensions["porter_control"]
    return found


def door() -> Control:
    """The application's way to the door process."""
    found: Control = current_app.extensions["porter_door"]
    return found


def carry_out(request: Ask[Any], done: str, *, back: str) -> ResponseReturnValue:
    """Ask the controller, and say `done` or why not: as data to a script, else on the page to go back to."""
    try:
        control().ask(request)
    except RequestFailed as failed:
        return refuse(failed, back=back)
    return say(done, back=back)


def say(text: str, *, back: str) -> ResponseReturnValue:
    """It was done."""
    if wants_data():
        return jsonify(ok=True, said=text)
    flash(text)
    return redirect(back)


def refuse(failed: RequestFailed, *, back: str) -> ResponseReturnValue:
    """It was not done, and why."""
    text = " ".join(fault_in_words(failed.fault))
    if wants_data():
        return jsonify(ok=False, said=text), status_of(failed)
    flash(text, "error")
    return redirect(back)


def status_of(failed: RequestFailed) -> int:
    """503 when the controller was not reached, 409 when it refused."""
    return 503 if isinstance(failed, ServiceUnreachable) else 409
