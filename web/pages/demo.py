"""The demo panel: what happens outside of a simulated office, at the far ends of its lines and at its doors."""

from __future__ import annotations

import re

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Done, Fault
from appliance.control.simulation_messages import (
    LineAction,
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
)
from web.answers import carry_out, refuse

pages = Blueprint("demo", __name__, url_prefix="/demo")

LONGEST_SMS = 2000
_NUMBER = re.compile(r"\+?[0-9]{0,20}")
_KEYS = re.compile(r"[0-9*#]{1,40}")


@pages.post("/lines/<line>/call")
def call_in(line: str) -> ResponseReturnValue:
    """Somebody calls."""
    number = _compact(request.form.get("number", ""))
    if not _NUMBER.fullmatch(number):
        return _refuse(_("This is not a telephone number."), _("Write digits only, with + in front if you like."))
    return _make(SimulateCall(line=line, caller=number), _("Somebody is calling. See who rings."))


@pages.post("/lines/<line>/sms")
def send_sms(line: str) -> ResponseReturnValue:
    """Somebody sends a message."""
    sender, text = _compact(request.form.get("number", "")), request.form.get("text", "")
    if not _NUMBER.fullmatch(sender) or not sender:
        return _refuse(_("This is not a telephone number."), _("Write digits only, with + in front if you like."))
    if not text.strip() or len(text) > LONGEST_SMS:
        return _refuse(_("A message needs some text, at most %(count)d characters.", count=LONGEST_SMS), "")
    return _make(SimulateSms(line=line, sender=sender, text=text), _("The message is on its way."))


@pages.post("/lines/<line>/keys")
def press_keys(line: str) -> ResponseReturnValue:
    """The far end presses keys."""
    keys = _compact(request.form.get("keys", ""))
    if not _KEYS.fullmatch(keys):
        return _refuse(_("There are no keys to press."), _("Write some of 0 to 9, * and #."))
    return _make(SimulateKeys(line=line, keys=keys), _("The keys are pressed."))


@pages.post("/lines/<line>/<any(answer, hang_up, unplug, plug_in):action>")
def act(line: str, action: str) -> ResponseReturnValue:
    """The far end answers or hangs up; the modem is unplugged or plugged in."""
    said = {
        LineAction.ANSWER: _("The far end has answered."),
        LineAction.HANG_UP: _("The far end has hung up."),
        LineAction.UNPLUG: _("The modem is unplugged."),
        LineAction.PLUG_IN: _("The modem is plugged in; it is ready in a few seconds."),
    }
    return _make(SimulateLine(line=line, action=LineAction(action)), said[LineAction(action)])


@pages.post("/doors/<door>/press")
def press_button(door: str) -> ResponseReturnValue:
    """Somebody presses the button of a door."""
    return _make(SimulatePress(door=door), _("The button is pressed."))


def _make(request: Ask[Done], done: str) -> ResponseReturnValue:
    return carry_out(request, done, back=url_for("live.page"))


def _refuse(cause: str, next_step: str) -> ResponseReturnValue:
    return refuse(RequestFailed(Fault("bad_input", cause, next_step)), back=url_for("live.page"))


def _compact(text: str) -> str:
    return re.sub(r"[ ()/.-]", "", text)
