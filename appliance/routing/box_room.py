"""How much room a mailbox has: by messages, minutes and megabytes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from appliance.calls.ports import VoiceMessage
from appliance.config.models import MailboxRules

SECOND_BYTES = 16_000
"""Of a recording: 8 kHz, 16 bits, one voice."""

LEAST_SECONDS = 10.0
"""With less room a box is full: nobody says anything of use in it."""


def room_seconds(rules: MailboxRules, messages: Sequence[VoiceMessage]) -> float:
    """How long a further message may be; 0: the box is full, infinite: nothing limits it.

    Args:
        messages: What is in the box, without what was deleted.
    """
    if len(messages) >= rules.most_messages:
        return 0.0
    left = _most_seconds(rules) - sum(message.seconds for message in messages)
    return left if left >= LEAST_SECONDS else 0.0


def used_share(rules: MailboxRules, messages: Sequence[VoiceMessage]) -> float:
    """Which share of the box is used, by the limit that is nearest: 0 empty, 1 full."""
    seconds = sum(message.seconds for message in messages)
    return max(len(messages) / rules.most_messages, seconds / _most_seconds(rules))


def _most_seconds(rules: MailboxRules) -> float:
    minutes = math.inf if rules.most_minutes is None else rules.most_minutes * 60.0
    size = math.inf if rules.most_megabytes is None else rules.most_megabytes * 1e6 / SECOND_BYTES
    return min(minutes, size)
