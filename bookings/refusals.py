"""Every sentence with which a booking is refused, by its code; and what the database means when it refuses one."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "full": _("No seat is left for that time."),
    "taken": _("%(resource)s is already booked for that time."),
    "closed": _("%(space)s is not open all of that time."),
    "past": _("That time is already past."),
    "too_short_notice": _("%(space)s wants to know %(minutes)s minutes ahead."),
    "beyond_horizon": _("%(space)s takes bookings up to %(day)s."),
    "leaves": _("%(space)s is leaving the federation, and takes bookings up to %(day)s."),
    "leaves_in_the_past": _("That day is past. A space can leave today at the earliest."),
    "leaves_before_joining": _("%(space)s joins the federation on %(day)s, and can't leave before that."),
    "leaves_too_late": _("Choose a day within the next two years."),
    "leaves_then_already": _("%(space)s is already set to leave on that day."),
    "has_left": _("%(space)s already left the federation on %(day)s."),
    "leaves_not": _("%(space)s is not about to leave: there is nothing to take back."),
    "joins_later": _("%(space)s joins the federation on %(day)s."),
    "off_step": _("Bookings start and end every %(minutes)s minutes from opening."),
    "ends_before_start": _("The end must be after the start."),
    "too_many_seats": _("There are %(capacity)s seats in all."),
    "too_few_seats": _("A booking takes one seat at least."),
    "too_long": _("A booking lasts a day at most; book each day by itself."),
    "no_such_resource": _("This can't be booked here any more. Choose again."),
    "by_the_month": _("%(resource)s is let by the month, not by the hour. See how to join."),
    "overlaps_own": _("You have a seat at that time already."),
    "no_drop_in": _("%(space)s sells no drop-in: a seat here comes with a membership. See how to join."),
    "members_only": _("%(resource)s is for members of %(space)s. See how to join."),
    "plan_ends": _("Your plan at %(space)s ends on %(day)s. It covers no booking after that."),
    "plan_begins": _("Your plan at %(space)s begins on %(day)s. It covers no booking before that."),
    "plan_rests": _("Your plan at %(space)s is paused on that day. Resume it to book."),
    "too_many_upcoming": _("%(space)s lets one person hold %(most)s upcoming bookings, and you do. Cancel one first."),
    "too_many_hours": _("%(space)s lets one person book %(hours)s hours a week; %(left)s are left in that week."),
    "still_here": _("Booking %(reference)s is under way. Delete your account when it is over."),
    "first_visit_used": _("You have had your first visit here."),
    "price_changed": _("The price is now %(price)s yen. Confirm if that suits you."),
    "not_live": _("This booking is cancelled already."),
    "begun": _("This booking has begun. Ask the desk if something must change."),
    "changed_meanwhile": _("This booking has changed since the reminder."),
    "late_meanwhile": _("Cancelling was free until %(until)s. See below what it loses now."),
    "move_too_late": _("Moving was possible until %(until)s. You can still cancel."),
    "ticket_for_a_seat": _("A visit by ticket takes a seat, not a room."),
    "ticket_one_seat": _("A visit by ticket is one seat, and free of charge."),
    "visa_one_seat": _("A visit by Coworking VISA is one seat."),
    "no_visit_today": _("%(space)s is closed, or closes too soon for a visit."),
    "visitor_elsewhere": _("No visit can begin now. Ask the visitor to look at their own bookings."),
    "visit_is_booked": _("A seat is booked for this visit. Open the booking to change that."),
    "turned_away": _("This visit was turned away already, at %(time)s."),
    "visit_by_ticket": _("A visit by ticket is moved with the link in its mail."),
    "book_outright": _("There is no need to ask: this visit can be booked as it is."),
    "asked_already": _("You have asked %(space)s for this visit already."),
    "asked_enough": _("You have asked %(space)s %(most)s times already. Ask again tomorrow, once it has answered."),
    "request_accepted": _("This request has already been accepted."),
    "request_refused": _("This request has already been refused."),
    "request_withdrawn": _("This request was withdrawn."),
    "request_over": _("The visit would have begun by now: the request can no longer be answered."),
    "unexplained": _("Say why: the visitor will read it."),
    "costs_more": _("The visit would now cost %(price)s yen; it was asked for at %(asked)s yen."),
    "ended": _("This booking is over."),
    "not_today": _("This booking is for another day: %(day)s."),
    "not_begun": _("This booking has not begun yet."),
    "not_in": _("Nobody has checked in with this booking."),
    "checked_in": _("Checked in already at %(time)s."),
    "checked_out": _("Checked out already at %(time)s."),
    "displaces": _(
        "Other bookings at %(space)s are in the way: %(list)s. Cancel or move these first, "
        "or choose another time, place or number of seats."
    ),
    "held": _("This is held for an event. Change the event."),
    "missed": _("It is marked as “did not come”. Take that back first."),
}

_BY_CONSTRAINT = {
    "booking_within_capacity": "full",
    "booking_room_taken_once": "taken",
    "booking_person_in_one_seat": "overlaps_own",
    "first_visit_once_at_a_space": "first_visit_used",
    "booking_ends_after_it_starts": "ends_before_start",
    "booking_within_a_day": "too_long",
    "booking_ticket_is_its_basis": "ticket_one_seat",
    "booking_visa_is_its_basis": "visa_one_seat",
    "visa_request_once": "asked_already",
}


_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refusal_of = _refusals.refusal_of
