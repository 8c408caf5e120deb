"""Why a line cannot be used, in the reader's language: cause and next step by the name of the reason."""

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


REASONS: Mapping[str, _Reason] = {
    code: reason
    for name in ("line_reasons.yaml", "line_reasons_sip.yaml")
    for code, reason in msgspec.yaml.decode(
        files(__package__).joinpath(name).read_bytes(), type=dict[str, _Reason]
    ).items()
}


def line_reason(code: str, value: str, language: Language) -> tuple[str, str]:
    """(cause, next step) in a language; both "" for a name that is not known.

    Args:
        value: What the name leaves open, such as a path.
    """
    reason = REASONS.get(code)
    if reason is None:
        return "", ""
    cause: str = getattr(reason.cause, language.value)
    next_step: str = getattr(reason.next, language.value)
    return cause.format(value=value), next_step.format(value=value)
