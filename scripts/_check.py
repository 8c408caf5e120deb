"""What scripts/test does once everything is installed: style, types, then the tests in tiers, then one closing line.

The quick tier runs always. The slow one, with real phones and servers, is chosen by the changed paths where those are
known (`AFFECTED`), else whole. Of the long campaigns a few run each time, drawn by a seed that is the date's unless
`--seed` replays another; each gets PORTER_SEED and PORTER_LONG=sample or full to derive its counts from.
"""

import argparse
import ctypes
import datetime
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
CODE = ["appliance", "hardware", "web"]

# Changed path → where its slow tests are. The first match counts; what matches none needs all of them.
AFFECTED = {
    "docs/": [],
    "README.md": [],
    "CHANGELOG.md": [],
    "LICENSE": [],
    "web/": ["tests/web", "tests/scenarios"],
    "hardware/gpio/": ["tests/hardware", "tests/door", "tests/scenarios"],
    "hardware/": ["tests/hardware", "tests/lines", "tests/scenarios"],
    "appliance/door/": ["tests/door", "tests/scenarios"],
    "appliance/lines/": ["tests/lines", "tests/scenarios"],
    "appliance/sip/": ["tests/sip", "tests/scenarios"],
    "appliance/store/": ["tests/store", "tests/scenarios"],
    "appliance/control/": ["tests/control", "tests/web", "tests/scenarios"],
    "appliance/simulated/": ["tests/simulated", "tests/scenarios"],
    "firmware-image/": ["tests/image"],
    "tests/conftest.py": ["tests"],
}

SAMPLED_CAMPAIGNS = 3
TIER_MINUTES = {"quick": 10, "slow": 30, "long": 10}
NOTHING_COLLECTED = 5


@dataclass
class Totals:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)
    """Whatever else went wrong: a checker, a tier that did not end, a process left running."""

    def add_report(self, path: Path) -> None:
        for suite in ET.parse(path).getroot().iter("testsuite"):
            tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += max(0, tests - failed - skipped)


def say(text: str) -> None:
    print(f"\n--- {text}", flush=True)


