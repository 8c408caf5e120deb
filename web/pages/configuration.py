"""The whole configuration as one text: look, change, see what would change, apply, undo, and take a copy away."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from appliance.control.controller_messages import (
    CHANGED_MEANWHILE,
    Applied,
    ApplyConfiguration,
    ExportConfiguration,
    Exported,
    UndoConfiguration,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from web.answers import control, refuse
from web.gate import access
from web.veil import unveil, veil
from web.words import fault_in_words

log = logging.getLogger(__name__)

pages = Blueprint("configuration", __name__, url_prefix="/configuration")

APPLY_SECONDS = 60.0
OWNER = "owner"
"""Who changes things from the page, in the history."""


@pages.get("/")
def page() -> ResponseReturnValue:
    """The configuration in force, without its secrets."""
    exported = _exported()
    return _page(veil(exported.text), exported.version)


@pages.post("/")
def change() -> ResponseReturnValue:
    """Check what was written or uploaded, or apply it."""
    try:
        text = _sent_text()
    except UnicodeDecodeError:
        unreadable = Fault("bad_file", _("This file is not a text."), _("Save it as UTF-8 text and send it again."))
        exported = _exported()
        return _page(veil(exported.text), exported.version, fault=unreadable), 400
    is_check = request.form.get("do") != "apply"
    now = _exported()
    # A file was made nobody knows from what; the text of the page from the version that it shows.
    version = None if _sent_file() else request.form.get("version", type=int)
    change = ApplyConfiguration(text=unveil(text, now.text), by=OWNER, dry_run=is_check, version=version)
    try:
        applied = control().ask(change, seconds=APPLY_SECONDS)
    except RequestFailed as failed:
        if not failed.fault.details and failed.fault.code != CHANGED_MEANWHILE:
            raise
        return _page(veil(text), now.version, fault=failed.fault), 422
    if is_check:
        return _page(veil(text), now.version, applied=applied)
    if applied.changes:
        flash(_("Configuration %(version)d is in force. Calls went on meanwhile.", version=applied.version))
    else:
        flash(_("Nothing is different from before."))
    return redirect(url_for("configuration.page"))


@pages.post("/undo")
def undo() -> ResponseReturnValue:
    """Back to the configuration before the last change."""
    back = url_for("configuration.page")
    try:
        applied = control().ask(UndoConfiguration(by=OWNER), seconds=APPLY_SECONDS)
    except RequestFailed as failed:
        return refuse(failed, back=back)
    flash(_("The configuration before is in force again, as number %(version)d.", version=applied.version))
    return redirect(back)


@pages.post("/copy")
def copy() -> ResponseReturnValue:
    """The file with its passwords, for who knows the owner's."""
    back = url_for("configuration.page")
    if not access().limits.may_try(request.remote_addr or "", is_known=True):
        return _no_copy(_("There were too many wrong tries. Wait a minute and try again."), back)
    if not access().owner.is_password(request.form.get("password", "")):
        log.warning("A wrong password from %s for a copy of the configuration", request.remote_addr)
        return _no_copy(_("That is not the owner's password; no copy was made."), back)
    response = Response(_exported().text, mimetype="application/yaml")
    response.headers["Content-Disposition"] = 'attachment; filename="porter.yaml"'
    return response


def _no_copy(cause: str, back: str) -> ResponseReturnValue:
    flash(cause, "error")
    return redirect(back)


def _exported() -> Exported:
    return control().ask(ExportConfiguration())


def _sent_text() -> str:
    """What was sent, with the line ends of Unix; a chosen file goes before what stands in the page."""
    file = _sent_file()
    text = file.read().decode("utf-8-sig") if file is not None else request.form.get("text", "")
    return text.replace("\r\n", "\n")


def _sent_file() -> FileStorage | None:
    file = request.files.get("file")
    return file if file is not None and file.filename else None


def _page(text: str, version: int, *, applied: Applied | None = None, fault: Fault | None = None) -> str:
    """The page with a text, and the version in force, which a change of it must be made from."""
    words = None if fault is None else fault_in_words(fault)
    return render_template(
        "configuration/page.html", text=text, version=version, applied=applied, fault=fault, words=words
    )
