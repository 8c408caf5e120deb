"""The live page: calls, lines, door and phones as they are, kept up to date by server-sent events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from appliance.control.controller_messages import HangUpCall, HoursSwitch, SwitchHours
from appliance.control.learned_messages import ForgetLine
from appliance.control.team_messages import AgentAction, SwitchAgent
from web.answers import carry_out
from web.gate import access, passive
from web.live_feed import Full, Listener, LiveFeed, Moment, Told
from web.pages.configuration import OWNER
from web.words import notice_in_words

pages = Blueprint("live", __name__)

PARTS = (
    *("status", "notices", "troubles", "calls", "queues", "agents", "hours"),
    *("lines", "doors", "phones", "mailboxes"),
)
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 1500
CHANGE = "change"
"""See `SwitchHours.until`."""


@pages.get("/")
def start() -> ResponseReturnValue:
    """The first page."""
    return redirect(url_for("live.page"))


@pages.get("/live")
def page() -> str:
    """The live page as it is now; the browser's script keeps it so."""
    moment = _feed().moment()
    return render_template("live/page.html", moment=moment, **_around(moment))


@pages.get("/live/now")
@passive
def now() -> Response:
    """The parts of the page, for browsers that have no stream."""
    return jsonify(_office_event(_feed().moment(), {}))


@pages.get("/live/events")
@passive
def events() -> ResponseReturnValue:
    """The stream of server-sent events."""
    feed = _feed()
    feed.moment()  # the first word of the controller, rather than that it has not come yet
    try:
        listener = feed.listen(_last_number(feed))
    except Full:
        cause = _("Too many pages listen already. This one asks every few seconds instead.")
        return Response(cause, 503, mimetype="text/plain", headers={"Retry-After": "60"})
    is_gone = request.environ.get("waitress.client_disconnected", lambda: False)
    token = current_user.token
    stream = stream_with_context(_stream(feed, listener, token, is_gone))
    response = Response(stream, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    response.call_on_close(lambda: feed.leave(listener))
    return response


@pages.post("/live/calls/<call>/hang-up")
def hang_up(call: str) -> ResponseReturnValue:
    """End a call."""
    return carry_out(HangUpCall(call), _("The call is ended."), back=url_for("live.page"))


@pages.post("/live/hours/<name>/<any(open, closed, auto):to>")
def switch_hours(name: str, to: str) -> ResponseReturnValue:
    """Open or close by hand until the week changes next, or take the hand off."""
    switch = HoursSwitch(to)
    until = None if switch is HoursSwitch.AUTO or _is_without_clock() else CHANGE
    request = SwitchHours(name=name, to=switch, until=until, by=OWNER)
    return carry_out(request, _("The opening hours are switched."), back=url_for("live.page"))


@pages.post("/live/agents/<number>/<any(log_in, log_out, pause, go_on):to>")
def switch_agent(number: str, to: str) -> ResponseReturnValue:
    """Log a member of teams in or out, or pause."""
    said = {
        AgentAction.LOG_IN: _("Logged in."),
        AgentAction.LOG_OUT: _("Logged out."),
        AgentAction.PAUSE: _("Paused."),
        AgentAction.GO_ON: _("The pause is over."),
    }
    action = AgentAction(to)
    return carry_out(SwitchAgent(number=number, action=action, by=OWNER), said[action], back=url_for("live.page"))


@pages.post("/live/lines/<line>/forget")
def forget_line(line: str) -> ResponseReturnValue:
    """Have an analog line forget what calls taught it."""
    return carry_out(ForgetLine(line=line, by=OWNER), _("The line learns anew."), back=url_for("live.page"))


def _is_without_clock() -> bool:
    """Then nobody knows when the week changes: the hand stays until it is taken off."""
    office = _feed().moment().office
    return office is None or office.clock is None


def _stream(feed: LiveFeed, listener: Listener, token: str, is_gone: Any) -> Iterator[str]:
    """The lines of the stream, until the browser goes, the session ends or the page closes."""
    sent: dict[str, str] = {}
    silent = 0.0
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    while not is_gone():
        found = listener.take(1.0)
        if found is None:
            return
        if not access().book.is_alive(token):
            yield "event: signed-out\ndata: {}\n\n"
            return
        for event in found:
            yield _event(feed, event, sent)
        silent = 0.0 if found else silent + 1.0
        if silent >= HEARTBEAT_SECONDS:
            silent = 0.0
            yield ": still here\n\n"


def _event(feed: LiveFeed, event: Moment | Told, sent: dict[str, str]) -> str:
    if isinstance(event, Moment):
        name, data = "office", _office_event(event, sent)
    else:
        name, data = "notice", {"text": notice_in_words(event.notice, feed.moment().office)}
    return f"id: {feed.epoch}.{event.number}\nevent: {name}\ndata: {msgspec.json.encode(data).decode()}\n\n"


def _office_event(moment: Moment, sent: dict[str, str]) -> dict[str, Any]:
    """The parts that differ from what was sent, and the moment on the clock that durations are counted by."""
    parts = {part: html for part, html in _parts(moment).items() if sent.get(part) != html}
    sent.update(parts)
    return {
        "parts": parts,
        "monotonic": time.monotonic(),
        "away": moment.fault is not None,
        "version": moment.office.version if moment.office is not None else None,
    }


def _parts(moment: Moment) -> dict[str, str]:
    """HTML of every part, rendered once for all who read the same language."""
    kept: dict[str, tuple[int, dict[str, str]]] = current_app.extensions["porter_rendered"]
    language = str(get_locale())
    number, parts = kept.get(language, (-1, {}))
    if number != moment.number:
        parts = {part: render_template(f"live/_{part}.html", moment=moment, **_around(moment)) for part in PARTS}
        kept[language] = (moment.number, parts)
    return parts


def _around(moment: Moment) -> dict[str, Any]:
    """What the templates of the parts need beside the moment."""
    return {"office": moment.office, "fault": moment.fault, "monotonic": time.monotonic()}


def _last_number(feed: LiveFeed) -> int | None:
    """The last event the browser has seen, when it was of this run of the page."""
    last = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    epoch, _dot, number = last.partition(".")
    return int(number) if epoch == feed.epoch and number.isascii() and number.isdigit() else None


def _feed() -> LiveFeed:
    feed: LiveFeed = current_app.extensions["porter_feed"]
    return feed
