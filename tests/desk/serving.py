"""The web server, started as the image starts it, on the tests' database and Redis."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.docker import compose
from tests.notices.processes import environment, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Web:
    """A running server: what it answers and what it has said."""

    def __init__(self, port, log):
        self.port, self.log = port, log

    def ask(self, path, method="GET", body=None, patience=30, **headers):
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            asked.request(method, path, body, {"Host": "localhost"} | headers)
            answer = asked.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            asked.close()

    @property
    def answers(self):
        try:
            return self.ask("/healthz", patience=5)[0] == 200
        except OSError:
            return False

    @property
    def lines(self):
        """What it has logged; each line has to be an object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def serving(folder, application="coworking.wsgi", **variables):
    port, log = free_port(), folder / "web.log"
    (folder / "static").mkdir(exist_ok=True)
    words = [application if word == "coworking.wsgi" else word for word in compose.command({})]
    own = {
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "STATIC_ROOT": str(folder / "static"),
        "LOG_FORMAT": "json",
        "WEB_CONCURRENCY": "2",
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).with_name(words[0]), *words[1:]],
            cwd=ROOT,
            env=os.environ | environment(25) | own | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    web = Web(port, log)
    try:
        wait_until(lambda: web.answers or process.poll() is not None, patience=30)
        assert web.answers, log.read_text()[-4000:]
        yield web
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
