"""Whatever members, operators and midnight do one after the other, what must always hold does hold.

One space with two booths for three, two other plans and six people; each rule is worked out plainly from the rows after
every act. Sometimes nobody comes at midnight for days: what the statuses say is late then, and all else must not be.
"""

from datetime import datetime, timedelta
from itertools import combinations, pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import event, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from members import booths, companions
from members.changing import change_days, change_plan, cost_of_change, stay_on_plan
from members.deciding import approve, decline, withdraw
from members.ending import cost_of_end, end, ends_offered, stay
from members.joining import join
from members.models import AgreedPlan, BoothWait, Membership, Plan
from members.pausing import earliest_pause, pause, resume
from members.repricing import reprice_members
from members.settling import settle_due
from notices.models import Notice
from spaces.models import Resource, Space
from spaces.refusing import codes
from tests.factories import JAPAN, make_plan, make_resource, make_space, make_user
from tests.properties import examples

DAY = timedelta(days=1)
ADMISSIONS = ("open", "open", "application")
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
        self.people = [make_user(f"{number}@example.jp") for number in range(6)]

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def today(self):
        return self.space.today(self.now)

    def plan(self, number):
        return Plan.objects.select_related("space").get(pk=self.plans[(0, 0, 0, 1, 1, 2)[number % 6]].pk)

    def membership(self, number):
        """Mostly one that is alive, for the others refuse everything."""
        every = list(Membership.objects.live().order_by("pk")) or list(Membership.objects.order_by("pk"))
        if number == 11:
            every = list(Membership.objects.order_by("pk"))
        return every[number % len(every)] if every else None

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
        self.tries(join, user=self.people[who % 6], plan=self.plan(which), starts_on=starts_on, answers={})

    @rule(which=one_of_few)
    def operator_approves(self, which):
        applied = list(Membership.objects.filter(status="applied")) or [self.membership(which)]
        if applied[0]:
            self.tries(approve, membership=applied[which % len(applied)], by=self.people[0])

    @rule(which=one_of_few, withdrawn=st.booleans())
    def application_comes_to_nothing(self, which, withdrawn):
        if membership := self.membership(which):
            self.tries(withdraw if withdrawn else decline, membership=membership, **({} if withdrawn else {"by": None}))

    @rule(which=one_of_few, month=st.integers(0, 2), ahead=days_ahead, by_operator=st.booleans())
    def membership_is_to_end(self, which, month, ahead, by_operator):
        if membership := self.membership(which):
            last = self.today + timedelta(days=ahead)
            if not by_operator:
                last = ends_offered(membership, now=self.now)[month]
            if membership.is_live:
                assert cost_of_end(membership, last, now=self.now).total <= 0
            self.tries(end, membership=membership, last=last, by=None, by_operator=by_operator)

    @rule(which=one_of_few)
    def end_is_taken_back(self, which):
        if membership := self.membership(which):
            self.tries(stay, membership=membership, by=None)

    @rule(which=one_of_few, ahead=days_ahead, length=st.sampled_from([None, 0, 5, 40]), by_operator=st.booleans())
    def membership_is_to_rest(self, which, ahead, length, by_operator):
        if membership := self.membership(which):
            first = self.today + timedelta(days=ahead) if by_operator else earliest_pause(membership, now=self.now)
            last = None if length is None else first + timedelta(days=length)
            self.tries(pause, membership=membership, first=first, last=last, by=None, by_operator=by_operator)

    @rule(which=one_of_few, ahead=days_ahead)
    def membership_is_resumed(self, which, ahead):
        if membership := self.membership(which):
            self.tries(resume, membership=membership, day=self.today + timedelta(days=ahead), by=None)

    @rule(which=one_of_few, to=one_of_few, at_renewal=st.booleans())
    def plan_is_to_change(self, which, to, at_renewal):
        if membership := self.membership(which):
            day = change_days(membership, now=self.now)[at_renewal]
            cost_of_change(membership, self.plan(to), day, now=self.now)
            self.tries(change_plan, membership=membership, plan=self.plan(to), day=day, by=None)

    @rule(which=one_of_few)
    def change_is_taken_back(self, which):
        if membership := self.membership(which):
            self.tries(stay_on_plan, membership=membership, by=None)

    @rule(which=one_of_few, price=st.integers(1, 5), ahead=st.sampled_from([0, 1, 20, 60]))
    def price_is_to_change(self, which, price, ahead):
        plan = self.plan(which)
        plan.price = price * 10000
        plan.save()
        self.tries(reprice_members, plan=plan, not_before=self.today + timedelta(days=ahead), by=None)

    @rule(which=one_of_few, whom=one_of_few)
    def companion_is_invited(self, which, whom):
        if membership := self.membership(which):
            self.tries(companions.invite, membership=membership, email=f"friend-{whom % 4}@example.jp")

    @rule(who=one_of_few, which=one_of_few)
    def somebody_waits(self, who, which):
        self.tries(booths.wait, user=self.people[who % 6], plan=self.plan(which))

    @rule(which=one_of_few)
    def somebody_leaves_the_line(self, which):
        if places := list(BoothWait.objects.order_by("pk")):
            self.tries(booths.leave, place=places[which % len(places)])

    @rule(which=one_of_few)
    def offer_is_taken_up(self, which):
        if offers := list(BoothWait.objects.offered().select_related("user", "plan__space")):
            place = offers[which % len(offers)]
            starts_on = max(place.free_from, self.today)
            self.tries(join, user=place.user, plan=place.plan, starts_on=starts_on, answers={})

    @rule(admission=st.sampled_from(ADMISSIONS))
    def space_changes_its_admission(self, admission):
        Space.objects.filter(pk=self.space.pk).update(admission=admission)

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
    def nobody_has_two_live_memberships(self):
        live = list(
            Membership.objects.filter(status__in=["applied", "active", "paused"]).values_list("user", flat=True)
        )
        assert len(live) == len(set(live))

    @invariant()
    def agreed_plans_are_the_days_of_the_membership(self):
        for membership in Membership.objects.all():
            rows = list(membership.agreed_plans.order_by("starts_on"))
            assert rows[0].starts_on == membership.starts_on
            assert rows[-1].ends_on == membership.ends_on
            for one, after in pairwise(rows):
                assert one.ends_on is not None
                assert after.starts_on == one.ends_on + DAY

    @invariant()
    def booth_has_one_tenant_a_day(self):
        for booth in Resource.objects.filter(kind="booth"):
            for one, other in combinations(AgreedPlan.objects.filter(booth=booth).order_by("starts_on"), 2):
                none = any(each.ends_on and each.ends_on < each.starts_on for each in (one, other))
                assert none or (one.ends_on and one.ends_on < other.starts_on)

    @invariant()
    def who_is_active_on_a_booth_plan_has_a_booth(self):
        for row in AgreedPlan.objects.filter(plan__kind="booth", membership__status__in=["active", "paused"]):
            assert row.booth in row.plan.resources.all()
        assert not AgreedPlan.objects.filter(booth__isnull=False).exclude(plan__kind="booth").exists()

    @invariant()
    def booth_that_is_offered_is_let_to_nobody_from_then_on(self):
        for place in BoothWait.objects.offered():
            for let in AgreedPlan.objects.filter(booth=place.booth):
                is_none = let.ends_on and let.ends_on < let.starts_on
                assert is_none or (let.ends_on and let.ends_on < place.free_from)

    @invariant()
    def first_in_line_is_first_offered(self):
        for plan in self.plans:
            line = list(BoothWait.objects.filter(plan=plan, settled_at=None, booth=None).order_by("since", "pk"))
            offered = BoothWait.objects.filter(plan=plan, settled_at=None).exclude(booth=None)
            for place in offered:
                assert all((place.since, place.pk) < (waiting.since, waiting.pk) for waiting in line)
            if line:
                assert booths.free_booths(plan, self.today + timedelta(days=400)) == []

    @invariant()
    def nobody_rests_in_a_booth(self):
        for membership in Membership.objects.live():
            for row in membership.agreed_plans.exclude(booth=None):
                for rest in membership.pauses.all():
                    assert (rest.ends_on and rest.ends_on < row.starts_on) or (
                        row.ends_on and row.ends_on < rest.starts_on
                    )

    @invariant()
    def companions_have_a_place_on_every_day_to_come(self):
        for membership in Membership.objects.live():
            for row in membership.agreed_plans.exclude(ends_on__lt=self.today):
                assert membership.companions.standing().count() <= row.seats_for_companions

    @invariant()
    def new_price_of_one_plan_comes_with_a_renewal(self):
        for membership in Membership.objects.all():
            for one, after in pairwise(membership.agreed_plans.order_by("starts_on")):
                if one.plan_id == after.plan_id:
                    assert membership.period_of(after.starts_on).first == after.starts_on
                    assert after.starts_on > membership.starts_on

    @invariant()
    def statuses_follow_the_days(self):
        if not self.is_settled:
            return
        for membership in Membership.objects.filter(status__in=["active", "paused"]):
            assert membership.ends_on is None or membership.ends_on >= self.today
            rests = membership.starts_on <= self.today and membership.pauses.on(self.today).exists()
            assert membership.status == ("paused" if rests else "active")

    @invariant()
    def what_is_over_has_left_nothing_behind(self):
        for membership in Membership.objects.filter(status__in=["ended", "declined"]):
            assert membership.ends_on is not None
            assert membership.ends_on <= max(self.today, membership.starts_on - DAY)
            assert not membership.companions.standing().exists()

    @invariant()
    def history_ends_with_what_is(self):
        for membership in Membership.objects.all():
            assert membership.history.latest("history_id").status == membership.status


def test_any_sequence_of_acts_keeps_what_must_hold(db):
    run_state_machine_as_test(House, settings=examples(20, stateful_step_count=40))
