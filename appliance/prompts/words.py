"""Texts as their words: what makes two of them the same to say, and the name under which a recording of one is kept."""

from __future__ import annotations

import hashlib
import re

TEXT_PREFIX = "text-"
"""Of the names of recordings of texts."""

_WORD = re.compile(r"\w+")


def name_of_text(text: str) -> str:
    """Under which name a recording of a text is kept: the same for the same words, however they are written."""
    words = " ".join(_WORD.findall(text.casefold()))
    return f"{TEXT_PREFIX}{hashlib.sha256(words.encode(errors='replace')).hexdigest()[:16]}"
