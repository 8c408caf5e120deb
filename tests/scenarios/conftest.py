"""One running office for the scenarios of a file: starting one takes seconds."""

from collections.abc import Iterator

import pytest

from tests.scenarios.running_office import RunningOffice, running_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningOffice]:
    with running_office(tmp_path_factory.mktemp("office")) as running:
        yield running
