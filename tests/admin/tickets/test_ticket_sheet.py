"""The sheet of printable tickets, opened again and read."""

import io
from datetime import date

import pdfplumber
import pytest
import segno
from django.test import Client
from django.urls import reverse

from spaces.look import tone_colours
from spaces.models import Space
from tests.reading import Page
from tests.visas.acts import NOW, make_campaign, make_ticket
from visas.codes import new_code, printed
from visas.issuing import issue_tickets
from visas.models import Campaign, Ticket
from visas.sheet import Printed, pdf, png, sheet

POINTS_A_MM = 72 / 25.4
WIDE, HIGH = 91 * POINTS_A_MM, 55 * POINTS_A_MM
LEFT, ABOVE = 14 * POINTS_A_MM, 11 * POINTS_A_MM
CODE = r"#evil[*x*] $y$ \<lab>@ref _a_ `c` // d /* e */ = ~ -- {{ g }} {% h %} <script>1</script> &"


@pytest.fixture
def organiser(as_user, sam) -> Client:
    return as_user(sam)


@pytest.fixture
def campaign(four_spaces) -> Campaign:
    return make_campaign(
        four_spaces["koharubiyori"],
        *(space for slug, space in four_spaces.items() if slug != "koharubiyori"),
        name_ja="札幌コワーキング はじめの一歩",
        name_en="First steps into coworking",
        for_whom_ja="はじめての方",
        for_whom_en="For newcomers",
        visits_in_all=4,
        visits_at_each=1,
    )


def opened(content: bytes) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(content))


def words_of(content: bytes) -> str:
    with opened(content) as read:
        return "\n".join(page.extract_text() for page in read.pages)


def sheet_of(client: Client, campaign: Campaign, **asked: object) -> bytes:
    answer = client.get(reverse("admin:visas_campaign_sheet", args=[campaign.pk]), asked)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.content


def test_every_ticket_says_all_that_its_holder_must_know_in_both_languages(organiser, campaign):
    [ticket] = issue_tickets(campaign=campaign, count=1, now=NOW)

    read = words_of(sheet_of(organiser, campaign))

    for said in (
        ticket.printed_code,
        "共通おためしチケット",
        "Shared trial ticket",
        "札幌コワーキング はじめの一歩",
        "First steps into coworking",
        "はじめての方",
        "For newcomers",
        "2026.11.01 – 2026.12.31",
        "有効期間",
        "Valid",
        "無料で4回（各スペース1回まで）",
        "4 visits, free of charge, 1 at each space",
        "ガレージラボ",
        "Garage labs",
        "ドリノキ",
        "小春日和",
        "Koharubiyori",
        "Cafe 36",
        "Scan, and choose your day",
    ):
        assert said.replace(" ", "") in read.replace(" ", "").replace("(", "（").replace(")", "）"), said


def test_ten_tickets_stand_on_a_page_of_a4_where_card_paper_is_perforated(organiser, campaign):
    issued = issue_tickets(campaign=campaign, count=13, now=NOW)

    with opened(sheet_of(organiser, campaign)) as read:
        assert [len(_codes(page)) for page in read.pages] == [10, 3]
        first = read.pages[0]
        assert (round(first.width), round(first.height)) == (595, 842)
        codes = _codes(first)
        assert [one["text"] for one in codes] == [one.printed_code for one in issued[:10]]
        for place, code in enumerate(codes):
            row, column = divmod(place, 2)
            assert LEFT + column * WIDE + 60 * POINTS_A_MM < code["x0"] < code["x1"] < LEFT + (column + 1) * WIDE
            assert ABOVE + row * HIGH < code["top"] < code["bottom"] < ABOVE + (row + 1) * HIGH


def test_nothing_is_printed_near_a_cut(organiser, campaign):
    issue_tickets(campaign=campaign, count=10, now=NOW)
    margin = 3 * POINTS_A_MM

    with opened(sheet_of(organiser, campaign)) as read:
        for letter in read.pages[0].chars:
            across, down = (letter["x0"] - LEFT) % WIDE, (letter["top"] - ABOVE) % HIGH
            assert margin < across < WIDE - margin, letter["text"]
            assert margin < down < HIGH - margin, letter["text"]


def test_qr_of_a_ticket_leads_to_its_page(organiser, campaign, settings):
    [ticket] = issue_tickets(campaign=campaign, count=1, now=NOW)
    drawn = segno.make(f"{settings.SITE_URL}/ticket/{ticket.code}/", error="m")
    modules = [list(row) for row in drawn.matrix]
    places = range(len(modules))
    first, size = (LEFT + (59.5 + 5) * POINTS_A_MM, ABOVE + 4.5 * POINTS_A_MM), 21.5 * POINTS_A_MM / len(modules)

    with opened(sheet_of(organiser, campaign)) as read:
        picture = read.pages[0].to_image(resolution=288).original.convert("L")

    seen = [
        [picture.getpixel((4 * (first[0] + (x + 0.5) * size), 4 * (first[1] + (y + 0.5) * size))) < 128 for x in places]
        for y in places
    ]
    assert seen == [[bool(module) for module in row] for row in modules]


