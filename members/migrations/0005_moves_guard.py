"""The plan is agreed from now on; and design rule 4, the moves of a membership, is kept by the database."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION members_membership_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('applied', 'active') THEN
            RAISE EXCEPTION 'A membership begins as applied or active, not as %.', NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_moves', TABLE = 'members_membership';
        END IF;
    ELSIF (OLD.status, NEW.status) NOT IN (
        ('applied', 'active'), ('applied', 'declined'), ('applied', 'ended'),
        ('active', 'paused'), ('active', 'ended'), ('paused', 'active'), ('paused', 'ended')
    ) THEN
        RAISE EXCEPTION 'A membership does not move from % to %.', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_moves', TABLE = 'members_membership';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER membership_begins BEFORE INSERT ON members_membership
FOR EACH ROW EXECUTE FUNCTION members_membership_moves();

CREATE TRIGGER membership_moves BEFORE UPDATE OF status ON members_membership
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION members_membership_moves();
"""

BACK = """
DROP TRIGGER membership_moves ON members_membership;
DROP TRIGGER membership_begins ON members_membership;
DROP FUNCTION members_membership_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0004_agree_on_plans")]

    operations = [
        migrations.RemoveField(
            model_name='historicalmembership',
            name='plan',
        ),
        # Empty for a moment on the way back, until the migration before has filled it in.
        migrations.AlterField(
            model_name='membership',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='members.plan', verbose_name='plan'),
        ),
        migrations.RemoveField(
            model_name='membership',
            name='plan',
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['ended', 'declined']), _negated=True), ('ends_on__isnull', False), _connector='OR'), name='membership_ended_on_a_day', violation_error_message='What has ended has a last day.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'declined'), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='membership_declined_by_someone', violation_error_message='What was declined says when.'),
        ),
        migrations.RunSQL(GUARD, reverse_sql=BACK),
    ]
