"""Lines for tests of single parts."""

from __future__ import annotations

from appliance.calls.trunks import Trunk
from appliance.config.models import SipLine
from appliance.config.operators import rules_of

TOKEN = "line-op-0123456789abcdef"
OURS = "+37160000000"


def trunk(**settings: object) -> Trunk:
    """A line that registers as 60000000."""
    given = {"server": "operator.test", "user": "60000000", "password": "secret", "number": OURS} | settings
    line = SipLine(**given)  # type: ignore[arg-type]
    return Trunk(line="op", settings=line, rules=rules_of(line), token=TOKEN)
