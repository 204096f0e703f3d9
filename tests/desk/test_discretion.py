"""What a log line keeps to itself."""

import json
import logging
import smtplib
import time

import pytest
from django.core.signing import TimestampSigner
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from coworking.discretion import discreet
from coworking.logs import Json, Line
from members.models import User

WHOSE, SIGNATURE = "0123456789abcdef", "Ab-_" * 10 + "xyz"
SIGNED = TimestampSigner(key="a key", salt="a salt").sign("aiko")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Not sent to aiko@example.jp.", "Not sent to …."),
        ("To <aiko+tag@mail.example.co.jp>, or so", "To <…>, or so"),
        ('To "Aiko Ito"@example.jp', "To …"),
        ("{'aiko@example.jp': (550, b'5.1.1 <aiko@example.jp> unknown')}", "{'…': (550, b'5.1.1 <…> unknown')}"),
        ("愛子@例え.jp and aiko%40example.jp", "… and …"),
        ("from 192.0.2.17:5432, 2001:db8::17 and fe80::1%eth0", "from …:5432, … and …%eth0"),
        ("::ffff:192.0.2.17", "…:…"),
        ("2001:db8::17: refused by [2001:db8::1]:443, or 2001:db8::", "…: refused by […]:443, or …"),
        (
            f"with arguments '('approve-1-2-3-20261124-{WHOSE}.{SIGNATURE}',)' not found",
            "with arguments '('…',)' not found",
        ),
        (f"No MTIz.{SIGNATURE}.", "No …."),
        ("/ticket/ABCD-EFGH/ and /door/visa/c/secret/next", "/ticket/…/ and /door/visa/c/…/next"),
        ("/sign-ups/1-0.secret?x=1", "/sign-ups/…"),
        (
            "/events/not-coming/x/ and /desk/once/y/ and /mails/z/",
            "/events/not-coming/…/ and /desk/once/…/ and /mails/…/",
        ),
        ("/anything/?token=secret&page=2", "/anything/?token=…&page=2"),
        (f"/once/{SIGNED}/", "/once/…/"),
        ("redis://:pa55word@redis.example:6379/0", "redis://…@redis.example:6379/0"),
        ("Key (email)=(aiko@example.jp) already exists.", "Key (email)=(…) already exists."),
        ("Key (lower(name), space_id)=(伊藤 (愛子), 3) is", "Key (lower(name), space_id)=(…) is"),
        ("x\nDETAIL:  Failing row contains (1, 伊藤,\n (2), a).\n", "x\nDETAIL:  Failing row contains (…).\n"),
        ("bad\nLINE 1: SELECT '伊藤'\n         ^", "bad\nLINE 1: …\n         ^"),
    ],
)
def test_this_is_taken_out(text, told):
    assert discreet(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "Listening at: http://127.0.0.1:8000 (5772)",
        "Listening at: http://[::1]:8000",
        "celery@worker ready.",
        "2026-11-24 09:00:00,123 at 9:05 for 10:00:00–12:00:00",
        "Django 5.2.1 and Python 3.11",
        '  File "/srv/coworking/bookings/views/book.py", line 12, in book',
        "    @login_not_required",
        "Task notices.tasks.deliver_due[f3f9a4de-5c0c-4f62-a2c2-9a8cbbd3ec2e] succeeded in 0.01s: None",
        "coworking.local::something bookings:booking:42",
        "sha256:a3f5e1",
        "bookings.views.tickets.discretion.something_which_goes_on_for_a_long_while_here",
        "::1: refused, and 127.0.0.1: too",
    ],
)
def test_this_stays(text):
    assert discreet(text) == text


