"""Each process runs as a user of its own and reaches what it needs, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_base_port

TREE = Path(__file__).parents[2]

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    if os.geteuid() != 0:
        pytest.skip("only root can become other users")
    if subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "test", "-r", str(TREE)], check=False).returncode:
        pytest.skip("other users cannot read this tree")
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, "-m", "tests.image.house_of_users"]
    done = subprocess.run(
        [*command, str(free_base_port())], cwd=TREE, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-5000:]
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_whole_office_works_with_four_users(seen: dict[str, object]) -> None:
    assert seen["denied"] == []
    assert (seen["export"], seen["apply"], seen["button"]) == (0, 0, 0)
    assert seen["status"]["version"] == 2  # type: ignore[index]
    assert seen["status"]["edge_ok"]  # type: ignore[index]


def test_members_of_the_group_may_command_and_strangers_may_not(seen: dict[str, object]) -> None:
    assert seen["member_of_porter"] == 0
    assert seen["stranger"] == 3


def test_the_page_sees_the_records_and_no_secrets(seen: dict[str, object]) -> None:
    assert seen["calls_the_page_sees"] == 1
    assert (seen["web_reads_settings"], seen["web_reads_door"], seen["controller_reads_web"]) == (False, False, False)
