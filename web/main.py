"""`porter-web`: the page as a process of its own, served by waitress."""

from __future__ import annotations

import argparse
import http.client
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from waitress.server import create_server

from appliance.control.client import Client
from appliance.control.controller_messages import CONTROLLER
from appliance.control.door_messages import DOOR
from appliance.errors import PorterError
from appliance.journal import set_up_logging
from appliance.notify import notify
from appliance.office_layout import DEFAULT_BASE_PORT, OfficeLayout
from web.app import create_app
from web.live_feed import LiveFeed
from web.settings import WebSettings

log = logging.getLogger(__name__)

THREADS = 64
"""Each open stream holds one; 16 starve under 30 streams."""
CONNECTIONS = 400
SILENT_SECONDS = 60
"""After this long without a byte a connection is closed."""
ANSWER_SECONDS = 5.0


class PortTaken(PorterError):
    """The page cannot listen where it was told to."""


def serve_page(layout: OfficeLayout, *, address: str, port: int, behind_proxy: bool) -> None:
    """Serve the page until SIGTERM or Ctrl-C.

    Raises PorterError when it cannot start, with the cause and the next step.
    """
    layout.make_folders()
    control = Client(layout.controller_socket, CONTROLLER, "web")
    settings = WebSettings(
        folder=layout.web_folder,
        records_file=layout.records_file,
        cookie=f"porter_{layout.base_port}",
        behind_proxy=behind_proxy,
    )
    app = create_app(control, Client(layout.door_socket, DOOR, "web"), settings)
    feed: LiveFeed = app.extensions["porter_feed"]
    proxy: dict[str, Any] = {}
    if behind_proxy:
        believed = {"x-forwarded-for", "x-forwarded-proto"}
        proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_count": 1, "trusted_proxy_headers": believed}
    try:
        server = create_server(
            app,
            host=address,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=SILENT_SECONDS,
            channel_request_lookahead=1,  # lets a stream notice that its browser has gone
            asyncore_use_poll=True,
            ident=None,
            clear_untrusted_proxy_headers=False,  # the gate wants to know that there is a proxy
            **proxy,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PortTaken(
            f"The page cannot listen at {address}, port {port}: {reason}.",
            f"End the program that has it (`ss -ltnp | grep :{port}`), or choose others with --listen and --port.",
        ) from error

    def stop(number: int, frame: FrameType | None) -> None:
        """End the streams first: waitress waits for threads that are at work."""
        signal.signal(number, signal.SIG_IGN)
        notify("STOPPING=1")
        feed.close()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_tell_supervisor, args=(address, port), name="supervisor", daemon=True).start()
    server.run()
    server.close()


def _tell_supervisor(address: str, port: int) -> None:
    """Tell readiness and health in the protocol of sd_notify(3): health is a page that comes, through every layer."""
    microseconds = os.environ.get("WATCHDOG_USEC")
    interval = (int(microseconds) / 1e6 if microseconds else 30.0) / 3
    pause = threading.Event()
    is_ready = False
    while True:
        if not _answers(address, port):
            log.warning("The page does not answer itself.")
        elif is_ready:
            notify("WATCHDOG=1")
        else:
            is_ready = True
            notify(f"READY=1\nSTATUS=the page is at port {port}")
            log.info("ready: the page is at http://%s:%d/", address, port)
        pause.wait(interval if is_ready else 0.5)


def _answers(address: str, port: int) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("HEAD", "/static/porter.css")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> None:
    """Entry point of `porter-web`."""
    parser = argparse.ArgumentParser(prog="porter-web", description="The page of one office.")
    parser.add_argument("--folder", type=Path, required=True, help="the office's folder")
    parser.add_argument("--base-port", type=int, default=DEFAULT_BASE_PORT, help="SIP port; others follow from it")
    parser.add_argument("--port", type=int, help="port of the page; default: base port + 80")
    parser.add_argument("--listen", default="127.0.0.1", help="address of the page; 0.0.0.0 for all of this machine")
    parser.add_argument("--behind-proxy", action="store_true", help="believe X-Forwarded-For and -Proto of 127.0.0.1")
    arguments = parser.parse_args()
    set_up_logging("web")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # "task queue depth" is no news with streams
    try:
        layout = OfficeLayout(arguments.folder.absolute(), arguments.base_port)
        serve_page(
            layout,
            address=arguments.listen,
            port=layout.web_port if arguments.port is None else arguments.port,
            behind_proxy=arguments.behind_proxy,
        )
    except PorterError as error:
        print(f"porter-web: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
