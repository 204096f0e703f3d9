"""Whatever members, operators and midnight do one after the other, what must always hold does hold.

One space with two booths for three and one for one, a flex plan and eight people; each rule is worked out plainly from
the rows after every act. Sometimes nobody comes at midnight for days: then the statuses are late, and nothing else is.
"""

from datetime import datetime, timedelta
from itertools import combinations, pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.charging import WAIVER
from billing.models import Charge
from members import booths, companions
from members.changing import change_days, change_plan, cost_of_change, stay_on_plan
from members.costs import is_begun
from members.deciding import approve, decline, withdraw
from members.dues import bill
from members.ending import cost_of_end, end, ends_offered, stay
from members.joining import join
from members.models import BoothWait, Membership, Plan
from members.pausing import cost_of_pause, cost_of_resume, earliest_pause, pause, resume
from members.repricing import reprice_members
from members.settling import settle_due
from notices.models import Notice
from spaces.refusing import codes
from tests.factories import JAPAN, make_plan, make_resource, make_space, make_user
from tests.properties import examples

DAY = timedelta(days=1)
one_of_few = st.integers(0, 11)
days_ahead = st.sampled_from([0, 0, 0, 1, 3, 10, 40])


class House(RuleBasedStateMachine):
    """Everything that people, operators and midnight may do with the memberships of one space."""

    def __init__(self):
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.now = datetime(2090, 1, 20, 9, 0, tzinfo=JAPAN)
        self.is_settled = True

    @initialize(renewal_day=st.sampled_from([None, 1, 1, 15, 31]))
    def open_doors(self, renewal_day):
        self.space = make_space(renewal_day=renewal_day)
        large = [make_resource(self.space, kind="booth", capacity=1, persons=3, position=each) for each in (1, 2)]
        small = make_resource(self.space, kind="booth", capacity=1, persons=1, position=3)
        self.plans = [
            make_plan(self.space, *large, kind="booth", price=75000, sign_up_fee=30000),
            make_plan(self.space, make_resource(self.space), kind="monthly", price=12000, sign_up_fee=30000),
            make_plan(self.space, small, kind="booth", price=30000, sign_up_fee=30000),
        ]
        self.people = [make_user(f"{number}@example.jp") for number in range(8)]
        # It is a full house that they find: everything happens where booths are let and people wait.
        for person, plan in zip(self.people, [self.plans[each] for each in (0, 0, 1, 1, 2)], strict=False):
            join(user=person, plan=plan, starts_on=self.today, answers={}, now=self.now)
        self.operator_decides(True)
        join(user=self.people[7], plan=self.plans[0], starts_on=self.today, answers={}, now=self.now)
        self.operator_decides(False)
        for number in (5, 6, 3):
            self.now += timedelta(minutes=1)
            booths.wait(user=self.people[number], plan=self.plans[0], now=self.now)

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def today(self):
        return self.space.today(self.now)

    def plan(self, number):
        return Plan.objects.select_related("space").get(pk=self.plans[(0, 0, 0, 1, 1, 2)[number % 6]].pk)

    def membership(self, number, **fitting):
        """One of the memberships that fit, now and then any that is alive, and seldom any at all."""
        some = Membership.objects.filter(**fitting).distinct() if number < 9 else Membership.objects.live()
        every = list(some.order_by("pk")) if number < 11 else []
        every = every or list(Membership.objects.order_by("pk"))
        return every[number % len(every)]

    def tries(self, act, **asked):
        """Do something, or be refused with a sentence; an act that is refused leaves nothing behind."""
        told, refused = Notice.objects.count(), None
        try:
            act(**asked, now=self.now)
        except ValidationError as error:
            refused = error
            note(f"refused: {codes(error)}")
        event(f"{act.__name__}: {'refused' if refused else 'done'}")
        if refused:
            assert all(refused.messages)
            assert Notice.objects.count() == told

    @rule(who=one_of_few, which=one_of_few, ahead=days_ahead)
    def somebody_joins(self, who, which, ahead):
        starts_on = self.today + timedelta(days=ahead)
        self.tries(join, user=self.people[who % 8], plan=self.plan(which), starts_on=starts_on, answers={})

    @rule(which=one_of_few, act=st.sampled_from([approve, approve, decline, withdraw]))
    def application_is_closed(self, which, act):
        membership = self.membership(which, status="applied")
        self.tries(act, membership=membership, **({} if act is withdraw else {"by": None}))

    def tries_at_a_cost(self, act, membership, on, cost, **asked):
        """Do a step, if it is allowed, and see that what was shown is what is billed: to the yen, or later."""
        with transaction.atomic():
            self.sees_what_it_costs(act, membership, on, cost, **asked)
            transaction.set_rollback(True)
        self.tries(act, membership=membership, **asked)

    def sees_what_it_costs(self, act, membership, on, cost, **asked):
        bill(membership, today=self.today)
        before, is_billed = self.charged(membership), is_begun(membership, membership.period_of(on), today=self.today)
        is_given_up = Charge.objects.filter(source_key__startswith=WAIVER, payer=membership.user).exists()
        stood = Membership.history.filter(id=membership.pk).count()
        self.tries(act, membership=membership, **asked)
        if Membership.history.filter(id=membership.pk).count() > stood and not is_given_up:
            assert self.charged(membership) - before == (cost.total if is_billed else 0)

    def charged(self, membership):
        rows = Charge.objects.standing().filter(payer=membership.user)
        return sum(rows.values_list("yen", flat=True))

    @rule(which=one_of_few, month=st.integers(0, 2), ahead=days_ahead, by_operator=st.booleans())
    def membership_is_to_end(self, which, month, ahead, by_operator):
        membership = self.membership(which, status="active")
        last = self.today + timedelta(days=ahead) if by_operator else ends_offered(membership, now=self.now)[month]
        cost = cost_of_end(membership, last, now=self.now)
        assert cost.total <= 0
        unused = max(last + timedelta(days=1), membership.starts_on)
        self.tries_at_a_cost(end, membership, unused, cost, last=last, by=None, by_operator=by_operator)

    @rule(which=one_of_few, ahead=days_ahead, length=st.sampled_from([None, 0, 5, 40]), by_operator=st.booleans())
    def membership_is_to_rest(self, which, ahead, length, by_operator):
        membership = self.membership(which, status="active", agreed_plans__booth=None)
        first = self.today + timedelta(days=ahead) if by_operator else earliest_pause(membership, now=self.now)
        last = None if length is None else first + timedelta(days=length)
        cost = cost_of_pause(membership, first, last, now=self.now)
        self.tries_at_a_cost(pause, membership, first, cost, first=first, last=last, by=None, by_operator=by_operator)

    @rule(which=one_of_few, ahead=days_ahead)
    def membership_is_resumed(self, which, ahead):
        membership = self.membership(which, pauses__isnull=False)
        day = self.today + timedelta(days=ahead)
        self.tries_at_a_cost(resume, membership, day, cost_of_resume(membership, day, now=self.now), day=day, by=None)

    @rule(which=one_of_few, to=one_of_few, at_renewal=st.booleans())
    def plan_is_to_change(self, which, to, at_renewal):
        membership = self.membership(which, status="active")
        day = change_days(membership, now=self.now)[at_renewal]
        cost = cost_of_change(membership, self.plan(to), day, now=self.now)
        self.tries_at_a_cost(change_plan, membership, day, cost, plan=self.plan(to), day=day, by=None)

    @rule(which=one_of_few, act=st.sampled_from([stay, stay_on_plan, stay_on_plan]))
    def what_is_planned_is_taken_back(self, which, act):
        planned = {"ends_on__isnull": False} if act is stay else {"agreed_plans__starts_on__gt": self.today}
        self.tries(act, membership=self.membership(which, status="active", **planned), by=None)

    @rule(which=one_of_few, price=st.integers(1, 5), ahead=st.sampled_from([0, 1, 20, 60]))
    def price_is_to_change(self, which, price, ahead):
        plan = self.plan(which)
        plan.price = price * 10000
        plan.save()
        held = {membership.pk: plans_by_day(membership, self.today) for membership in Membership.objects.all()}
        self.tries(reprice_members, plan=plan, not_before=self.today + timedelta(days=ahead), by=None)
        for membership in Membership.objects.all():
            assert plans_by_day(membership, self.today) == held[membership.pk]

    @rule(which=one_of_few, whom=one_of_few)
    def companion_is_invited(self, which, whom):
        membership = self.membership(which, status="active", agreed_plans__booth__persons=3)
        self.tries(companions.invite, membership=membership, email=f"friend-{whom % 4}@example.jp")

    @rule(who=one_of_few, which=one_of_few)
    def somebody_waits(self, who, which):
        self.tries(booths.wait, user=self.people[who % 8], plan=self.plan(5 * (which % 4 == 0)))

    @rule(which=one_of_few)
    def somebody_leaves_the_line(self, which):
        if places := list(BoothWait.objects.order_by("pk")):
            self.tries(booths.leave, place=places[which % len(places)])

    @rule(which=one_of_few)
    def offer_is_taken_up(self, which):
        if offers := list(BoothWait.objects.offered().select_related("user", "plan__space")):
            place = offers[which % len(offers)]
            starts_on = max(place.free_from, self.today)
            held = Membership.objects.filter(user=place.user, status="active").first()
            if held:
                self.tries(change_plan, membership=held, plan=place.plan, day=starts_on, by=None)
                return
            self.tries(join, user=place.user, plan=place.plan, starts_on=starts_on, answers={})

    @rule(is_so=st.booleans())
    def operator_decides(self, is_so):
        self.space.admission = "application" if is_so else "open"
        self.space.save()
        for plan in self.plans:
            plan.space = self.space

    @rule(
        hours=st.sampled_from([1, 15, 24, 24 * 4, 24 * 12, 24 * 31]),
        somebody_comes=st.sampled_from([True, True, False]),
    )
    def time_goes_by(self, hours, somebody_comes):
        self.now += timedelta(hours=hours)
        self.is_settled = somebody_comes
        if somebody_comes:
            settle_due(now=self.now)
            booths.lapse_offers(now=self.now)
            assert settle_due(now=self.now) == booths.lapse_offers(now=self.now) == 0

    @invariant()
    def what_must_always_hold_does_hold(self):
        related = ("agreed_plans__plan", "agreed_plans__booth", "pauses", "companions")
        memberships = list(Membership.objects.order_by("pk").prefetch_related(*related))
        written = dict(Membership.history.order_by("history_id").values_list("id", "status"))
        assert written == {membership.pk: membership.status for membership in memberships}
        open_places = list(BoothWait.objects.open().order_by("since", "pk"))
        nobody_has_two_live_memberships(memberships)
        booth_has_one_tenant_a_day(memberships)
        for membership in memberships:
            agreed_plans_are_the_days_of(membership)
            who_is_active_on_a_booth_plan_has_a_booth(membership)
            nobody_rests_in_a_booth(membership)
            companions_have_a_place_on_every_day_from(self.today, membership)
            new_price_of_one_plan_comes_with_a_renewal(membership)
            what_is_over_has_left_nothing_behind(membership, self.today)
            if self.is_settled:
                status_follows_the_days(membership, self.today)
        booth_that_is_offered_is_let_to_nobody_from_then_on(memberships, open_places)
        first_in_line_is_first_offered(open_places)
        for plan in self.plans:
            if self.is_settled and any(place.booth is None and place.plan_id == plan.pk for place in open_places):
                assert booths.free_booths(plan, self.today + booths.START_WITHIN) == []


