"""Changing a resource waits, before it writes on bookings, for the people whose seats they are.

The guard of a resource brings the facts that the exclusion constraints need in line on its bookings. Each that it wrote
was checked anew against the seats of the same person, as a booking is, but without the lock by which two bookings of one
person wait for each other (`bookings_booking_person` of 0003_capacity_guard): seen as a deadlock in tests/races/test_crowd.py.
Now it takes those locks, in the order of their numbers, and writes only where a fact has changed.
"""

from django.db import migrations

_GUARD = """
CREATE OR REPLACE FUNCTION bookings_resource_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM bookings_count_what_is_committed();
    IF NEW.capacity < OLD.capacity AND bookings_peak(NEW.id, now(), 'infinity') > NEW.capacity THEN
        RAISE EXCEPTION 'More than % seats of resource % are booked already.', NEW.capacity, NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'resource_capacity_covers_bookings',
                  TABLE = 'spaces_resource';
    END IF;
    {facts}
    RETURN NULL;
END $$;
"""
WAITS = """
    PERFORM pg_advisory_xact_lock(14, number) FROM (
        SELECT DISTINCT abs(hashtext(person) % 1000) AS number FROM bookings_booking
        WHERE resource_id = NEW.id AND ends_at > now() AND person IS NOT NULL
          AND cancelled_at IS NULL AND missed_at IS NULL
          AND (is_exclusive <> (NEW.capacity = 1) OR holds_seat <> (NEW.kind = 'open_seats'))
        ORDER BY number
    ) AS people;
    UPDATE bookings_booking SET is_exclusive = (NEW.capacity = 1), holds_seat = (NEW.kind = 'open_seats')
    WHERE resource_id = NEW.id AND ends_at > now()
      AND (is_exclusive <> (NEW.capacity = 1) OR holds_seat <> (NEW.kind = 'open_seats'));
"""
BEFORE = """
    UPDATE bookings_booking SET is_exclusive = (NEW.capacity = 1), holds_seat = (NEW.kind = 'open_seats')
    WHERE resource_id = NEW.id AND ends_at > now();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0010_visa_requests'),
    ]

    operations = [
        migrations.RunSQL(
            _GUARD.replace("{facts}", WAITS.strip()), reverse_sql=_GUARD.replace("{facts}", BEFORE.strip())
        )
    ]
