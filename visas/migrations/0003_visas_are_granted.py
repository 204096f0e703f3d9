"""A membership on a plan that grants a visa has one at once, whoever writes the rows: an act, an import, the admin.

Nothing here says whether a visa is valid. That follows from the membership (visas/holding.py), so no trigger takes one
away, and one that comes back is the same, with the days that it has used.
"""

from django.db import migrations

GRANT = """
CREATE FUNCTION visas_grant(of_membership bigint, of_plan bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO visas_visa (membership_id, revoke_reason)
    SELECT DISTINCT membership.id, ''
    FROM members_membership membership
    JOIN members_agreedplan agreed ON agreed.membership_id = membership.id
    JOIN members_plan plan ON plan.id = agreed.plan_id
    WHERE (membership.id = of_membership OR plan.id = of_plan)
      AND plan.grants_visa AND membership.status IN ('active', 'paused')
    ON CONFLICT (membership_id) DO NOTHING
$$;

CREATE FUNCTION visas_grant_by_row() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF TG_TABLE_NAME = 'members_plan' THEN
        PERFORM visas_grant(NULL, NEW.id);
    ELSIF TG_TABLE_NAME = 'members_membership' THEN
        PERFORM visas_grant(NEW.id, NULL);
    ELSE
        PERFORM visas_grant(NEW.membership_id, NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER visas_granted_by_agreed_plan
AFTER INSERT OR UPDATE OF plan_id ON members_agreedplan
FOR EACH ROW EXECUTE FUNCTION visas_grant_by_row();

CREATE TRIGGER visas_granted_by_membership
AFTER UPDATE OF status ON members_membership
FOR EACH ROW WHEN (NEW.status = 'active' AND OLD.status <> 'active')
EXECUTE FUNCTION visas_grant_by_row();

CREATE TRIGGER visas_granted_by_plan
AFTER UPDATE OF grants_visa ON members_plan
FOR EACH ROW WHEN (NEW.grants_visa AND NOT OLD.grants_visa)
EXECUTE FUNCTION visas_grant_by_row();

-- Those who were here before.
SELECT visas_grant(NULL, plan.id) FROM members_plan plan WHERE plan.grants_visa;
"""

UNDO = """
DROP TRIGGER visas_granted_by_plan ON members_plan;
DROP TRIGGER visas_granted_by_membership ON members_membership;
DROP TRIGGER visas_granted_by_agreed_plan ON members_agreedplan;
DROP FUNCTION visas_grant_by_row();
DROP FUNCTION visas_grant(bigint, bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0002_terms_and_visas'),
    ]

    operations = [migrations.RunSQL(GRANT, UNDO)]
