"""Which pages there are, and in which drawer of the bar each of them is."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _


class Place(NamedTuple):
    """One page of the bar."""

    endpoint: str
    title: str
    picture: str
    """Of `static/icons.svg`."""


class Drawer(NamedTuple):
    """Pages that belong together; one of a single page is shown as that page."""

    title: str
    picture: str
    places: tuple[Place, ...]

    def holds(self, blueprint: str | None) -> bool:
        """Whether the reader is at one of its pages."""
        return any(place.endpoint.partition(".")[0] == blueprint for place in self.places)


def drawers() -> list[Drawer]:
    """The bar, in the reader's language."""
    return [
        Drawer(_("Live"), "phone-call", (Place("live.page", _("Live"), "phone-call"),)),
        Drawer(
            _("Calls"),
            "history",
            (
                Place("calls.listed", _("Calls"), "history"),
                Place("callers.page", _("Callers"), "users"),
                Place("mailboxes.every", _("Mailboxes"), "mail"),
                Place("messages.page", _("Messages"), "message"),
            ),
        ),
        Drawer(
            _("Doors"),
            "door",
            (
                Place("entrance.page", _("Who comes in"), "key"),
                Place("ledger.page", _("Who has tried"), "list"),
            ),
        ),
        Drawer(
            _("System"),
            "settings",
            (
                Place("configuration.page", _("Configuration"), "file-text"),
                Place("prompts.page", _("What callers hear"), "microphone"),
                Place("codes.card", _("Codes"), "dialpad"),
            ),
        ),
    ]
