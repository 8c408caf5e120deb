"""Mailboxes: the messages of each, to hear, keep, delete, bring back, forward and take away."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from appliance.control.faults import RequestFailed
from appliance.control.mailbox_messages import (
    DeleteVoicemail,
    FetchVoicemail,
    ForwardVoicemail,
    KeepVoicemail,
    ListBoxes,
    ListVoicemail,
    RestoreVoicemail,
)
from web.answers import carry_out, control
from web.gate import passive
from web.pages.calls import follow_time
from web.pages.configuration import OWNER
from web.words import fault_in_words

pages = Blueprint("mailboxes", __name__, url_prefix="/mailboxes")

_CHANGES: Mapping[str, tuple[type[KeepVoicemail | DeleteVoicemail | RestoreVoicemail], LazyString]] = {
    "keep": (KeepVoicemail, _l("The message counts as heard.")),
    "delete": (DeleteVoicemail, _l("The message is in the bin.")),
    "restore": (RestoreVoicemail, _l("The message is back.")),
}

_NAME = re.compile(r"[\w-]{1,32}")


@pages.get("/")
def every() -> str:
    """All boxes, with how full they are."""
    try:
        boxes = control().ask(ListBoxes()).boxes
    except RequestFailed as failed:
        return render_template("mailboxes/every.html", fault=fault_in_words(failed.fault))
    return render_template("mailboxes/every.html", boxes=boxes)


@pages.get("/<box>")
def one(box: str) -> str:
    """The messages of a box, or with `bin` those that were deleted."""
    return _listed("mailboxes/one.html", box)


@pages.get("/<box>/list")
@passive
def listed(box: str) -> str:
    """The same without the page around it, for the browser's script."""
    return _listed("mailboxes/_list.html", box)


@pages.get("/<box>/<id>.wav")
def sound(box: str, id: str) -> ResponseReturnValue:
    """What was said; with `download` as a file to keep."""
    try:
        data = control().ask(FetchVoicemail(box=box, id=id)).data
    except RequestFailed:
        abort(404)
    name = "voicemail-" + "".join(_NAME.findall(f"{box}-{id}")) + ".wav"
    is_file = "download" in request.args
    return send_file(io.BytesIO(data), "audio/wav", as_attachment=is_file, download_name=name, conditional=True)


@pages.post("/<box>/<id>/<any(keep, delete, restore):to>")
def change(box: str, id: str, to: str) -> ResponseReturnValue:
    """Count a message as heard, put it into the bin or take it out again."""
    request_of, done = _CHANGES[to]
    wanted = request_of(box=box, id=id, by=OWNER)
    back = url_for("mailboxes.one", box=box, bin=1 if to == "restore" else None)
    return carry_out(wanted, str(done), back=back)


@pages.post("/<box>/<id>/forward")
def forward(box: str, id: str) -> ResponseReturnValue:
    """Copy a message to another box."""
    to = request.form.get("to") or abort(400)
    wanted = ForwardVoicemail(box=box, id=id, to=to, by=OWNER)
    return carry_out(wanted, _("The message is forwarded."), back=url_for("mailboxes.one", box=box))


def _listed(template: str, key: str) -> str:
    follow_time()
    is_bin = "bin" in request.args
    try:
        boxes = control().ask(ListBoxes()).boxes
        box = next((box for box in boxes if box.key == key), None) or abort(404)
        messages = control().ask(ListVoicemail(box=key, deleted=is_bin)).messages
    except RequestFailed as failed:
        return render_template(template, fault=fault_in_words(failed.fault), key=key, is_bin=is_bin)
    return render_template(
        template,
        box=box,
        key=key,
        others=[other for other in boxes if other.key != key],
        messages=tuple(reversed(messages)),
        is_bin=is_bin,
    )
