"""Prompts the office records itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Language, Model

PromptNumber = Annotated[str, Meta(pattern=r"^[0-9]{1,4}$", description="1 to 4 digits")]


class OfficePrompt(Model, frozen=True, kw_only=True):
    """A prompt that can be recorded by telephone. Under the name of a phrase that comes with Porter, such as
    "voicemail-greeting", the recording is heard in place of that one; else menus name it."""

    numbers: dict[Language, PromptNumber] = {}
    """What is dialled after the code for it, for each language it is recorded in."""
