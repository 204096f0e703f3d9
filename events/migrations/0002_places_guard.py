"""The guard of places: no venue has more people going than places, whoever writes; nobody moves up after the start.

As the guard of seats does (bookings/migrations/0003_capacity_guard.py), it first locks the venue and then counts, in a
statement of its own, what was committed. Who signs up, leaves or moves holds that lock by then (events/locks.py).
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION events_people_going(at_venue bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(sum(people), 0) FROM events_rsvp
    WHERE venue_id = at_venue AND going_at IS NOT NULL AND left_at IS NULL
$$;

CREATE FUNCTION events_places_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    places integer;
    of_event bigint;
BEGIN
    PERFORM bookings_count_what_is_committed();
    SELECT capacity, event_id INTO places, of_event FROM events_venue WHERE id = NEW.venue_id FOR NO KEY UPDATE;
    IF of_event <> NEW.event_id THEN
        RAISE EXCEPTION 'Venue % is not one of event %.', NEW.venue_id, NEW.event_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rsvp_at_a_venue_of_the_event', TABLE = 'events_rsvp';
    END IF;
    IF NEW.going_at IS NOT NULL AND NEW.left_at IS NULL AND places IS NOT NULL
        AND events_people_going(NEW.venue_id) > places THEN
        RAISE EXCEPTION 'Venue % has % places, and they are taken.', NEW.venue_id, places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rsvp_within_places', TABLE = 'events_rsvp';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER rsvp_within_places_insert
AFTER INSERT ON events_rsvp
FOR EACH ROW EXECUTE FUNCTION events_places_guard();

CREATE CONSTRAINT TRIGGER rsvp_within_places_update
AFTER UPDATE ON events_rsvp
FOR EACH ROW WHEN (
    OLD.venue_id <> NEW.venue_id OR OLD.event_id <> NEW.event_id
    OR NEW.going_at IS NOT NULL AND NEW.left_at IS NULL AND (
        OLD.going_at IS NULL OR OLD.left_at IS NOT NULL OR NEW.people > OLD.people
    )
)
EXECUTE FUNCTION events_places_guard();

CREATE FUNCTION events_capacity_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM bookings_count_what_is_committed();
    IF events_people_going(NEW.id) > NEW.capacity THEN
        RAISE EXCEPTION 'More than % people go to venue %.', NEW.capacity, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'venue_places_cover_sign_ups', TABLE = 'events_venue';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER venue_places_cover_sign_ups
AFTER UPDATE ON events_venue
FOR EACH ROW WHEN (
    NEW.capacity IS NOT NULL AND (OLD.capacity IS NULL OR NEW.capacity < OLD.capacity)
)
EXECUTE FUNCTION events_capacity_guard();

CREATE FUNCTION events_promotion_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NEW.promoted_at >= (SELECT starts_at FROM events_event WHERE id = NEW.event_id) THEN
        RAISE EXCEPTION 'Sign-up % moved up after the start.', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'rsvp_moved_up_before_the_start', TABLE = 'events_rsvp';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER rsvp_moved_up_before_the_start
AFTER UPDATE ON events_rsvp
FOR EACH ROW WHEN (NEW.promoted_at IS NOT NULL AND OLD.promoted_at IS DISTINCT FROM NEW.promoted_at)
EXECUTE FUNCTION events_promotion_guard();
"""

UNDO = """
DROP TRIGGER rsvp_moved_up_before_the_start ON events_rsvp;
DROP FUNCTION events_promotion_guard();
DROP TRIGGER venue_places_cover_sign_ups ON events_venue;
DROP FUNCTION events_capacity_guard();
DROP TRIGGER rsvp_within_places_insert ON events_rsvp;
DROP TRIGGER rsvp_within_places_update ON events_rsvp;
DROP FUNCTION events_places_guard();
DROP FUNCTION events_people_going(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
    ]

    operations = [migrations.RunSQL(GUARD, UNDO)]
