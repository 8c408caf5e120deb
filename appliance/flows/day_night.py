"""The switch between day and night at a telephone."""

from __future__ import annotations

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Moment, Phrase, Prompt, Said
from appliance.calls.story import HoursSwitched
from appliance.config.models import Configuration
from appliance.errors import PorterError
from appliance.flows.announce import announce
from appliance.routing.day_night import toggled
from appliance.routing.hours import look


async def switch_day_night(call: Call, which: str = "") -> Then:
    """Open what is closed, or close what is open, by hand, and say how it is now. What is said is durable.

    Args:
        which: Position of the opening hours in the configuration, from 1; "": all of them together.
    """
    names = list(call.home.configuration.opening_hours)
    if not names or (which and not 1 <= int(which) <= len(names)):
        return Next(announce, Phrase("no-such-hours", call.language), Outcome.UNKNOWN)
    name = names[int(which) - 1] if which else None
    now = call.home.ports.clock.wall()

    def changed(current: Configuration) -> Configuration:
        return toggled(current, name, now)

    try:
        await call.home.change_settings(changed, by=call.caller.number)
    except PorterError:
        return Next(announce, Phrase("not-changed", call.language), Outcome.FAILED)
    configuration = call.home.configuration
    now_so = look(configuration.opening_hours[name or names[0]], configuration.timezone, now)
    call.tell(HoursSwitched(hours=name or "", is_open=now_so.is_open, by=call.caller.number))
    language = call.language
    state = Phrase("it-is-open-now", language) if now_so.is_open else Phrase("it-is-closed-now", language)
    until: tuple[Prompt, ...] = ()
    if now_so.until is not None:
        until = (Phrase("it-changes-by-itself", language), Moment(now_so.until, now, language))
    call.principal.answer()
    named = (Said(name, language),) if name is not None and len(names) > 1 else ()
    with call.play(call.principal, *named, state, *until) as playing:
        await playing.finished.wait()
    return None
