"""Design rule 8: an operator sees and changes only their own spaces, in every list, object, choice, action, export.

Sam runs Koharubiyori and has rows of every kind there; Dai runs Dorinoki and goes through all registered admins.
"""

import json
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from events.models import Event, Series, WallLine
from members.models import BoothWait, Membership, Operator, Plan, User
from notices.models import Notice
from tests.billing.acts import make_charge, make_invoice, make_issuer, make_payment, make_receipt
from tests.conftest import make_operator
from tests.events.making import FRIDAY, make_event, make_rsvp, make_venue
from tests.factories import make_booking, make_closure, make_membership
from tests.visas.acts import make_campaign, make_ticket, make_visa_request
from visas.models import Visa, WrongCodes
from visas.offering import write_terms

MARK = "ZZMARK"


@pytest.fixture
def theirs(koharubiyori, sam, aiko, chie, now) -> dict[type[Model], Model]:
    """One row of every registered model that belongs to Koharubiyori alone, with a mark in what lists show."""
    space = koharubiyori.space
    seats = koharubiyori.open_seats
    type(seats).objects.filter(pk=seats.pk).update(name_ja=MARK, name_en=MARK)
    type(space).objects.filter(pk=space.pk).update(name_ja=MARK, name_en=MARK)
    User.objects.filter(pk=chie.pk).update(family_name=MARK)
    plan = space.plans.get(kind="free_pass")
    Plan.objects.filter(pk=plan.pk).update(name_ja=MARK, name_en=MARK)
    notice = Notice.objects.create(
        kind="booking.confirmed",
        subject_key="booking:1",
        dedupe_key=MARK,
        recipient=f"{MARK}@example.jp",
        language="ja",
        space_slug=space.slug,
        due_at=now,
    )
    rows = [
        make_booking(seats, user=chie, name=MARK),
        make_closure(space, date(2026, 12, 30), reason_ja=MARK, reason_en=MARK),
        membership := make_membership(chie, plan),
        Visa.objects.get(membership=membership),
        write_terms(space=space, by=sam, now=now, perks_ja=MARK, perks_en=MARK),
        BoothWait.objects.create(user=chie, plan=plan),
        make_visa_request(aiko, seats, message=MARK),
        notice,
        Operator.objects.get(user=sam),
        make_issuer(space, name=MARK),
        make_invoice(space, chie, addressee=MARK),
        make_charge(space, chie, text=MARK),
        payment := make_payment(space, chie, note=MARK),
        make_receipt(payment, addressee=MARK),
        campaign := make_campaign(space, name_ja=MARK, name_en=MARK),
        make_ticket(campaign, label=MARK, person_key="x", held_at=now, name=MARK, email=f"{MARK}@example.jp"),
        WrongCodes.objects.create(kind="address", place=MARK, wrong=8, in_all=8),
        series := Series.objects.create(organiser=space, rule="FREQ=WEEKLY", starts_on=FRIDAY),
        event := make_event(space, title_ja=MARK, title_en=MARK, series=series, occurs_on=FRIDAY),
        venue := make_venue(event, space, note_ja=MARK, note_en=MARK),
        rsvp := make_rsvp(venue, name=MARK, person=f"{MARK}@example.jp", answer=MARK),
        WallLine.objects.create(event=event, venue=venue, rsvp=rsvp, name=MARK, text=MARK, said_at=now),
    ]
    found: dict[type[Model], Model] = {type(row): row for row in [*rows, space, seats, plan, chie]}
    assert set(found) == set(admin.site._registry), "a new admin needs a row here, to be walked"
    return found


@pytest.fixture
def intruder(four_spaces, as_user) -> Client:
    """An owner, who may do the most, but at Dorinoki."""
    return as_user(make_operator("owner@example.jp", four_spaces["dorinoki"], Operator.Role.OWNER))


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_lists_hold_nothing_of_another_space(intruder, theirs):
    for model in theirs:
        answer = intruder.get(address(model, "changelist"))

        assert answer.status_code == 200
        assert MARK not in answer.content.decode(), model


