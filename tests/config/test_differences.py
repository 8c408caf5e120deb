"""What changed between two configurations, as paths."""

import msgspec

from appliance.config.differences import differences
from appliance.config.loading import export, parse
from appliance.config.models import RingGroup
from tests.flows.offices import person, small_office


def test_a_round_trip_through_text_changes_nothing() -> None:
    office = small_office()
    assert differences(office, parse(export(office))) == ()


def test_changed_added_and_removed_things_are_named_by_their_paths() -> None:
    before = small_office()
    extensions = {number: who for number, who in before.extensions.items() if number != "203"}
    after = msgspec.structs.replace(
        before,
        extensions={**extensions, "204": person("Emils", "204")},
        ring_groups={"sales": RingGroup(name="Sales", number="600", members=("201",), then="voicemail:201")},
    )
    assert set(differences(before, after)) == {"extensions.203", "extensions.204", "ring_groups.sales.members"}
