"""Connections of the bridge as wishes that outlive ports."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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


class Relay:
    """A relay that remembers which calls it joins, and refuses calls above 90, which speak another codec."""

    def __init__(self) -> None:
        self.joined: set[frozenset[int]] = set()

    def join(self, one: int, other: int) -> bool:
        if (one > 90) != (other > 90):
            return False
        assert not any({one, other} & pair for pair in self.joined), "joined already"
        self.joined.add(frozenset((one, other)))
        return True

    def part(self, one: int) -> None:
        self.joined = {pair for pair in self.joined if one not in pair}


def two_who_talk(relay: Relay) -> tuple[Wires, Port, Port]:
    wires, one, other = Wires(relay), Port(), Port()
    wires.up("one", one, 1)
    wires.up("other", other, 2)
    wires.lay("one", "other")
    wires.lay("other", "one")
    return wires, one, other


def test_two_phones_alone_need_no_bridge() -> None:
    relay = Relay()
    wires, one, other = two_who_talk(relay)
    assert relay.joined == {frozenset((1, 2))}
    assert one.sinks == other.sinks == set()
    wires.cut("one", "other")
    assert relay.joined == set()
    assert other.sinks == {one} and one.sinks == set()


def test_who_listens_in_brings_both_back_to_the_bridge_until_he_leaves() -> None:
    relay = Relay()
    wires, one, other = two_who_talk(relay)
    recorder = Port()
    wires.up("recorder", recorder)
    wires.lay("one", "recorder")
    assert relay.joined == set()
    assert one.sinks == {other, recorder} and other.sinks == {one}
    wires.cut("one", "recorder")
    assert relay.joined == {frozenset((1, 2))}
    assert one.sinks == other.sinks == set()


def test_a_new_port_of_a_call_is_passed_on_again() -> None:
    relay = Relay()
    wires, one, _ = two_who_talk(relay)
    newer = Port()
    wires.up("other", newer, 2)
    assert relay.joined == {frozenset((1, 2))}
    wires.down("other")
    assert relay.joined == set() and one.sinks == set()


def test_phones_of_different_codecs_and_parties_without_rtp_stay_on_the_bridge() -> None:
    for numbers in ((1, 91), (1, None)):
        relay, one, other = Relay(), Port(), Port()
        wires = Wires(relay)
        wires.lay("one", "other")
        wires.lay("other", "one")
        wires.up("one", one, numbers[0])
        wires.up("other", other, numbers[1])
        assert relay.joined == set()
        assert one.sinks == {other} and other.sinks == {one}


def test_who_hears_himself_does_so_over_the_bridge() -> None:
    relay, one = Relay(), Port()
    wires = Wires(relay)
    wires.up("one", one, 1)
    wires.lay("one", "one")
    assert relay.joined == set() and one.sinks == {one}


ENDS = {"one": 1, "two": 2, "three": 3, "wideband": 91, "player": None}


@given(
    st.lists(
        st.tuples(st.sampled_from(["lay", "cut", "up", "down"]), st.sampled_from([*ENDS]), st.sampled_from([*ENDS])),
        max_size=60,
    )
)
def test_whatever_is_wanted_is_heard_once_and_nothing_else(deeds: list[tuple[str, str, str]]) -> None:
    relay = Relay()
    wires = Wires(relay)
    ports: dict[str, Port] = {}
    wanted: list[tuple[str, str]] = []
    for deed, source, sink in deeds:
        match deed:
            case "lay":
                wires.lay(source, sink)
                wanted.append((source, sink))
            case "cut" if (source, sink) in wanted:
                wires.cut(source, sink)
                wanted.remove((source, sink))
            case "up":
                for port in ports.values():  # PJSIP drops the connections of a port that is replaced
                    port.sinks.discard(ports.get(source))  # type: ignore[arg-type]
                ports[source] = Port()
                wires.up(source, ports[source], ENDS[source])
            case "down" if source in ports:
                gone = ports.pop(source)
                wires.down(source)
                for port in ports.values():
                    port.sinks.discard(gone)
        names = {port: name for name, port in ports.items()}
        bridged = [(name, names[heard]) for name, port in ports.items() for heard in port.sinks]
        numbers = {number: name for name, number in ENDS.items()}
        relayed = [
            pair
            for joined in relay.joined
            for first, second in [sorted(joined)]
            for pair in ((numbers[first], numbers[second]), (numbers[second], numbers[first]))
        ]
        assert sorted(bridged + relayed) == sorted({pair for pair in wanted if set(pair) <= set(ports)})
