"""Which port of the conference bridge feeds which: wanted connections, kept until both ends are there.

A leg's port comes and goes with its media: at the answer, at a re-INVITE (PJSIP makes a new port and the old one's
connections are lost), at hold. What is wanted stays here, so every time a port comes up its connections are made anew.

Two phones that hear each other and nobody else need no bridge: where they speak the same codec their packets are
passed on as they are (`native/porter_relay.c`), which costs a tenth of the time and no delay. As soon as a third end
wants to hear one of them, or to be heard, both are back on the bridge.
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


class Relay(Protocol):
    """Passes packets of two calls on to each other, calls by PJSIP's numbers."""

    def join(self, one: int, other: int) -> bool:
        """Whether it does now; False where they do not speak the same codec."""
        ...

    def part(self, one: int) -> None: ...


class PacketRelay:
    """The relay of the PJSIP that is loaded."""

    def join(self, one: int, other: int) -> bool:
        return bool(pj.porter_relay_join(one, other) == pj.PORTER_RELAY_JOINED)

    def part(self, one: int) -> None:
        pj.porter_relay_part(one)


class Wires:
    """The bridge's connections by the names of their ends; a leg's end is named by its id.

    Several attachments may want the same connection; it is undone with the last of them.

    Args:
        relay: None: everything goes over the bridge.
    """

    def __init__(self, relay: Relay | None = None) -> None:
        self._relay = relay
        self._numbers: dict[str, int] = {}
        """PJSIP's number of the calls among the ends."""
        self._relayed: dict[str, str] = {}
        """Each end whose packets are passed on, with the one that gets them."""
        self._ports: dict[str, Port] = {}
        self._wanted: Counter[tuple[str, str]] = Counter()
        self._on_up: dict[str, list[Callable[[], None]]] = {}

    def lay(self, source: str, sink: str) -> None:
        """Let `sink` hear `source`, now or as soon as both are up."""
        self._wanted[source, sink] += 1
        if self._wanted[source, sink] == 1:
            self._bring_back(source)
            self._bring_back(sink)
            self._connect(source, sink)
            self._pass_on(source)

    def cut(self, source: str, sink: str) -> None:
        """Undo one `lay`."""
        self._wanted[source, sink] -= 1
        if self._wanted[source, sink] > 0:
            return
        del self._wanted[source, sink]
        if source in self._relayed:
            self._bring_back(source)
        elif source in self._ports and sink in self._ports:
            self._tell(self._ports[source].stopTransmit, source, sink)
        self._pass_on(source)
        self._pass_on(sink)

    def up(self, name: str, port: Port, number: int | None = None) -> None:
        """A port is there, new or changed.

        Args:
            number: PJSIP's number of the call behind it; None: it is none, such as a player.
        """
        self._leave(name)
        self._ports[name] = port
        if number is not None:
            self._numbers[name] = number
        for source, sink in self._wanted:
            if name in (source, sink):
                self._connect(source, sink)
        self._pass_on(name)
        for tell in self._on_up.pop(name, ()):
            tell()

    def down(self, name: str) -> None:
        """A port is no more; PJSIP drops its connections itself."""
        self._leave(name)
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

    def _leave(self, name: str) -> None:
        """Forget a port that is no more, or is about to be another."""
        self._ports.pop(name, None)
        self._bring_back(name)
        self._numbers.pop(name, None)

    def _pass_on(self, name: str) -> None:
        """Let the relay carry what an end and its only partner say to each other, if there is such a one."""
        other = self._partner(name)
        if self._relay is None or other is None or name in self._relayed:
            return
        calls = [self._numbers[end] for end in (name, other) if end in self._numbers]
        if len(calls) == 2 and self._relay.join(*calls):
            self._relayed |= {name: other, other: name}
            self._tell(self._ports[name].stopTransmit, name, other)
            self._tell(self._ports[other].stopTransmit, other, name)

    def _bring_back(self, name: str) -> None:
        """Back to the bridge with an end and its partner, as far as they still want to hear each other."""
        other = self._relayed.pop(name, None)
        if other is None or self._relay is None:
            return
        del self._relayed[other]
        self._relay.part(self._numbers[name])
        for source, sink in ((name, other), (other, name)):
            if (source, sink) in self._wanted:
                self._connect(source, sink)

    def _partner(self, name: str) -> str | None:
        """The one end that hears another and is heard by it, while neither has to do with a third; else None."""
        ends = [sink for source, sink in self._wanted if source == name]
        if len(ends) != 1 or ends == [name]:
            return None
        pair = {name, ends[0]}
        touching = [{source, sink} for source, sink in self._wanted if source in pair or sink in pair]
        return ends[0] if touching == [pair, pair] else None

    def _connect(self, source: str, sink: str) -> None:
        if source in self._ports and sink in self._ports:
            self._tell(self._ports[source].startTransmit, source, sink)

    def _tell(self, connect: Callable[[Any], None], source: str, sink: str) -> None:
        try:
            connect(self._ports[sink])
        except pj.Error as error:
            # The port died a moment ago and its leg's end is on its way: nothing to connect any more.
            log.info("leg %s -> %s: the bridge does not know this port any more (%s)", source, sink, error.reason)
