"""The port and the address that people come to."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from coworking.local.address import answers, is_well, live_url, site_url
from coworking.local.complaint import Complaint
from coworking.local.port import beside, listen

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


@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("http://localhost:8000", "http://localhost:8001"),
        ("http://192.168.1.5:8000/", "http://192.168.1.5:8001"),
        ("http://[2001:db8::1]:8000", "http://[2001:db8::1]:8001"),
        ("https://tunnel.example", ""),
        ("coworking.example.jp", ""),
        ("http://[half", ""),
    ],
)
def test_live_lines_are_beside_the_house_unless_that_has_https(site: str, url: str):
    assert live_url(site, 8001) == url


def test_port_beside_is_the_next_one_or_any_other():
    with listen({"PORT": "0"}, time.sleep) as listener, beside(listener) as first, beside(listener) as second:
        number = listener.getsockname()[1]
        ports = {number, first.getsockname()[1], second.getsockname()[1]}

        assert len(ports) == 3
        assert listener.getsockname()[0] == first.getsockname()[0] == second.getsockname()[0]


def test_last_port_has_another_one_beside_it():
    with socket.create_server(("127.0.0.1", 65535)) as last, beside(last) as listener:
        assert listener.getsockname()[1] < 65535


def test_no_port_beside_is_told(monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **options: object) -> socket.socket:
        raise OSError(98, "Address already in use")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(socket, "create_server", refuse)
        with pytest.raises(Complaint, match=r"No port is free on 127\.0\.0\.1\."):
            beside(listener)


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


@pytest.mark.parametrize(("path", "well"), [("/healthz", True), ("/", False)])
def test_it_is_well_when_it_says_so(monkeypatch: pytest.MonkeyPatch, path: str, well: bool):
    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == path else 404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Health) as running:
        thread = threading.Thread(target=running.handle_request)
        thread.start()
        assert is_well(running.server_address[:2]) is well
        thread.join()


def test_nobody_answers_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert not answers(("127.0.0.1", port), "http://localhost")
