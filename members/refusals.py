"""Every sentence with which something about a membership is refused, by its code; and what the database means."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "live_already": _("There is a membership at %(space)s already. Change its plan instead."),
    "not_sold": _("%(plan)s can't be joined any more. Choose another plan."),
    "by_the_visit": _("%(plan)s is sold by the visit. Book it; nothing needs joining."),
    "left_federation": _("%(space)s takes no new members at the moment."),
    "starts_in_the_past": _("A membership begins today at the earliest."),
    "starts_too_late": _("A membership begins by %(day)s at the latest."),
    "starts_after_leaving": _("%(space)s is leaving the federation: memberships can begin here until %(day)s."),
    "unanswered": _("Please answer: %(question)s"),
    "not_agreed": _("%(space)s asks you to agree: %(question)s"),
    "answer_too_long": _("An answer is %(length)s characters long at most."),
    "not_allowed": _("It is %(status)s. This can't be done with it any more."),
    "changed_meanwhile": _("This membership was changed meanwhile. Look at it again."),
    "not_applied": _("This application was decided already: it is %(status)s."),
    "not_active": _("This membership is %(status)s. Only an active one can do that."),
    "not_paused": _("This membership is not paused, and no pause is planned."),
    "paused_already": _("A pause is planned already, or the membership rests. Take that back first."),
    "booth_cannot_pause": _("A work booth can't be paused: it would stay taken. End it, or change the plan."),
    "pause_starts_at_renewal": _("A pause begins with a new month of the membership, on %(day)s at the earliest."),
    "pause_too_early": _("A pause begins on %(day)s at the earliest."),
    "pause_ends_before_it_starts": _("The pause would be over before it begins."),
    "resumes_in_the_past": _("A membership resumes today at the earliest."),
    "resumes_by_itself": _("The pause is over by then: the membership resumes by itself on %(day)s."),
    "past_the_end": _("The membership ends on %(day)s, before that."),
    "ends_already": _("This membership ends on %(day)s already."),
    "no_end_to_keep": _("No end is planned that could be taken back."),
    "end_not_a_renewal": _("A membership ends with one of its months: on %(day)s, for example."),
    "ends_in_the_past": _("That day is past."),
    "same_plan": _("The membership is on this plan already."),
    "change_not_then": _("A plan changes today, or when the membership renews on %(day)s."),
    "no_change_planned": _("No change is planned that could be taken back."),
    "change_planned": _("A change of plan is on its way: on %(day)s. Take that back first."),
    "all_let": _("All booths of this size are let. Put yourself on the waiting list."),
    "booth_taken": _("This booth was let or promised to somebody meanwhile."),
    "booth_free_later": _("This booth is free from %(day)s on."),
    "booth_kept_for_line": _("Your booth is promised to the next in line from that day on. This can't be taken back."),
    "booths_are_free": _("A booth of this size is free: no need to wait."),
    "not_a_booth": _("There is a waiting list for work booths only."),
    "waits_already": _("You are on this waiting list already."),
    "wait_settled": _("This place on the waiting list is settled already."),
    "offer_lapsed": _("The booth was kept for you until %(moment)s, and goes to the next in line."),
    "no_booth": _("Companions come with a work booth for two or more."),
    "no_place_left": _("The booth is for %(persons)s persons, and all places are given."),
    "invited_already": _("%(email)s is invited already."),
    "own_address": _("You have your place already: invite somebody else."),
    "too_many_companions": _("The new booth has fewer places: take %(count)s of your companions off first."),
    "companion_gone": _("This invitation does not stand any more. Ask the tenant for a new one."),
    "key_not_given": _("No key was handed over."),
    "last_operator": _("Nobody else runs %(space)s. Name another operator first, then delete your account."),
    "wrong_address": _("That is not the address of your account."),
    "cost_changed": _("The cost is another one now. Look at it again, and confirm if it suits you."),
    "reprice_in_the_past": _("Members pay a new price from a day to come."),
}

_BY_CONSTRAINT = {
    "membership_one_live_at_a_space": "live_already",
    "membership_moves": "changed_meanwhile",
    "agreed_plan_booth_has_one_tenant": "booth_taken",
    "booth_wait_one_offer_a_booth": "booth_taken",
    "booth_wait_once": "waits_already",
    "companion_invited_once": "invited_already",
}

_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refusal_of = _refusals.refusal_of
refused_politely = _refusals.refused_politely
