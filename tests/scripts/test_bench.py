"""The page of figures: what is demanded, what was reached, and what to do when the harness is not there."""

import importlib.util
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from appliance.config.loading import parse

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bench"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    loader = SourceFileLoader("bench", str(SCRIPT))
    spec = importlib.util.spec_from_loader("bench", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench"] = module  # dataclasses look their module up
    loader.exec_module(module)
    return module


def record(headline: dict[str, float], *, ok: bool = True) -> dict[str, Any]:
    machine = {"cpu": "A", "cores": 2, "kernel": "6", "machine": "x86_64", "yardstick_ms": 90}
    common = {"time": "2026-11-24T03:00:00+00:00", "machine": machine, "load_before": 0.5, "load_after": 1.5, "ok": ok}
    if not ok:
        return common | {"error": "SippError: no answer"}
    fixed = {"times_ms": {"1": {"max": 7.0}}, "machine": {"other_cores": 0.25}}
    return common | {"result": {"headline": headline, "fixed": fixed}}


def test_a_figure_is_judged_by_its_bound_or_by_the_peer_s(bench: ModuleType, tmp_path: Path) -> None:
    for name, figures in {
        "porter": [{"fixed_cpu_ms_each": 9.0}, {"fixed_cpu_ms_each": 11.0}, {"fixed_cpu_ms_each": 4.0}],
        "asterisk-lean": [{"fixed_cpu_ms_each": 5.2, "max_rate": 320.0}],
    }.items():
        for number, headline in enumerate(figures, 1):
            (tmp_path / f"call-setup--{name}--{number}.json").write_text(json.dumps(record(headline)))
    (tmp_path / "media--porter--1.json").write_text(json.dumps(record({}, ok=False)))
    text = "\n".join(bench.summary(bench.load(tmp_path)))
    assert "| CPU per call set up at 10/s, ms | 9 | 5.2 | – | ≤ Asterisk lean | **missed** |" in text
    assert "| … the longest, ms | 7 | 7 | – | ≤ 50 | reached |" in text
    assert "| registrations/s | – | – | – | ≥ 2800 | not measured |" in text
    assert "| calls/s sustained, p99 ≤ 500 ms | – | 320 | – | ≥ 100 | not measured |" in text
    assert "Load average 0.5 to 1.5" in text.replace("\n", " ")
    assert "media with porter failed: SippError: no answer" in text


def test_the_office_measured_is_one_that_porter_takes(bench: ModuleType) -> None:
    accounts = {str(number): f"0123456789abcde{number % 10}" for number in range(201, 261)}
    office = parse(bench.office_yaml(accounts, ["201", "202", "203"]))
    assert len(office.extensions) == 60
    assert office.ring_groups["group"].members == ("201", "202", "203")


def test_without_the_harness_it_says_what_to_do(tmp_path: Path) -> None:
    ended = subprocess.run(
        [str(SCRIPT)], env={"PATH": "/usr/bin:/bin", "PORTER_BENCH_HARNESS": str(tmp_path)}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "PORTER_BENCH_HARNESS" in ended.stderr
