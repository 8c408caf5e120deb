"""What a change is said to change."""

import msgspec

from appliance.config.differences import differences
from appliance.config.loading import export, parse
from tests.flows.offices import small_office


def test_a_default_that_was_written_out_is_no_difference() -> None:
    written = parse("country: LV\n" + export(small_office()))
    assert differences(written, parse(export(written))) == ()


def test_what_changed_is_named_by_its_path() -> None:
    before = small_office()
    group = msgspec.structs.replace(before.ring_groups["sales"], members=("201",))
    after = msgspec.structs.replace(before, ring_groups={"sales": group}, lines={})
    assert differences(before, after) == ("ring_groups.sales.members", "lines")
