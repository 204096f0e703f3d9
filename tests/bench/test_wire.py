"""Requests and answers as bytes, and what a browser reads in a page."""

from bench.booking_form import refusal_in
from bench.clients.wire import BROKEN, get, post, read
from bench.weight import CSS_URL


def test_an_answer_is_taken_apart():
    answer = read(
        b"HTTP/1.1 302 Found\r\nLocation: /bookings/ABC/\r\nSet-Cookie: csrftoken=abc; Path=/\r\n"
        b"Set-Cookie: language=ja; Path=/\r\n\r\nbody"
    )

    assert (answer.status, answer.headers["location"], answer.body) == (302, "/bookings/ABC/", b"body")
    assert answer.cookies == {"csrftoken": "abc", "language": "ja"}


def test_a_chunked_answer_is_put_together():
    answer = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")

    assert answer.text == "hello world"


def test_a_connection_that_broke_counts_as_a_server_error():
    assert read(b"").status == BROKEN


def test_a_form_is_sent_with_its_length_and_its_cookies():
    text = post("/x/", {"name": "小林", "seats": 1}, {"sessionid": "s", "csrftoken": "c"})

    head, _, body = text.partition("\r\n\r\n")
    assert body == "name=%E5%B0%8F%E6%9E%97&seats=1"
    assert f"Content-Length: {len(body)}" in head
    assert "Cookie: sessionid=s; csrftoken=c" in head
    assert "Accept-Encoding" not in get("/")


def test_the_words_of_a_refusal_are_found_and_no_others():
    html = '<div class="notice">Hello</div><div class="notice notice--refusal"><div><h2>No.</h2></div> Full.</div><p>x'

    assert refusal_in(html) == "No. Full."
    assert refusal_in("<div class='notice'>Hello</div>") == ""


def test_the_addresses_in_a_stylesheet_are_found():
    assert CSS_URL.findall("a{src:url('x.woff2')} b{background:url( y.svg )}") == ["x.woff2", "y.svg "]
