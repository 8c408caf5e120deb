"""The blocking client against a real server: answers, faults, restarts, and what happens meanwhile."""

from __future__ import annotations

import os
import random
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from appliance.control import wire
from appliance.control.client import Client, Idle, Lost
from appliance.control.faults import AnswerLost, RequestFailed, ServiceUnreachable
from appliance.control.messages import Declined, Fault, Hello, Notice, Reply, Request, Service, Snapshot, Subscribe
from tests.control.conftest import ECHO, Echo, EchoService, Fail, Happened, State, Text, Wait


@pytest.fixture
def client(echo: EchoService) -> Client:
    return Client(echo.path, ECHO, "test", seconds=5)


def test_an_answer_of_any_size_comes_back(echo: EchoService, client: Client) -> None:
    with echo.running():
        for size in (0, 100, 150_000, 2_000_000):
            assert client.ask(Echo("x" * size)) == Text("x" * size)
        assert echo.askers[0].role == "test"
        assert echo.askers[0].peer.pid == os.getpid()


def test_a_service_that_does_not_run_says_how_to_start_it(client: Client) -> None:
    with pytest.raises(ServiceUnreachable, match=r"echo is not running\. Start it with `porter run`") as raised:
        client.ask(Echo("anybody?"))
    assert raised.value.fault.code == "not_running"


def test_a_dead_socket_file_is_not_running_and_is_replaced(echo: EchoService, client: Client) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as dead:
        dead.bind(str(echo.path))
    with pytest.raises(ServiceUnreachable, match="not running"):
        client.ask(Echo("anybody?"))
    with echo.running():
        assert client.ask(Echo("hello")) == Text("hello")


def test_a_refusal_carries_its_fault_with_every_detail(echo: EchoService, client: Client) -> None:
    with echo.running():
        with pytest.raises(RequestFailed) as raised:
            client.ask(Fail("fault"))
        assert raised.value.fault.code == "bad_pin"
        assert raised.value.fault.details[0].path == "doors.a"
        with pytest.raises(RequestFailed, match=r"It is closed\. Come tomorrow\."):
            client.ask(Fail("error"))


