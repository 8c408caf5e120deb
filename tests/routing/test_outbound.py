"""Which lines carry a number."""

import pytest

from appliance.config.models import Configuration, GsmLine, OutboundRoute
from appliance.routing.outbound import lines_for

LINE = GsmLine(at_port="at", audio_port="audio", simulated=True)
OFFICE = Configuration(
    name="Office",
    default_desk="extension:201",
    lines={"gsm1": LINE, "gsm2": LINE, "sip1": LINE},
    outbound_routes=(
        OutboundRoute(name="Home", prefix="+371", lines=("gsm1", "gsm2", "gsm1")),
        OutboundRoute(name="Rest", lines=("sip1",)),
    ),
)


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        ("+37129999999", ("gsm1", "gsm2")),
        ("+442079460018", ("sip1",)),
        ("116111", ("sip1",)),
        ("112", ("gsm1", "gsm2", "sip1")),
        ("113", ("gsm1", "gsm2", "sip1")),
    ],
)
def test_the_first_route_that_matches_names_the_lines(number: str, lines: tuple[str, ...]) -> None:
    assert lines_for(OFFICE, number) == lines


def test_an_emergency_call_needs_no_route() -> None:
    bare = Configuration(name="Office", default_desk="extension:201", lines={"gsm1": LINE, "gsm2": LINE})
    assert lines_for(bare, "112") == ("gsm1", "gsm2")
    assert lines_for(bare, "+37129999999") == ()
