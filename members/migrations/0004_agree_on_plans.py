"""Give each membership the plan that it was made for as its agreed plan, at the plan's price of now."""

from django.db import migrations

FILL = """
UPDATE members_membership SET ends_on = greatest(starts_on, current_date)
WHERE status IN ('ended', 'declined') AND ends_on IS NULL;
UPDATE members_membership SET decided_at = now() WHERE status = 'declined';
INSERT INTO members_agreedplan
    (membership_id, plan_id, price, sign_up_fee, room_minutes, starts_on, ends_on, told_at)
SELECT membership.id, plan.id, plan.price, plan.sign_up_fee, plan.room_minutes, starts_on, ends_on, now()
FROM members_membership membership JOIN members_plan plan ON plan.id = plan_id;
"""

BACK = """
UPDATE members_membership SET plan_id = (
    SELECT plan_id FROM members_agreedplan agreed WHERE membership_id = members_membership.id
    ORDER BY starts_on DESC LIMIT 1
);
DELETE FROM members_agreedplan;
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_membership_life")]

    operations = [migrations.RunSQL(FILL, reverse_sql=BACK)]
