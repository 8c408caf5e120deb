"""The direct way to the kernel: its bytes are those of the kernel's own header, and it starts fast."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.gpio import lock_now

PROGRAM = """
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
int main(void) {
    struct gpio_v2_line_request r;
    memset(&r, 0, sizeof r);
    r.offsets[0] = 27;
    strcpy(r.consumer, "porter-door lock");
    r.config.flags = GPIO_V2_LINE_FLAG_OUTPUT;
    r.config.num_attrs = 1;
    r.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
    r.config.attrs[0].attr.values = 1;
    r.config.attrs[0].mask = 1;
    r.num_lines = 1;
    r.fd = -1;
    fprintf(stderr, "%u %u", (unsigned)GPIO_GET_CHIPINFO_IOCTL, (unsigned)GPIO_V2_GET_LINE_IOCTL);
    return fwrite(&r, sizeof r, 1, stdout) != 1;
}
"""


@pytest.mark.real
@pytest.mark.skipif(
    shutil.which("cc") is None or not Path("/usr/include/linux/gpio.h").exists(), reason="needs cc and linux-libc-dev"
)
def test_the_request_is_what_the_kernels_header_says(tmp_path: Path) -> None:
    (tmp_path / "request.c").write_text(PROGRAM)
    subprocess.run(["cc", "-o", tmp_path / "request", tmp_path / "request.c"], check=True)
    made = subprocess.run([tmp_path / "request"], check=True, capture_output=True)
    assert made.stdout == lock_now.output_request(27, 1)
    assert made.stderr.decode() == f"{lock_now._GET_CHIPINFO} {lock_now._GET_LINE}"


def test_nothing_heavy_is_loaded_before_the_relay_is_locked(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from hardware.gpio.lock_now import lock_now
lock_now("simulated", Path({str(tmp_path)!r}), 27, 0)
print(*(name for name in ("gpiozero", "lgpio", "trio", "msgspec", "sqlite3", "argon2") if name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout == b"\n"


def test_a_chip_that_is_none_of_a_pi_is_passed_over(tmp_path: Path) -> None:
    with pytest.raises(lock_now.PinsUnavailable, match="no GPIO chip"):
        lock_now.chip_path(tmp_path)
