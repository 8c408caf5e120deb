"""The base of every fact."""

import msgspec


class StoryFact(msgspec.Struct, frozen=True, tag=True):
    """One decision or event of a call."""
