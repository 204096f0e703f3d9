"""Papers are never edited or deleted, numbers have no gaps, a closed month stays as it is (design rule 5).

What is written on a paper may not change whoever writes the rows. Months: who writes a charge or a payment holds an
advisory lock of the space shared, who closes a month holds it alone, so that no row slips in behind its figures.
"""

from django.db import migrations

# The arguments are the columns that may change, once: what was voided is voided for good. A closed month and its
# figures are as much a paper as a receipt.
FROZEN = """
CREATE FUNCTION billing_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- TG_ARGV is null, not empty, where a trigger has no arguments.
    may_change text[] := coalesce(TG_ARGV, '{}');
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - may_change <> to_jsonb(NEW) - may_change THEN
        RAISE EXCEPTION '% keeps what was written.', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_frozen', TABLE = TG_TABLE_NAME;
    END IF;
    IF to_jsonb(OLD) ->> 'voided_at' IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN
        RAISE EXCEPTION '% was voided for good.', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_voided_for_good', TABLE = TG_TABLE_NAME;
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
CREATE TRIGGER billing_frozen BEFORE UPDATE OR DELETE ON billing_month
FOR EACH ROW EXECUTE FUNCTION billing_frozen();
"""

# A charge leaves an invoice only when that is voided, and then it must, so that it is asked for again.
INVOICED = """
CREATE FUNCTION billing_charge_stays_invoiced() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
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

# At the end of a transaction an invoice is the sum of its lines; while it stands it has one for each of its charges, and
# once it is voided it has no charge. So no line is added to a paper later, and no charge is lost on one.
ADDS_UP = """
CREATE FUNCTION billing_invoice_adds_up() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    touched bigint[] := ARRAY[to_jsonb(OLD) ->> TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[0]];
    one record;
BEGIN
    FOR one IN
        SELECT i.id, total, voided_at, lines, lines_yen, charges, charges_yen FROM billing_invoice i,
        LATERAL (SELECT count(*) AS lines, sum(yen) AS lines_yen FROM billing_invoiceline WHERE invoice_id = i.id) a,
        LATERAL (SELECT count(*) AS charges, sum(yen) AS charges_yen FROM billing_charge WHERE invoice_id = i.id) b
        WHERE i.id = ANY (touched)
    LOOP
        IF one.lines_yen IS DISTINCT FROM one.total
            OR one.voided_at IS NULL AND (one.charges <> one.lines OR one.charges_yen <> one.total)
            OR one.voided_at IS NOT NULL AND one.charges > 0
        THEN
            RAISE EXCEPTION 'Invoice %: total, lines and charges do not agree.', one.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_invoice_adds_up', TABLE = 'billing_invoice';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER billing_invoice_adds_up AFTER INSERT OR UPDATE OF voided_at ON billing_invoice
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up('id');
CREATE CONSTRAINT TRIGGER billing_invoice_adds_up AFTER INSERT ON billing_invoiceline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up('invoice_id');
CREATE CONSTRAINT TRIGGER billing_invoice_adds_up AFTER INSERT OR UPDATE OF invoice_id ON billing_charge
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_invoice_adds_up('invoice_id');
"""

# What points at another row of money is of the same space and payer.
ONE_PAYER = """
CREATE FUNCTION billing_of_one_payer() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    pointed_at bigint := to_jsonb(NEW) ->> TG_ARGV[0];
    theirs boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1 AND space_id = $2 AND payer_id = $3)', TG_ARGV[1])
        INTO theirs USING pointed_at, NEW.space_id, NEW.payer_id;
    IF NOT theirs THEN
        RAISE EXCEPTION '% % is not of this space and payer.', TG_ARGV[1], pointed_at
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_of_one_payer', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_of_one_payer BEFORE INSERT OR UPDATE OF invoice_id ON billing_charge
FOR EACH ROW WHEN (NEW.invoice_id IS NOT NULL)
EXECUTE FUNCTION billing_of_one_payer('invoice_id', 'billing_invoice');
CREATE TRIGGER billing_of_one_payer BEFORE INSERT ON billing_invoice
FOR EACH ROW WHEN (NEW.replaces_id IS NOT NULL)
EXECUTE FUNCTION billing_of_one_payer('replaces_id', 'billing_invoice');
CREATE TRIGGER billing_of_one_payer BEFORE INSERT ON billing_payment
FOR EACH ROW WHEN (NEW.invoice_id IS NOT NULL)
EXECUTE FUNCTION billing_of_one_payer('invoice_id', 'billing_invoice');
"""

# A reversal takes back one charge, all of it and nothing else; what is reversed is not voided besides.
REVERSALS = """
CREATE FUNCTION billing_reversal_mirrors() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM billing_charge WHERE id = NEW.reverses_id AND voided_at IS NULL AND reverses_id IS NULL
        AND (space_id, payer_id, kind, -yen) = (NEW.space_id, NEW.payer_id, NEW.kind, NEW.yen)
        AND tax_rate IS NOT DISTINCT FROM NEW.tax_rate
    ) OR TG_OP = 'UPDATE' AND EXISTS (SELECT FROM billing_charge WHERE reverses_id = NEW.id) THEN
        RAISE EXCEPTION 'A reversal and its charge are each other''s mirror.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_reversal_mirrors', TABLE = 'billing_charge';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_reversal_mirrors BEFORE INSERT ON billing_charge
FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION billing_reversal_mirrors();
CREATE TRIGGER billing_reversed_stands BEFORE UPDATE OF voided_at ON billing_charge
FOR EACH ROW WHEN (NEW.voided_at IS NOT NULL) EXECUTE FUNCTION billing_reversal_mirrors();
"""

# A receipt says what its payment was; a copy says what the first one says, and copies count up.
RECEIPTS = """
CREATE FUNCTION billing_receipt_as_paid() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    may_differ text[] := '{id,copy,issued_on,issued_at}';
BEGIN
    IF NOT EXISTS (
        SELECT FROM billing_payment
        WHERE id = NEW.payment_id AND (space_id, yen) = (NEW.space_id, NEW.yen) AND voided_at IS NULL
    ) OR NEW.copy > 0 AND NOT EXISTS (
        SELECT FROM billing_receipt AS before WHERE payment_id = NEW.payment_id AND copy = NEW.copy - 1
        AND to_jsonb(before) - may_differ = to_jsonb(NEW) - may_differ
    ) THEN
        RAISE EXCEPTION 'A receipt says what was paid, and a copy what the first one said.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_receipt_as_paid', TABLE = 'billing_receipt';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_receipt_as_paid BEFORE INSERT ON billing_receipt
FOR EACH ROW EXECUTE FUNCTION billing_receipt_as_paid();
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
DROP FUNCTION billing_month_is_open() CASCADE;
DROP FUNCTION billing_no_gaps() CASCADE;
DROP FUNCTION billing_receipt_as_paid() CASCADE;
DROP FUNCTION billing_reversal_mirrors() CASCADE;
DROP FUNCTION billing_of_one_payer() CASCADE;
DROP FUNCTION billing_invoice_adds_up() CASCADE;
DROP FUNCTION billing_charge_stays_invoiced() CASCADE;
DROP FUNCTION billing_frozen() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FROZEN + INVOICED + ADDS_UP + ONE_PAYER + REVERSALS + RECEIPTS + NO_GAPS + MONTHS, reverse_sql=BACK
        )
    ]
