"""How much room a mailbox has."""

import math

import pytest

from appliance.calls.ports import VoiceMessage
from appliance.config.models import MailboxRules
from appliance.routing.box_room import room_seconds, used_share


def messages(*seconds: float) -> list[VoiceMessage]:
    return [VoiceMessage(id=str(at), box="201", path="", caller="", seconds=long) for at, long in enumerate(seconds)]


@pytest.mark.parametrize(
    ("rules", "there", "room", "share"),
    [
        (MailboxRules(), (), math.inf, 0.0),
        (MailboxRules(most_messages=2), (5,), math.inf, 0.5),
        (MailboxRules(most_messages=2), (5, 5), 0.0, 1.0),
        (MailboxRules(most_minutes=1), (), 60.0, 0.0),
        (MailboxRules(most_minutes=1), (15, 15), 30.0, 0.5),
        (MailboxRules(most_minutes=1), (50,), 10.0, 50 / 60),
        (MailboxRules(most_minutes=1), (51,), 0.0, 51 / 60),
        (MailboxRules(most_minutes=1), (200,), 0.0, 200 / 60),
        (MailboxRules(most_megabytes=1), (), 62.5, 0.0),
        (MailboxRules(most_megabytes=1, most_minutes=10), (12.5,), 50.0, 0.2),
        (MailboxRules(most_megabytes=100, most_minutes=1), (30,), 30.0, 0.5),
    ],
)
def test_the_nearest_limit_counts(rules: MailboxRules, there: tuple[float, ...], room: float, share: float) -> None:
    assert room_seconds(rules, messages(*there)) == room
    assert used_share(rules, messages(*there)) == pytest.approx(share)
