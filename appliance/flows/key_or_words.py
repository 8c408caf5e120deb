"""Waiting for a caller's choice at a menu: a key always, and words where an engine understands his language."""

from __future__ import annotations

from collections.abc import Mapping

import trio

from appliance.calls.beside import record_talk
from appliance.calls.call import Call
from appliance.calls.ports import Recogniser
from appliance.calls.story import WordsUnderstood
from appliance.config.models import Menu
from appliance.errors import PorterError
from appliance.flows.keys import key_before
from appliance.flows.questions import ANY_KEY

SHORTEST_SECONDS = 0.3
"""Of a recording in which a word can be."""


async def key_or_words(call: Call, menu: Menu) -> tuple[str | None, str | None]:
    """The first key pressed while the menu waits, and the key that was spoken of instead; at most one of them."""
    meant = {words: key for key, all_words in menu.words.get(call.language, {}).items() for words in all_words}
    recogniser = call.home.ports.recognisers.get(call.home.configuration.speech.engine)
    if meant and recogniser is not None and recogniser.understands(call.language):
        try:
            path = await call.home.ports.scratch.new_recording()
        except PorterError:
            pass  # a full disk: keys work all the same
        else:
            return await _listen(call, menu, path, meant, recogniser)
    return await key_before(call.principal, ANY_KEY, seconds=menu.silence_seconds), None


async def _listen(
    call: Call, menu: Menu, path: str, meant: Mapping[str, str], recogniser: Recogniser
) -> tuple[str | None, str | None]:
    """Record what the caller says until a key, or until the menu has waited; then let it be understood."""
    leg = call.principal
    try:
        with record_talk(call.home, [leg], path) as recording:
            key = await key_before(leg, ANY_KEY, recording.finished, seconds=menu.silence_seconds)
        if key is not None or recording.seconds < SHORTEST_SECONDS:
            return key, None
        return await _understand(call, path, meant, recogniser)
    finally:
        call.home.ports.scratch.discard_soon(path)


async def _understand(
    call: Call, path: str, meant: Mapping[str, str], recogniser: Recogniser
) -> tuple[str | None, str | None]:
    """A key that is pressed before the engine has understood counts."""
    words: str | None = None
    over = trio.Event()
    async with trio.open_nursery() as nursery:

        async def recognise() -> None:
            nonlocal words
            words = await recogniser.which(path, list(meant), call.language)
            over.set()

        nursery.start_soon(recognise)
        key = await key_before(call.principal, ANY_KEY, over)
        nursery.cancel_scope.cancel()
    if key is not None or words is None:
        return key, None
    call.tell(WordsUnderstood(words=words, key=meant[words]))
    return None, meant[words]
