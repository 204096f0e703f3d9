"""The guard of design rule 3 for tickets: no ticket gives more visits than its campaign, nor a day more seats.

As the guard of seats does, it first locks, campaign and ticket, and then counts in a statement of its own what was
committed. Who redeems holds both locks by then. A visit counts unless it was cancelled in time; a seat of a day counts
while it is taken.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION bookings_ticket_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    of_campaign bigint;
    at_space bigint;
    zone text;
    in_all integer;
    at_each integer;
    seats_a_day integer;
    visits bigint;
    visits_here bigint;
    taken bigint;
    that_day date;
BEGIN
    PERFORM bookings_count_what_is_committed();
    SELECT campaign_id INTO of_campaign FROM visas_ticket WHERE id = NEW.ticket_id;
    SELECT visits_in_all, visits_at_each INTO in_all, at_each
    FROM visas_campaign WHERE id = of_campaign FOR NO KEY UPDATE;
    PERFORM 1 FROM visas_ticket WHERE id = NEW.ticket_id FOR NO KEY UPDATE;
    SELECT space.id, space.timezone INTO at_space, zone
    FROM spaces_resource resource JOIN spaces_space space ON space.id = resource.space_id
    WHERE resource.id = NEW.resource_id;
    SELECT part.seats_a_day INTO seats_a_day FROM visas_participation part
    WHERE part.campaign_id = of_campaign AND part.space_id = at_space AND agreed_at IS NOT NULL;
    IF seats_a_day IS NULL THEN
        RAISE EXCEPTION 'Space % does not take ticket %.', at_space, NEW.ticket_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_taken_there', TABLE = 'bookings_booking';
    END IF;

    SELECT count(*), count(*) FILTER (WHERE resource.space_id = at_space) INTO visits, visits_here
    FROM bookings_booking booking JOIN spaces_resource resource ON resource.id = booking.resource_id
    WHERE ticket_id = NEW.ticket_id AND (cancelled_at IS NULL OR cancelled_late);
    IF visits > in_all THEN
        RAISE EXCEPTION 'Ticket % is good for % visits.', NEW.ticket_id, in_all
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_visits_in_all', TABLE = 'bookings_booking';
    END IF;
    IF visits_here > at_each THEN
        RAISE EXCEPTION 'Ticket % is good for % visits at space %.', NEW.ticket_id, at_each, at_space
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_visits_at_each', TABLE = 'bookings_booking';
    END IF;

    that_day := (NEW.starts_at AT TIME ZONE zone)::date;
    SELECT count(*) INTO taken
    FROM bookings_booking booking
    JOIN spaces_resource resource ON resource.id = booking.resource_id
    JOIN visas_ticket ticket ON ticket.id = booking.ticket_id
    WHERE ticket.campaign_id = of_campaign AND resource.space_id = at_space
      AND cancelled_at IS NULL AND missed_at IS NULL
      AND booking.ticket_id IS NOT NULL
      AND starts_at >= that_day::timestamp AT TIME ZONE zone AND starts_at < (that_day + 1)::timestamp AT TIME ZONE zone;
    IF taken > seats_a_day THEN
        RAISE EXCEPTION 'Campaign % has % seats a day at space %.', of_campaign, seats_a_day, at_space
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_seats_a_day', TABLE = 'bookings_booking';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER booking_by_ticket_insert
AFTER INSERT ON bookings_booking
FOR EACH ROW WHEN (NEW.ticket_id IS NOT NULL)
EXECUTE FUNCTION bookings_ticket_guard();

CREATE CONSTRAINT TRIGGER booking_by_ticket_update
AFTER UPDATE ON bookings_booking
FOR EACH ROW WHEN (
    NEW.ticket_id IS NOT NULL AND (NEW.cancelled_at IS NULL OR NEW.cancelled_late) AND (
        OLD.ticket_id IS DISTINCT FROM NEW.ticket_id OR OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NULL
        OR OLD.missed_at IS NOT NULL AND NEW.missed_at IS NULL
        OR OLD.resource_id <> NEW.resource_id OR OLD.starts_at <> NEW.starts_at
    )
)
EXECUTE FUNCTION bookings_ticket_guard();
"""

UNDO = """
DROP TRIGGER booking_by_ticket_insert ON bookings_booking;
DROP TRIGGER booking_by_ticket_update ON bookings_booking;
DROP FUNCTION bookings_ticket_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0006_visits_by_ticket'),
    ]

    operations = [migrations.RunSQL(GUARD, UNDO)]
