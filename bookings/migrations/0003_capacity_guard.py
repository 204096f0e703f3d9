"""The guard of design rule 1: no resource ever gives more seats than it has, whoever writes the rows.

Every function is VOLATILE, so that under READ COMMITTED each statement in it sees what was committed before the
statement began: first the resource is locked, then the seats are counted in a statement of their own. The lock is FOR
NO KEY UPDATE, which the FOR KEY SHARE of the foreign key does not conflict with; plain FOR UPDATE deadlocks there.
"""

from django.db import migrations

# What the exclusion constraints need to know of the resource, whatever the writer believes; locked, so that it stays.
FACTS = """
CREATE FUNCTION bookings_booking_facts() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    SELECT kind = 'open_seats', capacity = 1 INTO NEW.holds_seat, NEW.is_exclusive
    FROM spaces_resource WHERE id = NEW.resource_id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

CREATE TRIGGER bookings_booking_facts
BEFORE INSERT OR UPDATE OF resource_id, holds_seat, is_exclusive ON bookings_booking
FOR EACH ROW EXECUTE FUNCTION bookings_booking_facts();
"""

# Two seats of one person, taken at two resources at the same moment, could each find the other's row half made, and wait
# for each other in the exclusion constraint: so one waits here, before it writes. Fires after the facts, by its name.
# Persons share a thousand locks, lest a long import need more than PostgreSQL has.
PERSON = """
CREATE FUNCTION bookings_booking_person() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NEW.holds_seat THEN
        PERFORM pg_advisory_xact_lock(14, abs(hashtext(NEW.person) % 1000));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER bookings_booking_person
BEFORE INSERT OR UPDATE OF person, resource_id, starts_at, ends_at, missed_at ON bookings_booking
FOR EACH ROW WHEN (NEW.person IS NOT NULL AND NEW.cancelled_at IS NULL AND NEW.missed_at IS NULL)
EXECUTE FUNCTION bookings_booking_person();
"""

# The most seats taken at once within a time; it can only rise where a booking starts.
PEAK = """
CREATE FUNCTION bookings_peak(of_resource bigint, from_moment timestamptz, to_moment timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    WITH live AS (
        SELECT starts_at, ends_at, seats FROM bookings_booking
        WHERE resource_id = of_resource AND cancelled_at IS NULL AND missed_at IS NULL
          AND starts_at > from_moment - interval '25 hours' AND starts_at < to_moment AND ends_at > from_moment
    ), changes AS (
        SELECT greatest(starts_at, from_moment) AS moment, sum(seats) AS seats FROM live GROUP BY 1
        UNION ALL
        SELECT ends_at, -sum(seats) FROM live GROUP BY 1
    )
    SELECT coalesce(max(taken), 0)::bigint FROM (
        -- At one moment what ends comes before what starts: times are half-open.
        SELECT sum(seats) OVER (ORDER BY moment, seats) AS taken FROM changes
    ) AS running
$$;
"""

# Under both other levels a statement sees only what was committed before its transaction began. SERIALIZABLE does not
# help: it watches only transactions that are serializable themselves.
FRESH = """
CREATE FUNCTION bookings_count_what_is_committed() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    level text := current_setting('transaction_isolation');
BEGIN
    IF level NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'Bookings are written under READ COMMITTED: under % seats could not be counted.', upper(level)
            USING ERRCODE = 'feature_not_supported';
    END IF;
END $$;
"""

GUARD = """
CREATE FUNCTION bookings_capacity_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    seats_in_all bigint;
BEGIN
    PERFORM bookings_count_what_is_committed();
    SELECT capacity INTO seats_in_all FROM spaces_resource WHERE id = NEW.resource_id FOR NO KEY UPDATE;
    IF bookings_peak(NEW.resource_id, NEW.starts_at, NEW.ends_at) > seats_in_all THEN
        RAISE EXCEPTION 'Resource % has % seats, and they are taken.', NEW.resource_id, seats_in_all
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_within_capacity',
                  TABLE = 'bookings_booking';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER booking_within_capacity_insert
AFTER INSERT ON bookings_booking
FOR EACH ROW WHEN (NEW.cancelled_at IS NULL AND NEW.missed_at IS NULL)
EXECUTE FUNCTION bookings_capacity_guard();

CREATE CONSTRAINT TRIGGER booking_within_capacity_update
AFTER UPDATE ON bookings_booking
FOR EACH ROW WHEN (
    NEW.cancelled_at IS NULL AND NEW.missed_at IS NULL AND (
        OLD.cancelled_at IS NOT NULL OR OLD.missed_at IS NOT NULL OR OLD.resource_id <> NEW.resource_id
        OR OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at OR OLD.seats <> NEW.seats
    )
)
EXECUTE FUNCTION bookings_capacity_guard();
"""

# The updated resource row is locked by the update itself. What is past keeps the capacity that it had.
RESOURCE_GUARD = """
CREATE FUNCTION bookings_resource_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM bookings_count_what_is_committed();
    IF NEW.capacity < OLD.capacity AND bookings_peak(NEW.id, now(), 'infinity') > NEW.capacity THEN
        RAISE EXCEPTION 'More than % seats of resource % are booked already.', NEW.capacity, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'resource_capacity_covers_bookings',
                  TABLE = 'spaces_resource';
    END IF;
    UPDATE bookings_booking SET is_exclusive = (NEW.capacity = 1), holds_seat = (NEW.kind = 'open_seats')
    WHERE resource_id = NEW.id AND ends_at > now();
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER resource_capacity_covers_bookings
AFTER UPDATE ON spaces_resource
FOR EACH ROW WHEN (OLD.capacity <> NEW.capacity OR OLD.kind <> NEW.kind)
EXECUTE FUNCTION bookings_resource_guard();
"""

BACK = """
DROP TRIGGER resource_capacity_covers_bookings ON spaces_resource;
DROP FUNCTION bookings_resource_guard();
DROP TRIGGER booking_within_capacity_update ON bookings_booking;
DROP TRIGGER booking_within_capacity_insert ON bookings_booking;
DROP FUNCTION bookings_capacity_guard();
DROP FUNCTION bookings_count_what_is_committed();
DROP FUNCTION bookings_peak(bigint, timestamptz, timestamptz);
DROP TRIGGER bookings_booking_person ON bookings_booking;
DROP FUNCTION bookings_booking_person();
DROP TRIGGER bookings_booking_facts ON bookings_booking;
DROP FUNCTION bookings_booking_facts();
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_ties_and_constraints"), ("spaces", "0001_initial")]

    operations = [migrations.RunSQL(FACTS + PERSON + PEAK + FRESH + GUARD + RESOURCE_GUARD, reverse_sql=BACK)]
