"""Every sentence with which an event or a sign-up is refused, by its code; and what the database means."""

from django.utils.translation import gettext_lazy as _

from spaces.refusing import Refusals

SENTENCES = {
    "full": _("%(venue)s is full. %(waiting)s on the waiting list."),
    "places_taken": _("These places have just been taken."),
    "line_first": _("Others wait for a place at %(venue)s. Join the waiting list."),
    "signed_up_already": _("You have signed up already."),
    "not_taking_sign_ups": _("This event takes no sign-ups."),
    "cancelled": _("This event is cancelled."),
    "over": _("This event is over."),
    "begun": _("The event has begun. Just come, and ask at the door for a place."),
    "venue_gone": _("The event does not take place at %(venue)s any more. Choose another venue."),
    "too_many_people": _("You can bring %(most)s guests at most."),
    "nobody": _("One person at least comes."),
    "sign_ups_tried": _("Many sign-ups came from here. Try again in an hour, or sign in first."),
    "no_name": _("Say who comes."),
    "link_expired": _("This link is no longer good. Sign up once more; it takes a moment."),
    "left_already": _("This sign-up was taken back."),
    "still_at_event": _("You are checked in at %(event)s. Delete your account when it is over."),
    "here_already": _("%(name)s is checked in. Take that back first."),
    "not_going": _("%(name)s has no place yet: %(state)s."),
    "no_room_at_door": _("%(venue)s is full. Add a place, or free that of somebody who has not come."),
    "not_checked_in": _("%(name)s is not checked in."),
    "doors_closed": _("The list opens two hours before the start, and closes a day after the end."),
    "same_venue": _("You are signed up at %(venue)s already."),
    "keeps_place": _("%(venue)s is full. You keep your place at %(here)s."),
    "nothing_written": _("Write something first."),
    "too_long_a_line": _("A line has %(most)s characters at most."),
    "too_many_lines": _("That was a lot at once. Wait a minute."),
    "wall_closed": _("The wall takes lines from the announcement until a day after the end."),
    "not_on_the_wall": _("Who has signed up can write on the wall."),
    "ends_before_start": _("The end must be after the start."),
    "too_long": _("An event lasts a day at most; make a series of one that lasts longer."),
    "past": _("That time is already past."),
    "no_venue": _("Add a venue, or online: people must know where to go."),
    "announced_already": _("This event is announced already."),
    "cancelled_already": _("This event is cancelled already."),
    "no_reason": _("Give a reason: everybody who has signed up reads it."),
    "fewer_places": _("%(people)s people have a place at %(venue)s. It can't have fewer places."),
    "other_space": _("%(resource)s is not at %(space)s."),
    "more_than_there_are": _("%(resource)s has %(capacity)s seats in all."),
    "venue_once": _("%(venue)s is a venue of this event already."),
    "venue_left_already": _("%(venue)s does not take part any more."),
    "last_venue": _("This is the last venue. Cancel the event instead."),
    "not_yet_over": _("Say thank you when the event is over."),
    "no_thanks": _("Write a line of thanks."),
    "no_web_address": _("A link begins with https:// or http://."),
    "thanked_already": _("Thanks have gone out already."),
    "not_a_series": _("This event is not part of a series."),
    "series_already": _("This event is part of a series already."),
    "rule_misses_day": _("The rule does not give the day of this event. Change the rule or the day."),
    "not_online": _("That is for online."),
    "rule_unreadable": _("“%(part)s” is not understood. A rule reads like this: FREQ=MONTHLY;BYDAY=2TU."),
    "rule_too_dense": _("An event comes once a day at most. Leave hours, minutes and seconds out of the rule."),
    "rule_never": _("This rule never gives a day. Look at its months, weeks and days once more."),
    "picture_kind": _("Choose a picture as JPEG, PNG, WebP or GIF. An iPhone's HEIC: save it as JPEG first."),
    "picture_too_big": _("This picture is too big. Choose one of at most %(megabytes)s MB and %(pixels)s megapixels."),
    "picture_unreadable": _("This picture can't be read: the file is empty or broken. Save it again, or take another."),
}

_BY_CONSTRAINT = {
    "rsvp_within_places": "places_taken",
    "rsvp_once_an_event": "signed_up_already",
    "rsvp_is_somebody": "nobody",
    "venue_places_cover_sign_ups": "fewer_places",
    "venue_once": "venue_once",
    "event_ends_after_it_starts": "ends_before_start",
    "event_within_a_day": "too_long",
    "wall_line_says_something": "nothing_written",
}

_refusals = Refusals(SENTENCES, _BY_CONSTRAINT)
refusal = _refusals.refusal
refused_politely = _refusals.refused_politely
