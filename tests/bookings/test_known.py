"""Who has to do with a space: the person's page, the list of people and those who may have paid agree on it."""

import pytest
from django.urls import reverse

from bookings import known
from bookings.admin.money.payers import Payers
from members.models import BoothWait, Companion, Operator, User
from spaces.models import Space
from tests.billing.acts import make_charge, make_invoice, make_payment
from tests.events.making import make_event, make_rsvp, make_venue
from tests.factories import at, make_booking, make_membership


def shares_a_booth(dorinoki, ben, chie):
    plan = dorinoki.space.plans.get(name_en="Work booth for 4")
    held = make_membership(chie, plan, booth=plan.resources.get())
    Companion.objects.create(membership=held, email=ben.email, user=ben, accepted_at=at("08:00"))


TIES = {
    "membership": lambda here, ben, _chie: make_membership(ben, here.space.plans.get(kind="monthly")),
    "companion": shares_a_booth,
    "place in line": lambda here, ben, _chie: BoothWait.objects.create(
        user=ben, plan=here.space.plans.get(name_en="Work booth for 4")
    ),
    "booking": lambda here, ben, _chie: make_booking(here.open_seats, user=ben),
    "charge": lambda here, ben, _chie: make_charge(here.space, ben),
    "invoice": lambda here, ben, _chie: make_invoice(here.space, ben),
    "payment": lambda here, ben, _chie: make_payment(here.space, ben),
    "sign-up": lambda here, ben, _chie: make_rsvp(make_venue(make_event(here.space), here.space), ben),
}


@pytest.mark.parametrize("tie", TIES.values(), ids=TIES)
def test_who_has_to_do_with_a_space_is_the_same_wherever_it_is_asked(
    tie, dorinoki, koharubiyori, ben, chie, dai, sam, as_user
):
    here, elsewhere = as_user(dai), as_user(sam)
    person = reverse("admin:members_user_change", args=[ben.pk])
    at_space = reverse("admin:members_person_at_space", args=[ben.pk, dorinoki.space.slug])
    found = reverse("admin:members_user_changelist")

    def seen():
        return (
            ben in here.get(found).context["cl"].result_list,
            here.get(person).status_code == 200,
            here.get(at_space).status_code == 200,
            ben.pk in Payers(dorinoki.space).by_key,
        )

    assert seen() == (False,) * 4

    tie(dorinoki, ben, chie)

    assert seen() == (True,) * 4
    assert ben not in elsewhere.get(found).context["cl"].result_list
    assert elsewhere.get(person).status_code != 200
    assert ben.pk not in Payers(koharubiyori.space).by_key


def test_apps_above_register_ties_of_their_own(monkeypatch, dorinoki, koharubiyori, dai):
    monkeypatch.setattr(known, "_ties", list(known._ties))
    assert not User.objects.filter(known.people_at([dorinoki.space.pk]), pk=dai.pk).exists()

    for _again in range(2):
        known.register_tie(Operator, "space", "user")

    assert User.objects.filter(known.people_at([dorinoki.space.pk]), pk=dai.pk).exists()
    assert not User.objects.filter(known.people_at([koharubiyori.space.pk]), pk=dai.pk).exists()
    assert list(Space.objects.filter(known.spaces_of(dai.pk))) == [dorinoki.space]
    assert known._ties.count((Operator, "space", "user")) == 1
