"""Who may come in: codes of people and guests are given, taken away and given back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date

import msgspec
from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.control.door_hours import BadDoorHours, hours_in_words, hours_of
from appliance.control.door_people import CodeKind, ListPeople, People, SetPersonCode, UndoCodes
from appliance.control.faults import RequestFailed
from appliance.control.messages import Detail, Fault
from web.answers import door, refuse, say
from web.door_words import detail_in_words
from web.live_feed import LiveFeed
from web.pages.configuration import OWNER
from web.words import fault_in_words

pages = Blueprint("entrance", __name__, url_prefix="/entrance")

CODE_DIGITS = 6
TRIES = 20
"""To find a random code that is neither too easy nor taken."""
FIELDS = ("person", "kind", "code", "from", "until", "uses", "hours")
TRY_ANOTHER = ("trivial_code", "code_taken")


@pages.get("/")
def page() -> str:
    """Everybody with a code, and a form to give one."""
    return _page({"kind": CodeKind.GUEST.value})


@pages.post("/give")
def give() -> ResponseReturnValue:
    """Give a code, a random one unless one is written; it is shown this once."""
    given = {field: request.form.get(field, "").strip() for field in FIELDS}
    wanted, mistakes = _read(given)
    if wanted is None:
        return _page(given, mistakes), 422
    try:
        code = _give(wanted)
    except RequestFailed as failed:
        return _page(given, _mistakes(failed.fault)), 422
    return _page({"kind": given["kind"]}, shown=(wanted.person, "" if given["code"] else code))


@pages.post("/take")
def take() -> ResponseReturnValue:
    """Take a code away; it can be given back."""
    person, kind = request.form.get("person", ""), CodeKind(request.form.get("kind", CodeKind.CODE))
    back = url_for("entrance.page")
    try:
        door().ask(SetPersonCode(person=person, code=None, kind=kind, by=OWNER))
    except RequestFailed as failed:
        return refuse(failed, back=back)
    return say(_("%(person)s does not come in with it any more.", person=person), back=back)


@pages.post("/undo")
def undo() -> ResponseReturnValue:
    """Put back the last code that was given or taken away."""
    back = url_for("entrance.page")
    try:
        undone = door().ask(UndoCodes(by=OWNER))
    except RequestFailed as failed:
        return refuse(failed, back=back)
    return say(_("The last change is taken back: %(person)s.", person=undone.person), back=back)


def _read(given: Mapping[str, str]) -> tuple[SetPersonCode | None, dict[str, list[str]]]:
    """What the form asks for, or what of it cannot be read."""
    mistakes: dict[str, list[str]] = {}
    if not 1 <= len(given["person"]) <= 64:
        mistakes["person"] = [_("This is needed.")]
    days: dict[str, date | None] = {}
    for field in ("from", "until"):
        try:
            days[field] = date.fromisoformat(given[field]) if given[field] else None
        except ValueError:
            mistakes[field] = [_("This is no day.")]
    if given["uses"] and not (given["uses"].isascii() and given["uses"].isdigit() and 0 < int(given["uses"]) <= 10_000):
        mistakes["uses"] = [_("This is not a number.")]
    if given["code"] and not (given["code"].isascii() and given["code"].isdigit() and 4 <= len(given["code"]) <= 12):
        mistakes["code"] = [_("A code has 4 to 12 digits.")]
    if given["kind"] not in set(CodeKind):
        mistakes["kind"] = [_("This is needed.")]
    elif given["kind"] == CodeKind.CARD and not given["code"]:
        mistakes["code"] = [_("Write the number that is printed on the card.")]
    try:
        hours = hours_of(given["hours"])
    except BadDoorHours:
        mistakes["hours"] = [_('Write such as "mon-fri 08:00-18:00, sat 10:00-14:00".')]
    if mistakes:
        return None, mistakes
    wanted = SetPersonCode(
        person=given["person"],
        code=given["code"] or None,
        kind=CodeKind(given["kind"]),
        doors=tuple(request.form.getlist("door")),
        hours=hours,
        valid_from=days["from"],
        valid_until=days["until"],
        uses=int(given["uses"]) if given["uses"] else None,
        by=OWNER,
        known_numbers=(given["person"],),
    )
    return wanted, {}


def _give(wanted: SetPersonCode) -> str:
    """Have it given, with a random code unless it has one; the code. Raises RequestFailed."""
    for left in reversed(range(TRIES)):
        code = wanted.code or f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        try:
            door().ask(msgspec.structs.replace(wanted, code=code))
        except RequestFailed as failed:
            if wanted.code is None and left and failed.fault.code in TRY_ANOTHER:
                continue
            raise
        return code
    raise AssertionError


def _mistakes(fault: Fault) -> dict[str, list[str]]:
    """What the door process found wrong, each at its field."""
    if not fault.details:
        return {"code" if fault.code == "code_taken" else "": [" ".join(fault_in_words(fault))]}
    found: dict[str, list[str]] = {}
    for detail in fault.details:
        found.setdefault(_field(detail), []).append(detail_in_words(detail))
    return found


def _field(detail: Detail) -> str:
    names = {"valid_until": "until", "valid_from": "from", "doors": "door"}
    return names.get(detail.path, detail.path)


def _page(
    given: Mapping[str, str],
    mistakes: Mapping[str, list[str]] | None = None,
    *,
    shown: tuple[str, str] | None = None,
) -> str:
    fault = None
    people = People(())
    try:
        people = door().ask(ListPeople())
    except RequestFailed as failed:
        fault = fault_in_words(failed.fault)
    feed: LiveFeed = current_app.extensions["porter_feed"]
    office = feed.moment().office
    return render_template(
        "entrance/page.html",
        people=people.people,
        undo=people.undo,
        fault=fault,
        given=given,
        mistakes=mistakes or {},
        chosen=request.form.getlist("door"),
        shown=shown,
        doors=[(one.name, one.title) for one in office.doors] if office is not None else [],
        kinds=[kind.value for kind in CodeKind],
        hours_in_words=hours_in_words,
    )
