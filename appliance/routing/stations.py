"""Which SIP accounts there are, and which of them belong to door stations."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.config.models import Configuration, Door, SipLine, SipLink, account_of_line


def station_account(name: str, door: Door) -> str | None:
    """The account of a door's SIP station; None: it has none."""
    return None if door.station is None else door.station.account or name


def station_accounts(configuration: Configuration) -> Mapping[str, str]:
    """SIP account of every station to its door."""
    found = ((station_account(name, door), name) for name, door in configuration.doors.items())
    return {account: name for account, name in found if account is not None}


def passwords(configuration: Configuration) -> dict[str, str]:
    """Every SIP account of the house with its password: phones, stations, and lines that register here."""
    phones = (phone for extension in configuration.extensions.values() for phone in extension.phones.items())
    found = {account: phone.password for account, phone in phones}
    for name, door in configuration.doors.items():
        if door.station is not None:
            found[door.station.account or name] = door.station.password
    for name, line in configuration.lines.items():
        if isinstance(line, SipLine) and line.link is SipLink.ACCOUNT and line.password is not None:
            found[account_of_line(name)] = line.password
    return found
