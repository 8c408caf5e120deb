"""Why a message of ours has failed or still waits, in the reader's language: cause and next step by the name of it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import msgspec

from appliance.config.models import Language


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    lv: str
    uk: str
    ru: str


class _Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cause: _Texts
    next: _Texts


REASONS: Mapping[str, _Reason] = msgspec.yaml.decode(
    files(__package__).joinpath("sms_reasons.yaml").read_bytes(), type=dict[str, _Reason]
)


def sms_reason(name: str, value: str, language: Language) -> tuple[str, str]:
    """(cause, next step) in a language; what is no name is a cause in the words of a line's own.

    Args:
        value: What the name leaves open, such as the line.
    """
    reason = REASONS.get(name)
    if reason is None:
        return name, ""
    cause: str = getattr(reason.cause, language.value)
    next_step: str = getattr(reason.next, language.value)
    return cause.format(value=value), next_step
