"""Keeps the edge as the office wants it: accounts, registrations for the page, lamps of mailboxes and extensions."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import trio

from appliance.config.models import Configuration
from appliance.control.controller_messages import Trouble
from appliance.errors import PorterError
from appliance.office import Office
from appliance.routing.boxes import box_of, boxes_of
from appliance.routing.stations import passwords
from appliance.services.snapshot import Surroundings
from appliance.sip.edge.accounts import ha1, write_accounts
from appliance.sip.edge.publisher import Publisher
from appliance.sip.edge.rpc import EdgeRpc
from appliance.sip.edge.settings import EdgeSettings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How soon the page knows of a phone that came or went."""


class EdgeWatch:
    """The controller's view of the edge.

    Args:
        changed: Called when registrations, or whether the edge answers, have changed.
    """

    def __init__(self, settings: EdgeSettings, rpc: EdgeRpc, around: Surroundings) -> None:
        self._settings = settings
        self._rpc = rpc
        self._around = around
        self._accounts: Mapping[str, str] = {}
        self._is_known = False

    async def follow(self, configuration: Configuration) -> None:
        """Have exactly the accounts of this configuration: durable first, then in the running edge."""
        accounts = {
            account: ha1(account, self._settings.realm, password)
            for account, password in passwords(configuration).items()
        }
        before, self._accounts = self._accounts, accounts
        await trio.to_thread.run_sync(write_accounts, self._settings.accounts_db, self._settings.realm, accounts)
        try:
            await self._tell(before, accounts)
        except PorterError as error:
            # An edge that is away reads them from the file when it starts.
            log.warning("the edge does not hear of its accounts now: %s", error)

    async def _tell(self, before: Mapping[str, str], accounts: Mapping[str, str]) -> None:
        if not self._is_known:
            await self._rpc.reload_accounts()
            self._is_known = True
            return
        for account in before.keys() - accounts.keys():
            await self._rpc.remove_account(account)
            await self._rpc.forget(account)
        for account, digest in accounts.items():
            if before.get(account) != digest:
                await self._rpc.put_account(account, digest)

    async def _give_again(self) -> None:
        """An edge that was away may have set a broken file aside and started from an older one."""
        try:
            await trio.to_thread.run_sync(
                write_accounts, self._settings.accounts_db, self._settings.realm, self._accounts
            )
            await self._rpc.reload_accounts()
        except PorterError as error:
            log.warning("the edge did not take its accounts again: %s", error)

    async def run(self) -> None:
        """Look at the registrations until cancelled."""
        while True:
            try:
                found = await self._rpc.registrations(self._accounts)
                refused = _refused_phones(await self._rpc.refused())
                fault = None
            except PorterError as error:
                found, refused = (), ()
                fault = Trouble(where="edge", cause=error.cause, next_step=error.next_step or "")
            if fault is None and self._around.edge_fault is not None:
                await self._give_again()
            seen = [(one.user, one.contact, one.user_agent) for one in found]
            known = [(one.user, one.contact, one.user_agent) for one in self._around.registrations]
            if seen != known or fault != self._around.edge_fault or refused != self._around.refused_phones:
                self._around.registrations, self._around.edge_fault = found, fault
                self._around.refused_phones = refused
                self._around.changed()
            await trio.sleep(LOOK_SECONDS)


def _refused_phones(refused: Mapping[str, str]) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(
            where=f"phone {account}",
            cause=f"A phone at {address} has a wrong password for {account} and cannot register.",
            next_step="Type the user name and the password into the phone anew; `porter export` shows both.",
        )
        for account, address in sorted(refused.items())
    )


class BoxLamps:
    """The message lamps of phones, and the counts on the page, follow the mailboxes."""

    def __init__(self, lamps: Publisher, office: Office, around: Surroundings) -> None:
        self._lamps = lamps
        self._office = office
        self._around = around
        self._shown: dict[str, tuple[int, int]] = {}
        """What each account was last told."""

    def changed(self, box: str, new: int, old: int) -> None:
        """The counts of a box are others: so are the lamps of its members' phones."""
        self._around.mailboxes[box] = (new, old)
        found = box_of(self._office.configuration, box)
        self._light(found.members if found is not None else ())
        self._around.changed()

    async def follow(self, configuration: Configuration) -> None:
        """Members came and went."""
        self._light(configuration.extensions, configuration)

    def _light(self, extensions: Iterable[str], configuration: Configuration | None = None) -> None:
        """Light, or put out, the lamps of some people's phones: they show what waits in all boxes of theirs."""
        configuration = configuration or self._office.configuration
        for number in extensions:
            counts = [self._around.mailboxes.get(box.key, (0, 0)) for box in boxes_of(configuration, number)]
            new, old = sum(count[0] for count in counts), sum(count[1] for count in counts)
            person = configuration.extensions.get(number)
            for account in person.phones if person is not None else ():
                if self._shown.get(account, (0, 0)) != (new, old):
                    self._shown[account] = (new, old)
                    self._lamps.set_mailbox(account, new=new, old=old)

    def light_all(self, counts: Mapping[str, tuple[int, int]]) -> None:
        """As the mailboxes stand at the start."""
        for box, (new, old) in counts.items():
            self.changed(box, new, old)
