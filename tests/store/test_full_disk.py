"""A real file system that is full for a while, in a mount namespace of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]

_DAY = """
import random, sys, threading
from pathlib import Path
from appliance.config.demo import demo_office
from appliance.store.failures import StoreFailed
from appliance.store.records import CallRecords, RecordsReader
from appliance.store.settings import SettingsStore
from appliance.store.writer import Writer
from tests.store.test_records import call

disk = Path(sys.argv[1])
settings = SettingsStore(disk / "settings.json")
demo = demo_office(random.Random(1).choice)
settings.save(demo, by="test", at=None)
with Writer(disk / "records.sqlite", retry_seconds=0.1) as writer:
    records = CallRecords(writer)
    records.call_ended(call(0))
    writer.do(lambda connection: None)
    try:
        with open(disk / "other", "wb", buffering=0) as other:
            while True:
                other.write(bytes(4096))
    except OSError:
        pass
    for number in range(1, 200):
        records.call_ended(call(number))
    try:
        writer.do(lambda connection: connection.execute("CREATE TABLE big AS SELECT randomblob(500000)").rowcount)
        sys.exit("a full disk took something")
    except StoreFailed as failed:
        assert "full" in failed.cause, failed
    assert writer.trouble is not None
    for _ in range(3):
        try:
            settings.save(demo, by="test", at=None)
            sys.exit("a full disk took the settings")
        except StoreFailed as failed:
            assert "full" in failed.cause, failed
    assert settings.load() == demo and SettingsStore(disk / "settings.json").repaired is None
    assert RecordsReader(disk / "records.sqlite").page().calls
    (disk / "other").unlink()
    back = threading.Event()
    records.call_ended(call(200))
    writer.submit(lambda connection: None, lambda _: back.set())
    assert back.wait(10), "it does not write again"
    assert writer.trouble is None
    assert RecordsReader(disk / "records.sqlite").count() == 201
    assert settings.save(demo, by="test", at=None).number == 2
print("all well")
"""


@pytest.mark.real
def test_a_full_disk_costs_nothing_but_time(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=1536k porter-test "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh", tmp_path, sys.executable, _DAY],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=TREE,
    )
    if done.stderr.startswith(("unshare:", "mount:")):
        pytest.skip(f"this system lets nobody mount: {done.stderr.strip()}")
    assert done.stdout == "all well\n", done.stderr