def test_search_and_filters_find_nothing_of_another_space(intruder, theirs):
    for model, registered in admin.site._registry.items():
        if registered.search_fields:
            answer = intruder.get(address(model, "changelist"), {"q": MARK})
            assert f"/{theirs[model].pk}/change/" not in answer.content.decode(), model


def test_objects_of_another_space_do_not_open(intruder, theirs):
    for model, row in theirs.items():
        for page in ("change", "delete", "history"):
            answer = intruder.get(address(model, page, row.pk))
            assert answer.status_code in (302, 403, 404), (model, page)
            assert MARK not in answer.content.decode(), (model, page)


def test_posting_to_another_spaces_object_changes_nothing(intruder, theirs):
    for model, row in theirs.items():
        before = model.objects.filter(pk=row.pk).values().get()

        for page in ("change", "delete"):
            answer = intruder.post(address(model, page, row.pk), {"post": "yes", "name": "taken"})
            assert answer.status_code in (302, 403, 404), (model, page)

        assert model.objects.filter(pk=row.pk).values().get() == before, model


def test_actions_do_nothing_to_another_spaces_rows(intruder, theirs):
    for model, registered in admin.site._registry.items():
        before = model.objects.filter(pk=theirs[model].pk).values().get()

        for action in {"delete_selected", *(registered.actions or [])}:
            intruder.post(
                address(model, "changelist"),
                {"action": action, "_selected_action": [theirs[model].pk], "select_across": 1, "post": "yes"},
            )

        assert model.objects.filter(pk=theirs[model].pk).values().get() == before, model


def test_choices_of_forms_hold_nothing_of_another_space(intruder, theirs):
    for model, registered in admin.site._registry.items():
        if isinstance(registered, ModelAdmin) and registered.has_add_permission(_request(intruder)):
            answer = intruder.get(address(model, "add"))
            assert answer.status_code == 200
            # An event asks any space of the federation, by its name alone.
            names = 1 if model is Event else 0
            assert answer.content.decode().count(MARK) == names, model


def test_autocomplete_finds_nothing_of_another_space(intruder, theirs):
    for model, registered in admin.site._registry.items():
        for name in registered.autocomplete_fields:
            asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
            answer = intruder.get(reverse("admin:autocomplete"), {**asked, "term": ""})

            assert MARK not in json.dumps(answer.json(), ensure_ascii=False), (model, name)


def test_choice_that_is_no_number_is_told(sam, as_user, theirs):
    own, tried = as_user(sam), set()
    for model, registered in admin.site._registry.items():
        if registered.autocomplete_fields and registered.has_add_permission(_request(own)):
            for sent in ("x", "-1", "²", str(10**30)):
                assert (
                    own.post(address(model, "add"), dict.fromkeys(registered.autocomplete_fields, sent)).status_code
                    == 200
                )
            tried.add(model._meta.model_name)

    assert tried == {"booking", "charge", "event", "plan"}


def test_list_that_is_asked_for_the_impossible_begins_anew(sam, as_user, theirs):
    own, tried = as_user(sam), set()
    for model, registered in admin.site._registry.items():
        asked = [{name: "a\x00b"} for name in ("q", *_filtered(registered))]
        if day := registered.date_hierarchy:
            for part in ("year", "month", "day"):
                asked += [{f"{day}__year": "2026", f"{day}__{part}": sent} for sent in ("0", "9999", str(10**30), "²")]
            tried.add(model._meta.model_name)
        for one in asked:
            assert own.get(address(model, "changelist"), one).status_code in (200, 302), (model, one)

    assert tried == {"booking", "charge", "closure", "event", "invoice", "notice", "payment", "receipt", "user"}


