"""What callers hear: listed by topic, heard, replaced by a recording, and put back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from appliance.config.models import Language
from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Done, Fault
from appliance.control.prompt_messages import HearPrompt, KeepPrompt, ListPrompts, RemovePrompt, ShownPrompt
from web.answers import control, refuse
from web.languages import LANGUAGES
from web.prompt_words import LOST, TOPICS, VOICES

pages = Blueprint("prompts", __name__, url_prefix="/prompts")

LARGEST_UPLOAD = 16 * 1024 * 1024
"""Bytes; five minutes of MP3 at the highest rate have 12 million."""

CONVERT_SECONDS = 60.0
OWNER = "owner"
LONGEST_SEARCH = 80


def let_upload() -> None:
    """Recordings may be larger than other requests. Before anything reads the request."""
    if request.endpoint == "prompts.upload":
        request.max_content_length = LARGEST_UPLOAD


@pages.get("/")
def page() -> ResponseReturnValue:
    """Every prompt in a language, the office's unless one is chosen, or those that fit a search."""
    spoken = request.args.get("spoken")
    if spoken is not None and spoken not in LANGUAGES:
        abort(404)
    prompts = control().ask(ListPrompts(language=spoken)).prompts  # type: ignore[arg-type]
    search = request.args.get("search", "")[:LONGEST_SEARCH]
    return render_template(
        "prompts/page.html",
        topics=_by_topic([prompt for prompt in prompts if _fits(prompt, search)]),
        titles=TOPICS,
        voices=VOICES,
        lost=LOST,
        spoken=spoken or (prompts[0].language if prompts else Language.EN.value),
        search=search,
        at=request.args.get("at", ""),
        changed=sum(prompt.voice == "own" for prompt in prompts),
        ruined=sum(bool(prompt.fault) for prompt in prompts),
    )


@pages.get("/<language>/<name>.wav")
def sound(language: str, name: str) -> ResponseReturnValue:
    """What callers hear now."""
    if language not in LANGUAGES:
        abort(404)
    heard = control().ask(HearPrompt(name=name, language=language), seconds=CONVERT_SECONDS)  # type: ignore[arg-type]
    return Response(heard.sound, mimetype="audio/wav")


@pages.post("/<language>/<name>")
def upload(language: str, name: str) -> ResponseReturnValue:
    """Let callers hear a file from now on."""
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if not content:
        none = Fault("no_file", _("No file was chosen."), _("Choose a recording as WAV, MP3 or OGG."))
        return refuse(RequestFailed(none), back=_back(language, name))
    wish = KeepPrompt(name=name, language=_known(language), sound=content, by=OWNER)  # type: ignore[arg-type]
    return _do(wish, _("Callers hear this recording from now on."), _back(language, name))


@pages.post("/<language>/<name>/original")
def restore(language: str, name: str) -> ResponseReturnValue:
    """Let callers hear again what they heard before anybody recorded."""
    wish = RemovePrompt(name=name, language=_known(language), by=OWNER)  # type: ignore[arg-type]
    return _do(wish, _("Callers hear the original again."), _back(language, name))


def _known(language: str) -> str:
    if language not in LANGUAGES:
        abort(404)
    return language


def _do(wish: Ask[Done], done: str, back: str) -> ResponseReturnValue:
    try:
        control().ask(wish, seconds=CONVERT_SECONDS)
    except RequestFailed as failed:
        return refuse(failed, back=back)
    flash(done)
    return redirect(back)


def _back(language: str, name: str) -> str:
    """The same prompt on the page again."""
    return url_for("prompts.page", spoken=_known(language), at=name, _anchor=f"prompt-{name}")


def _by_topic(prompts: Sequence[ShownPrompt]) -> dict[str, list[ShownPrompt]]:
    """In the order of `TOPICS`; a topic without prompts is left out."""
    found = {topic: [prompt for prompt in prompts if prompt.topic == topic] for topic in TOPICS}
    return {topic: of_topic for topic, of_topic in found.items() if of_topic}


def _fits(prompt: ShownPrompt, search: str) -> bool:
    wanted = search.casefold().strip()
    return any(wanted in part.casefold() for part in (prompt.text, prompt.name, prompt.place))
