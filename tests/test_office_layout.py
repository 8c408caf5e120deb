"""One folder and one port make an office."""

from pathlib import Path

import pytest

from appliance.office_layout import PORTS, BadLayout, OfficeLayout


def every_port(layout: OfficeLayout) -> set[int]:
    single = {layout.sip_port, layout.sip_tls_port, layout.engine_port, layout.publisher_port, layout.web_port}
    return single | set(layout.rtp_ports)


def test_two_offices_side_by_side_share_no_port() -> None:
    one, other = OfficeLayout(Path("/one"), 6000), OfficeLayout(Path("/other"), 6000 + PORTS)
    assert every_port(one) & every_port(other) == set()


def test_no_port_of_an_office_is_used_twice() -> None:
    layout = OfficeLayout(Path("/office"), 6000)
    assert len(every_port(layout)) == 5 + len(layout.rtp_ports)


def test_the_folders_are_made_once_and_kept(tmp_path: Path) -> None:
    layout = OfficeLayout(tmp_path / "office", 6000)
    layout.make_folders()
    (layout.records_folder / "kept").touch()
    layout.make_folders()
    assert (layout.records_folder / "kept").exists()
    assert layout.records_folder.stat().st_mode & 0o7777 == 0o2770


@pytest.mark.parametrize(("root", "port"), [("relative", 6000), ("/office", 80), ("/office", 65000)])
def test_what_cannot_be_an_office_is_refused_with_the_next_step(root: str, port: int) -> None:
    with pytest.raises(BadLayout) as refused:
        OfficeLayout(Path(root), port)
    assert refused.value.next_step


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadLayout):
        OfficeLayout(tmp_path / "file" / "office", 6000).make_folders()