def test_a_fault_of_the_program_is_logged_and_the_service_goes_on(
    echo: EchoService, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with echo.running():
        with pytest.raises(RequestFailed) as raised:
            client.ask(Fail("bug"))
        assert raised.value.fault.code == "internal"
        assert "ZeroDivisionError" in caplog.text
        assert client.ask(Echo("still there")) == Text("still there")


def test_a_restarted_service_is_found_again_without_the_asker_noticing(echo: EchoService, client: Client) -> None:
    for round_trip in range(3):
        with echo.running():
            assert client.ask(Echo(str(round_trip))) == Text(str(round_trip))


def test_no_answer_in_time_is_said_and_the_late_answer_reaches_nobody(echo: EchoService, client: Client) -> None:
    with echo.running():
        with pytest.raises(AnswerLost, match="did not answer within"):
            client.ask(Wait(), seconds=0.05)
        echo.answer()
        assert client.ask(Echo("next")) == Text("next")


def test_a_service_that_dies_meanwhile_leaves_the_outcome_open(echo: EchoService, client: Client) -> None:
    with ThreadPoolExecutor() as pool:
        with echo.running():
            asking = pool.submit(client.ask, Wait())
            assert echo.waiting.wait(5)
        with pytest.raises(AnswerLost, match="Look whether it was done"):
            asking.result(5)


def test_many_threads_share_one_client(echo: EchoService, client: Client) -> None:
    with echo.running(), ThreadPoolExecutor(20) as pool:
        texts = [str(number) for number in range(400)]
        assert [answer.text for answer in pool.map(lambda text: client.ask(Echo(text)), texts)] == texts
        client.close()


def test_a_subscriber_hears_the_state_first_then_what_happens(echo: EchoService, client: Client) -> None:
    with echo.running():
        echo.call(echo.publisher.snapshot, State(1))
        heard = client.subscribe()
        assert next(heard) == Snapshot(1, State(1))
        echo.call(echo.publisher.notice, Happened(7))
        echo.call(echo.publisher.snapshot, State(2, "x" * 300_000))
        assert next(heard) == Notice(Happened(7))
        assert next(heard) == Snapshot(2, State(2, "x" * 300_000))


def test_a_subscriber_is_told_when_nothing_happens(echo: EchoService, client: Client) -> None:
    with echo.running():
        assert next(client.subscribe(idle_seconds=0.01)) == Idle()


def test_a_subscription_outlives_a_restart(echo: EchoService, client: Client) -> None:
    heard = client.subscribe()
    lost = next(heard)
    assert isinstance(lost, Lost)
    assert lost.fault.code == "not_running"
    for number in (1, 2):
        echo.publisher.snapshot(State(number))
        with echo.running():
            event = next(event for event in heard if not isinstance(event, Idle))
            assert event == Snapshot(number, State(number))
        event = next(event for event in heard if not isinstance(event, Idle))
        assert isinstance(event, Lost)


def test_a_reader_that_stands_still_is_dropped_and_the_others_go_on(echo: EchoService, client: Client) -> None:
    with echo.running():
        with speaking(echo) as still, speaking(echo) as quick:
            for sock in (still, quick):
                wire.send(sock, Subscribe())
            echo.call(echo.publisher.snapshot, State(0))
            for sock in (still, quick):
                assert wire.receive(sock)
            for number in range(2_000):
                echo.call(echo.publisher.notice, Happened(number))
                assert wire.receive(quick) == wire.encode(Notice(Happened(number)))
            received = 0
            while wire.receive(still):
                received += 1
            assert received < 2_000
        assert next(client.subscribe()) == Snapshot(1, State(0))


def test_of_many_snapshots_a_slow_reader_gets_the_newest(echo: EchoService) -> None:
    with echo.running(), speaking(echo) as slow:
        wire.send(slow, Subscribe())
        last = 2_000
        done = threading.Event()

        def publish() -> None:
            for number in range(last + 1):
                echo.publisher.snapshot(State(number))
            done.set()

        echo.call(publish)
        assert done.wait(5)
        heard = 0
        while True:
            heard += 1
            snapshot = msgspec.msgpack.decode(wire.receive(slow), type=Snapshot[State])
            if snapshot.body.number == last:
                break
        assert heard < 10


def test_a_request_is_carried_out_even_when_its_asker_is_gone(echo: EchoService, client: Client) -> None:
    with echo.running():
        with speaking(echo) as sock:
            wire.send(sock, Request(1, msgspec.Raw(wire.encode(Wait()))))
            assert echo.waiting.wait(5)
        client.ask(Echo("the service has seen the hang-up by now"))
        echo.answer()
        client.ask(Wait())
        assert echo.carried_out == ["wait", "wait"]


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        (Hello(99, "echo", "test"), "other_release"),
        (Hello(1, "door", "test"), "wrong_service"),
        (Hello(1, "echo", "owner"), "role_not_allowed"),
    ],
)
def test_a_wrong_hello_is_declined_with_the_reason(echo: EchoService, hello: Hello, code: str) -> None:
    with echo.running(), connected(echo) as sock:
        wire.send(sock, hello)
        declined = msgspec.msgpack.decode(wire.receive(sock), type=Declined)
        assert declined.fault.code == code
        assert declined.fault.next_step
        assert wire.receive(sock) == b""


def test_the_client_hands_on_why_it_was_declined(echo: EchoService) -> None:
    with echo.running(), pytest.raises(ServiceUnreachable, match="may not ask the echo as owner"):
        Client(echo.path, ECHO, "owner").ask(Echo("x"))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_another_user_is_let_in_only_where_the_role_is_his(echo: EchoService) -> None:
    with echo.running({"web": "nobody", "controller": "no-such-user"}):
        echo.path.chmod(0o666)
        for folder in (echo.path.parent, *echo.path.parent.parents):
            folder.chmod(folder.stat().st_mode | 0o011)
        child = os.fork()
        if child == 0:
            os.setresuid(65534, 65534, 65534)
            os._exit(0 if _outcome(echo, "web") == "welcome" and _outcome(echo, "controller") == "declined" else 1)
        assert os.waitpid(child, 0)[1] == 0


