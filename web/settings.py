"""What the page is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the page keeps its own few files, and what it may believe about those who ask."""

    folder: Path
    """Owner, sessions, keys; only the page's own user may read it."""
    records_file: Path
    """The records of calls; read only."""
    cookie: str = "porter"
    """Name of the session's cookie; offices on one machine need different ones, since cookies know no ports."""
    behind_proxy: bool = False
    """A web server on loopback stands in front and says truly who asks and how (X-Forwarded-For, -Proto)."""
    streams: int = 40
    """How many pages may listen at once; further ones ask again and again."""
