"""Values in texts and addresses of scripts."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.ports import Figure, Filled, Money, Said, SpelledDigits
from appliance.config.models import Go, Language, Script
from appliance.routing.scripts import fill_address, filled, fixed_parts, names_in, step_at

VALUES = {"order": "4711", "price": "12,5", "name": "A & B/C?", "caller": "+37129999999"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nothing to fill.", Said("Nothing to fill.")),
        ("Order {order}.", Filled(("Order ", Said("4711"), "."))),
        ("Order {order:digits}.", Filled(("Order ", SpelledDigits("4711"), "."))),
        ("{gone}{order}", Filled((Said("4711"),))),
        ("{name:digits}", Filled((Said("A   &   B / C ?"),))),
        ("{order:number} pieces", Filled((Figure(4711), " pieces"))),
        ("{price:EUR}", Filled((Money(1250, "EUR"),))),
        ("{order:USD}", Filled((Money(471100, "USD"),))),
        ("{name:UAH}", Filled((Said("A & B/C?"),))),
        ("{not a value} {}", Said("{not a value} {}")),
    ],
)
def test_a_text_is_filled(text: str, said: object) -> None:
    assert filled(text, VALUES, Language.EN) == said


@pytest.mark.parametrize(
    ("amount", "hundredths"),
    [("0", 0), ("7", 700), ("7.5", 750), ("7,05", 705), ("-7", None), ("7.123", None), ("1e9", None), ("٣", 300)],
)
def test_what_is_no_amount_is_said_as_it_is_written(amount: str, hundredths: int | None) -> None:
    (said,) = filled("{price:EUR}", {"price": amount}, Language.EN).parts  # type: ignore[union-attr]
    assert said == (Said(amount) if hundredths is None else Money(hundredths, "EUR"))


def test_what_stands_around_values_can_be_recorded() -> None:
    assert fixed_parts("Order {order:digits}, is it? {caller}. ") == ("Order", ", is it?")
    assert fixed_parts("Welcome!") == ("Welcome!",)


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
