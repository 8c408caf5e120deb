"""The addresses of operators at the edge: who may call without a password, and whose proxies may stand in between.

Kamailio keeps them in memory only, so that an edge that starts anew knows nobody; this notices within a second.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import trio

from appliance.errors import PorterError

from .rpc import EdgeRpc

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0

CALLS, ANSWERS = "calls", "answers"
"""What an address may: call us, or only answer what we call."""


class KnownOperators:
    """What lines want known, and what the edge knows."""

    def __init__(self, edge: EdgeRpc) -> None:
        self._edge = edge
        self._wanted: dict[str, Mapping[str, str]] = {}

    async def admit(self, line: str, addresses: Mapping[str, str]) -> None:
        """Let the edge know the addresses of a line, in place of those before, and nobody else's for it."""
        if self._wanted.get(line) != addresses:
            self._wanted[line] = addresses
            await self._bring_about()

    async def forget(self, line: str) -> None:
        if self._wanted.pop(line, None) is not None:
            await self._bring_about()

    async def run(self) -> None:
        """See to it until cancelled that the edge knows what is wanted."""
        while True:
            await trio.sleep(LOOK_SECONDS)
            if self._wanted:
                await self._bring_about()

    async def _bring_about(self) -> None:
        try:
            known = await self._edge.operators()
            wanted = self._all()
            for address in known.keys() - wanted.keys():
                await self._edge.remove_operator(address)
            for address, right in wanted.items():
                if known.get(address) != right:
                    await self._edge.put_operator(address, right)
        except PorterError as error:
            log.debug("the edge does not hear of the operators now: %s", error)

    def _all(self) -> dict[str, str]:
        """Of several lines at one operator, the one that may call counts."""
        found: dict[str, str] = {}
        for addresses in self._wanted.values():
            for address, right in addresses.items():
                found[address] = CALLS if CALLS in (right, found.get(address)) else right
        return found
