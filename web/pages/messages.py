"""Short messages: what came, how far ours are, and a form for a new one. The lists follow by themselves."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.control.faults import RequestFailed
from appliance.control.sms_messages import LONGEST_TEXT, CancelSms, ListSms, RetrySms, SendSms
from web.answers import carry_out, control
from web.gate import passive
from web.pages.calls import follow_time
from web.pages.configuration import OWNER
from web.words import fault_in_words

pages = Blueprint("messages", __name__, url_prefix="/messages")

PAGE = 50


@pages.get("/")
def page() -> str:
    """Both lists, and the form."""
    return render_template("messages/page.html", most=LONGEST_TEXT, **_lists())


@pages.get("/lists")
@passive
def lists() -> str:
    """The lists alone, for the page's script."""
    return render_template("messages/_lists.html", **_lists())


@pages.post("/")
def send() -> ResponseReturnValue:
    """Queue a new message."""
    text = request.form.get("text", "")
    if len(text) > LONGEST_TEXT:
        abort(400)
    wanted = SendSms(to=request.form.get("to", "")[:40], text=text, by=OWNER)
    return carry_out(wanted, _("The message is kept and will be sent."), back=_back())


@pages.post("/<id>/retry")
def retry(id: str) -> ResponseReturnValue:
    """Send one again."""
    return carry_out(RetrySms(id=_known(id), by=OWNER), _("The message is sent again."), back=_back())


@pages.post("/<id>/cancel")
def cancel(id: str) -> ResponseReturnValue:
    """Send no more of one that waits."""
    return carry_out(CancelSms(id=_known(id), by=OWNER), _("The message is not sent."), back=_back())


def _lists() -> dict[str, Any]:
    follow_time()
    try:
        listed = control().ask(ListSms(most=PAGE))
    except RequestFailed as failed:
        return {"fault": fault_in_words(failed.fault)}
    return {"received": listed.received, "outgoing": listed.outgoing}


def _known(id: str) -> str:
    return id if id.isascii() and id.isdecimal() and len(id) < 19 else abort(404)


def _back() -> str:
    return url_for("messages.page")
