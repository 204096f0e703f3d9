"""Every sentence with which a ticket is refused, by its code; and what the database means."""

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
}

_BY_CONSTRAINT = {
    "ticket_one_a_person": "one_a_person",
    "ticket_visits_in_all": "visits_used",
    "ticket_visits_at_each": "visits_here_used",
    "ticket_seats_a_day": "no_seat_that_day",
    "ticket_taken_there": "not_taking_part",
}

_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refusal_of = _refusals.refusal_of
