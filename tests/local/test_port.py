"""The port and the address that people come to."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from coworking.local.address import answers, site_url
from coworking.local.complaint import Complaint
from coworking.local.port import listen

pytestmark = pytest.mark.real_time


def test_port_that_is_let_go_soon_is_waited_for():
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]

    def let_go(seconds: float) -> None:
        taken.close()

    with listen({"PORT": str(port)}, let_go, patience=5) as listener:
        assert listener.getsockname() == ("127.0.0.1", port)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"HOST": "no such host.example"}, "is not an address of this machine"),
        ({"HOST": "192.0.2.1"}, "is not an address of this machine"),
        ({"PORT": "x"}, "PORT=x is no port"),
        ({"PORT": "²"}, "PORT=² is no port"),
    ],
)
def test_host_and_port_that_are_none_are_told(environ: dict[str, str], sentence: str):
    with pytest.raises(Complaint, match=sentence):
        listen({"PORT": "0"} | environ, time.sleep)


def test_last_port_has_no_next_one():
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(Complaint, match="try PORT=8001 bin/run"):
        listen({"PORT": "65535"}, time.sleep)


def test_port_of_root_is_told_to_a_plain_user(monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **options: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)

    with pytest.raises(Complaint, match="Port 80 is for root alone; try PORT=8000 bin/run"):
        listen({"PORT": "80"}, time.sleep)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://localhost:80"),
        ("0.0.0.0", "http://localhost:80"),  # noqa: S104 - it is the question
        ("::1", "http://localhost:80"),
        ("192.168.1.5", "http://192.168.1.5:80"),
        ("2001:db8::1", "http://[2001:db8::1]:80"),
    ],
)
def test_address_is_one_that_a_browser_can_open(host: str, url: str):
    assert site_url(host, 80) == url


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(int(self.headers["Host"].partition(".")[0]))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 301])
def test_page_or_redirect_is_an_answer(server: HTTPServer, status: int):
    port = server.server_address[1]

    assert answers(("0.0.0.0", port), f"https://{status}.example")  # noqa: S104 - where it listens


@pytest.mark.parametrize("status", [400, 500])
def test_page_of_an_error_is_told(server: HTTPServer, status: int):
    with pytest.raises(Complaint, match=f"answers with error {status}"):
        answers(("127.0.0.1", server.server_address[1]), f"http://{status}.example")


def test_nobody_answers_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert not answers(("127.0.0.1", port), "http://localhost")
