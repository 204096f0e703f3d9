
import billing.models.issuer
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('spaces', '0002_renewal_day_and_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('total', models.IntegerField(help_text='Yen, tax included.', verbose_name='total')),
                ('addressee', models.CharField(max_length=160, verbose_name='addressee')),
                ('issuer_name', models.CharField(max_length=160, verbose_name='issuer')),
                ('issuer_address', models.CharField(blank=True, max_length=240, verbose_name="issuer's address")),
                ('registration_number', models.CharField(blank=True, max_length=14, verbose_name='registration number')),
                ('bank_account', models.TextField(blank=True, verbose_name='bank account')),
                ('language', models.CharField(default='ja', max_length=10, verbose_name='language')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='voided')),
                ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='why it was voided')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to=settings.AUTH_USER_MODEL, verbose_name='payer')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='billing.invoice', verbose_name='issued in place of')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
                'ordering': ['-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sign_up', 'Sign-up fee'), ('plan', 'Plan'), ('drop_in', 'Drop-in'), ('room', 'Room'), ('cancellation', 'Cancellation fee'), ('other', 'Other')], max_length=20, verbose_name='kind')),
                ('text', models.CharField(max_length=200, verbose_name='text')),
                ('yen', models.IntegerField(help_text='Tax included; below zero it is given back.', verbose_name='yen')),
                ('tax_rate', models.PositiveSmallIntegerField(blank=True, help_text='Percent. Empty: outside the consumption tax.', null=True, verbose_name='tax rate')),
                ('arises_on', models.DateField(verbose_name='arises on')),
                ('source_key', models.CharField(help_text='What it is for; the same thing is never billed twice.', max_length=120, unique=True, verbose_name='source')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='voided')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to=settings.AUTH_USER_MODEL, verbose_name='payer')),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='billing.charge', verbose_name='reverses')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='spaces.space', verbose_name='space')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='billing.invoice', verbose_name='invoice')),
            ],
            options={
                'verbose_name': 'charge',
                'verbose_name_plural': 'charges',
                'ordering': ['arises_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('on', models.DateField(verbose_name='day')),
                ('text', models.CharField(max_length=200, verbose_name='text')),
                ('yen', models.IntegerField(verbose_name='yen')),
                ('tax_rate', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='tax rate')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.invoice', verbose_name='invoice')),
            ],
            options={
                'verbose_name': 'line',
                'verbose_name_plural': 'lines',
                'ordering': ['invoice', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Issuer',
            fields=[
                ('space', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='issuer', serialize=False, to='spaces.space', verbose_name='space')),
                ('name', models.CharField(max_length=160, verbose_name='name on papers')),
                ('address', models.CharField(blank=True, max_length=240, verbose_name='address on papers')),
                ('registration_number', models.CharField(blank=True, help_text='T and 13 digits. Empty: the papers are plain ones, not qualified invoices.', max_length=14, validators=[billing.models.issuer.is_registration_number], verbose_name='registration number')),
                ('bank_account', models.TextField(blank=True, help_text='Printed on invoices.', verbose_name='bank account')),
                ('due_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(120)], verbose_name='days to pay')),
                ('reminder_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, help_text='Days after the due date on which a reminder goes out, parted by commas.', size=None, verbose_name='reminders')),
            ],
            options={
                'verbose_name': 'issuer',
                'verbose_name_plural': 'issuers',
                'ordering': ['space'],
                'constraints': [models.CheckConstraint(condition=models.Q(('registration_number', ''), ('registration_number__regex', '^T[0-9]{13}$'), _connector='OR'), name='issuer_registration_number_shape')],
            },
        ),
        migrations.CreateModel(
            name='Month',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_on', models.DateField(verbose_name='month')),
                ('closed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='closed')),
                ('figures', models.JSONField(help_text='Sums by kind and by method as they were at closing.', verbose_name='figures')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'closed month',
                'verbose_name_plural': 'closed months',
                'ordering': ['-first_on'],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('cash', 'Cash'), ('transfer', 'Bank transfer'), ('other', 'Other')], max_length=10, verbose_name='method')),
                ('yen', models.IntegerField(help_text='Below zero it is a refund.', verbose_name='yen')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('bank_line', models.CharField(blank=True, editable=False, max_length=64, null=True, verbose_name="line of the bank's list")),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('invoice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='billing.invoice', verbose_name='invoice')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to=settings.AUTH_USER_MODEL, verbose_name='payer')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='spaces.space', verbose_name='space')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken by')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'ordering': ['-received_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('copy', models.PositiveSmallIntegerField(default=0, help_text='0 is the first issue.', verbose_name='copy')),
                ('issued_on', models.DateField(verbose_name='issued on')),
                ('addressee', models.CharField(max_length=160, verbose_name='addressee')),
                ('purpose', models.CharField(max_length=160, verbose_name='for')),
                ('yen', models.PositiveIntegerField(verbose_name='yen')),
                ('rate_totals', models.JSONField(help_text='Rows of rate, total and tax.', verbose_name='by rate')),
                ('issuer_name', models.CharField(max_length=160, verbose_name='issuer')),
                ('issuer_address', models.CharField(blank=True, max_length=240, verbose_name="issuer's address")),
                ('registration_number', models.CharField(blank=True, max_length=14, verbose_name='registration number')),
                ('language', models.CharField(default='ja', max_length=10, verbose_name='language')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='billing.payment', verbose_name='payment')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'receipt',
                'verbose_name_plural': 'receipts',
                'ordering': ['-year', '-number', '-copy'],
            },
        ),
        migrations.CreateModel(
            name='CashCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('counted', models.PositiveIntegerField(help_text='Yen in the box.', verbose_name='counted')),
                ('expected', models.IntegerField(help_text='Yen that should have been in it.', verbose_name='expected')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('counted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='counted by')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cash_counts', to='spaces.space', verbose_name='space')),
            ],
            options={
                'verbose_name': 'cash count',
                'verbose_name_plural': 'cash counts',
                'ordering': ['-day'],
                'constraints': [models.UniqueConstraint(fields=('space', 'day'), name='cash_counted_once_a_day', violation_error_message='The box was counted on this day already.')],
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paper', models.CharField(choices=[('invoice', 'Invoice'), ('receipt', 'Receipt')], max_length=10)),
                ('year', models.PositiveSmallIntegerField()),
                ('last', models.PositiveIntegerField(db_default=0, default=0)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spaces.space')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('space', 'paper', 'year'), name='counter_once_a_year')],
            },
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['payer', 'space'], name='invoice_of_payer'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['space', 'due_on'], name='invoice_due'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(fields=('space', 'year', 'number'), name='invoice_number_once'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('issued_on'))), name='invoice_due_after_issue'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='invoice_number_counts_from_one'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('year', models.F('issued_on__year'))), name='invoice_numbered_in_its_year'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('void_reason', ''), ('voided_at__isnull', False), _connector='OR'), name='invoice_void_reason_of_a_void'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(condition=models.Q(('invoice__isnull', True), ('voided_at__isnull', True)), fields=['space', 'payer'], name='charge_open'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['space', 'arises_on'], name='charge_by_day'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['payer', 'space'], name='charge_of_payer'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('yen', 0), _negated=True), name='charge_of_something'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('tax_rate__isnull', True), ('tax_rate__in', [8, 10]), _connector='OR'), name='charge_tax_rate_known'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('voided_at__isnull', True), ('invoice__isnull', True), _connector='OR'), name='charge_voided_is_on_no_invoice', violation_error_message='What is on an invoice is reversed, not voided.'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(('reverses__isnull', True), ('voided_at__isnull', True), _connector='OR'), name='charge_reversal_stands'),
        ),
        migrations.AddConstraint(
            model_name='invoiceline',
            constraint=models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_once'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.UniqueConstraint(fields=('space', 'first_on'), name='month_closed_once', violation_error_message='This month is closed already.'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.CheckConstraint(condition=models.Q(('first_on__day', 1)), name='month_begins_on_the_first'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['payer', 'space'], name='payment_of_payer'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['space', 'received_on'], name='payment_by_day'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('yen', 0), _negated=True), name='payment_of_something'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('space', 'bank_line'), name='payment_bank_line_once', violation_error_message="This line of the bank's list was noted already."),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('space', 'year', 'number', 'copy'), name='receipt_number_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.UniqueConstraint(fields=('payment', 'copy'), name='receipt_copy_once'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(('copy__gt', 0), ('year', models.F('issued_on__year')), _connector='OR'), name='receipt_numbered_in_its_year'),
        ),
    ]