def tool(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def check_code(totals: Totals) -> None:
    """Style and types; all are reported even when one finds something."""
    checks = {
        "ruff check": [*tool("ruff"), "check"],
        "ruff format": [*tool("ruff"), "format", "--check", "--quiet"],
        "mypy": [*tool("mypy"), "--strict", *CODE],
    }
    for name, command in checks.items():
        say(name)
        if subprocess.run(command, cwd=TREE, check=False).returncode:
            totals.broken.append(name)


def children() -> Iterator[tuple[int, str]]:
    """(pid, command line) of everything that tests started and did not end: orphans come to us, see `adopt_orphans`."""
    me = str(os.getpid())
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == me:
                yield int(entry.name), (entry / "cmdline").read_text().replace("\0", " ").strip()
        except OSError:
            continue  # ended meanwhile


def adopt_orphans() -> None:
    """Makes this process the parent of its descendants' orphans (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def end_leftovers(tier: str, totals: Totals) -> None:
    while True:
        leftovers = list(children())
        if not leftovers:
            return
        for pid, command in leftovers:
            if command:  # an empty one is a zombie that only needs its wait
                totals.broken.append(f"left running by the {tier} tests: {command[:100]}")
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def pytest(tier: str, arguments: Sequence[str], totals: Totals, env: dict[str, str] | None = None) -> None:
    minutes = TIER_MINUTES[tier]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            *tool("pytest"),
            f"--junitxml={report}",
            "-o",
            "faulthandler_timeout=180",
            "--continue-on-collection-errors",
            "-rs",
            *arguments,
        ]
        with subprocess.Popen(command, cwd=TREE, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL) as run:
            try:
                code = run.wait(None if os.environ.get("PORTER_LONG") == "full" else minutes * 60)
            except subprocess.TimeoutExpired:
                totals.broken.append(f"the {tier} tests took more than {minutes} minutes")
                run.send_signal(signal.SIGINT)  # so that fixtures still stop what they started
                try:
                    code = run.wait(30)
                except subprocess.TimeoutExpired:
                    run.kill()
                    code = run.wait()
        if report.exists():
            totals.add_report(report)
        elif code != NOTHING_COLLECTED:
            totals.broken.append(f"the {tier} tests ended without a report (exit {code})")
    end_leftovers(tier, totals)
    print(f"({tier} tests: {time.monotonic() - started:.0f} s)", flush=True)


def git(*arguments: str) -> list[str] | None:
    done = subprocess.run(["git", *arguments], cwd=TREE, capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else None


def changed_paths(since: str | None) -> list[str] | None:
    """Committed since `since` (or since upstream) and not yet committed; None when there is nothing to compare with."""
    base = git("merge-base", "HEAD", since or "@{upstream}")
    if not base:
        return None
    committed, edited = git("diff", "--name-only", base[0]), git("ls-files", "--others", "--exclude-standard")
    return None if committed is None or edited is None else committed + edited


def affected_tests(paths: list[str] | None) -> list[str]:
    """Folders and files for the slow tier; everything when the paths are unknown or one matches no line."""
    chosen: set[str] = set()
    for path in ["?"] if paths is None else paths:
        if path.startswith("tests/") and path.endswith(".py") and Path(path).name.startswith("test_"):
            chosen.add(path)
            continue
        chosen.update(next((tests for prefix, tests in AFFECTED.items() if path.startswith(prefix)), ["tests"]))
    existing = sorted(path for path in chosen if (TREE / path).exists())
    return ["tests"] if "tests" in existing else existing


def campaigns() -> list[str]:
    """The ids of all long tests."""
    command = [*tool("pytest"), "--collect-only", "-m", "long"]  # quiet by pyproject.toml; twice would list files only
    found = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False).stdout
    return [line for line in found.splitlines() if line.startswith("tests/") and "::" in line]


def drawn(found: list[str], seed: int) -> list[str]:
    return sorted(random.Random(seed).sample(found, min(SAMPLED_CAMPAIGNS, len(found))))


def run_long(all_of_them: bool, seed: int, totals: Totals) -> None:
    found = campaigns()
    chosen = found if all_of_them else drawn(found, seed)
    say(f"long campaigns: {len(chosen)} of {len(found)}, seed {seed} (again with --seed {seed})")
    if chosen:
        env = {"PORTER_SEED": str(seed), "PORTER_LONG": "full" if all_of_them else "sample"}
        pytest("long", chosen, totals, env)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/test", description="Checks style and types and runs the tests.")
    parser.add_argument("--quick", action="store_true", help="only what needs no real phones or servers")
    parser.add_argument("--all", action="store_true", help="every test, the long campaigns with their full counts")
    parser.add_argument("--since", metavar="COMMIT", help="choose the slow tests by what changed since then")
    today = int(datetime.datetime.now(datetime.UTC).strftime("%Y%m%d"))
    parser.add_argument("--seed", type=int, default=today, help="draws the long campaigns (default: the date)")
    arguments = parser.parse_args()

    adopt_orphans()
    totals = Totals()
    seed = {"PORTER_SEED": str(arguments.seed)}
    if arguments.all:
        os.environ["PORTER_LONG"] = "full"
    check_code(totals)
    say("quick tests")
    pytest("quick", ["-m", "not real and not long"], totals, seed)
    if not arguments.quick:
        everything = arguments.all or os.environ.get("CI") == "true"
        places = ["tests"] if everything else affected_tests(changed_paths(arguments.since))
        say(f"slow tests: {' '.join(places) or 'none, by what changed'}")
        if places:
            pytest("slow", ["-m", "real and not long", *places], totals, seed)
        run_long(arguments.all, arguments.seed, totals)

    for problem in totals.broken:
        print(f"NOT IN ORDER: {problem}")
    print(
        f"\n{totals.passed} passed, {totals.failed + len(totals.broken)} failed, {totals.skipped} skipped", flush=True
    )
    return 1 if totals.failed or totals.broken else 0


if __name__ == "__main__":
    sys.exit(main())
