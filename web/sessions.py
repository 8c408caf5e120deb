"""Who is signed in. Kept here rather than in the cookie, so that signing out ends a copied cookie too."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from web.private_files import write_privately

log = logging.getLogger(__name__)

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 12 * 3600.0
MOST_SESSIONS = 50
"""The oldest makes room."""
_SAVE_SECONDS = 60.0


class _Session(msgspec.Struct):
    began: float
    seen: float


class _Book(msgspec.Struct, frozen=True):
    boot: str
    """Monotonic seconds mean nothing in another run of the machine."""
    sessions: dict[str, _Session]
    """By the hash of the token: the file is no key."""


class SessionBook:
    """The sessions that are alive; they survive a restart of the page, not one of the machine.

    Args:
        file: Where they are kept.
        now: Monotonic seconds, the same scale for every process of this machine: the wall clock of a Pi jumps.
        boot: Identifies this run of the machine.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.monotonic, boot: str | None = None) -> None:
        self._file = file
        self._now = now
        self._boot = boot if boot is not None else _this_boot()
        self._lock = threading.Lock()
        self._sessions = self._read()
        self._saved = now()

    def begin(self) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        now = self._now()
        with self._lock:
            self._forget_dead()
            while len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].seen)]
            self._sessions[_hash(token)] = _Session(now, now)
            self._save()
        return token

    def is_alive(self, token: str) -> bool:
        """Whether the session still holds; asking does not keep it alive."""
        with self._lock:
            session = self._sessions.get(_hash(token))
            return session is not None and self._holds(session)

    def touch(self, token: str) -> None:
        """A person did something in this session."""
        with self._lock:
            session = self._sessions.get(_hash(token))
            if session is not None and self._holds(session):
                session.seen = self._now()
                if session.seen - self._saved > _SAVE_SECONDS:
                    self._forget_dead()
                    self._save()

    def end_all(self) -> None:
        """Sign out everywhere."""
        with self._lock:
            self._sessions.clear()
            self._save()

    def _holds(self, session: _Session) -> bool:
        now = self._now()
        return now - session.seen < IDLE_SECONDS and now - session.began < LONGEST_SECONDS

    def _forget_dead(self) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if self._holds(session)}

    def _save(self) -> None:
        self._saved = self._now()
        write_privately(self._file, msgspec.json.encode(_Book(self._boot, self._sessions)))

    def _read(self) -> dict[str, _Session]:
        try:
            book = msgspec.json.decode(self._file.read_bytes(), type=_Book)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("Everybody has to sign in again: %s cannot be read: %s", self._file, error)
            return {}
        return dict(book.sessions) if book.boot == self._boot else {}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _this_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
