"""Room for sounds that can be made again."""

from __future__ import annotations

from pathlib import Path

MOST_FILES = 500
"""Kept of what is said only once in a while, such as times and names."""


def make_room(folder: Path, *, keeps_all: bool = False) -> None:
    """Make a folder, and delete the oldest of its files, a tenth at a time, once it holds too many.

    Args:
        keeps_all: Delete nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if keeps_all:
        return
    files = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
    if len(files) > MOST_FILES:
        for path in files[: len(files) - MOST_FILES * 9 // 10]:
            path.unlink(missing_ok=True)