@pytest.mark.parametrize(
    "letters",
    [
        "a",
        "a.",
        "ab@",
        "%40",
        '"a',
        "1.1.",
        "a:",
        "Key (a",
        "a-.",
        "a" * 43 + ".",
        "2001:",
        "\nLINE 1",
        "/ticket/",
        "=?&",
    ],
)
def test_a_long_text_takes_no_longer_than_reading_it(letters):
    began = time.process_time()
    discreet(letters * (200_000 // len(letters)))

    assert time.process_time() - began < 5


def lines_of(error):
    """What both kinds of lines say of an error that was caught."""
    record = logging.LogRecord("house", logging.ERROR, __file__, 1, "It failed: %s", (error,), None)
    record.exc_info = (type(error), error, error.__traceback__)
    said = json.loads(Json().format(record))
    return Line().format(record), said["message"] + said["exc_info"]


def named(error):
    """What a line says that names an error and tells no more of it."""
    return Line().format(logging.LogRecord("house", logging.WARNING, __file__, 1, "It failed: %s", (error,), None))


def test_an_error_of_the_database_quotes_nobody(db):
    hidden = ("aiko", "伊藤", "Sapporo)", "evil")
    name = "伊藤 愛子).\nof Sapporo).\n evil"
    User.objects.create(email="aiko@example.jp", family_name=name)
    errors = []
    for column, value in (("email", "aiko@example.jp"), ("email", None)):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO members_user SELECT (jsonb_populate_record(u, %s::jsonb)).* FROM members_user u",
                    [json.dumps({"id": 987, column: value})],
                )
        except IntegrityError as error:
            errors.append(error)

    assert [("already exists" in str(error), "Failing row" in str(error)) for error in errors] == [
        (True, False),
        (False, True),
    ]
    for error in errors:
        assert any(word in str(error) for word in hidden)
        for said in lines_of(error):
            assert "IntegrityError" in said
            assert not any(word in said for word in hidden), said


def test_a_value_of_several_lines_is_not_quoted_either(db):
    hidden = "".join(["Sap", "poro"])  # which the traceback's own source does not hold
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE words (word text UNIQUE) ON COMMIT DROP")
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            cursor.execute("INSERT INTO words VALUES (%s), (%s)", [f"伊藤\n{hidden}"] * 2)

    assert hidden in str(caught.value)
    for said in lines_of(caught.value):
        assert "duplicate key value" in said
        assert hidden not in said


UNREADABLE = (
    "SELECT %s::integer",
    "SELECT %s::date",
    "SELECT %s::uuid",
    "SELECT %s::integer[]",
    "SELECT %s::json",
    "SELECT %s::tstzrange",
    "SELECT now() AT TIME ZONE %s",
)


@pytest.mark.parametrize("statement", UNREADABLE)
@pytest.mark.parametrize("end", ["", '" and\n "so'])
def test_a_value_that_postgresql_cannot_read_is_not_quoted(db, statement, end):
    hidden = "".join(["Sap", "poro"])  # which the traceback's own source does not hold
    with connection.cursor() as cursor, pytest.raises(DataError) as caught, transaction.atomic():
        cursor.execute(statement, [hidden + end + hidden])

    assert hidden in str(caught.value)
    for said in (*lines_of(caught.value), named(caught.value)):
        assert hidden not in said
    if not end:
        assert hidden not in discreet(str(caught.value))


def test_a_number_that_is_too_great_is_not_quoted(db):
    with connection.cursor() as cursor, pytest.raises(DataError) as caught, transaction.atomic():
        cursor.execute("SELECT %s::text::integer", ["98765" + "43210123"])

    for said in lines_of(caught.value):
        assert 'value "…" is out of range' in said
        assert "9876543210123" not in said


def test_names_of_tables_and_columns_stay(db):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as caught, transaction.atomic():
        cursor.execute("SELECT 1 FROM nowhere")

    for said in lines_of(caught.value):
        assert 'relation "nowhere" does not exist' in said


def test_a_refused_recipient_is_not_named():
    try:
        try:
            raise smtplib.SMTPRecipientsRefused({"aiko@example.jp": (550, b"no aiko@example.jp here")})
        except smtplib.SMTPRecipientsRefused as error:
            raise RuntimeError("It was for ben@example.com") from error
    except RuntimeError as error:
        for said in lines_of(error):
            assert "SMTPRecipientsRefused" in said
            assert "@example" not in said


def test_a_json_line_says_what_it_should_and_no_more():
    record = logging.LogRecord("house", logging.INFO, __file__, 1, "Hello %s\nof two lines", ("小春日和",), None)
    record.status = 200
    record.data = {"args": "aiko@example.jp"}

    line = Json().format(record)

    assert "\n" not in line
    said = json.loads(line)
    assert said.pop("time").endswith("+00:00")
    assert said == {"level": "INFO", "logger": "house", "message": "Hello 小春日和\nof two lines", "status": 200}
