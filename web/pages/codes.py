"""The card of all codes, to read at a phone's screen and to print."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from appliance.control.controller_messages import ShowCodes
from web.answers import control

pages = Blueprint("codes", __name__, url_prefix="/codes")


@pages.get("/")
def card() -> ResponseReturnValue:
    """Every code in force and what it does, in the reader's language."""
    return render_template("codes/card.html", card=control().ask(ShowCodes(language=str(get_locale()))))
