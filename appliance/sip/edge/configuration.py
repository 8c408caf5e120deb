"""The configuration file Kamailio starts with: this office's names first, then the file that is the same everywhere."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from .settings import EdgeSettings

RULES = Path(__file__).with_name("kamailio.cfg")


USUAL_PORT = 5060
"""RFC 3261 §19.1.2."""


def configuration(settings: EdgeSettings, *, health_port: int, nobodys_ha1: str | None = None) -> str:
    """Text of the configuration file.

    Args:
        health_port: The port on 127.0.0.1 from which `porter-edge` asks whether SIP is answered.
        nobodys_ha1: What a missing account's password is checked against; None draws a new one.
    """
    names = _names(settings) | {
        "HEALTH_PORT": str(health_port),
        "NOBODYS_HA1": nobodys_ha1 or secrets.token_hex(16),
    }
    lines = [
        "#!KAMAILIO",
        "# Written by porter-edge at every start: a change here does not last.",
        *(f'#!substdef "!{name}!{value}!g"' for name, value in names.items()),
        *(f"listen={transport}:{address}:{settings.sip_port}" for transport, address in settings.sockets),
        f'alias="{settings.realm}"',
        f'include_file "{RULES}"',
    ]
    return "\n".join(lines) + "\n"


def write_configuration(settings: EdgeSettings, *, health_port: int) -> Path:
    """Write the file, readable by its owner only (it holds paths and limits worth guessing at), and return its path."""
    settings.configuration_file.unlink(missing_ok=True)
    settings.configuration_file.touch(mode=0o600)
    settings.configuration_file.write_text(configuration(settings, health_port=health_port), encoding="utf-8")
    return settings.configuration_file


def _names(settings: EdgeSettings) -> dict[str, str]:
    return {
        "ENGINE_PORT": str(settings.engine_port),
        "LINES_PORT": str(settings.lines_port),
        "PUBLISHER_PORT": str(settings.publisher_port),
        "SIP_PORT": str(settings.sip_port),
        "REALM": settings.realm,
        "REGISTRATION_SECONDS": str(settings.registration_seconds),
        "REGISTERED_LIFETIME": str(settings.registration_seconds + 30),
        "FLOOD_REQUESTS": str(settings.flood_requests),
        "WRONG_PER_ADDRESS": str(settings.wrong_per_address),
        "WRONG_PER_ACCOUNT": str(settings.wrong_per_account),
        "SILENCE_SECONDS": str(settings.silence_seconds),
        "EXEMPT_ADDRESSES": _any_of(settings.flood_exempt) or "none",
        "OUR_PORT": _in_record_route(settings.sip_port),
        "OUR_ADDRESSES": _any_of(address for _, address in settings.sockets),
        "RPC_SOCKET": str(settings.rpc_socket),
        "ACCOUNTS_DB": str(settings.accounts_db),
        "LOCATION_DB": str(settings.location_db),
        "DIALOGS_DB": str(settings.dialogs_db),
        "PRESENCE_DB": str(settings.presence_db),
    }


def _in_record_route(port: int) -> str:
    """A regular expression for how Kamailio writes its port there: not at all where it is the usual one."""
    return f"(:{port})?" if port == USUAL_PORT else f":{port}"


def _any_of(addresses: Iterable[str]) -> str:
    """The inside of a regular expression that matches any of these."""
    return "|".join(address.replace(".", "[.]") for address in dict.fromkeys(addresses))
