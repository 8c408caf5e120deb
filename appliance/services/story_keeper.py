"""Keeps how far the calls that go on have come, so that a crash or a power cut does not leave their records empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import trio

from appliance.calls.names import CallId
from appliance.calls.record import CallRecord
from appliance.office import Office

KEEP_SECONDS = 1.0
"""Between two looks. All calls are written together: a card lives by the number of its writes."""


class GrowingRecords(Protocol):
    """Where records of calls are written that are not over."""

    def calls_go_on(self, records: Sequence[CallRecord]) -> None: ...


async def keep_stories(office: Office, records: GrowingRecords) -> None:
    """Write down each second which calls have got on; until cancelled."""
    kept: dict[CallId, int] = {}
    while True:
        await trio.sleep(KEEP_SECONDS)
        told = {call.id: len(call.story) for call in office.calls.values()}
        if grown := [office.calls[id].to_record() for id, facts in told.items() if kept.get(id) != facts]:
            records.calls_go_on(grown)
        kept = told
