"""What a member of a team hears who answers, before the caller gets him."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from appliance.calls.call import Call
from appliance.calls.leg import Leg
from appliance.calls.ports import Prompt, Said
from appliance.config.models import Team
from appliance.routing.languages import text_in


def briefing(call: Call, team: Team, note: tuple[Prompt, ...] = ()) -> Callable[[Leg], Sequence[Prompt]]:
    """What the team has everybody hear, in his language, and the note of who lifted the call."""

    def said_to(leg: Leg) -> Sequence[Prompt]:
        if team.briefing is None:
            return note
        return (Said(*text_in(team.briefing, call.language_of(leg), call.settings.language)), *note)

    return said_to
