"""An owner takes a space out of the federation in a browser, sees first who is affected, and takes it back."""

from datetime import date

from members.models import Operator
from tests.browser.conftest import DESKTOP, sign_in, with_password
from tests.conftest import make_operator
from tests.factories import make_booking


def test_owner_sees_who_is_affected_leaves_and_comes_back(open_browser, garage, aiko, ben):
    home = garage.space
    owner = with_password(make_operator("owner@example.jp", home, Operator.Role.OWNER))
    owner.language = "en"
    owner.save()
    booked = make_booking(garage.open_seats, day=date(2026, 12, 10), user=ben)
    page, _watched = open_browser(**DESKTOP)
    page.goto(f"/admin/spaces/space/{home.pk}/change/")
    sign_in(page, owner)

    page.get_by_role("link", name="Leave the federation").click()
    page.locator("input[name=day]").fill("2026-12-10")
    # Another day than the one that is shown is looked at before it counts.
    page.get_by_role("button", name="Leave on this day").click()
    page.get_by_text("If the space leaves on 10 December 2026").wait_for()
    page.get_by_text("1 booking is cancelled at no charge").wait_for()
    home.refresh_from_db()
    assert home.left_on is None
    page.get_by_role("button", name="Leave on this day").click()
    page.get_by_text("This space is in the federation until 9 December 2026.").wait_for()
    booked.refresh_from_db()
    assert booked.cancelled_by == "space"

    page.goto("/spaces/garage-labs/")
    page.get_by_text("is leaving the federation, and can be booked here until Wednesday, 9 December 2026").wait_for()
    page.goto(f"/admin/spaces/space/{home.pk}/change/")
    page.get_by_role("link", name="Stay in the federation").click()
    page.get_by_role("button", name="We stay").click()
    page.get_by_text("Garage labs stays in the federation.").wait_for()
    home.refresh_from_db()
    assert home.left_on is None
