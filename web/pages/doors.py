"""Doors on the page: open one, acknowledge what happened there, and add one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.config.loading import export, parse
from appliance.config.models import Configuration, Door
from appliance.control.controller_messages import ApplyConfiguration, DoorAnswered, ExportConfiguration, OpenDoor
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.control.notice_messages import AcknowledgeNotice
from web.answers import carry_out, control, refuse, say
from web.pages.configuration import APPLY_SECONDS, OWNER
from web.words import fault_in_words

pages = Blueprint("doors", __name__, url_prefix="/doors")

WHOLE = ("button_pin", "relay_pin", "relay_locked_level")
NUMBERS = (*WHOLE, "pulse_seconds")
_LINE = re.compile(r" \(line [0-9]+\)$")
"""Where a mistake stands in a text that nobody sees here."""
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
CHOICES = ("pins", "lock")
USUAL: Mapping[str, str] = {
    "key": "",
    "name": "",
    "rings": "",
    "open_digit": "5",
    "button_pin": "17",
    "relay_pin": "27",
    "relay_locked_level": "0",
    "pulse_seconds": "3",
    "pins": "gpio",
    "lock": "",
}
"""What the form is filled with; the kind of lock is never assumed."""


@pages.post("/<door>/open")
def open_door(door: str) -> ResponseReturnValue:
    """Ask the door to open."""
    back = _back(door)
    try:
        answer: DoorAnswered = control().ask(OpenDoor(door=door, person=OWNER))
    except RequestFailed as failed:
        return refuse(failed, back=back)
    if answer.granted:
        return say(_("The door is unlocked."), back=back)
    return refuse(RequestFailed(Fault("door_stays_locked", _("The door stays locked:"), answer.reason)), back=back)


def _back(door: str) -> str:
    """The page a form was sent from, of the two that have such a one."""
    return url_for("doors.try_out", door=door) if request.form.get("from") == "try" else url_for("live.page")


@pages.post("/notices/<id>/acknowledge")
def acknowledge(id: str) -> ResponseReturnValue:
    """Somebody has seen a notice."""
    return carry_out(AcknowledgeNotice(id=id, by=OWNER), _("Acknowledged."), back=url_for("live.page"))


@pages.get("/new")
def safety() -> str:
    """What has to be so before a door may be added: the way out never depends on this box (CHECKLIST A2)."""
    return render_template("doors/safety.html")


@pages.post("/new")
def form() -> ResponseReturnValue:
    """The form, once the person says that people get out without this box."""
    if request.form.get("way_out") != "yes":
        flash(_("Please confirm first that people get out without this box."), "error")
        return redirect(url_for("doors.safety"))
    return _form(USUAL)


@pages.post("/add")
def add() -> ResponseReturnValue:
    """Add the door of the form, or show all that is wrong with it."""
    if request.form.get("way_out") != "yes":
        return redirect(url_for("doors.safety"))
    given = {field: request.form.get(field, "").strip() for field in USUAL}
    exported = control().ask(ExportConfiguration())
    current = parse(exported.text)
    mistakes = _missing(given, current)
    if not mistakes:
        wanted = ApplyConfiguration(text=_with_door(current, given), by=OWNER, version=exported.version)
        try:
            control().ask(wanted, seconds=APPLY_SECONDS)
        except RequestFailed as failed:
            if not failed.fault.details:
                raise
            mistakes = _sorted(failed.fault, given["key"])
        else:
            flash(_("The door is added."))
            return redirect(url_for("doors.try_out", door=given["key"]))
    return _form(given, mistakes), 422


@pages.get("/<door>/try")
def try_out(door: str) -> str:
    """Try button and lock of a door, one after the other."""
    settings = parse(control().ask(ExportConfiguration()).text).doors.get(door)
    if settings is None:
        abort(404)
    return render_template("doors/try.html", name=door, door=settings)


def _missing(given: Mapping[str, str], current: Configuration) -> dict[str, list[str]]:
    """What is wrong before the door can even be written down."""
    mistakes: dict[str, list[str]] = {}
    for field in ("key", "name", "rings", "lock"):
        if not given[field]:
            mistakes[field] = [_("This is needed.")]
    if given["key"] in current.doors:
        mistakes["key"] = [_("There is a door of this name already.")]
    for field in NUMBERS:
        if not _NUMBER.fullmatch(given[field]) or (field in WHOLE and "." in given[field]):
            mistakes[field] = [_("This is not a number.")]
    return mistakes


def _with_door(current: Configuration, given: Mapping[str, str]) -> str:
    """The configuration as text, with the new door in it; whether that makes sense the controller says."""
    settings: dict[str, Any] = {field: given[field] for field in (*CHOICES, "name", "rings")}
    settings |= {field: int(given[field]) if field in WHOLE else float(given[field]) for field in NUMBERS}
    settings["open_digit"] = given["open_digit"] or None
    door = msgspec.structs.replace(Door(name="new", rings="hang_up"), **settings)
    return export(msgspec.structs.replace(current, doors={**current.doors, given["key"]: door}))


def _sorted(fault: Fault, key: str) -> dict[str, list[str]]:
    """Each mistake at the field it is about; the others above the form."""
    mistakes: dict[str, list[str]] = {}
    door = f"doors.{key}"
    for detail in fault.details:
        path = _LINE.sub("", detail.path)
        field = "key" if path == door else path.removeprefix(f"{door}.").partition(".")[0]
        mistakes.setdefault(field if field in USUAL else "", []).append(detail.cause)
    return mistakes


def _form(given: Mapping[str, str], mistakes: Mapping[str, list[str]] | None = None) -> str:
    try:
        current = parse(control().ask(ExportConfiguration()).text)
    except RequestFailed as failed:
        flash(" ".join(fault_in_words(failed.fault)), "error")
        current = None
    return render_template("doors/form.html", given=given, mistakes=mistakes or {}, rung=_who_can_be_rung(current))


def _who_can_be_rung(current: Configuration | None) -> list[tuple[str, str]]:
    """(destination, name) of people and groups."""
    if current is None:
        return []
    people = [(f"extension:{number}", f"{person.name} ({number})") for number, person in current.extensions.items()]
    return [*((f"ring_group:{name}", group.name) for name, group in current.ring_groups.items()), *people]
