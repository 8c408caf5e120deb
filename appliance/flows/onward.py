"""How flows lead on to a destination that `reach` itself leads to, and so must be told of it."""

from __future__ import annotations

from collections.abc import Callable

from appliance.calls.call import Next
from appliance.config.destinations import Destination

Onward = Callable[[Destination], Next]
"""The step that goes to a destination."""
