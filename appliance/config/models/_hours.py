"""Opening hours."""

from __future__ import annotations

from typing import Literal

from appliance.config.models._base import Model


class OpeningHours(Model, frozen=True, kw_only=True):
    """Weekly periods in the office's time zone."""

    weekly: dict[str, tuple[str, ...]]
    """mon … sun to periods such as "09:00-13:00"; a day that is missing is closed."""
    closed_dates: tuple[str, ...] = ()
    """ISO dates on which it is closed all day."""
    override: Literal["open", "closed"] | None = None
    """"open" or "closed" by hand; None: by the week."""
