"""Money left on a SIM: how it is asked for, and when people are told or calls stop."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from appliance.config.models._base import Model

NetworkCode = Annotated[str, Meta(pattern=r"^[*#][0-9*#]{1,30}#$", description='a code such as "*100#"')]
Money = Annotated[float, Meta(ge=-10_000, le=1_000_000, description="money, -10000 to 1000000")]


class Balance(Model, frozen=True, kw_only=True):
    """The balance of a prepaid SIM. It is asked for daily, and some time after calls over the line."""

    code: NetworkCode
    """What the operator answers with the balance (USSD, 3GPP TS 22.090)."""
    pattern: str | None = None
    """A regular expression whose group `money` is the amount in that answer, and `minutes`, if there is such a group,
    the minutes left; None: the first amount with a currency, and the first number of minutes."""
    warn_below: Money | None = 5.0
    """People are told when less is left; None: never."""
    stop_below: Money | None = None
    """Calls go over other lines when less is left, or are refused; emergency calls never are. None: never."""
