"""What callers booked, how they are marked and what they answered: lists, and the way back from each change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.control.caller_messages import (
    BookAppointment,
    CancelAppointment,
    ListAnswers,
    ListAppointments,
    ListMarks,
    SetMark,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask
from web.answers import control, refuse
from web.pages.calls import follow_time
from web.pages.configuration import OWNER
from web.words import fault_in_words

pages = Blueprint("callers", __name__, url_prefix="/callers")

UNDO = "undo_about_caller"
"""In the session: the path and the form that take the last change back."""


@pages.get("/")
def page() -> str:
    """The three lists."""
    follow_time()
    try:
        lists: dict[str, Any] = {
            "appointments": control().ask(ListAppointments()).appointments,
            "marks": control().ask(ListMarks()).marks,
            "answers": control().ask(ListAnswers()).answers,
        }
    except RequestFailed as failed:
        return render_template("callers/page.html", fault=fault_in_words(failed.fault))
    return render_template("callers/page.html", undo=session.pop(UNDO, None), **lists)


@pages.post("/appointments/cancel")
def cancel() -> ResponseReturnValue:
    """Give a booked time back."""
    wanted = CancelAppointment(calendar=_given("calendar"), starts_at=_instant(), by=OWNER)
    try:
        (freed,) = control().ask(wanted).appointments
    except RequestFailed as failed:
        return refuse(failed, back=_back())
    form = {"calendar": freed.calendar, "at": request.form["at"], "minutes": str(freed.minutes)}
    form |= {"number": freed.number, "name": freed.name}
    session[UNDO] = {"action": url_for("callers.book"), "form": form}
    flash(_("The time is free again. Nobody has told the caller."))
    return redirect(_back())


@pages.post("/appointments/book")
def book() -> ResponseReturnValue:
    """Book a time again that was given back."""
    minutes = request.form.get("minutes", type=int)
    wanted = BookAppointment(
        calendar=_given("calendar"),
        starts_at=_instant(),
        number=request.form.get("number", ""),
        name=request.form.get("name", ""),
        minutes=minutes,
        by=OWNER,
    )
    return _done(wanted, _("The time is booked again."))


@pages.post("/marks")
def mark() -> ResponseReturnValue:
    """Take a mark off, or put it back."""
    kind, who, is_on = _given("kind"), _given("who"), request.form.get("on") == "1"
    if not is_on:
        session[UNDO] = {"action": url_for("callers.mark"), "form": {"kind": kind, "who": who, "on": "1"}}
    done = _("The mark is back.") if is_on else _("The mark is taken off.")
    return _done(SetMark(kind=kind, who=who, on=is_on, by=OWNER), done)


def _done(wanted: Ask[Any], said: str) -> ResponseReturnValue:
    try:
        control().ask(wanted)
    except RequestFailed as failed:
        session.pop(UNDO, None)
        return refuse(failed, back=_back())
    flash(said)
    return redirect(_back())


def _given(name: str) -> str:
    return request.form.get(name) or abort(400)


def _instant() -> datetime:
    """When an appointment begins, as the form of the page has it."""
    try:
        moment = datetime.fromisoformat(_given("at"))
    except ValueError:
        abort(400)
    return moment if moment.tzinfo is not None else abort(400)


def _back() -> str:
    return url_for("callers.page")
