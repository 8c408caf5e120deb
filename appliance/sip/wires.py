"""Which port of the conference bridge feeds which: wanted connections, kept until both ends are there.

A leg's port comes and goes with its media: at the answer, at a re-INVITE (PJSIP makes a new port and the old one's
connections are lost), at hold. What is wanted stays here, so every time a port comes up its connections are made anew.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

import pjsua2 as pj

log = logging.getLogger(__name__)


class Port(Protocol):
    """A port of the bridge, such as `pjsua2.AudioMedia`."""

    def startTransmit(self, sink: Any) -> None: ...
    def stopTransmit(self, sink: Any) -> None: ...
    def getTxLevel(self) -> int: ...


class Wires:
    """The bridge's connections by the names of their ends; a leg's end is named by its id.

    Several attachments may want the same connection; it is undone with the last of them.
    """

    def __init__(self) -> None:
        self._ports: dict[str, Port] = {}
        self._wanted: Counter[tuple[str, str]] = Counter()
        self._on_up: dict[str, list[Callable[[], None]]] = {}

    def lay(self, source: str, sink: str) -> None:
        """Let `sink` hear `source`, now or as soon as both are up."""
        self._wanted[source, sink] += 1
        if self._wanted[source, sink] == 1:
            self._connect(source, sink)

    def cut(self, source: str, sink: str) -> None:
        """Undo one `lay`."""
        self._wanted[source, sink] -= 1
        if self._wanted[source, sink] > 0:
            return
        del self._wanted[source, sink]
        if source in self._ports and sink in self._ports:
            self._tell(self._ports[source].stopTransmit, source, sink)

    def up(self, name: str, port: Port) -> None:
        """A port is there, new or changed."""
        self._ports[name] = port
        for source, sink in self._wanted:
            if name in (source, sink):
                self._connect(source, sink)
        for tell in self._on_up.pop(name, ()):
            tell()

    def down(self, name: str) -> None:
        """A port is no more; PJSIP drops its connections itself."""
        self._ports.pop(name, None)
        self._on_up.pop(name, None)

    def disconnect(self, name: str) -> None:
        """Undo the connections of a port that lives on a while, such as a player about to be freed."""
        for source, sink in self._wanted:
            if name in (source, sink) and source in self._ports and sink in self._ports:
                self._tell(self._ports[source].stopTransmit, source, sink)

    def level(self, name: str) -> int:
        """How loud the last 20 ms from this port were, 0-255 in PJSIP's logarithmic steps; 0 while it is down.

        PJSIP counts from the bridge's side: what a phone says is what its port transmits.
        """
        try:
            return self._ports[name].getTxLevel() if name in self._ports else 0
        except pj.Error:
            return 0

    def when_up(self, name: str, tell: Callable[[], None]) -> None:
        """Call `tell` once the port is there: now when it is."""
        if name in self._ports:
            tell()
        else:
            self._on_up.setdefault(name, []).append(tell)

    @property
    def wanted(self) -> frozenset[tuple[str, str]]:
        """Every connection asked for and not yet undone."""
        return frozenset(self._wanted)

    def _connect(self, source: str, sink: str) -> None:
        if source in self._ports and sink in self._ports:
            self._tell(self._ports[source].startTransmit, source, sink)

    def _tell(self, connect: Callable[[Any], None], source: str, sink: str) -> None:
        try:
            connect(self._ports[sink])
        except pj.Error as error:
            # The port died a moment ago and its leg's end is on its way: nothing to connect any more.
            log.info("leg %s -> %s: the bridge does not know this port any more (%s)", source, sink, error.reason)
