"""scripts/_check.py: which slow tests a change needs, and what it does with a test run that leaves something behind."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "_check.py"


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_check", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_unknown_changes_need_every_test(check: ModuleType) -> None:
    assert check.affected_tests(None) == ["tests"]
    assert check.affected_tests(["appliance/flows/talk.py"]) == ["tests"]
    assert check.affected_tests(["docs/wiring.md", "setup.py"]) == ["tests"]


def test_papers_need_none(check: ModuleType) -> None:
    assert check.affected_tests(["docs/wiring.md", "README.md"]) == []
    assert check.affected_tests([]) == []


def test_a_part_needs_its_own_tests_and_the_scenarios(check: ModuleType) -> None:
    places = check.affected_tests(["appliance/sip/edge/main.py"])
    assert "tests/sip" in places
    assert "tests/door" not in places


def test_a_changed_test_is_run_itself(check: ModuleType) -> None:
    assert check.affected_tests(["tests/test_imports.py"]) == ["tests/test_imports.py"]


def test_every_line_of_the_table_names_something(check: ModuleType) -> None:
    nothing = [prefix for prefix in check.AFFECTED if not (check.TREE / prefix).exists()]
    not_yet = {"README.md", "CHANGELOG.md", "firmware-image/"}  # these come last
    assert set(nothing) <= not_yet


def test_long_campaigns_are_found_and_a_seed_draws_the_same_again(check: ModuleType) -> None:
    found = check.campaigns()
    assert any(name.startswith("tests/calls/test_random_days.py::") for name in found)
    assert check.drawn(found, 7) == check.drawn(found, 7)
    assert len(check.drawn(found, 7)) == min(check.SAMPLED_CAMPAIGNS, len(found))


def run_on(check: ModuleType, tmp_path: Path, test: str) -> "subprocess.CompletedProcess[str]":
    """The quick tier in a process of its own, on a tree with this one test."""
    (tmp_path / "test_it.py").write_text(test)
    program = (
        f"import sys, pathlib; sys.path.insert(0, {str(SCRIPT.parent)!r}); import _check as c\n"
        f"c.TREE = pathlib.Path({str(tmp_path)!r}); c.adopt_orphans(); totals = c.Totals()\n"
        "c.pytest('quick', ['test_it.py'], totals); print(totals)"
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)


def test_results_are_counted(check: ModuleType, tmp_path: Path) -> None:
    tests = (
        "import pytest\ndef test_a(): pass\ndef test_b(): pass\ndef test_c(): assert False\n"
        "@pytest.mark.skip\ndef test_d(): pass\n@pytest.fixture\ndef broken(): 1 / 0\ndef test_e(broken): pass\n"
    )
    assert "Totals(passed=2, failed=2, skipped=1, broken=[])" in run_on(check, tmp_path, tests).stdout


def test_no_tests_at_all_is_no_failure(check: ModuleType, tmp_path: Path) -> None:
    assert "Totals(passed=0, failed=0, skipped=0, broken=[])" in run_on(check, tmp_path, "").stdout


def test_a_process_left_running_is_named_and_ended(check: ModuleType, tmp_path: Path) -> None:
    test = (
        "import pathlib, subprocess\n"
        "def test_a():\n"
        "    left = subprocess.Popen(['sleep', '4321'], start_new_session=True)\n"
        "    pathlib.Path('pid').write_text(str(left.pid))\n"
    )
    assert "left running by the quick tests: sleep 4321" in run_on(check, tmp_path, test).stdout
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
