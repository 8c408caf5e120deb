"""What the page says about a self-call of the lines."""

from __future__ import annotations

from flask_babel import get_locale

from appliance.config.models import Language
from appliance.control.self_call_messages import LineTestShown
from appliance.control.self_call_words import result_in_words


def self_call_in_words(result: LineTestShown) -> str:
    """What came of one pair, in the reader's language."""
    return result_in_words(result, Language(str(get_locale())))
