"""Supervision: who may listen to whose talks, and whether that is heard."""

from __future__ import annotations

from appliance.config.models._base import Model

EVERYBODY = "*"
"""In place of a name: all extensions."""


class Supervision(Model, frozen=True, kw_only=True):
    """Supervision of talks. Who may is said at each extension (`may_supervise`)."""

    tell: bool = False
    """Whether one who is listened to hears a beep when it begins; the law of many countries asks for more."""
