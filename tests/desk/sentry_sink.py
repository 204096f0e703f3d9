"""A server that takes what Sentry's would, and keeps it."""

import gzip
import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Sink:
    def __init__(self, port):
        self.dsn = f"http://a-public-key@127.0.0.1:{port}/1"
        self.arrived = []

    @property
    def events(self):
        """Events among what has arrived: an envelope is a line of JSON for itself, and two for each item."""
        lines = [json.loads(line) for body in self.arrived for line in body.splitlines() if line.strip()]
        return [line for line in lines if "exception" in line or "logentry" in line]


@contextmanager
def sink():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            kept.arrived.append(body.decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept = Sink(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
