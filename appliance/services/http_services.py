"""Web services of the customer's own, asked by HTTP: the `WebServices` port.

Each question is one request in a thread of its own, so that a service that hangs holds up no call but the one that
asks. Redirects are not followed and proxies not used: the owner wrote the address that is meant.
"""

from __future__ import annotations

import http.client
import json
import logging
import time
import urllib.request
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import trio

from appliance.calls.ports import Enquired

log = logging.getLogger(__name__)

MOST_BYTES = 100_000
"""Of an answer; what is read to a caller has some hundred."""

MOST_AT_ONCE = 16
"""Questions; further ones wait, within their own time."""

_CHUNK = 4096


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """None: the redirect is an error like any other status that is no answer."""


class HttpServices:
    """Asks addresses that begin with http:// or https://, and no others."""

    def __init__(self) -> None:
        self._threads = trio.CapacityLimiter(MOST_AT_ONCE)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())

    async def ask(self, url: str, *, send: Mapping[str, str], seconds: float) -> Enquired:
        host = urlsplit(url).netloc
        answer = Enquired(fault="too slow")
        with trio.move_on_after(seconds):
            job = partial(self._ask, url, dict(send), time.monotonic() + seconds)
            answer = await trio.to_thread.run_sync(job, abandon_on_cancel=True, limiter=self._threads)
        if answer.fault:
            log.warning("%s does not answer as it should: %s", host, answer.fault)
        return answer

    def _ask(self, url: str, send: dict[str, str], until: float) -> Enquired:
        """In a thread, which ends at the given monotonic time or soon after."""
        if urlsplit(url).scheme not in ("http", "https"):
            return Enquired(fault="refused")
        body = json.dumps(send).encode() if send else None
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if send else {})
        try:
            request = urllib.request.Request(url, data=body, headers=headers)
            with self._opener.open(request, timeout=max(0.1, until - time.monotonic())) as response:
                return _read(response, until)
        except HTTPError:
            return Enquired(fault="refused")
        except TimeoutError:
            return Enquired(fault="too slow")
        except (OSError, http.client.HTTPException, ValueError) as error:
            slow = isinstance(getattr(error, "reason", None), TimeoutError)
            return Enquired(fault="too slow" if slow else "unreachable")


def _read(response: http.client.HTTPResponse, until: float) -> Enquired:
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            return Enquired(fault="too large")
        if time.monotonic() > until:
            return Enquired(fault="too slow")
    return values_of(body)


def values_of(body: bytes) -> Enquired:
    """The texts and numbers of a JSON object, yes and no as "true" and "false"; lists and tables are left out."""
    try:
        answered = json.loads(body)
    except (ValueError, RecursionError):
        return Enquired(fault="no JSON object")
    if not isinstance(answered, dict):
        return Enquired(fault="no JSON object")
    scalars = {name: value for name, value in answered.items() if isinstance(value, str | int | float)}
    return Enquired({name: value if isinstance(value, str) else json.dumps(value) for name, value in scalars.items()})
