"""Name the membership that covers each booking made by plan so far."""

from django.db import migrations

FILL = """
UPDATE bookings_booking booking SET membership_id = (
    SELECT membership.id FROM members_membership membership
    JOIN spaces_resource resource ON resource.space_id = membership.space_id
    WHERE resource.id = booking.resource_id AND membership.user_id = booking.user_id
    ORDER BY membership.starts_on <= booking.starts_at::date DESC, membership.starts_on DESC LIMIT 1
) WHERE basis = 'plan' AND membership_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0004_what_a_booking_draws_on")]

    operations = [migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop)]
