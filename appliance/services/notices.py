"""Notices: what happened at a door goes to the page, and to whoever wants to know, by every way there is.

Each way is a `NoticePort`; short messages and the page are there. A way that fails holds up no other.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec
import trio

from appliance.calls.notices import Notice, NoticePort, NoticeStore
from appliance.calls.ports import Clock, Outbox
from appliance.config.models import Configuration, Language, NoticeKind, NoticeReceiver
from appliance.errors import PorterError
from appliance.routing.notices import is_shown, is_told_again, receivers
from appliance.services.words import InAllLanguages, load_words

log = logging.getLogger(__name__)

MOST_SHOWN = 50
"""On the page; older ones that nobody acknowledged give way."""
ACKNOWLEDGED_SHOWN = 5


class SmsNotices:
    """Notices as short messages, durably queued until a line takes them."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def tell(self, notice: Notice, receiver: NoticeReceiver, text: str) -> None:
        await self._outbox.send_sms(receiver.to, text)


class NoticeDesk:
    """Takes what happens, shows it until somebody acknowledges it, and tells who wants to know.

    Args:
        ways: By the name that receivers choose one by.
        changed: Called when the page has to show something else; quick and synchronous.
    """

    def __init__(
        self,
        configuration: Callable[[], Configuration],
        ways: Mapping[str, NoticePort],
        store: NoticeStore,
        clock: Clock,
        new_id: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        self._configuration = configuration
        self._ways = ways
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._changed = changed
        self._shown: dict[str, Notice] = {notice.id: notice for notice in store.load()}
        self._told_at: dict[tuple[NoticeKind, str], float] = {}
        self._to_tell: deque[Notice] = deque()
        self._news = trio.Event()

    @property
    def shown(self) -> Sequence[Notice]:
        """What the page shows, newest first: what nobody acknowledged, and the last few that somebody did."""
        return tuple(sorted(self._shown.values(), key=lambda notice: bool(notice.acknowledged_by)))

    def happened(self, kind: NoticeKind, *, door: str, person: str = "") -> None:
        """Something happened; synchronous, so that callbacks may call it."""
        now, wall, what = self._clock.monotonic(), self._clock.wall(), (kind, door)
        known = self._open_one(kind, door)
        if known is None:
            self._told_at.pop(what, None)
            notice = Notice(id=self._new_id(), kind=kind, door=door, person=person, at=wall, last_at=wall)
        else:
            notice = msgspec.structs.replace(known, count=known.count + 1, last_at=wall, is_over=False, over_at=None)
        log.warning("door %s: notice %s, %d times", door, kind, notice.count)
        self._show(notice)
        if is_told_again(self._configuration(), now, self._told_at.get(what)):
            self._told_at[what] = now
            self._to_tell.append(notice)
            self._news.set()

    def ended(self, kind: NoticeKind, *, door: str) -> None:
        """It is over; it stays on the page until somebody has seen it."""
        if (known := self._open_one(kind, door)) is not None:
            self._show(msgspec.structs.replace(known, is_over=True, over_at=self._clock.wall()))

    def acknowledge(self, id: str, *, by: str) -> bool:
        """Somebody has seen it; False when it is not there any more, or somebody was faster."""
        notice = self._shown.get(id)
        if notice is None or notice.acknowledged_by:
            return False
        log.info("notice %s (%s at %s) was acknowledged by %s", id, notice.kind, notice.door, by)
        self._show(msgspec.structs.replace(notice, acknowledged_by=by, acknowledged_at=self._clock.wall()))
        return True

    async def run(self) -> None:
        """Tell people until cancelled."""
        async with trio.open_nursery() as nursery:
            while True:
                while self._to_tell:
                    notice = self._to_tell.popleft()
                    for receiver in receivers(self._configuration(), notice.kind, notice.door):
                        nursery.start_soon(self._tell, notice, receiver)
                self._news = trio.Event()
                await self._news.wait()

    async def _tell(self, notice: Notice, receiver: NoticeReceiver) -> None:
        text = in_words(notice, self._configuration(), receiver.language)
        try:
            await self._ways[receiver.by].tell(notice, receiver, text)
        except PorterError as error:
            log.error("notice %s: %s is not told by %s: %s", notice.id, receiver.to, receiver.by, error)
        except Exception:
            log.exception("notice %s: %s broke", notice.id, receiver.by)

    def _open_one(self, kind: NoticeKind, door: str) -> Notice | None:
        """The same thing that nobody has acknowledged yet."""
        found = (notice for notice in self._shown.values() if (notice.kind, notice.door) == (kind, door))
        return next((notice for notice in found if not notice.acknowledged_by), None)

    def _show(self, notice: Notice) -> None:
        self._shown = {notice.id: notice} | {id: other for id, other in self._shown.items() if id != notice.id}
        self._store.keep(notice)
        acknowledged = [other for other in self._shown.values() if other.acknowledged_by]
        too_many = [*acknowledged[ACKNOWLEDGED_SHOWN:], *list(self._shown.values())[MOST_SHOWN:]]
        for old in too_many:
            if self._shown.pop(old.id, None) is not None:
                self._store.forget(old.id)
        self._changed()

    def on_page(self) -> Sequence[Notice]:
        """Those of `shown` that anybody who looks at the page may see."""
        configuration = self._configuration()
        return tuple(notice for notice in self.shown if is_shown(configuration, notice.kind))


def in_words(notice: Notice, configuration: Configuration, language: Language | None = None) -> str:
    """One sentence for a short message, in the office's language unless another is asked for."""
    language = language or configuration.language
    door = configuration.doors.get(notice.door)
    moment = "" if notice.last_at is None else f"{notice.last_at:%H:%M}"
    text = _words()[notice.kind].text(language)
    return text.format_map({"door": door.name if door is not None else notice.door, "person": notice.person}) + (
        f" {moment}" if moment else ""
    )


@cache
def _words() -> Mapping[str, InAllLanguages]:
    return load_words("notices.yaml", dict[str, InAllLanguages])
