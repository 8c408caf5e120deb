"""The directory: a caller keys in the first letters of a name and is connected with that person."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.calls.call import Call, Next, Then
from appliance.calls.ports import Phrase, Prompt, Said, SpelledDigits
from appliance.calls.story import NameLookedUp
from appliance.config.destinations import ToExtension
from appliance.flows.onward import Onward
from appliance.flows.questions import ANY_KEY, digits_after, key_after
from appliance.routing.names_by_key import find_people

TRIES = 3
MOST_LETTERS = 12

MOST_READ_OUT = 8
"""Nobody remembers more names."""


async def dial_by_name(call: Call, onward: Onward, *, back: Next) -> Then:
    """Find a person with the caller; whoever finds none goes back to the menu."""
    regret: tuple[Prompt, ...] = ()
    for _ in range(TRIES):
        keys = await digits_after(call, *regret, Phrase("spell-the-name", call.language), most=MOST_LETTERS)
        if not keys:
            break
        found = find_people(call.home.configuration, keys)
        call.tell(NameLookedUp(keys=keys, order=found))
        if not found:
            regret = (Phrase("no-such-name", call.language),)
        elif len(found) > MOST_READ_OUT:
            regret = (Phrase("too-many-names", call.language),)
        elif number := await _one_of(call, found):
            call.person_decided()
            return onward(ToExtension(number))
        else:
            regret = ()
    return back


async def _one_of(call: Call, found: Sequence[str]) -> str | None:
    """Read the names out; the extension whose key is pressed. Any other key spells anew."""
    language, people = call.language, call.home.configuration.extensions
    names: list[Prompt] = []
    for at, number in enumerate(found, 1):
        names += [
            Said(people[number].name, language),
            Phrase("press-for-this-name", language),
            SpelledDigits(str(at), language),
        ]
    call.principal.forget_facts()
    key = await key_after(call, ANY_KEY, *names)
    chosen = int(key) if key is not None and key.isdigit() else 0
    return found[chosen - 1] if 1 <= chosen <= len(found) else None
