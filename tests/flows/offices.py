"""Offices for flow tests, and the vocabulary their scenarios are told in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.config.models import (
    ConferenceRoom,
    Configuration,
    Diversion,
    Door,
    Extension,
    GsmLine,
    InboundRoute,
    OpeningHours,
    OutboundRoute,
    Phone,
    RingGroup,
)

TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Riga"))
TUESDAY_NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("Europe/Riga"))
MOBILE = "+37120000001"
CUSTOMER = "+37129999999"


def person(name: str, number: str, **settings: object) -> Extension:
    """A person with one phone whose user name is the extension."""
    return Extension(name=name, phones={number: Phone(password="a-password-for-tests")}, **settings)  # type: ignore[arg-type]


def small_office(**changes: object) -> Configuration:
    """Anna, Boris and Dace, who together are sales; a GSM line, a door, office hours."""
    settings: dict[str, object] = {
        "name": "Small office",
        "default_desk": "extension:201",
        "extensions": {
            "201": person("Anna", "201"),
            "202": person("Boris", "202", mobile=MOBILE),
            "203": person("Dace", "203", divert=Diversion(no_answer=f"outside:{MOBILE}", after_seconds=10)),
        },
        "ring_groups": {
            "sales": RingGroup(name="Sales", number="600", members=("201", "202", "203"), then="voicemail:201")
        },
        "conference_rooms": {"monday": ConferenceRoom(name="Monday round", number="500")},
        "opening_hours": {"office": OpeningHours(weekly={"tue": ("09:00-18:00",)})},
        "inbound_routes": (
            InboundRoute(name="Main", line="gsm1", hours="office", to="ring_group:sales", closed="voicemail:201"),
        ),
        "outbound_routes": (OutboundRoute(name="All", lines=("gsm1",)),),
        "lines": {"gsm1": GsmLine(at_port="at", audio_port="audio", simulated=True)},
        "doors": {"front": Door(name="Front door", rings="ring_group:sales", open_digit="5")},
    }
    return Configuration(**{**settings, **changes})  # type: ignore[arg-type]
