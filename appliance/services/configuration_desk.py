"""Changing the running configuration: validated, made durable, then followed by the edge, the door and the office.

A step that fails is undone, and whoever asked is told why: either all of it holds, or all is as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import trio

from appliance.config.differences import differences
from appliance.config.loading import check, export, parse
from appliance.config.mistakes import ConfigurationInvalid, Mistake
from appliance.config.models import Configuration
from appliance.control.controller_messages import CHANGED_MEANWHILE, Applied, Exported
from appliance.control.faults import RequestFailed
from appliance.control.messages import Detail, Fault
from appliance.errors import PorterError

log = logging.getLogger(__name__)

Follower = Callable[[Configuration], Awaitable[None]]
"""Takes a configuration into use; raises `PorterError` when it cannot, and can be called again with the old one."""


_CHANGED = Fault(
    CHANGED_MEANWHILE,
    "The configuration was changed by somebody else meanwhile; nothing was changed now.",
    "Look at what is in force and do it again.",
)


class Settings(Protocol):
    """Where configurations are kept."""

    async def save(self, configuration: Configuration, *, by: str) -> int:
        """Durable when it returns; its version."""
        ...

    async def previous(self) -> Configuration | None:
        """The configuration before the current one; None when there is none."""
        ...


class ConfigurationDesk:
    """Holds the configuration in force and changes it.

    Args:
        followers: Those who follow a change, in order; the office is the last.
        changed: Told the new version and who did it.
    """

    def __init__(
        self,
        current: Configuration,
        version: int,
        settings: Settings,
        followers: list[Follower],
        changed: Callable[[int, str], None],
    ) -> None:
        self.current = current
        self.version = version
        self._settings = settings
        self._followers = followers
        self._changed = changed
        self._one_at_a_time = trio.Lock()

    async def apply(self, text: str, *, by: str, dry_run: bool, version: int | None = None) -> Applied:
        """Take a whole configuration, as YAML; `RequestFailed` with every mistake as a detail.

        Args:
            version: The one it was made from, which must still be in force; None: that does not matter.
        """
        try:
            wanted = parse(text)
        except ConfigurationInvalid as invalid:
            raise RequestFailed(_fault(invalid)) from invalid
        async with self._one_at_a_time:
            if version not in (None, self.version):
                raise RequestFailed(_CHANGED)
            return await self._put_in_force(wanted, by=by, dry_run=dry_run)

    async def change(self, change: Callable[[Configuration], Configuration], *, by: str) -> None:
        """Take what somebody switched at a telephone; see `CallHome.change_settings`."""
        async with self._one_at_a_time:
            wanted = change(self.current)
            if mistakes := check(wanted):
                raise ConfigurationInvalid(mistakes)
            await self._put_in_force(wanted, by=by, dry_run=False)

    async def undo(self, *, by: str) -> Applied:
        """Go back to the configuration before."""
        before = await self._settings.previous()
        if before is None:
            raise RequestFailed(Fault("nothing_to_undo", "There is no earlier configuration.", ""))
        async with self._one_at_a_time:
            return await self._put_in_force(before, by=by, dry_run=False)

    def exported(self) -> Exported:
        """The configuration in force as YAML."""
        return Exported(text=export(self.current), version=self.version)

    async def _put_in_force(self, wanted: Configuration, *, by: str, dry_run: bool) -> Applied:
        changes = differences(self.current, wanted)
        if dry_run or not changes:
            return Applied(self.version, changes, dry_run)
        # Whoever asked may hang up any moment: what has begun is brought to its end.
        with trio.CancelScope(shield=True):
            before = self.current
            version = await self._settings.save(wanted, by=by)
            try:
                await self._follow(wanted)
            except PorterError as error:
                log.error("configuration %d of %s could not be put into use: %s", version, by, error)
                await self._settings.save(before, by=f"porter, because {error.cause}")
                await self._follow(before)
                raise
            self.current, self.version = wanted, version
        log.info("configuration %d by %s: %s", version, by, ", ".join(changes))
        self._changed(version, by)
        return Applied(version, changes, dry_run=False)

    async def _follow(self, configuration: Configuration) -> None:
        for follower in self._followers:
            await follower(configuration)


def _fault(invalid: ConfigurationInvalid) -> Fault:
    details = tuple(Detail(_place(mistake), mistake.cause, _meant(mistake)) for mistake in invalid.mistakes)
    return Fault(
        "configuration_invalid",
        "The configuration has mistakes; nothing was changed.",
        "Put them right and try again.",
        details,
    )


def _place(mistake: Mistake) -> str:
    return mistake.path if mistake.line is None else f"{mistake.path} (line {mistake.line})".lstrip()


def _meant(mistake: Mistake) -> str:
    return "" if mistake.did_you_mean is None else f'Did you mean "{mistake.did_you_mean}"?'
