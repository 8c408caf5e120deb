"""The auto attendant: a menu is said, and the caller presses a key or dials a number of the house.

Whoever presses nothing, or nothing that means anything, is led on to somebody after some tries. A caller may walk
through menus for as long as he chooses something; a machine that presses keys for ever ends at a mailbox.
"""

from __future__ import annotations

import math

import msgspec
import trio

from appliance.calls.call import Call, Next, Then
from appliance.calls.ports import OwnPrompt, Phrase, Prompt, Said
from appliance.calls.story import (
    KeyChosen,
    LanguageChosen,
    LedOn,
    MenuEntered,
    NothingKeyed,
    NumberKeyed,
    WrongKeys,
)
from appliance.config.destinations import Destination, HangUp, ToMenu, parse_destination
from appliance.config.menus import key_uses
from appliance.config.models import Menu
from appliance.flows.announce import announce
from appliance.flows.dial_by_name import dial_by_name
from appliance.flows.key_or_words import key_or_words
from appliance.flows.keys import key_before
from appliance.flows.last_resort import last_resort
from appliance.flows.onward import Onward
from appliance.flows.questions import ANY_KEY
from appliance.routing.languages import text_in
from appliance.routing.menu_keys import Keyed, MenuChoice, MenuKeys, NumberDialled, Wrong, dialled_at

MOST_CHOICES = 60
"""Of one caller in a row, before it is clear that nobody is there who wants anything."""

SILENCE, INVALID, ROUND = "silence", "invalid", "round"
"""Why a caller is led on."""


class Walk(msgspec.Struct, frozen=True):
    """A caller's way through menus."""

    behind: tuple[str, ...] = ()
    """Menus he came through, the latest last."""
    choices: int = 0

    def into(self, menu: str) -> Walk:
        """One menu further."""
        return Walk((*self.behind, menu), self.choices + 1)

    def again(self) -> Walk:
        """At the same place after another choice."""
        return Walk(self.behind, self.choices + 1)

    def back(self, menu: str) -> tuple[str, Walk]:
        """The menu before, or the same one where there is none."""
        return (self.behind or (menu,))[-1], Walk(self.behind[:-1], self.choices + 1)


START = Walk()


async def attendant(call: Call, name: str, onward: Onward, walk: Walk = START) -> Then:
    """Say a menu until the caller chooses; after its tries the caller is led on."""
    menu = call.home.configuration.menus.get(name)
    if menu is None or walk.choices >= MOST_CHOICES:
        return _end_of_walk(call, name, menu)
    call.principal.answer()
    call.at_last = call.at_last or Next(last_resort)
    call.tell(MenuEntered(menu=menu.name))
    why = SILENCE
    regret: tuple[Prompt, ...] = ()
    for _ in range(menu.tries):
        match await _keyed(call, menu, regret):
            case None:
                call.tell(NothingKeyed(menu=menu.name))
                why, regret = SILENCE, (Phrase("menu-no-key", call.language),)
            case Wrong(keys=keys):
                call.tell(WrongKeys(menu=menu.name, keys=keys))
                # What else was pressed meanwhile would cut the answer to it short before anybody hears it.
                call.principal.forget_facts()
                why, regret = INVALID, (Phrase("menu-wrong-key", call.language),)
            case NumberDialled(number=number):
                call.tell(NumberKeyed(menu=menu.name, to=number))
                return _go(call, name, onward, walk, dialled_at(call.home.configuration, menu)[number])
            case MenuChoice(key=key):
                return _chosen(call, name, menu, key, onward, walk)
    return _led_on(call, menu, onward, why)


async def _keyed(call: Call, menu: Menu, before: tuple[Prompt, ...]) -> Keyed | None:
    """What the caller keys in during or after the greeting, which the first key cuts short; None: nothing."""
    leg = call.principal
    choices = frozenset(key for _, key in key_uses(menu))
    keys = MenuKeys(choices, dialled_at(call.home.configuration, menu), menu.key_seconds)
    with call.play(leg, *before, _greeting(call, menu)) as greeting:
        key = await key_before(leg, ANY_KEY, greeting.finished)
    if key is None:
        key, spoken = await key_or_words(call, menu)
        if spoken is not None:
            return MenuChoice(spoken)
    while key is not None:
        now = trio.current_time()
        if keyed := keys.press(key, now):
            return keyed
        seconds = keys.due - now if keys.due < math.inf else menu.silence_seconds
        key = await key_before(leg, ANY_KEY, seconds=seconds)
    return keys.time_passes(math.inf)


def _greeting(call: Call, menu: Menu) -> Prompt:
    """The office's own recording of a greeting, else its text."""
    text, language = text_in(menu.greeting, call.language, call.settings.language)
    return Said(text, language) if menu.recorded is None else OwnPrompt(menu.recorded, text, language)


def _chosen(call: Call, name: str, menu: Menu, key: str, onward: Onward, walk: Walk) -> Next:
    """What a key of the menu does."""
    call.person_decided()
    if key in menu.keys:
        call.tell(KeyChosen(menu=menu.name, key=key, destination=menu.keys[key]))
        return _go(call, name, onward, walk, parse_destination(menu.keys[key]))
    if key in menu.languages:
        call.principal.language = menu.languages[key]
        call.tell(LanguageChosen(spoken=menu.languages[key]))
    elif key == menu.dial_by_name:
        return Next(dial_by_name, onward, back=Next(attendant, name, onward, walk.again()))
    elif key == menu.back:
        before, way = walk.back(name)
        return Next(attendant, before, onward, way)
    return Next(attendant, name, onward, walk.again())


def _go(call: Call, name: str, onward: Onward, walk: Walk, destination: Destination) -> Next:
    """Where the caller wants to go."""
    call.person_decided()
    match destination:
        case ToMenu(name=next_menu):
            return Next(attendant, next_menu, onward, walk.into(name))
        case HangUp():
            return Next(announce, Phrase("goodbye", call.language))
        case _:
            return onward(destination)


def _led_on(call: Call, menu: Menu, onward: Onward, why: str) -> Next:
    """Nobody is left alone with a menu."""
    chosen = menu.silence if why == SILENCE else menu.invalid
    destination = parse_destination(chosen or call.home.configuration.default_desk)
    call.tell(LedOn(menu=menu.name, destination=str(destination), why=why))
    if isinstance(destination, HangUp):
        return Next(announce, Phrase("goodbye", call.language))
    return Next(announce, Phrase("menu-led-on", call.language), onward(destination))


def _end_of_walk(call: Call, name: str, menu: Menu | None) -> Next:
    """The menu is gone, or the caller has walked through too many: his way ends at a mailbox."""
    if menu is not None:
        call.tell(LedOn(menu=menu.name, destination=str(ToMenu(name)), why=ROUND))
    call.principal.forget_facts()
    return Next(last_resort)