def rows_of(membership):
    return sorted(membership.agreed_plans.all(), key=lambda row: row.starts_on)


def plans_by_day(membership, today):
    """Which plan holds on each of a hundred days to come."""
    rows, days = rows_of(membership), [today + timedelta(days=ahead) for ahead in range(100)]
    return [next((row.plan_id for row in rows if row.holds_on(day)), None) for day in days]


def shares_a_day(one, other):
    """Whether two rows with a first and perhaps a last day have one in common."""
    first = max(one.starts_on, other.starts_on)
    return all(row.ends_on is None or row.ends_on >= first for row in (one, other))


def nobody_has_two_live_memberships(memberships):
    live = [membership.user_id for membership in memberships if membership.status in ("applied", "active", "paused")]
    assert len(live) == len(set(live))


def booth_has_one_tenant_a_day(memberships):
    let = [row for membership in memberships for row in rows_of(membership) if row.booth_id]
    for one, other in combinations(let, 2):
        assert one.booth_id != other.booth_id or not shares_a_day(one, other)


def agreed_plans_are_the_days_of(membership):
    rows = rows_of(membership)
    assert (rows[0].starts_on, rows[-1].ends_on) == (membership.starts_on, membership.ends_on)
    for one, after in pairwise(rows):
        assert one.ends_on is not None
        assert after.starts_on == one.ends_on + DAY


