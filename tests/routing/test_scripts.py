"""Values in texts and addresses of scripts."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.models import Go, Script
from appliance.routing.scripts import fill, fill_address, names_in, step_at

VALUES = {"order": "4711", "name": "A & B/C?", "caller": "+37129999999"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Nothing to fill.", "Nothing to fill."),
        ("Order {order}.", "Order 4711."),
        ("Order {order:digits}.", "Order 4 7 1 1."),
        ("{gone}{order}", "4711"),
        ("{not a value} {order:letters} {}", "{not a value} {order:letters} {}"),
    ],
)
def test_a_text_is_filled(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_values_are_escaped_in_addresses() -> None:
    assert (
        fill_address("http://erp/{name}?from={caller}", VALUES) == "http://erp/A%20%26%20B%2FC%3F?from=%2B37129999999"
    )


@given(st.text(max_size=40))
def test_no_value_changes_where_an_address_leads(value: str) -> None:
    address = urlsplit(fill_address("http://erp.example:8080/orders/{value}?a={value}", {"value": value}))
    assert (address.scheme, address.netloc, address.fragment) == ("http", "erp.example:8080", "")
    assert address.path.count("/") == 2 and address.query.count("&") == 0


def test_names_are_found_in_a_text() -> None:
    assert list(names_in("{order:digits} and {name}, not {}")) == ["order", "name"]


@pytest.mark.parametrize(
    ("target", "at"), [("step:two", 1), ("step:three", None), ("extension:201", None), ("two", None)]
)
def test_a_target_names_a_step_by_its_label(target: str, at: int | None) -> None:
    script = Script(name="S", steps=(Go(to="hang_up"), Go(label="two", to="hang_up")))
    assert step_at(script, target) == at
