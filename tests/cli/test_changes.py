"""Changing the configuration of a running office from the command line, while others do the same."""

from typing import Any

import msgspec
import pytest

from appliance.cli.configuration import TRIES, change_configuration
from appliance.config.loading import export, parse
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration
from appliance.control.controller_messages import (
    CHANGED_MEANWHILE,
    Applied,
    ApplyConfiguration,
    ExportConfiguration,
    Exported,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from tests.flows.offices import small_office


class BusyOffice:
    """Somebody else adds a country's worth of changes before some of our own reach it."""

    def __init__(self, others: int) -> None:
        self.configuration, self.version, self._others = small_office(), 1, others

    def ask(self, request: Any, *, seconds: float | None = None) -> Any:
        match request:
            case ExportConfiguration():
                return Exported(export(self.configuration), self.version)
            case ApplyConfiguration(text=text, version=version):
                if self._others:
                    self._others -= 1
                    self._change(msgspec.structs.replace(self.configuration, name=self.configuration.name + "+"))
                if version != self.version:
                    raise RequestFailed(Fault(CHANGED_MEANWHILE, "Somebody was quicker."))
                self._change(parse(text))
                return Applied(self.version, (), dry_run=False)
        raise AssertionError(request)

    def _change(self, configuration: Configuration) -> None:
        self.configuration, self.version = configuration, self.version + 1


def in_kyiv(configuration: Configuration) -> Configuration:
    return msgspec.structs.replace(configuration, timezone="Europe/Kyiv")


@pytest.mark.parametrize("others", [0, 1, TRIES - 1])
def test_a_change_of_somebody_else_stays(others: int) -> None:
    office = BusyOffice(others)
    change_configuration(office, in_kyiv)  # type: ignore[arg-type]
    assert (office.configuration.name, office.configuration.timezone) == ("Small office" + "+" * others, "Europe/Kyiv")


def test_an_office_that_changes_all_the_time_is_told_after_some_tries() -> None:
    office = BusyOffice(TRIES)
    with pytest.raises(RequestFailed, match="quicker"):
        change_configuration(office, in_kyiv)  # type: ignore[arg-type]
    assert office.configuration.timezone != "Europe/Kyiv"


def test_what_would_be_a_mistake_is_not_sent() -> None:
    office = BusyOffice(0)
    with pytest.raises(ConfigurationInvalid):
        change_configuration(
            office,  # type: ignore[arg-type]
            lambda current: msgspec.structs.replace(current, default_desk="extension:999"),
        )
    change_configuration(office, in_kyiv, dry_run=True)  # type: ignore[arg-type]
    assert office.version == 1