def _outcome(echo: EchoService, role: str) -> str:
    with connected(echo) as sock:
        wire.send(sock, Hello(1, "echo", role))
        return str(msgspec.msgpack.decode(wire.receive(sock))["type"])


@pytest.mark.parametrize("rubbish", [b"\xc1", b"x" * 1000, wire.encode({"type": "nothing"}), wire.encode(Subscribe())])
def test_rubbish_ends_only_its_own_connection(echo: EchoService, client: Client, rubbish: bytes) -> None:
    with echo.running():
        with connected(echo) as early, speaking(echo) as late:
            early.send(rubbish)
            assert wire.receive(early) == b""
            if rubbish != wire.encode(Subscribe()):
                late.send(rubbish)
                assert wire.receive(late) == b""
        assert client.ask(Echo("fine")) == Text("fine")


def test_mutated_packets_hurt_only_whoever_sends_them(echo: EchoService, client: Client) -> None:
    chance = random.Random(20261124)
    request = wire.encode(Request(1, msgspec.Raw(wire.encode(Echo("a text of some length")))))
    packets = [wire.encode(Hello(1, "echo", "test")), request, wire.encode(Subscribe()), b"\x91" * 5_000]
    before = set(os.listdir("/proc/self/fd"))
    with echo.running():
        for _ in range(1_000):
            packet = bytearray(chance.choice(packets))
            for _ in range(chance.randint(0, 4)):
                packet[chance.randrange(len(packet))] = chance.randrange(256)
            with connected(echo) if chance.random() < 0.3 else speaking(echo) as sock:
                sock.send(packet[: chance.randint(1, len(packet))])
                if chance.random() < 0.1:
                    sock.recv(1000)
        assert client.ask(Echo("fine")) == Text("fine")
        client.close()
    assert set(os.listdir("/proc/self/fd")) <= before


def test_more_connections_than_allowed_are_declined_and_room_comes_again(echo: EchoService, client: Client) -> None:
    with echo.running():
        crowd = [speaking(echo) for _ in range(256)]
        with pytest.raises(ServiceUnreachable, match="256 connections already"):
            client.ask(Echo("no room"))
        for sock in crowd:
            sock.close()
        while True:
            try:
                assert client.ask(Echo("room")) == Text("room")
                break
            except ServiceUnreachable:
                continue  # the service has not yet seen the last of the crowd leave


def test_an_unknown_request_is_a_fault_and_the_connection_lives(echo: EchoService) -> None:
    with echo.running(), speaking(echo) as sock:
        for number, body in enumerate([{"type": "dance"}, {"type": "echo", "text": 5}, 7]):
            wire.send(sock, Request(number, msgspec.Raw(wire.encode(body))))
            reply = msgspec.msgpack.decode(wire.receive(sock), type=Reply)
            assert reply.id == number
            assert isinstance(reply.result, Fault)
            assert reply.result.code == "bad_request"


def test_the_socket_file_is_for_the_owner_and_the_group_only(echo: EchoService) -> None:
    with echo.running():
        assert echo.path.stat().st_mode & 0o777 == 0o660
    assert not echo.path.exists()


def test_a_second_service_in_the_folder_is_refused(echo: EchoService, client: Client) -> None:
    with echo.running():
        with pytest.raises(AssertionError, match="Another echo runs"), EchoService(echo.path).running():
            pass
        assert client.ask(Echo("first")) == Text("first")


def test_a_service_of_another_vocabulary_is_a_clear_error(echo: EchoService) -> None:
    other = Service("echo", requests=Echo | Wait, results=State)
    with echo.running(), pytest.raises(AnswerLost, match="another release"):
        Client(echo.path, other, "test").ask(Echo("x"))


def connected(echo: EchoService) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sock.settimeout(5)
    sock.connect(str(echo.path))
    return sock


def speaking(echo: EchoService) -> socket.socket:
    sock = connected(echo)
    wire.send(sock, Hello(1, "echo", "test"))
    assert wire.receive(sock)
    return sock
