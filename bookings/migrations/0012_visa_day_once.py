"""The guard of visas lets a day that is used be used again, also where a host has come to give fewer days than that.

Several bookings on one day are one day: a second one on it takes nothing more, so what its host gives by now is not
asked. Else it is the function of 0009_visa_guard, word for word.
"""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION bookings_visa_guard() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
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

    IF host = home THEN
        RAISE EXCEPTION 'Visa % is for other spaces than %.', NEW.visa_id, home
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
        WHERE visa_id = NEW.visa_id AND resource.space_id = host AND booking.price = 0 AND booking.id <> NEW.id
          AND starts_at >= first_of_month AND starts_at < first_of_next
          AND (cancelled_at IS NULL OR cancelled_late);
        IF NOT taken_that_day AND taken >= coalesce(given, 3) THEN
            RAISE EXCEPTION 'Visa % has no free day left at space % in the month of %.', NEW.visa_id, host, that_day
                USING ERRCODE = 'check_violation', CONSTRAINT = 'visa_days_a_month', TABLE = 'bookings_booking';
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0011_price_of_a_request'),
    ]

    # Undoing 0009 drops the function, whichever of the two it is.
    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