def test_tickets_are_in_the_colours_of_their_spaces(organiser, campaign):
    make_ticket(campaign)

    with opened(sheet_of(organiser, campaign)) as read:
        page = read.pages[0]
        seen = {_hex(one["non_stroking_color"]) for one in (*page.rects, *page.curves) if one["fill"]}

    assert {tone_colours()[space.colour] for space in Space.objects.all()} <= seen


def test_only_tickets_that_nobody_has_used_are_printed(organiser, campaign):
    unused, blocked, other = (make_ticket(campaign, label=label) for label in ("fair", "fair", "shop"))
    Ticket.objects.filter(pk=blocked.pk).update(blocked_at=NOW)

    read = words_of(sheet_of(organiser, campaign))
    assert unused.printed_code in read
    assert other.printed_code in read
    assert blocked.printed_code not in read
    assert other.printed_code not in words_of(sheet_of(organiser, campaign, batch=unused.pk))

    sent = {"action": "sheet_of_selected", "_selected_action": [other.pk, blocked.pk]}
    chosen = words_of(organiser.post("/admin/visas/ticket/", sent).content)
    assert other.printed_code in chosen
    assert unused.printed_code not in chosen


def test_ticket_that_is_good_for_longer_says_so(organiser, campaign):
    make_ticket(campaign)
    make_ticket(campaign, extended_to=date(2027, 1, 15))

    read = words_of(sheet_of(organiser, campaign))

    assert "2026.11.01 – 2026.12.31" in read
    assert "2026.11.01 – 2027.01.15" in read


def test_nothing_to_print_and_too_much_at_a_time_are_told(organiser, campaign):
    organiser.cookies["django_language"] = "en"
    address = reverse("admin:visas_campaign_sheet", args=[campaign.pk])
    assert "nothing to print" in Page(organiser.get(address, follow=True)).text

    for count in (1000, 1):
        issue_tickets(campaign=campaign, count=count, now=NOW)
    assert "At most 1000 tickets are printed at a time." in Page(organiser.get(address, follow=True)).text


def test_tickets_of_two_campaigns_are_not_printed_on_one_sheet(organiser, campaign, four_spaces):
    organiser.cookies["django_language"] = "en"
    tickets = [make_ticket(campaign), make_ticket(make_campaign(four_spaces["koharubiyori"]))]
    sent = {"action": "sheet_of_selected", "_selected_action": [one.pk for one in tickets]}

    assert "of one campaign" in Page(organiser.post("/admin/visas/ticket/", sent, follow=True)).text


def test_long_names_and_marks_of_the_typesetter_are_words_and_stay_on_their_ticket(four_spaces):
    spaces = list(four_spaces.values())
    campaign = make_campaign(
        *spaces, name_ja=CODE[:80], name_en="Long " * 16, for_whom_ja=CODE * 2, for_whom_en="😀" * 90
    )
    spaces[0].name_ja = spaces[0].name_en = "さっぽろ大通コワーキングスペース" * 5
    code = printed(new_code())
    tickets = [Printed(code, "https://example.jp/ticket/x/", date(2026, 12, 31))] * 10
    said = sheet(campaign, spaces, tickets, address="https://a-very-long-name-of-a-house.example.jp/ticket/")

    with opened(pdf(said, now=NOW)) as read:
        assert len(read.pages) == 1
        assert len(_codes(read.pages[0])) == 10
        assert "#evil" in read.pages[0].extract_text()


def test_campaign_of_one_space_or_of_many_is_drawn_and_the_page_can_be_seen(four_spaces):
    spaces = list(four_spaces.values())
    campaign = make_campaign(spaces[0], name_en="")
    ticket = Printed(printed(new_code()), "https://example.jp/ticket/x/", date(2026, 12, 31))

    for taking in (spaces[:1], spaces * 3, []):
        [page] = png(sheet(campaign, taking, [ticket], address="https://example.jp/ticket/"), dots_an_inch=40)
        assert page.startswith(b"\x89PNG")


def test_same_sheet_gives_the_same_bytes(campaign):
    ticket = Printed(printed(new_code()), "https://example.jp/ticket/x/", date(2026, 12, 31))
    said = sheet(campaign, Space.objects.all(), [ticket], address="https://example.jp/ticket/")

    assert pdf(said, now=NOW) == pdf(said, now=NOW)


def _codes(page: pdfplumber.page.Page) -> list[dict[str, object]]:
    """The codes of a page with where they stand, row by row."""
    found = page.search(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}")
    return sorted(found, key=lambda one: (round(one["top"]), one["x0"]))


def _hex(colour: object) -> str:
    """A colour as #rrggbb; greys and what has none are no colours of a space."""
    if not isinstance(colour, tuple) or len(colour) != 3:
        return ""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
