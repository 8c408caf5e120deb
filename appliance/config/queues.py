"""Whether call queues make sense: keys, priorities, callbacks, and times that leave room for them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.config.callers import check_pattern
from appliance.config.destinations import OUTSIDE_PREFIX
from appliance.config.mistakes import Mistake, closest
from appliance.config.models import Callback, CallQueue, Configuration

SHORTEST_WAIT_SECONDS = 60.0
"""Who waits no longer than this has hardly heard what he can press."""

CUSTOMER_SECONDS = 45.0
"""How long a customer who is called back may be expected to ring, once an agent was found."""


def check_queues(configuration: Configuration) -> Iterator[Mistake]:
    """What is written about a queue can be meant."""
    for name, queue in configuration.call_queues.items():
        path = f"call_queues.{name}"
        yield from _check_priorities(configuration, path, queue)
        if queue.vip_then is not None and queue.vip_then.startswith(OUTSIDE_PREFIX):
            yield Mistake(path=f"{path}.vip_then", cause="A VIP never leaves the house; name somebody of it.")
        if queue.callback is not None:
            yield from _check_callback(configuration, path, queue, queue.callback)


def check_queue_conditions(configuration: Configuration) -> Iterator[Mistake]:
    """Every queue that a route asks about exists."""
    for at, route in enumerate(configuration.inbound_routes, 1):
        if route.queue is not None and route.queue.queue not in configuration.call_queues:
            asked = route.queue.queue
            guess = closest(asked, configuration.call_queues)
            path = f"inbound_routes.{at}.queue.queue"
            yield Mistake(path=path, cause=f'There is no call queue "{asked}".', did_you_mean=guess)


def _check_priorities(configuration: Configuration, path: str, queue: CallQueue) -> Iterator[Mistake]:
    for at, rule in enumerate(queue.priorities, 1):
        here = f"{path}.priorities.{at}"
        if rule.caller is None and rule.line is None:
            yield Mistake(path=here, cause="Say for whom: `caller`, `line` or both.")
        if rule.caller is not None:
            yield from check_pattern(configuration, f"{here}.caller", rule.caller)
        if rule.line is not None and rule.line not in configuration.lines:
            guess = closest(rule.line, configuration.lines)
            yield Mistake(path=f"{here}.line", cause=f'There is no line "{rule.line}".', did_you_mean=guess)


def _check_callback(configuration: Configuration, path: str, queue: CallQueue, callback: Callback) -> Iterator[Mistake]:
    here = f"{path}.callback"
    if callback.key in queue.keys:
        cause = f"{callback.key} leads to {queue.keys[callback.key]} already; choose another key."
        yield Mistake(path=f"{here}.key", cause=cause)
    if callback.hours is not None and callback.hours not in configuration.opening_hours:
        guess = closest(callback.hours, configuration.opening_hours)
        cause = f'There are no opening hours "{callback.hours}".'
        yield Mistake(path=f"{here}.hours", cause=cause, did_you_mean=guess)
    if callback.box is not None:
        person = configuration.extensions.get(callback.box)
        if person is None:
            guess = closest(callback.box, configuration.extensions)
            yield Mistake(path=f"{here}.box", cause=f'There is no extension "{callback.box}".', did_you_mean=guess)
        elif not person.voicemail:
            cause = f"Extension {callback.box} has no mailbox: its `voicemail` is off."
            yield Mistake(path=f"{here}.box", cause=cause)


def warn_of_queues(configuration: Configuration) -> Iterator[Mistake]:
    """Times in which a callback cannot be served."""
    for name, queue in configuration.call_queues.items():
        if queue.callback is None:
            continue
        path, needed = f"call_queues.{name}", _seconds_needed(queue, queue.callback)
        if queue.callback.seconds < needed:
            cause = (
                f"Too short to serve a callback: {queue.callback.tries} tries take up to {needed:g} s "
                "with an agent rung first each time. Ten minutes are usual."
            )
            yield Mistake(path=f"{path}.callback.seconds", cause=cause)
        if queue.longest_seconds < SHORTEST_WAIT_SECONDS:
            cause = "So soon callers go on that they can hardly choose to be called back. Ten minutes are usual."
            yield Mistake(path=f"{path}.longest_seconds", cause=cause)


def _seconds_needed(queue: CallQueue, callback: Callback) -> float:
    one_try = queue.ring_seconds + CUSTOMER_SECONDS
    return callback.tries * one_try + (callback.tries - 1) * callback.retry_seconds
