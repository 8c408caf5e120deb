"""The ledger of the doors: every try to come in, searched, and checked for tampering."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from appliance.control.door_messages import LedgerVerified, ReadLedger, VerifyLedger
from appliance.control.faults import RequestFailed
from web.answers import door
from web.pages.calls import follow_time
from web.words import fault_in_words

pages = Blueprint("ledger", __name__, url_prefix="/ledger")

ON_A_PAGE = 50
VERIFY_SECONDS = 60.0
"""A hundred thousand entries take a small Pi some seconds."""


@pages.get("/")
def page() -> str:
    """The newest tries, or those before a number, with the text that is looked for."""
    follow_time()
    text = request.args.get("text", "")[:64]
    before = request.args.get("before", type=int)
    try:
        entries = door().ask(ReadLedger(most=ON_A_PAGE + 1, before=before, text=text)).entries
    except RequestFailed as failed:
        return render_template("ledger/page.html", fault=fault_in_words(failed.fault))
    older = entries[ON_A_PAGE - 1].number if len(entries) > ON_A_PAGE else None
    return render_template("ledger/page.html", entries=entries[:ON_A_PAGE], older=older, text=text, before=before)


@pages.post("/verify")
def verify() -> str:
    """Whether anything of it was changed."""
    try:
        found: LedgerVerified = door().ask(VerifyLedger(), seconds=VERIFY_SECONDS)
        entries = door().ask(ReadLedger(most=ON_A_PAGE)).entries
    except RequestFailed as failed:
        return render_template("ledger/page.html", fault=fault_in_words(failed.fault))
    whole = _("Nothing of it was changed.") if not found.faults else ""
    return render_template("ledger/page.html", entries=entries, older=None, text="", verified=found, whole=whole)