def who_is_active_on_a_booth_plan_has_a_booth(membership):
    for row in rows_of(membership):
        assert row.booth_id is None or row.plan.kind == "booth"
        if membership.status in ("active", "paused"):
            assert (row.booth_id is not None) == (row.plan.kind == "booth")


def nobody_rests_in_a_booth(membership):
    for row in rows_of(membership):
        for rest in membership.pauses.all():
            assert row.booth_id is None or not shares_a_day(row, rest)


def companions_have_a_place_on_every_day_from(today, membership):
    standing = [one for one in membership.companions.all() if one.left_at is None]
    for row in rows_of(membership):
        if membership.is_live and (row.ends_on is None or row.ends_on >= today):
            assert len(standing) <= row.seats_for_companions


def new_price_of_one_plan_comes_with_a_renewal(membership):
    for one, after in pairwise(rows_of(membership)):
        if one.plan_id == after.plan_id:
            assert membership.period_of(after.starts_on).first == after.starts_on


def what_is_over_has_left_nothing_behind(membership, today):
    if membership.status in ("ended", "declined"):
        assert membership.ends_on <= max(today, membership.starts_on - DAY)
        assert all(companion.left_at for companion in membership.companions.all())


def status_follows_the_days(membership, today):
    if membership.status in ("active", "paused"):
        assert membership.ends_on is None or membership.ends_on >= today
        rests = membership.starts_on <= today and any(rest.holds_on(today) for rest in membership.pauses.all())
        assert membership.status == ("paused" if rests else "active")


def booth_that_is_offered_is_let_to_nobody_from_then_on(memberships, open_places):
    free_from = {place.booth_id: place.free_from for place in open_places if place.booth_id}
    for membership in memberships:
        for row in rows_of(membership):
            is_none = row.ends_on is not None and row.ends_on < row.starts_on
            if row.booth_id in free_from and not is_none:
                assert row.ends_on is not None
                assert row.ends_on < free_from[row.booth_id]


def first_in_line_is_first_offered(open_places):
    for before, after in combinations(open_places, 2):
        assert before.plan_id != after.plan_id or before.booth_id or not after.booth_id


def test_any_sequence_of_acts_keeps_what_must_hold(db):
    run_state_machine_as_test(House, settings=examples(20, stateful_step_count=50))
