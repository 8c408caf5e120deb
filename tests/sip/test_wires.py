"""Connections of the bridge as wishes that outlive ports."""

from __future__ import annotations

from appliance.sip.wires import Wires


class Port:
    """A port of a bridge that remembers who hears it."""

    def __init__(self) -> None:
        self.sinks: set[Port] = set()

    def startTransmit(self, sink: Port) -> None:
        self.sinks.add(sink)

    def stopTransmit(self, sink: Port) -> None:
        self.sinks.discard(sink)

    def getTxLevel(self) -> int:
        return 0


def test_a_wish_waits_until_both_ends_are_up() -> None:
    wires, one, other = Wires(), Port(), Port()
    wires.lay("one", "other")
    wires.up("one", one)
    assert one.sinks == set()
    wires.up("other", other)
    assert one.sinks == {other}


def test_a_new_port_gets_the_old_one_s_connections() -> None:
    wires, one, other, newer = Wires(), Port(), Port(), Port()
    wires.up("one", one)
    wires.up("other", other)
    wires.lay("one", "other")
    wires.lay("other", "one")
    wires.down("other")
    wires.up("other", newer)
    assert newer in one.sinks
    assert newer.sinks == {one}


def test_what_two_want_is_undone_by_the_last() -> None:
    wires, one, other = Wires(), Port(), Port()
    wires.up("one", one)
    wires.up("other", other)
    wires.lay("one", "other")
    wires.lay("one", "other")
    wires.cut("one", "other")
    assert one.sinks == {other}
    wires.cut("one", "other")
    assert one.sinks == set()
    assert wires.wanted == frozenset()


def test_cutting_a_wish_whose_end_is_down_forgets_it() -> None:
    wires, one, other = Wires(), Port(), Port()
    wires.lay("one", "other")
    wires.cut("one", "other")
    wires.up("one", one)
    wires.up("other", other)
    assert one.sinks == set()


def test_a_disconnected_port_comes_back_when_it_is_up_again() -> None:
    wires, player, leg, second = Wires(), Port(), Port(), Port()
    wires.lay("player", "leg")
    wires.up("leg", leg)
    wires.up("player", player)
    wires.disconnect("player")
    wires.down("player")
    assert player.sinks == set()
    wires.up("player", second)
    assert second.sinks == {leg}
