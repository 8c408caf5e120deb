"""The Trio client against a real server in the same loop or in another process's place."""

from __future__ import annotations

from functools import partial

import pytest
import trio

from appliance.control.async_client import AsyncClient, Connected, Heard
from appliance.control.client import Lost
from appliance.control.faults import AnswerLost, RequestFailed, ServiceUnreachable
from appliance.control.messages import Notice, Snapshot
from tests.control.conftest import ECHO, Echo, EchoService, Fail, Happened, State, Text, Wait


class Listener:
    """Collects what a client hears; `of(type)` waits for the next of a type."""

    def __init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[Heard](1000)

    def __call__(self, heard: Heard) -> None:
        self._send.send_nowait(heard)

    async def next(self) -> Heard:
        with trio.fail_after(5):
            return await self._receive.receive()


async def connect(nursery: trio.Nursery, echo: EchoService, listener: Listener | None = None) -> AsyncClient:
    client = AsyncClient(echo.path, ECHO, "test", listener)
    await nursery.start(client.run)
    return client


def test_questions_asked_at_once_get_their_own_answers(echo: EchoService) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            client = await connect(nursery, echo)
            answers: dict[str, Text] = {}

            async def ask(text: str) -> None:
                answers[text] = await client.ask(Echo(text))

            async with trio.open_nursery() as asking:
                for number in range(200):
                    asking.start_soon(ask, f"{number}" * (40_000 if number % 50 == 0 else 1))
            assert all(answers[text] == Text(text) for text in answers)
            assert len(answers) == 200
            with pytest.raises(RequestFailed, match="Pin 99"):
                await client.ask(Fail("fault"))
            nursery.cancel_scope.cancel()

    with echo.running():
        trio.run(main)


def test_it_hears_the_loss_and_the_return_of_the_service(echo: EchoService) -> None:
    listener = Listener()

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            client = await connect(nursery, echo, listener)
            lost = await listener.next()
            assert isinstance(lost, Lost)
            assert lost.fault.code == "not_running"
            for number in (1, 2):
                echo.publisher.snapshot(State(number))
                running = echo.running()
                await trio.to_thread.run_sync(running.__enter__)
                assert await listener.next() == Connected(restarted=number == 2)
                assert await listener.next() == Snapshot(number, State(number))
                assert client.is_connected
                echo.call(echo.publisher.notice, Happened(number))
                assert await listener.next() == Notice(Happened(number))
                await trio.to_thread.run_sync(running.__exit__, None, None, None)
                assert isinstance(await listener.next(), Lost)
                assert not client.is_connected
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_asking_a_service_that_is_not_there_ends_in_time(echo: EchoService) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            client = await connect(nursery, echo)
            with pytest.raises(ServiceUnreachable, match="porter run"):
                await client.ask(Echo("x"), seconds=0.05)
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_a_question_waits_for_a_service_that_is_starting(echo: EchoService) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            client = await connect(nursery, echo)
            answers: list[Text] = []

            async def ask() -> None:
                answers.append(await client.ask(Echo("early")))

            async with trio.open_nursery() as asking:
                asking.start_soon(ask)
                running = echo.running()
                await trio.to_thread.run_sync(running.__enter__)
            assert answers == [Text("early")]
            await trio.to_thread.run_sync(running.__exit__, None, None, None)
            nursery.cancel_scope.cancel()

    trio.run(main)


def test_no_answer_and_a_death_before_the_answer_are_told_apart_from_a_refusal(echo: EchoService) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            client = await connect(nursery, echo)
            with pytest.raises(AnswerLost, match="did not answer"):
                await client.ask(Wait(), seconds=0.05)
            echo.waiting.clear()

            async def ask() -> None:
                with pytest.raises(AnswerLost, match="went away"):
                    await client.ask(Wait())

            async with trio.open_nursery() as asking:
                asking.start_soon(ask)
                await trio.to_thread.run_sync(partial(echo.waiting.wait, 5))
                echo.stop()
            nursery.cancel_scope.cancel()

    with echo.running():
        trio.run(main)
