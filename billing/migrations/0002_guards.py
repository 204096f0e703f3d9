"""Papers are never edited or deleted, numbers have no gaps, a closed month stays as it is (design rule 5).

What is written on a paper may not change whoever writes the rows. Months: who writes a charge or a payment holds an
advisory lock of the space shared, who closes a month holds it alone, so that no row slips in behind its figures.
"""

from django.db import migrations

FROZEN = """
CREATE FUNCTION billing_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := TG_ARGV;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - may_change <> to_jsonb(NEW) - may_change THEN
        RAISE EXCEPTION '% keeps what was written.', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_frozen', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_charge
FOR EACH ROW EXECUTE FUNCTION billing_frozen('voided_at', 'invoice_id');
CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_invoice
FOR EACH ROW EXECUTE FUNCTION billing_frozen('voided_at', 'void_reason');
CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_invoiceline
FOR EACH ROW EXECUTE FUNCTION billing_frozen();
CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_payment
FOR EACH ROW EXECUTE FUNCTION billing_frozen('voided_at');
CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_receipt
FOR EACH ROW EXECUTE FUNCTION billing_frozen();
"""

# Voiding is for good, and only a voided invoice lets its charges go.
ONE_WAY = """
CREATE FUNCTION billing_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at THEN
        RAISE EXCEPTION '% was voided for good.', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_voided_for_good', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_one_way BEFORE UPDATE OF voided_at ON billing_charge
FOR EACH ROW EXECUTE FUNCTION billing_one_way();
CREATE TRIGGER billing_one_way BEFORE UPDATE OF voided_at ON billing_invoice
FOR EACH ROW EXECUTE FUNCTION billing_one_way();
CREATE TRIGGER billing_one_way BEFORE UPDATE OF voided_at ON billing_payment
FOR EACH ROW EXECUTE FUNCTION billing_one_way();

CREATE FUNCTION billing_charge_stays_invoiced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM billing_invoice WHERE id = OLD.invoice_id AND voided_at IS NULL) THEN
        RAISE EXCEPTION 'Charge % is on an invoice that stands.', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_charge_stays_invoiced', TABLE = 'billing_charge';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_charge_stays_invoiced BEFORE UPDATE OF invoice_id ON billing_charge
FOR EACH ROW WHEN (OLD.invoice_id IS NOT NULL AND NEW.invoice_id IS DISTINCT FROM OLD.invoice_id)
EXECUTE FUNCTION billing_charge_stays_invoiced();
"""

# The row of the counter is locked until the transaction ends, so nobody else has looked in between.
NO_GAPS = """
CREATE FUNCTION billing_no_gaps() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    before integer;
BEGIN
    IF TG_TABLE_NAME = 'billing_invoice' THEN
        SELECT coalesce(max(number), 0) INTO before FROM billing_invoice
        WHERE space_id = NEW.space_id AND year = NEW.year;
    ELSE
        SELECT coalesce(max(number), 0) INTO before FROM billing_receipt
        WHERE space_id = NEW.space_id AND year = NEW.year;
    END IF;
    IF NEW.number <> before + 1 THEN
        RAISE EXCEPTION 'The next number is %, not %.', before + 1, NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_no_gaps', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_no_gaps BEFORE INSERT ON billing_invoice
FOR EACH ROW EXECUTE FUNCTION billing_no_gaps();
CREATE TRIGGER billing_no_gaps BEFORE INSERT ON billing_receipt
FOR EACH ROW WHEN (NEW.copy = 0) EXECUTE FUNCTION billing_no_gaps();
"""

MONTHS = """
CREATE FUNCTION billing_month_is_open() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    day date := CASE TG_TABLE_NAME WHEN 'billing_charge' THEN (to_jsonb(NEW) ->> 'arises_on')::date
                ELSE (to_jsonb(NEW) ->> 'received_on')::date END;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(16, NEW.space_id::int);
    IF EXISTS (SELECT FROM billing_month WHERE space_id = NEW.space_id AND first_on = date_trunc('month', day)) THEN
        RAISE EXCEPTION 'The month of % is closed.', day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_month_is_closed', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_month_is_open BEFORE INSERT OR UPDATE OF voided_at ON billing_charge
FOR EACH ROW EXECUTE FUNCTION billing_month_is_open();
CREATE TRIGGER billing_month_is_open BEFORE INSERT OR UPDATE OF voided_at ON billing_payment
FOR EACH ROW EXECUTE FUNCTION billing_month_is_open();
"""

BACK = """
DROP TRIGGER billing_month_is_open ON billing_payment;
DROP TRIGGER billing_month_is_open ON billing_charge;
DROP FUNCTION billing_month_is_open();
DROP TRIGGER billing_no_gaps ON billing_receipt;
DROP TRIGGER billing_no_gaps ON billing_invoice;
DROP FUNCTION billing_no_gaps();
DROP TRIGGER billing_charge_stays_invoiced ON billing_charge;
DROP FUNCTION billing_charge_stays_invoiced();
DROP TRIGGER billing_one_way ON billing_payment;
DROP TRIGGER billing_one_way ON billing_invoice;
DROP TRIGGER billing_one_way ON billing_charge;
DROP FUNCTION billing_one_way();
DROP TRIGGER billing_frozen ON billing_receipt;
DROP TRIGGER billing_frozen ON billing_payment;
DROP TRIGGER billing_frozen ON billing_invoiceline;
DROP TRIGGER billing_frozen ON billing_invoice;
DROP TRIGGER billing_frozen ON billing_charge;
DROP FUNCTION billing_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunSQL(FROZEN + ONE_WAY + NO_GAPS + MONTHS, reverse_sql=BACK)]
