"""JSON-RPC to the edge: the client that waits with Trio, and what is made of the answers."""

from pathlib import Path

import pytest
import trio

from appliance.sip.edge import questions
from appliance.sip.edge.accounts import BadAccount, ha1
from appliance.sip.edge.questions import Answer, EdgeRefused, Refusal
from appliance.sip.edge.rpc import EdgeRpc, EdgeSilent, decode, encode
from tests.sip.running_edge import RunningEdge


def test_an_answer_to_an_earlier_question_is_passed_over() -> None:
    number, packet = encode(questions.Ask("core.version"))
    assert b'"core.version"' in packet
    assert decode(b'{"jsonrpc":"2.0","result":"old","id":%d}' % (number - 1), number) is None
    assert decode(b'{"jsonrpc":"2.0","result":"new","id":%d}' % number, number) == Answer("new")


def test_rubbish_is_an_error_in_words() -> None:
    with pytest.raises(EdgeSilent, match="not JSON-RPC"):
        decode(b'{"jsonrpc":"2.0","res', 1)


def test_what_is_missing_is_no_error_where_that_is_an_answer() -> None:
    question = questions.contacts("201")
    next(question)
    with pytest.raises(StopIteration) as stopped:
        question.send(Answer(error=Refusal(500, "AOR not found in location table")))
    assert stopped.value.value == ()


def test_a_refusal_is_told() -> None:
    question = questions.reload_accounts()
    next(question)
    with pytest.raises(EdgeRefused, match="No such htable"):
        question.send(Answer(error=Refusal(500, "No such htable")))


def test_a_bad_account_is_never_sent() -> None:
    with pytest.raises(BadAccount):
        next(questions.put_account("201", "a password"))


@pytest.mark.real
async def test_every_question_is_answered_to_a_task_that_waits(edge: RunningEdge) -> None:
    rpc = EdgeRpc(edge.settings.rpc_socket)
    assert "kamailio" in await rpc.ping()
    await rpc.put_account("201", ha1("201", "porter", "secret"))
    phone = edge.phone("201", "secret")
    assert (await trio.to_thread.run_sync(phone.register)).status == 200
    (registration,) = await rpc.contacts("201")
    assert registration.contact == phone.wire.own_uri("201")
    assert await rpc.registrations(["201", "202"]) == (registration,)
    await rpc.forget("201")
    assert await rpc.contacts("201") == ()
    assert await rpc.end_dialogs() == 0
    await rpc.remove_account("201")
    await rpc.remove_account("201")
    assert (await trio.to_thread.run_sync(phone.register)).status == 403
    await rpc.reload_accounts()


@pytest.mark.real
async def test_many_tasks_may_ask_at_once(edge: RunningEdge) -> None:
    rpc = EdgeRpc(edge.settings.rpc_socket)
    users = [str(number) for number in range(300, 400)]
    async with trio.open_nursery() as nursery:
        for user in users:
            nursery.start_soon(rpc.put_account, user, ha1(user, "porter", "secret"))
    assert edge.phone("399", "secret").register().status == 200


@pytest.mark.real
async def test_silence_is_told_and_not_waited_for_long(edge: RunningEdge, tmp_path: Path) -> None:
    with pytest.raises(EdgeSilent, match="Is porter-edge running"):
        await EdgeRpc(tmp_path / "nothing.sock").ping()
    edge.kill_kamailio()
    with trio.fail_after(3), pytest.raises(EdgeSilent):
        await EdgeRpc(edge.settings.rpc_socket).ping()


@pytest.mark.real
async def test_a_phone_with_a_wrong_password_is_named_until_it_has_the_right_one(edge: RunningEdge) -> None:
    """The installer saw it nowhere: not on the page, not in `porter status`, not in the log."""
    rpc = EdgeRpc(edge.settings.rpc_socket)
    await rpc.put_account("201", ha1("201", "porter", "secret"))
    assert await rpc.refused() == {}
    for user in ("201", "299"):
        assert (await trio.to_thread.run_sync(edge.phone(user, "guess").register)).status == 403
    assert await rpc.refused() == {"201": "127.0.0.1"}, "strangers who guess at names are not troubles of the house"
    assert (await trio.to_thread.run_sync(edge.phone("201", "secret").register)).status == 200
    assert await rpc.refused() == {}
