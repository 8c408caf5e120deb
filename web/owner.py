"""The owner: the one password of the page, and how it comes to be."""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from web.private_files import sync_folder, write_privately

log = logging.getLogger(__name__)

SET_UP_SECONDS = 3600.0
"""How long after its start the page may be set up (CHECKLIST E1)."""
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that look alike on a label."""

# 19 MiB, the smaller profile of OWASP's password storage cheat sheet: a Pi Zero 2 W has 512 MiB.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_HASHING = threading.BoundedSemaphore(2)


class _Kept(msgspec.Struct, frozen=True):
    password: str
    """Argon2id, with its parameters."""


class Owner:
    """Keeps the hash of the owner's password in a folder.

    Args:
        now: Monotonic seconds.

    Raises RequestFailed when the file cannot be read: it must never be taken for "nobody has set it up yet".
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._file = folder / "owner.json"
        self._code_file = folder / "setup-code"
        self._now = now
        self._set_up_until = now() + SET_UP_SECONDS
        self._one_at_a_time = threading.Lock()
        self._hash = self._read()
        if self._hash is None:
            self._ensure_code()

    @property
    def exists(self) -> bool:
        """Whether the page has been set up."""
        return self._hash is not None

    @property
    def code_file(self) -> Path:
        """Holds the set-up code until the page has been set up."""
        return self._code_file

    @property
    def may_be_set_up(self) -> bool:
        """Nobody has a password yet, and the time for it has not passed."""
        return self._hash is None and self._now() < self._set_up_until

    def is_code(self, code: str) -> bool:
        """Whether this is the set-up code; spaces, dashes and case do not matter."""
        try:
            kept = self._code_file.read_text().strip()
        except (OSError, UnicodeDecodeError):
            return False
        given = code.replace(" ", "").replace("-", "").upper()
        return hmac.compare_digest(given.encode(), kept.replace("-", "").encode()) and bool(kept)

    def set_up(self, password: str) -> bool:
        """Set the first password; False when somebody else was faster, or it is too late."""
        with self._one_at_a_time:
            if not self.may_be_set_up:
                return False
            self._keep(password)
            self._code_file.unlink(missing_ok=True)
            sync_folder(self._file.parent)
            log.info("The owner's password was set.")
            return True

    def change(self, password: str) -> None:
        """Set another password."""
        with self._one_at_a_time:
            self._keep(password)
            log.info("The owner's password was changed.")

    def is_password(self, password: str) -> bool:
        """Whether this is the owner's password. Takes about as long when it is not."""
        kept = self._hash
        if kept is None:
            return False
        with _HASHING:
            try:
                return _HASHER.verify(kept, password.encode())
            except (VerificationError, InvalidHashError):
                return False

    def _keep(self, password: str) -> None:
        with _HASHING:
            hashed = _HASHER.hash(password.encode())
        write_privately(self._file, msgspec.json.encode(_Kept(hashed)))
        self._hash = hashed

    def _read(self) -> str | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Kept).password
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise RequestFailed(
                Fault(
                    "owner_unreadable",
                    f"The owner's password cannot be read from {self._file}: {error}.",
                    "Restore the file from a backup, or remove it and set the page up anew.",
                )
            ) from error

    def _is_code_readable(self) -> bool:
        try:
            return bool(self._code_file.read_text().strip())
        except (FileNotFoundError, UnicodeDecodeError):
            return False

    def _ensure_code(self) -> None:
        if not self._is_code_readable():
            letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(12))
            write_privately(self._code_file, f"{letters[:4]}-{letters[4:8]}-{letters[8:]}\n".encode())
