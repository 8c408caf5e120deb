"""Past calls: a list to search in, and each call with its legs and its story."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from appliance.control.controller_messages import TellStory
from appliance.control.faults import RequestFailed
from appliance.errors import PorterError
from appliance.store.records import RecordsReader
from web.answers import control
from web.office_time import OfficeTime
from web.words import fault_in_words

pages = Blueprint("calls", __name__, url_prefix="/calls")

PAGE = 50
LONGEST_SEARCH = 80
_LARGEST_NUMBER = 2**63 - 1
"""Of SQLite."""


@pages.get("/")
def listed() -> ResponseReturnValue:
    """The newest calls, or older ones, or those that fit a search."""
    follow_time()
    search = request.args.get("search", "")[:LONGEST_SEARCH]
    is_missed = "missed" in request.args
    before = request.args.get("before", type=int)
    if before is not None and not 0 <= before <= _LARGEST_NUMBER:
        abort(404)
    page, fault = None, None
    try:
        page = _reader().page(text=search, missed=is_missed, before=before, size=PAGE)
    except PorterError as error:
        fault = error
    return render_template(
        "calls/list.html", page=page, fault=fault, search=search, is_missed=is_missed, is_newest=before is None
    )


@pages.get("/<call>")
def one(call: str) -> ResponseReturnValue:
    """One call, with everything it did and why."""
    follow_time()
    record = _reader().call(call)
    if record is None:
        abort(404)
    sentences: tuple[str, ...] = ()
    fault = None
    try:
        sentences = control().ask(TellStory(call=call, language=str(get_locale()))).sentences
    except RequestFailed as failed:
        fault = fault_in_words(failed.fault)
    return render_template("calls/one.html", record=record, sentences=sentences, fault=fault)


def _reader() -> RecordsReader:
    reader: RecordsReader = current_app.extensions["porter_records"]
    return reader


def follow_time() -> None:
    """Calls are shown by the office's clock, wherever the reader is."""
    time: OfficeTime = current_app.extensions["porter_time"]
    office = current_app.extensions["porter_feed"].moment().office
    time.follow(None if office is None else office.version)
