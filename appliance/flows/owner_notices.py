"""Telling the owners of a mailbox by SMS what they should know at once, and not again and again."""

from __future__ import annotations

import trio

from appliance.calls.call import Call
from appliance.flows.alerts import alert
from appliance.routing.boxes import Box
from appliance.routing.owner_notices import OwnerNotice, mobiles_of, owner_text

AGAIN_SECONDS = 24 * 3600.0
"""Between two messages about the same."""


async def tell_owners(call: Call, box: Box, notice: OwnerNotice) -> None:
    """Queue the message, also when the caller hangs up in this moment; nothing when they were told within a day."""
    told, now = call.home.places.owners_told, call.home.ports.clock.monotonic()
    if now - told.get((box.key, notice), -AGAIN_SECONDS) < AGAIN_SECONDS:
        return
    told[box.key, notice] = now
    with trio.CancelScope(shield=True):
        await alert(call, mobiles_of(call.home.configuration, box), owner_text(notice, box))
