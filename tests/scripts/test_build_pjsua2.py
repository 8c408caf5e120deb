"""scripts/build-pjsua2 without the building: what it decides, and what it says when something is missing."""

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "build-pjsua2"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("build_pjsua2", str(SCRIPT))
    spec = importlib.util.spec_from_loader("build_pjsua2", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    loader.exec_module(module)
    return module


def test_the_wheel_installs_and_holds_the_module(script: ModuleType, tmp_path: Path) -> None:
    content = tmp_path / "pjsua2.py"
    content.write_text("loaded = True\n")
    python = script.Python(Path(sys.executable))
    wheel = tmp_path / f"pjsua2-2.17+abc-{python.tag}-{python.tag}-{python.platform}.whl"
    script.write_wheel(wheel, "2.17+abc", python, [content])

    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    assert (target / "pjsua2.py").read_text() == content.read_text()
    assert (target / "pjsua2-2.17+abc.dist-info").is_dir()


def test_the_same_files_give_the_same_wheel(script: ModuleType, tmp_path: Path) -> None:
    content = tmp_path / "pjsua2.py"
    content.write_text("loaded = True\n")
    python = script.Python(Path(sys.executable))
    wheels = [tmp_path / "one.whl", tmp_path / "two.whl"]
    for wheel in wheels:
        script.write_wheel(wheel, "2.17+abc", python, [content])
        os.utime(content, (0, 0))
    assert wheels[0].read_bytes() == wheels[1].read_bytes()


def test_a_cached_wheel_is_taken_only_for_its_python_and_options(script: ModuleType, tmp_path: Path) -> None:
    python = script.Python(Path(sys.executable))
    suffix = f"{python.tag}-{python.tag}-{python.platform}.whl"
    fitting = tmp_path / f"pjsua2-2.17+aaaaaaaaaaaa-{suffix}"
    fitting.touch()
    (tmp_path / "pjsua2-2.17+aaaaaaaaaaaa-cp39-cp39-linux_x86_64.whl").touch()
    assert script.cached_wheel(tmp_path, "aaaaaaaaaaaa", python) == fitting
    assert script.cached_wheel(tmp_path, "bbbbbbbbbbbb", python) is None


@pytest.mark.parametrize(
    ("minor", "revision", "version"), [("17", "", "2.17"), ("17", "1", "2.17.1"), ("18", "", "2.18"), ("16", "", None)]
)
def test_a_source_older_than_2_17_is_refused(
    script: ModuleType, tmp_path: Path, minor: str, revision: str, version: str | None
) -> None:
    (tmp_path / "version.mak").write_text(
        f"export PJ_VERSION_MAJOR  := 2\nexport PJ_VERSION_MINOR  := {minor}\nexport PJ_VERSION_REV    := {revision}\n"
        "export PJ_VERSION_SUFFIX :=\nexport PJ_VERSION := $(PJ_VERSION_MAJOR).$(PJ_VERSION_MINOR)\n"
    )
    if version is None:
        with pytest.raises(script.BuildError, match=r"is PJSIP 2\.16; 2\.17 or later"):
            script.source_version(tmp_path)
    else:
        assert script.source_version(tmp_path) == version


def test_a_step_that_fails_shows_the_end_of_its_output_and_where_the_rest_is(
    script: ModuleType, tmp_path: Path
) -> None:
    steps = script.Steps(tmp_path / "build.log")
    with pytest.raises(script.BuildError, match=r"(?s)Compiling failed \(exit 3\).*no such header"):
        steps.run("Compiling", ["sh", "-c", "echo no such header >&2; exit 3"], tmp_path)
    assert "no such header" in (tmp_path / "build.log").read_text()


def test_a_spoilt_download_of_before_is_not_used(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "sources" / f"pjproject-{script.PINNED_SHA256[:12]}.tar.xz"
    kept.parent.mkdir()
    kept.write_bytes(b"half a tarball")
    monkeypatch.setattr(script, "debian_mirrors", lambda: [tmp_path.as_uri()])
    monkeypatch.setattr(script, "UPSTREAM_URL", (tmp_path / "no-release.tar.gz").as_uri())
    with pytest.raises(script.BuildError) as failure:
        script.fetch(script.Steps(tmp_path / "build.log"), tmp_path)
    said = str(failure.value)
    assert str(kept) in said
    assert script.PINNED_SHA256 in said
    assert "no-release.tar.gz" in said


def test_another_release_at_upstreams_address_is_not_used(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "release.tar.gz"
    release.write_bytes(subprocess.run(["gzip", "-c"], input=b"another tar", capture_output=True, check=True).stdout)
    monkeypatch.setattr(script, "UPSTREAM_URL", release.as_uri())
    steps = script.Steps(tmp_path / "build.log")
    with pytest.raises(script.BuildError, match="SHA-256 differs"):
        script.fetch_upstream(steps, tmp_path)

    monkeypatch.setattr(script, "UPSTREAM_TAR_SHA256", hashlib.sha256(b"another tar").hexdigest())
    assert script.fetch_upstream(steps, tmp_path).exists()


def test_a_python_that_does_not_run_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--python", tmp_path / "python"],
        env={**os.environ, "PORTER_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{tmp_path}/python does not run" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_native_file_counts_in_the_name_of_the_wheel(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in script.NATIVE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(script, "NATIVE", tmp_path)
    digests = {script.options_digest()}
    for path in sorted(tmp_path.iterdir()):
        path.write_text(path.read_text() + "\n")
        digests.add(script.options_digest())
    assert len(digests) == 1 + len(list(tmp_path.iterdir()))


def test_wheel_entries_are_readable_by_all(script: ModuleType, tmp_path: Path) -> None:
    module = tmp_path / "_pjsua2.so"
    module.touch(mode=0o600)
    wheel = tmp_path / "one.whl"
    script.write_wheel(wheel, "2.17+abc", script.Python(Path(sys.executable)), [module])
    with zipfile.ZipFile(wheel) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert modes["_pjsua2.so"] == 0o755
    assert modes["pjsua2-2.17+abc.dist-info/METADATA"] == 0o644
