"""Who may register, what a stranger learns, and what is kept when Kamailio dies."""

import sqlite3
import statistics
import time
from contextlib import closing
from typing import Literal

import pytest

from appliance.sip.edge.accounts import ha1, write_accounts
from tests.sip.running_edge import RunningEdge, StartEdge
from tests.sip.wire import Message, WirePhone, fresh

pytestmark = pytest.mark.real


def credentialled(phone: WirePhone, count: int, call_id: str, cseq: int) -> Message:
    """A REGISTER that answers the phone's last challenge once more."""
    uri = "sip:porter"
    headers = [phone.contact, ("Authorization", phone.digest("REGISTER", uri, count=count))]
    to = f"<sip:{phone.user}@porter>"
    return phone.wire.request(
        "REGISTER", uri, from_=phone.from_, to=to, call_id=call_id, cseq=cseq, headers=headers, contact=False
    )


def wait_until_saved(edge: RunningEdge, user: str) -> None:
    """Kamailio writes registrations behind, once a second; its file tells when."""
    deadline = time.monotonic() + 10
    with closing(sqlite3.connect(edge.settings.location_db)) as database:
        while not database.execute("SELECT 1 FROM location WHERE username = ?", (user,)).fetchone():
            assert time.monotonic() < deadline, "the registration was not saved within 10 s"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_phone_with_the_right_password_is_registered_where_it_called_from(
    edge: RunningEdge, transport: Literal["udp", "tcp"]
) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret", transport)
    assert phone.register().status == 200
    (registration,) = edge.rpc.contacts("201")
    assert registration.contact == phone.wire.own_uri("201")
    assert registration.received is not None and phone.wire.hostport in registration.received
    assert (registration.user, registration.transport, registration.side) == ("201", transport, "127.0.0.1")
    assert 0 < registration.expires_seconds <= 120


