"""The self-call of the lines: asked for, and what came of the last one."""

from __future__ import annotations

import msgspec

from appliance.control.messages import Ask


class TestLines(Ask["LinesTested"], frozen=True, tag="test_lines"):
    """Let every line call every other, now; answered when all have. Refused while it goes on, and with one line."""

    __test__ = False
    """No test of pytest's."""


class LineTestShown(msgspec.Struct, frozen=True, kw_only=True):
    """One line called another."""

    calling: str
    called: str
    failed: tuple[str, ...]
    """"answered", "caller_id", "sound_back", "sound_there", "keys_there", "keys_back", "hang_up"; () for none."""
    not_ready: str
    """The line that was in use or down, so that there was no call; "" for none."""


class LinesTested(msgspec.Struct, frozen=True, kw_only=True, tag="lines_tested"):
    """All of them."""

    at: str | None
    """When it began, ISO 8601 by the office's clock; None when the clock was not set."""
    results: tuple[LineTestShown, ...]

    @property
    def good(self) -> int:
        """How many passed."""
        return sum(not result.failed and not result.not_ready for result in self.results)
