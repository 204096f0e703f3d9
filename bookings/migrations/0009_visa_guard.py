"""The guard of design rule 3 for visas: no more free days of a month at a host than it gives, and never at home.

As the guard of tickets does, it first locks, membership and visa, and then counts in a statement of its own what was
committed. Who books by visa, and who ends a membership, holds the lock of the membership by then. A day counts unless
every booking of it was cancelled in time; it is a day of the host's calendar, and several bookings on one are one. A
day that is used can be used again, also where the host has come to give fewer. Days that an earlier membership at the
same home used count on, so that nobody ends and joins again for more.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION bookings_visa_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    of_membership bigint;
    holder bigint;
    home bigint;
    host bigint;
    zone text;
    that_day date;
    first_of_month timestamptz;
    first_of_next timestamptz;
    given integer;
    taken bigint;
    taken_that_day boolean;
BEGIN
    PERFORM bookings_count_what_is_committed();
    SELECT membership_id INTO of_membership FROM visas_visa WHERE id = NEW.visa_id;
    PERFORM 1 FROM members_membership WHERE id = of_membership FOR NO KEY UPDATE;
    PERFORM 1 FROM visas_visa WHERE id = NEW.visa_id FOR NO KEY UPDATE;
    SELECT user_id, space_id INTO holder, home FROM members_membership WHERE id = of_membership;
    SELECT space.id, space.timezone INTO host, zone
    FROM spaces_resource resource JOIN spaces_space space ON space.id = resource.space_id
    WHERE resource.id = NEW.resource_id;
    that_day := (NEW.starts_at AT TIME ZONE zone)::date;

    IF host = home OR EXISTS (
        SELECT 1 FROM members_membership other
        WHERE other.user_id = holder AND other.space_id = host AND other.status IN ('active', 'paused')
          AND other.starts_on <= that_day AND (other.ends_on IS NULL OR that_day <= other.ends_on)
    ) THEN
        RAISE EXCEPTION 'Visa % is for other spaces than %.', NEW.visa_id, host
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visa_not_at_home', TABLE = 'bookings_booking';
    END IF;
    IF NEW.user_id IS DISTINCT FROM holder THEN
        RAISE EXCEPTION 'Visa % is good for its holder alone.', NEW.visa_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visa_of_its_holder', TABLE = 'bookings_booking';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM members_membership membership
        JOIN visas_visa visa ON visa.membership_id = membership.id AND visa.revoked_at IS NULL
        JOIN spaces_space space ON space.id = membership.space_id
        JOIN members_agreedplan agreed ON agreed.membership_id = membership.id
        JOIN members_plan plan ON plan.id = agreed.plan_id AND plan.grants_visa
        WHERE membership.id = of_membership AND membership.status IN ('active', 'paused')
          AND membership.starts_on <= that_day AND (membership.ends_on IS NULL OR that_day <= membership.ends_on)
          AND agreed.starts_on <= that_day AND (agreed.ends_on IS NULL OR that_day <= agreed.ends_on)
          AND (space.left_on IS NULL
               OR that_day < date_trunc('month', space.left_on - 1)::date + interval '1 month')
          AND NOT EXISTS (
              SELECT 1 FROM members_pause pause WHERE pause.membership_id = membership.id
                AND pause.starts_on <= that_day AND (pause.ends_on IS NULL OR that_day <= pause.ends_on)
          )
    ) THEN
        RAISE EXCEPTION 'Visa % is not valid on %.', NEW.visa_id, that_day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'visa_of_an_active_membership', TABLE = 'bookings_booking';
    END IF;

    IF NEW.price = 0 AND (NEW.cancelled_at IS NULL OR NEW.cancelled_late) THEN
        SELECT days_free INTO given FROM visas_terms WHERE space_id = host AND replaced_at IS NULL;
        first_of_month := date_trunc('month', that_day::timestamp) AT TIME ZONE zone;
        first_of_next := (date_trunc('month', that_day::timestamp) + interval '1 month') AT TIME ZONE zone;
        SELECT count(DISTINCT (starts_at AT TIME ZONE zone)::date),
               coalesce(bool_or((starts_at AT TIME ZONE zone)::date = that_day), false)
        INTO taken, taken_that_day
        FROM bookings_booking booking JOIN spaces_resource resource ON resource.id = booking.resource_id
        WHERE booking.user_id = holder AND resource.space_id = host AND booking.price = 0 AND booking.id <> NEW.id
          AND visa_id IN (
              SELECT visa.id FROM visas_visa visa JOIN members_membership before ON before.id = visa.membership_id
              WHERE before.user_id = holder AND before.space_id = home
          )
          AND starts_at >= first_of_month AND starts_at < first_of_next
          AND (cancelled_at IS NULL OR cancelled_late);
        IF NOT taken_that_day AND taken >= coalesce(given, 3) THEN
            RAISE EXCEPTION 'Visa % has no free day left at space % in the month of %.', NEW.visa_id, host, that_day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'visa_days_a_month', TABLE = 'bookings_booking';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER booking_by_visa_insert
AFTER INSERT ON bookings_booking
FOR EACH ROW WHEN (NEW.visa_id IS NOT NULL)
EXECUTE FUNCTION bookings_visa_guard();

CREATE CONSTRAINT TRIGGER booking_by_visa_update
AFTER UPDATE ON bookings_booking
FOR EACH ROW WHEN (
    NEW.visa_id IS NOT NULL AND (NEW.cancelled_at IS NULL OR NEW.cancelled_late) AND (
        OLD.visa_id IS DISTINCT FROM NEW.visa_id OR OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NULL
        OR OLD.resource_id <> NEW.resource_id OR OLD.starts_at <> NEW.starts_at OR OLD.price <> NEW.price
    )
)
EXECUTE FUNCTION bookings_visa_guard();
"""

UNDO = """
DROP TRIGGER booking_by_visa_insert ON bookings_booking;
DROP TRIGGER booking_by_visa_update ON bookings_booking;
DROP FUNCTION bookings_visa_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0008_visits_by_visa'),
        ('visas', '0003_visas_are_granted'),
        ('spaces', '0003_town'),
    ]

    operations = [migrations.RunSQL(GUARD, UNDO)]