def test_two_phones_of_one_account_are_two_registrations(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    first, second = edge.phone("201", "secret"), edge.phone("201", "secret", "tcp")
    first.register()
    second.register()
    contacts = edge.rpc.contacts("201")
    assert {registration.contact for registration in contacts} == {
        first.wire.own_uri("201"),
        second.wire.own_uri("201"),
    }
    assert len({registration.ruid for registration in contacts}) == 2
    assert edge.rpc.registrations(["200", "201"]) == contacts
    assert first.register(expires=0).status == 200
    assert [registration.contact for registration in edge.rpc.contacts("201")] == [second.wire.own_uri("201")]


def test_a_registration_is_granted_for_two_minutes_at_most(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    reply = edge.phone("201", "secret").register(expires=86400)
    assert ";expires=120" in reply.need("Contact")


def test_a_lost_tcp_connection_ends_its_registration(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret", "tcp")
    phone.register()
    phone.wire.socket.close()
    deadline = time.monotonic() + 10
    while edge.rpc.contacts("201"):
        assert time.monotonic() < deadline


def test_a_wrong_password_and_a_missing_account_look_the_same(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    wrong, missing = edge.phone("201", "guess"), edge.phone("299", "guess")
    for method, uri in (("REGISTER", "sip:porter"), ("INVITE", "sip:202@porter"), ("SUBSCRIBE", "sip:202@porter")):
        replies = [phone.ask(method, uri, to=f"<sip:{phone.user}@porter>") for phone in (wrong, missing)]
        assert [reply.start for reply in replies] == ["SIP/2.0 403 Forbidden"] * 2
        assert replies[0].names == replies[1].names
        bare = [phone.wire.request(method, uri, from_=phone.from_) for phone in (wrong, missing)]
        for phone, request in zip((wrong, missing), bare, strict=True):
            phone.wire.send(request)
        challenges = [phone.wire.receive_final() for phone in (wrong, missing)]
        assert challenges[0].start == challenges[1].start
        assert challenges[0].names == challenges[1].names
    assert not edge.rpc.contacts("201")


def test_a_missing_account_answers_as_fast_as_an_existing_one(start_edge: StartEdge) -> None:
    edge = start_edge(flood_exempt=("127.0.0.1",), wrong_per_address=100_000)
    edge.add("201", "secret")
    seconds: dict[str, list[float]] = {"201": [], "299": []}
    phones = {user: edge.phone(user, "guess") for user in seconds}
    for _ in range(40):
        for user, phone in phones.items():
            started = time.perf_counter()
            assert phone.register().status == 403
            seconds[user].append(time.perf_counter() - started)
    assert abs(statistics.median(seconds["201"]) - statistics.median(seconds["299"])) < 0.005


def test_strangers_see_no_product_and_no_version(edge: RunningEdge) -> None:
    wire = edge.wire()
    for method in ("OPTIONS", "REGISTER", "INVITE", "PUBLISH"):
        wire.send(wire.request(method, "sip:201@porter", from_="<sip:201@porter>"))
        reply = wire.receive_final()
        assert "kamailio" not in str(reply).lower()
        assert not any(character.isdigit() for character in reply.get("Server") or "")


def test_an_account_cannot_be_used_under_another_name(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    edge.add("202", "other")
    phone = edge.phone("201", "secret")
    assert phone.ask("REGISTER", "sip:porter", to="<sip:202@porter>").status == 403
    request = phone.wire.request("INVITE", "sip:203@porter", from_="<sip:202@porter>", contact=False)
    phone.challenge = f"Digest {phone.challenge}"
    headers = (*request.headers, phone.contact, ("Proxy-Authorization", phone.digest("INVITE", "sip:203@porter")))
    phone.wire.send(Message(request.start, headers))
    assert phone.wire.receive_final().status in (403, 407)


def test_a_recorded_answer_to_a_challenge_is_worthless(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    phone = edge.phone("201", "secret")
    assert phone.register().status == 200
    call_id = fresh("c")
    phone.wire.send(credentialled(phone, 1, call_id, 10))
    refused = phone.wire.receive_final()
    assert refused.status == 401
    assert "stale=true" in refused.need("WWW-Authenticate")
    phone.wire.send(credentialled(phone, 2, call_id, 11))
    assert phone.wire.receive_final().status == 200


def test_accounts_change_live(edge: RunningEdge) -> None:
    phone = edge.phone("201", "secret")
    assert phone.register().status == 403
    edge.add("201", "secret")
    assert phone.register().status == 200
    edge.add("201", "changed")
    assert phone.register().status == 403
    phone.password = "changed"
    assert phone.register().status == 200
    edge.rpc.remove_account("201")
    assert edge.rpc.contacts("201") == ()
    assert phone.register().status == 403


def test_accounts_are_read_again_from_their_file(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    realm = edge.settings.realm
    write_accounts(edge.settings.accounts_db, realm, {"202": ha1("202", realm, "other")})
    edge.rpc.reload_accounts()
    assert edge.phone("202", "other").register().status == 200
    assert edge.phone("201", "secret").register().status == 403


def test_accounts_and_registrations_survive_a_kill(edge: RunningEdge) -> None:
    realm = edge.settings.realm
    write_accounts(edge.settings.accounts_db, realm, {"201": ha1("201", realm, "secret")})
    edge.rpc.reload_accounts()
    phone, engine = edge.phone("201", "secret"), edge.engine()
    phone.register()
    (before,) = edge.rpc.contacts("201")
    wait_until_saved(edge, "201")

    assert edge.kill_kamailio() == 1
    started = time.monotonic()
    edge.start()
    assert time.monotonic() - started < 5

    (after,) = edge.rpc.contacts("201")
    assert (after.ruid, after.contact, after.received) == (before.ruid, before.contact, before.received)
    headers = [("X-Porter-Contact", after.ruid)]
    engine.send(engine.request("INVITE", "sip:201@porter", headers=headers))
    assert phone.wire.receive_request("INVITE").uri == phone.wire.own_uri("201")
    phone.wire.send(credentialled(phone, 2, fresh("c"), 10))
    refused = phone.wire.receive_final()
    assert refused.status == 401
    assert "stale=true" in refused.need("WWW-Authenticate"), "a phone must not take an old nonce for a wrong password"
    assert phone.register().status == 200


def test_an_address_that_guesses_is_not_heard_and_others_are(edge: RunningEdge) -> None:
    edge.add("201", "secret")
    edge.add("202", "other")
    at_home = edge.phone("202", "other", near=("127.0.0.9", 0))
    assert at_home.register().status == 200
    guesser = edge.phone("201", "guess", near=("127.0.0.9", 0))
    for _ in range(10):
        assert guesser.register().status == 403
    guesser.wire.send(guesser.wire.request("REGISTER", "sip:porter", from_=guesser.from_))
    assert guesser.wire.is_silent(0.3)
    right = edge.phone("201", "secret", near=("127.0.0.9", 0))
    right.wire.send(right.wire.request("REGISTER", "sip:porter", from_=right.from_))
    assert right.wire.is_silent(0.3), "even the right password is not evaluated now"
    assert edge.phone("201", "secret", near=("127.0.0.8", 0)).register().status == 200
    assert at_home.register().status == 200, "a phone registered from there before goes on"


def test_an_account_that_is_guessed_at_from_everywhere_is_heard_from_where_it_was(start_edge: StartEdge) -> None:
    edge = start_edge(flood_exempt=("127.0.0.1",), wrong_per_account=20)
    edge.add("201", "secret")
    owner = edge.phone("201", "secret")
    assert owner.register().status == 200
    for host in range(30, 34):
        guesser = edge.phone("201", "guess", near=(f"127.0.0.{host}", 0))
        for _ in range(5):
            guesser.register()
    newcomer = edge.phone("201", "secret", near=("127.0.0.40", 0))
    newcomer.wire.send(newcomer.wire.request("REGISTER", "sip:porter", from_=newcomer.from_))
    assert newcomer.wire.is_silent(0.3)
    assert owner.register().status == 200
