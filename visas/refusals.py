"""Every sentence with which a ticket or a visa is refused, by its code; and what the database means."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "mistyped": _("Did you mistype? A code has nine letters and digits, like K7M-42Q-XPV, and never 0, O, 1, I or L."),
    "unknown": _("There is no ticket with this code. Look at it once more, or ask where you got it."),
    "locked_out": _("Too many codes were wrong. Try again after %(time)s, or ask a space for help."),
    "not_yet": _("This ticket is good from %(day)s on."),
    "expired": _("This ticket was good until %(day)s."),
    "stopped": _("This campaign has ended early. Ask one of its spaces."),
    "blocked": _("This ticket is blocked. Ask the space that gave it to you."),
    "held_by_another": _("This ticket belongs to somebody. Whose it is has a link to it by mail."),
    "one_a_person": _("With this address a ticket of this campaign was redeemed already. One person has one ticket."),
    "visits_used": _("All visits of this ticket are used."),
    "visits_here_used": _("The visits of this ticket at %(space)s are used."),
    "no_seat_that_day": _("No more tickets can be redeemed at %(space)s on that day. Choose another day or space."),
    "not_taking_part": _("%(space)s does not take this ticket."),
    "no_name": _("Say who comes."),
    "not_agreed_to_rules": _("Please agree to the rules of the house."),
    "too_many_tickets": _("Issue between 1 and %(most)s tickets at a time."),
    "campaign_over": _("This campaign is over. No tickets are issued any more."),
    "over": _("This campaign is over."),
    "begins_later": _("Tickets are issued that are good from %(day)s on. It can begin earlier, but not later."),
    "ends_earlier": _("Tickets are issued that are good until %(day)s. It can end later, but not earlier."),
    "fewer_visits": _("Tickets are issued that are good for more: %(visits)s. They can't be taken away."),
    "no_longer": _("It is good until %(day)s already. Give a later day."),
    "terms_changed": _("Somebody else has changed the terms in the meantime. Have a look, then write yours again."),
    "terms_of_now": _("Somebody else changed the terms at the same moment. Have a look at them."),
    "no_town": _("Enter the town of %(space)s first; neighbours are found by town."),
    "code_expired": _("This code has expired. Let the passport show a new one, or type its number."),
    "code_false": _("This is not a code of a Coworking VISA. Scan it again, or type the number."),
    "code_replaced": _("This code belongs to a number that has been replaced. Let the passport show a new one."),
    "code_used": _("This code was scanned before. Let the passport show a new one."),
    "number_mistyped": _("Did you mistype? A number has ten digits, like 12345 67889."),
    "number_unknown": _("There is no Coworking VISA with this number."),
    "reissued_already": _("This visa has a new number by now. Have another look at it."),
    "numbers_tried": _("Too many numbers were typed. Wait a few minutes, or scan the code."),
    "revoked_already": _("This visa has already been revoked."),
    "no_reason": _("Give a reason: the holder is told."),
    "visa_at_home": _("A Coworking VISA is for the other spaces; at home the plan applies."),
    "visa_revoked": _("The Coworking VISA of %(home)s was revoked. Ask there."),
    "visa_ended": _("The membership at %(home)s has ended, and the Coworking VISA with it."),
    "visa_begins": _("The Coworking VISA of %(home)s is valid from %(day)s on."),
    "visa_ends": _("The Coworking VISA of %(home)s is valid until %(day)s."),
    "visa_rests": _("The membership at %(home)s is paused on that day, and the Coworking VISA with it."),
    "visa_not_granted": _("The plan at %(home)s gives no Coworking VISA on that day."),
    "visa_not_valid": _("The Coworking VISA is not valid on that day."),
    "visa_holder_comes": _("A Coworking VISA is for its holder alone, and for one seat."),
    "visa_days_used": _("%(space)s gives %(days)s days a month by Coworking VISA, and those of %(month)s are used."),
    "visa_no_day_left": _("No free day is left at %(space)s in that month."),
    "visa_hours": _("%(space)s takes visitors by Coworking VISA from %(opens)s to %(closes)s."),
    "visa_notice": _("%(space)s asks for visits by Coworking VISA to be booked %(hours)s h ahead."),
    "visa_nearby": _("%(space)s keeps its Coworking VISA days for people from outside %(home)s's town."),
    "visa_twice_a_week": _("%(space)s gives one day a week by Coworking VISA, and that week has one already."),
    "visa_too_new": _("%(space)s takes new members by Coworking VISA after a while: in this case from %(day)s on."),
}

_BY_CONSTRAINT = {
    "ticket_one_a_person": "one_a_person",
    "ticket_visits_in_all": "visits_used",
    "ticket_visits_at_each": "visits_here_used",
    "ticket_seats_a_day": "no_seat_that_day",
    "ticket_taken_there": "not_taking_part",
    "showing_code_once": "code_used",
    "terms_one_that_counts": "terms_of_now",
    "terms_version_once": "terms_of_now",
    "visa_not_at_home": "visa_at_home",
    "visa_of_its_holder": "visa_holder_comes",
    "visa_of_an_active_membership": "visa_not_valid",
    "visa_days_a_month": "visa_no_day_left",
}

_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refusal_of = _refusals.refusal_of
refused_politely = _refusals.refused_politely
