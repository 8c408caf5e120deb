"""The lines the switch serves: their accounts at PJSIP, and which of them a call comes in on."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable

import pjsua2 as pj

from appliance.calls.trunks import Trunk
from appliance.config.models import SessionTimer, SipLink, account_of_line
from appliance.routing.numbering import to_e164
from appliance.sip import messages
from appliance.sip.endpoint import HouseAccount, SipEndpoint

log = logging.getLogger(__name__)

SESSION_SECONDS = 1800
"""How long a session stands without a refresh (RFC 4028 §4 recommends it)."""

_TIMERS = {
    SessionTimer.OFF: pj.PJSUA_SIP_TIMER_INACTIVE,
    SessionTimer.ON: pj.PJSUA_SIP_TIMER_OPTIONAL,
    SessionTimer.REQUIRED: pj.PJSUA_SIP_TIMER_REQUIRED,
}


class ServedLines:
    """Lines by name."""

    def __init__(self, endpoint: SipEndpoint) -> None:
        self._endpoint = endpoint
        self._trunks: dict[str, Trunk] = {}
        self._accounts: dict[str, HouseAccount] = {}

    def serve(self, trunk: Trunk) -> None:
        known = self._trunks.get(trunk.line)
        self._trunks[trunk.line] = trunk
        if known is not None and (known.settings, known.rules) == (trunk.settings, trunk.rules):
            return
        self._drop_account(trunk.line)
        self._accounts[trunk.line] = self._endpoint.new_account(lambda config: _configure(config, trunk))

    def forget(self, trunk: Trunk) -> bool:
        """Whether it was served: a line that was rebuilt may be served anew before the old one is gone."""
        known = self._trunks.get(trunk.line)
        if known is None or known.settings is not trunk.settings:
            return False
        del self._trunks[trunk.line]
        self._drop_account(trunk.line)
        return True

    def close(self) -> None:
        """Drop every account: PJSIP must not end before them."""
        self._trunks.clear()
        for line in list(self._accounts):
            self._drop_account(line)

    def account(self, line: str) -> HouseAccount | None:
        """None for a line that is not served now."""
        return self._accounts.get(line)

    def called_by(self, invite: str) -> Trunk | None:
        """The line an INVITE comes in on, by the edge's marks on it; None: it is a phone's, or nobody's."""
        account = messages.header(invite, "X-Porter-User")
        if account:
            return next((trunk for trunk in self._trunks.values() if _registers_here(trunk, account)), None)
        source = messages.header(invite, "X-Porter-Operator")
        address = source.rpartition(":")[0]
        possible = [trunk for trunk in self._trunks.values() if trunk.addresses & {source, address}]
        return which_line(possible, messages.request_user(invite), messages.user_of(messages.header(invite, "To")))

    def _drop_account(self, line: str) -> None:
        if (account := self._accounts.pop(line, None)) is not None:
            account.forget()


def which_line(possible: Iterable[Trunk], requested: str, to: str) -> Trunk | None:
    """Of several lines at one operator, the one that is called: by our own contact, the user name, or the number.

    Where nothing tells, the first: a call that is answered on the wrong line is better than one that is refused.
    """
    lines = list(possible)
    for trunk in lines:
        if requested == trunk.token:
            return trunk
    for called in (requested, to):
        for trunk in lines:
            if called and (called == trunk.settings.user or _same(trunk.settings.number, called)):
                return trunk
    return next(iter(lines), None)


def _same(ours: str | None, called: str) -> bool:
    if ours is None:
        return False
    digits = called.removeprefix("+")
    return ours.removeprefix("+") == digits or (len(digits) >= 7 and to_e164("ZZ", f"+{digits}") == ours)


def _registers_here(trunk: Trunk, account: str) -> bool:
    return trunk.settings.link is SipLink.ACCOUNT and account == account_of_line(trunk.line)


def _configure(config: pj.AccountConfig, trunk: Trunk) -> None:
    settings = trunk.settings
    rtp = config.mediaConfig.transportConfig
    # Each account counts its ports by itself: from places of their own they seldom meet at one that is taken.
    rtp.portRange //= 2
    skipped = zlib.crc32(trunk.line.encode()) % max(rtp.portRange // 4, 1) * 2
    rtp.port, rtp.portRange = rtp.port + rtp.portRange + skipped, rtp.portRange - skipped
    config.idUri = messages.uri(settings.user or trunk.token, trunk.rules.domain or "porter")
    config.regConfig.registerOnAdd = False
    config.callConfig.timerUse = _TIMERS[trunk.rules.session_timer]
    config.callConfig.timerSessExpiresSec = SESSION_SECONDS
    if settings.password is not None and settings.link is SipLink.REGISTER:
        credential = pj.AuthCredInfo()
        credential.scheme, credential.realm = "digest", "*"
        credential.username = settings.auth_user or settings.user
        credential.dataType, credential.data = 0, settings.password
        config.sipConfig.authCreds.append(credential)
