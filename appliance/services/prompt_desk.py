"""The office's own prompts as commands and the page see them: listed, put in force from a file, removed."""

from __future__ import annotations

import logging
from collections.abc import Callable

import trio

from appliance.calls.ports import KeptPrompt, PromptShelf, Scratch
from appliance.config.mistakes import closest
from appliance.config.models import Configuration, Feature, Language
from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.control.prompt_messages import (
    HearPrompt,
    KeepPrompt,
    ListPrompts,
    PromptsListed,
    PromptSound,
    PromptVoice,
    RemovePrompt,
    ShownPrompt,
)
from appliance.errors import PorterError
from appliance.prompts.inventory import UNUSED, Sayable, numbers, sayables
from appliance.prompts.library import PromptLibrary
from appliance.prompts.telephone_sound import NotUsable
from appliance.routing.codes import ARGUMENT, codes_of

log = logging.getLogger(__name__)


class PromptDesk:
    """Handles what is asked about prompts.

    Args:
        configuration: The one in force.
        shelf: The office's own recordings.
        scratch: Where files are put that come in.
        library: What callers hear.
    """

    def __init__(
        self, configuration: Callable[[], Configuration], shelf: PromptShelf, scratch: Scratch, library: PromptLibrary
    ) -> None:
        self._configuration = configuration
        self._shelf = shelf
        self._scratch = scratch
        self._library = library

    async def handle(
        self, request: ListPrompts | HearPrompt | KeepPrompt | RemovePrompt
    ) -> PromptsListed | PromptSound | Done:
        """Carry out a request; raises `PorterError` with the reason when it cannot be."""
        match request:
            case ListPrompts(language=language):
                return await self._listed(language)
            case HearPrompt():
                return await self._sound(request)
            case KeepPrompt():
                await self._keep(request)
            case RemovePrompt():
                await self._remove(request)
        return Done()

    async def _listed(self, language: str | None) -> PromptsListed:
        """Every prompt there is in a language, those the office changed or wrote first; None: the office's."""
        configuration = self._configuration()
        wanted = Language(language) if language is not None else configuration.language
        kept = {one.name: one for one in await self._shelf.kept() if one.language == wanted}
        known = list(sayables(configuration, wanted))
        names = {sayable.name for sayable in known}
        unused = [Sayable(one.name, UNUSED, "", one.text) for one in kept.values() if one.name not in names]
        dials = self._dials(wanted)
        shown = [
            self._shown(sayable, wanted, kept.get(sayable.name), dials.get(sayable.name))
            for sayable in (*known, *unused)
        ]
        return PromptsListed(tuple(sorted(shown, key=lambda prompt: prompt.seconds is None and not prompt.fault)))

    def _dials(self, language: Language) -> dict[str, str]:
        """What is dialled to record each prompt by telephone; a number of the configuration goes before its own."""
        configuration = self._configuration()
        codes = (code.pattern for code in codes_of(configuration) if code.feature is Feature.RECORD_PROMPT)
        code = next((pattern for pattern in codes if ARGUMENT in pattern), None)
        if code is None:
            return {}
        own = {
            name: prompt.numbers[language]
            for name, prompt in configuration.prompts.items()
            if language in prompt.numbers
        }
        found = {sayable.name: number for number, (sayable, of) in numbers(configuration).items() if of is language}
        return {name: code.replace(ARGUMENT, number) for name, number in {**found, **own}.items()}

    def _shown(self, sayable: Sayable, language: Language, kept: KeptPrompt | None, dial: str | None) -> ShownPrompt:
        return ShownPrompt(
            name=sayable.name,
            language=language,
            dial=dial,
            seconds=kept.seconds if kept is not None and not kept.fault else None,
            text=sayable.text,
            topic=sayable.topic,
            place=sayable.place,
            voice=self._voice(sayable, language, kept),
            fault=kept.fault if kept is not None else "",
        )

    def _voice(self, sayable: Sayable, language: Language, kept: KeptPrompt | None) -> PromptVoice:
        if kept is not None and not kept.fault:
            return "own"
        if self._library.is_recorded(sayable, language):
            return "recorded"
        return "spoken" if sayable.text else "none"

    async def _sound(self, request: HearPrompt) -> PromptSound:
        """What callers hear; a recording that nothing says any more can be heard too."""
        language = Language(request.language)
        sayable = self._sayable(request.name, language) or Sayable(request.name, UNUSED, "", "")
        kept = [one.name for one in await self._shelf.kept() if one.language == language and not one.fault]
        if not sayable.text and sayable.name not in kept:
            raise _no_such_recording(request.name, request.language)
        path = await self._library.sample(sayable, language)
        try:
            return PromptSound(await trio.Path(path).read_bytes())
        except OSError as error:
            raise PorterError(f"It cannot be read: {error.strerror}.", "Try again.") from error

    async def _keep(self, request: KeepPrompt) -> None:
        """Put a file in the place of a prompt."""
        language = Language(request.language)
        sayable = self._sayable(request.name, language)
        if sayable is None:
            raise self._no_such_prompt(request.name, language)
        path = await self._scratch.new_recording()
        try:
            await trio.Path(path).write_bytes(request.sound)
            seconds = await self._shelf.keep(request.name, request.language, path, sayable.text)
        except NotUsable as refused:
            raise RequestFailed(Fault(refused.code, refused.cause, refused.next_step or "")) from refused
        except OSError as error:
            raise PorterError(f"There is no room for it: {error.strerror}.", "Free some space on the disk.") from error
        finally:
            self._scratch.discard_soon(path)
        log.info("prompt %s (%s), %.0f s, came from %s", request.name, request.language, seconds, request.by)

    async def _remove(self, request: RemovePrompt) -> None:
        """Let what comes with Porter be heard again."""
        if not await self._shelf.remove(request.name, request.language):
            raise _no_such_recording(request.name, request.language)
        log.info("prompt %s (%s) was removed by %s", request.name, request.language, request.by)

    def _sayable(self, name: str, language: Language) -> Sayable | None:
        known = sayables(self._configuration(), language)
        return next((sayable for sayable in known if sayable.name == name), None)

    def _no_such_prompt(self, name: str, language: Language) -> RequestFailed:
        guess = closest(name, (sayable.name for sayable in sayables(self._configuration(), language)))
        meant = f'Did you mean "{guess}"? ' if guess is not None else ""
        return RequestFailed(
            Fault(
                "no_such_prompt",
                f'There is no prompt "{name}".',
                f"{meant}`porter prompts` lists them; new ones are named in the configuration under `prompts`.",
            )
        )


def _no_such_recording(name: str, language: str) -> RequestFailed:
    return RequestFailed(
        Fault(
            "no_such_recording_of_prompt",
            f"There is no own recording of {name} in {language}.",
            "`porter prompts` lists what there is.",
        )
    )
