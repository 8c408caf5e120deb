"""The office's own prompts as commands and the page see them: listed, put in force from a file, removed."""

from __future__ import annotations

import logging

import trio

from appliance.calls.ports import KeptPrompt
from appliance.config.mistakes import closest
from appliance.config.models import Configuration, Language
from appliance.control.controller_messages import KeepPrompt, ListPrompts, PromptsListed, RemovePrompt, ShownPrompt
from appliance.control.faults import RequestFailed
from appliance.control.messages import Done, Fault
from appliance.errors import PorterError
from appliance.office import Office
from appliance.prompts.catalogue import catalogue

log = logging.getLogger(__name__)


class PromptDesk:
    """Handles what is asked about prompts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle(self, request: ListPrompts | KeepPrompt | RemovePrompt) -> PromptsListed | Done:
        """Carry out a request; raises `PorterError` with the reason when it cannot be."""
        match request:
            case ListPrompts(language=language):
                return await self._listed(language)
            case KeepPrompt():
                await self._keep(request)
            case RemovePrompt():
                await self._remove(request)
        return Done()

    async def _listed(self, language: str | None) -> PromptsListed:
        """Every prompt there is in a language; None: the office's."""
        configuration = self._office.configuration
        wanted = Language(language) if language is not None else configuration.language
        kept = {one.name: one for one in await self._office.ports.prompts.kept() if one.language == wanted}
        names = sorted(configuration.prompts.keys() | kept.keys())
        own = [_shown(configuration, name, wanted, kept.get(name)) for name in names]
        others = [_shown(configuration, name, wanted, None) for name in catalogue().phrases if name not in names]
        return PromptsListed((*own, *others))

    async def _keep(self, request: KeepPrompt) -> None:
        """Put a file in the place of a prompt."""
        self._check_name(request.name)
        scratch = self._office.ports.scratch
        path = await scratch.new_recording()
        try:
            await trio.Path(path).write_bytes(request.sound)
            seconds = await self._office.ports.prompts.keep(request.name, request.language, path)
        except OSError as error:
            raise PorterError(f"There is no room for it: {error.strerror}.", "Free some space on the disk.") from error
        finally:
            scratch.discard_soon(path)
        log.info("prompt %s (%s), %.0f s, came from %s", request.name, request.language, seconds, request.by)

    async def _remove(self, request: RemovePrompt) -> None:
        """Let what comes with Porter be heard again."""
        if not await self._office.ports.prompts.remove(request.name, request.language):
            raise RequestFailed(
                Fault(
                    "no_such_prompt",
                    f"There is no own recording of {request.name} in {request.language}.",
                    "`porter prompts` lists what there is.",
                )
            )
        log.info("prompt %s (%s) was removed by %s", request.name, request.language, request.by)

    def _check_name(self, name: str) -> None:
        known = self._office.configuration.prompts.keys() | catalogue().phrases.keys()
        if name in known:
            return
        guess = closest(name, known)
        meant = f'Did you mean "{guess}"? ' if guess is not None else ""
        raise RequestFailed(
            Fault(
                "no_such_prompt",
                f'There is no prompt "{name}".',
                f"{meant}`porter prompts` lists them; new ones are named in the configuration under `prompts`.",
            )
        )


def _shown(configuration: Configuration, name: str, language: Language, kept: KeptPrompt | None) -> ShownPrompt:
    own, phrase = configuration.prompts.get(name), catalogue().phrases.get(name)
    return ShownPrompt(
        name=name,
        language=language,
        number=own.numbers.get(language) if own is not None else None,
        seconds=kept.seconds if kept is not None else None,
        text=phrase.text(language) if phrase is not None else "",
    )