def test_every_list_sorts_by_each_of_its_columns(sam, dorinoki, as_user, theirs):
    Operator.objects.create(user=sam, space=dorinoki.space, role=Operator.Role.OWNER)
    own = as_user(sam)
    for model in admin.site._registry:
        # The first list shows how many columns there are; 0 would be the column of ticks.
        columns = len(own.get(address(model, "changelist")).context["cl"].list_display)
        for place in range(columns):
            for sign in ("", "-"):
                answer = own.get(address(model, "changelist"), {"o": f"{sign}{place}"})
                assert answer.status_code == 200, (model, place)
                assert f"/{theirs[model].pk}/change/" in answer.content.decode(), (model, place)


def test_who_runs_one_space_sees_no_column_of_spaces(sam, dorinoki, as_user, theirs):
    def with_the_column():
        lists = {model: own.get(address(model, "changelist")).context["cl"] for model in admin.site._registry}
        return {model for model, listed in lists.items() if "space" in listed.list_display}

    own = as_user(sam)
    assert with_the_column() == set()

    Operator.objects.create(user=sam, space=dorinoki.space, role=Operator.Role.OWNER)
    assert with_the_column() == {
        model for model, registered in admin.site._registry.items() if "space" in registered.list_display
    }


def _filtered(registered: ModelAdmin) -> list[str]:
    """Names by which the address of a list filters it."""
    return [f"{name}__exact" for name in registered.list_filter if isinstance(name, str)]


def test_exports_hold_nothing_of_another_space(intruder, theirs):
    exported = 0
    for model, registered in admin.site._registry.items():
        if hasattr(registered, "get_export_formats"):
            fields = dict.fromkeys(registered.get_export_resource_classes(_request(intruder))[0]().fields, "on")
            answer = intruder.post(address(model, "export"), {"format": "0", "resource": "", **fields})
            assert answer.status_code == 200, model
            assert "text/csv" in answer.headers["Content-Type"], answer.content.decode()[:500]
            assert MARK not in answer.content.decode(), model
            exported += 1
    assert exported == 4


def test_own_rows_are_there(sam, as_user, theirs):
    own = as_user(sam)

    for model, row in theirs.items():
        listed = own.get(address(model, "changelist")).content.decode()
        assert own.get(address(model, "change", row.pk)).status_code == 200, model
        assert f"/{row.pk}/change/" in listed, model


def test_other_spaces_relation_is_refused_when_posted(intruder, four_spaces, theirs):
    answer = intruder.post(
        address(type(theirs_closure(theirs)), "add"),
        {
            "space": four_spaces["koharubiyori"].pk,
            "starts_on": "2026-12-28",
            "ends_on": "2026-12-28",
            "reason_ja": "x",
            "reason_en": "x",
        },
    )

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or "error" in answer.content.decode().lower()
    assert not type(theirs_closure(theirs)).objects.filter(starts_on="2026-12-28").exists()


def theirs_closure(theirs: dict[type[Model], Model]) -> Model:
    return next(row for model, row in theirs.items() if model._meta.model_name == "closure")


def test_desk_role_only_looks_at_plans(four_spaces, as_user):
    desk = as_user(make_operator("desk@example.jp", four_spaces["koharubiyori"], Operator.Role.DESK))
    plan = four_spaces["koharubiyori"].plans.first()

    assert desk.get(address(Plan, "add")).status_code == 403
    assert desk.post(address(Plan, "change", plan.pk), {"price": 1}).status_code == 403
    assert desk.get(address(Plan, "change", plan.pk)).status_code == 200


def test_coworker_and_member_do_not_come_in(as_user, ben, aiko):
    for person in (ben, aiko):
        client = as_user(person)
        assert client.get("/admin/", follow=True).status_code == 404
        assert client.get(address(Membership, "changelist"), follow=True).status_code == 404


def test_visitor_is_sent_to_sign_in(client, db):
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")


def _request(client: Client) -> object:
    return client.get("/admin/").wsgi_request
