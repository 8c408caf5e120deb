"""Texts in every language, from manifests beside the code."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

from appliance.config.models import Language

Manifest = TypeVar("Manifest")


class InAllLanguages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in each language; one that is missing does not load."""

    en: str
    lv: str
    uk: str
    ru: str

    def text(self, language: Language) -> str:
        text: str = getattr(self, language.value)
        return text


def load_words(name: str, kind: type[Manifest]) -> Manifest:
    """A manifest of this package, such as `sms.yaml`."""
    return msgspec.yaml.decode(files(__package__).joinpath(name).read_bytes(), type=kind)
