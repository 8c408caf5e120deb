"""The locks against setup.py: a dependency that is not locked is missing on every machine but the author's."""

import ast
import re
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]


def named(keyword: str) -> set[str]:
    """Distributions under this argument of setup(), normalised as PEP 503 says."""
    for node in ast.walk(ast.parse((TREE / "setup.py").read_text())):
        if isinstance(node, ast.keyword) and node.arg == keyword:
            texts = [item.value for item in ast.walk(node.value) if isinstance(item, ast.Constant)]
            names = [re.match(r"[A-Za-z0-9._-]+", text) for text in texts if isinstance(text, str) and text != "test"]
            return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name}
    raise AssertionError(f"setup.py has no {keyword}")


def locked(name: str) -> dict[str, str]:
    """Distribution → its lines in the lock."""
    blocks = re.split(r"^(?=[a-z0-9])", (TREE / "requirements" / f"{name}.lock").read_text(), flags=re.MULTILINE)
    return {block.split("==")[0]: block for block in blocks if "==" in block}


@pytest.mark.parametrize("lock", ["run", "test"])
def test_everything_the_product_needs_is_locked(lock: str) -> None:
    assert named("install_requires") - set(locked(lock)) == set(), "run scripts/lock"


def test_everything_the_tests_need_is_locked() -> None:
    assert named("extras_require") - set(locked("test")) == set(), "run scripts/lock"


@pytest.mark.parametrize("lock", ["build", "run", "test"])
def test_every_line_has_a_hash_and_no_address(lock: str) -> None:
    for name, block in locked(lock).items():
        assert "--hash=sha256:" in block, name
        assert "://" not in block, name


def test_tests_run_with_the_versions_of_the_product() -> None:
    run, test = locked("run"), locked("test")
    assert {name: block.split()[0] for name, block in run.items()} == {name: test[name].split()[0] for name in run}
