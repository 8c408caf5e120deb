"""What a person asks of her own telephone by a code: quiet, the time, and which number it has."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.calls.call import Call, Next, Then
from appliance.calls.names import Outcome
from appliance.calls.ports import Phrase, Prompt, SpelledDigits, TimeOfDay
from appliance.calls.story import DoNotDisturbSet
from appliance.config.changes import with_person
from appliance.config.models import Configuration, Language
from appliance.errors import PorterError
from appliance.flows.announce import announce


async def switch_do_not_disturb(call: Call, on: bool | None = None) -> Then:
    """Let the caller's phones ring no more, or again; None: the other way than now. What is said is durable."""
    number = call.caller.number
    person = call.home.configuration.extensions.get(number)
    wanted = on if on is not None else person is None or not person.do_not_disturb

    def changed(current: Configuration) -> Configuration:
        return with_person(current, number, do_not_disturb=wanted)

    try:
        await call.home.change_settings(changed, by=number)
    except PorterError:
        return Next(announce, Phrase("not-changed", call.language), Outcome.FAILED)
    call.tell(DoNotDisturbSet(member=number, on=wanted))
    if wanted:
        return Next(announce, Phrase("do-not-disturb-on", call.language))
    return Next(announce, Phrase("do-not-disturb-off", call.language))


async def tell_time(call: Call) -> Then:
    """Say the time of day, or that nobody knows it yet."""
    now, language = call.home.ports.clock.wall(), call.language
    if now is None:
        return Next(announce, Phrase("the-time-is-unknown", language))
    call.principal.answer()
    with call.play(call.principal, Phrase("the-time-is", language), TimeOfDay(now, language)) as playing:
        await playing.finished.wait()
    return None


async def tell_own_number(call: Call) -> Then:
    """Say the extension the caller dials from, and the address at which the page of this box is."""
    language, address = call.language, call.home.ports.network.address()
    said: list[Prompt] = [Phrase("your-number-is", language), SpelledDigits(call.caller.number, language)]
    if address:
        said += [Phrase("the-page-is-at", language), *_spelled(address, language)]
    call.principal.answer()
    with call.play(call.principal, *said) as playing:
        await playing.finished.wait()
    return None


def _spelled(address: str, language: Language) -> Iterator[Prompt]:
    for at, part in enumerate(address.split(".")):
        if at:
            yield Phrase("dot", language)
        yield SpelledDigits(part, language)
