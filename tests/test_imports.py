"""Who may import whom: the rules docs/architecture.md draws, checked on every import statement, type-only ones too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parent.parent

NO_IO = "pjsua2 serial gpiozero alsaaudio flask sqlite3 tinydb socket threading time appliance.sip appliance.lines \
appliance.door appliance.store appliance.control hardware web"

# folder → what nothing in it may import
FORBIDDEN = {
    "appliance/calls": NO_IO,
    "appliance/flows": NO_IO,
    "appliance/routing": NO_IO,
    "appliance/config": NO_IO,
    "appliance": "web",
    "hardware": "appliance web",
    "appliance/sip": "appliance.lines appliance.door appliance.store appliance.simulated",
    "appliance/lines": "appliance.sip appliance.door appliance.store appliance.simulated",
    "appliance/stations": "appliance.sip appliance.lines appliance.door appliance.store appliance.simulated",
    "appliance/door": "appliance.sip appliance.lines appliance.store appliance.simulated",
    "appliance/store": "appliance.sip appliance.lines appliance.door appliance.simulated",
}
# library → the only folder that may import it
HOMES = {
    "pjsua2": "appliance/sip",
    "tinydb": "appliance/store",
    "serial": "hardware/modem",
    "gpiozero": "hardware/gpio",
    "alsaaudio": "hardware/audio",
    "flask": "web",
}
LEAVES = (
    "appliance.errors",
    "appliance.journal",
    "appliance.notify",
    "appliance.office_layout",
)  # import nothing else of ours
WEB_SEES = "appliance.control", "appliance.config", "appliance.store.records", *LEAVES
# A process's composition root wires adapters that must not know each other.
ROOTS = "main.py", "cli.py"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, full dotted name) of everything a file imports; `from a import b` counts as a.b."""
    package = path.relative_to(TREE).parts[:-1]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def statements(folder: str) -> Iterator[tuple[str, str, str]]:
    """(file name, "file:line imports name", name) for every import below the folder."""
    for path in sorted((TREE / folder).rglob("*.py")):
        for line, name in imports(path):
            yield path.name, f"{path.relative_to(TREE)}:{line} imports {name}", name


def is_inside(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_folder_imports_nothing_forbidden(folder: str) -> None:
    forbidden = tuple(FORBIDDEN[folder].split())
    wrong = [at for file, at, name in statements(folder) if is_inside(name, forbidden) and file not in ROOTS]
    assert wrong == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    everywhere = [found for folder in ("appliance", "hardware", "web") for found in statements(folder)]
    users = [at for _, at, name in everywhere if is_inside(name, (library,))]
    assert [at for at in users if not at.startswith(HOMES[library] + "/")] == []


def test_the_page_sees_only_messages_configuration_and_records() -> None:
    mine = [(at, name) for _, at, name in statements("web") if is_inside(name, ("appliance",))]
    assert [at for at, name in mine if not is_inside(name, WEB_SEES)] == []
