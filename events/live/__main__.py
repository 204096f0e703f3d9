"""`python -m events.live`: the process `live`, one worker with one event loop.

It takes its port from PORT, as gunicorn does, or an open socket by its number.
"""

import argparse
import logging.config
import os
import resource
import signal
import socket
import sys

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coworking.settings")

from django.conf import settings

from events.live.server import app

GRACE = 5  # seconds for streams to end; they do so at once, unless a browser takes nothing any more


class Server(uvicorn.Server):
    """Uvicorn waits for open connections when it is asked to stop, and streams never end by themselves."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app.close()
        await super().shutdown(sockets)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m events.live", description="Tells at once what happens at events.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8001")), help="$PORT, or 8001")
    parser.add_argument("--fd", type=int, help="the number of a socket that is open already")
    given = parser.parse_args()
    logging.config.dictConfig(settings.LOGGING)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each reader is one, and the usual limit is 1,024
    # Uvicorn stops in good order, then sends itself the signal once more: to be stopped is no failure.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: sys.exit())
    # Addresses carry tokens, so none is logged.
    config = uvicorn.Config(
        app,
        host=given.host,
        port=given.port,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    Server(config).run(sockets=[socket.socket(fileno=given.fd)] if given.fd is not None else None)


if __name__ == "__main__":
    main()
