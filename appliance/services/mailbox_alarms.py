"""Mailboxes a person should see to: full ones, and those whose PIN somebody guesses at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.control.controller_messages import Trouble
from appliance.office import Office
from appliance.routing.boxes import box_of

_BOX_PREFIX = "voicemail:"


def mailbox_alarms(office: Office, counts: Mapping[str, tuple[int, int]]) -> Iterator[Trouble]:
    """One for each.

    Args:
        counts: New and old messages of each box: with fewer than when it was full it is so no longer.
    """
    for key, there in office.places.full_boxes.items():
        box = box_of(office.configuration, key)
        if box is not None and sum(counts.get(key, (0, 0))) >= there:
            yield Trouble(f"mailbox {box.name}", "It is full; a caller could leave no message.", "Delete some of them.")
    for what in office.places.wrong_pins.locked():
        box = box_of(office.configuration, what.removeprefix(_BOX_PREFIX))
        if box is not None:
            cause = "Too many wrong PINs were keyed in; none is taken for a while."
            yield Trouble(f"mailbox {box.name}", cause, "Ask its owner whether that was her; if not, change the PIN.")
