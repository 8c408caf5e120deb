"""The office as the page sees it: one subscription to the controller, handed on to every browser that listens."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Iterable
from typing import Any

import msgspec

from appliance.control.client import Lost
from appliance.control.controller_messages import OfficeNow
from appliance.control.messages import Fault, Notice, Snapshot
from web.control import Control

log = logging.getLogger(__name__)

NOTICES_KEPT = 100
_STARTING = Fault("starting", "The page is still asking the controller.", "It goes on by itself in a moment.")


class Moment(msgspec.Struct, frozen=True):
    """What is known now."""

    number: int
    """Grows with every change."""
    office: OfficeNow | None
    """The last snapshot; None when there was none yet."""
    fault: Fault | None
    """Why the snapshot may be out of date; None: it is up to date."""


class Told(msgspec.Struct, frozen=True):
    """Something that happened once."""

    number: int
    notice: msgspec.Struct


class Full(Exception):
    """As many pages listen as may."""


class Listener:
    """One browser's queue: every notice, and of the moments only the newest."""

    def __init__(self, moment: Moment, missed: Iterable[Told]) -> None:
        self._changed = threading.Condition()
        self._moment: Moment | None = moment
        self._told: deque[Told] = deque(missed, maxlen=NOTICES_KEPT)
        self._closed = False

    def put(self, event: Moment | Told) -> None:
        with self._changed:
            if isinstance(event, Moment):
                self._moment = event
            else:
                self._told.append(event)
            self._changed.notify()

    def close(self) -> None:
        """Wake the reader; it gets None from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, seconds: float) -> list[Moment | Told] | None:
        """What has come, oldest first; empty when nothing came in time, None when the page is closing."""
        with self._changed:
            self._changed.wait_for(lambda: self._moment or self._told or self._closed, seconds)
            if self._closed:
                return None
            found: list[Moment | Told] = [*self._told]
            self._told.clear()
            if self._moment is not None:
                found.append(self._moment)
                self._moment = None
            return sorted(found, key=lambda event: event.number)


class LiveFeed:
    """Follows the controller in a thread of its own, from the first one who asks on.

    Args:
        streams: How many may listen at once.
    """

    def __init__(self, control: Control, streams: int) -> None:
        self._control = control
        self._streams = streams
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._told: deque[Told] = deque(maxlen=NOTICES_KEPT)
        self._moment = Moment(0, None, _STARTING)
        self._heard = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.epoch = secrets.token_hex(3)
        """Tells the numbers of this run of the page from those of another."""

    def moment(self, *, seconds: float = 1.0) -> Moment:
        """What is known now; waits so long for the very first word of the controller."""
        self._start()
        self._heard.wait(seconds)
        return self._moment

    def listen(self, after: int | None = None) -> Listener:
        """A queue that begins with the present moment, and the notices since a number; `Full` when too many listen."""
        self._start()
        with self._lock:
            if len(self._listeners) >= self._streams or self._closed:
                raise Full
            missed = [told for told in self._told if after is not None and told.number > after]
            listener = Listener(self._moment, missed)
            self._listeners.add(listener)
            return listener

    def leave(self, listener: Listener) -> None:
        """The browser has gone."""
        with self._lock:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream and the subscription."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                listener.close()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._follow, name="live feed", daemon=True)
                self._thread.start()

    def _follow(self) -> None:
        while not self._closed:
            try:
                for heard in self._control.subscribe(idle_seconds=1.0):
                    self._take(heard)
                    if self._closed:
                        return
            except Exception:
                # The page must not stay blind for the rest of its life because of one fault of ours.
                log.exception("Following the controller failed; it begins anew.")

    def _take(self, heard: object) -> None:
        match heard:
            case Snapshot(body=OfficeNow() as office):
                self._change(office, None)
            case Lost(fault=fault):
                self._change(self._moment.office, fault)
            case Notice(body=body):
                self._tell(body)

    def _change(self, office: OfficeNow | None, fault: Fault | None) -> None:
        with self._lock:
            self._moment = Moment(self._next(), office, fault)
            for listener in self._listeners:
                listener.put(self._moment)
        self._heard.set()

    def _tell(self, body: Any) -> None:
        with self._lock:
            told = Told(self._next(), body)
            self._told.append(told)
            for listener in self._listeners:
                listener.put(told)

    def _next(self) -> int:
        last = self._told[-1].number if self._told else 0
        return max(self._moment.number, last) + 1
