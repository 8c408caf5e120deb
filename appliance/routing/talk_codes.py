"""Codes keyed in during a talk: the second context of feature codes, beside those that are dialled.

The usual ones are in `appliance.routing.code_presets`. A code may begin with another: then the time
between keys decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.models import Configuration, TalkFeature
from appliance.routing.code_presets import talk_keys


def all_talk_codes(configuration: Configuration) -> Iterator[tuple[TalkFeature, str]]:
    """Every code of the talks of an office with its keys, in the order of the features."""
    for feature, usual in talk_keys(configuration.codes.preset).items():
        for keys in configuration.codes.in_talk.get(feature, usual):
            yield feature, keys


def talk_codes(configuration: Configuration, *, but: str = "") -> dict[str, TalkFeature]:
    """The codes by their keys.

    Args:
        but: Keys that mean something by themselves, such as a door's: no code that begins with one counts.
    """
    return {keys: feature for feature, keys in all_talk_codes(configuration) if keys[0] not in but}


def talk_clashes(configuration: Configuration) -> Iterator[tuple[TalkFeature, TalkFeature, str]]:
    """(later feature, earlier feature, keys) of each code that is there twice."""
    seen: dict[str, TalkFeature] = {}
    for feature, keys in all_talk_codes(configuration):
        if keys in seen:
            yield feature, seen[keys], keys
        else:
            seen[keys] = feature
