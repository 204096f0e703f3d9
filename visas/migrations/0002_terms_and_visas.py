"""Terms of hosts, and visas with the numbers that the database draws for them."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import simple_history.models
import visas.models.visa
from django.conf import settings
from django.db import migrations, models


# Eight digits drawn, and two that check them (ISO 7064, MOD 97-10), which visas/numbers.py asks for. A random UUID is the
# one strong source of chance that PostgreSQL has without an extension.
NUMBER = """
CREATE FUNCTION visas_new_number() RETURNS varchar LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    drawn bigint;
    found varchar;
BEGIN
    LOOP
        drawn := ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 20, 12))::bit(48)::bigint % 100000000;
        found := lpad(drawn::text, 8, '0') || lpad((98 - drawn * 100 % 97)::text, 2, '0');
        EXIT WHEN NOT EXISTS (SELECT 1 FROM visas_visa WHERE number = found);
    END LOOP;
    RETURN found;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_billed_from'),
        ('spaces', '0003_town'),
        ('visas', '0001_tickets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(NUMBER, 'DROP FUNCTION visas_new_number();'),
        migrations.CreateModel(
            name='HistoricalVisa',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.CharField(db_default=visas.models.visa.NewNumber(), db_index=True, editable=False, max_length=10, verbose_name='number')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='issued')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('revoke_reason', models.CharField(blank=True, max_length=200, verbose_name='why it is revoked')),
                ('history_change_reason', models.TextField(null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.membership', verbose_name='membership')),
                ('revoked_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'historical Coworking VISA',
                'verbose_name_plural': 'historical Coworking VISAs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='version')),
                ('days_free', models.PositiveSmallIntegerField(default=3, help_text='For each visa. All spaces give three at least.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(31)], verbose_name='days free of charge a month')),
                ('percent_off', models.PositiveSmallIntegerField(default=0, help_text='After the free days. 0: nothing off, where no drop-in is sold the visa ends with its days.', validators=[django.core.validators.MaxValueValidator(90)], verbose_name='then percent off the drop-in')),
                ('opens', models.TimeField(blank=True, help_text='Empty: whenever the space is open.', null=True, verbose_name='visitors from')),
                ('closes', models.TimeField(blank=True, null=True, verbose_name='visitors until')),
                ('notice_hours', models.PositiveSmallIntegerField(default=0, help_text='How long before a visit it must be booked. 0: until it starts.', validators=[django.core.validators.MaxValueValidator(336)], verbose_name='hours of notice')),
                ('perks', models.CharField(blank=True, help_text='In a few words: coffee, a locker.', max_length=120, verbose_name='perks')),
                ('perks_ja', models.CharField(blank=True, help_text='In a few words: coffee, a locker.', max_length=120, null=True, verbose_name='perks')),
                ('perks_en', models.CharField(blank=True, help_text='In a few words: coffee, a locker.', max_length=120, null=True, verbose_name='perks')),
                ('not_from_nearby', models.BooleanField(default=False, help_text='Not for members of spaces in the same town.', verbose_name='not for neighbours')),
                ('once_a_week', models.BooleanField(default=False, help_text='Not on two days of one week.', verbose_name='once a week')),
                ('months_of_membership', models.PositiveSmallIntegerField(default=0, help_text='Only who has been a member at home for so long. 0: from the first day.', validators=[django.core.validators.MaxValueValidator(24)], verbose_name='months of membership')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('confirmed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='confirmed')),
                ('replaced_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='replaced')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visa_terms', to='spaces.space', verbose_name='space')),
                ('written_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'terms of the VISA',
                'verbose_name_plural': 'terms of the VISA',
                'ordering': ['space', '-version'],
                'constraints': [models.UniqueConstraint(fields=('space', 'version'), name='terms_version_once'), models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('space',), name='terms_one_that_counts'), models.CheckConstraint(condition=models.Q(('days_free__gte', 3), ('days_free__lte', 31)), name='terms_days_of_a_month', violation_error_message='All spaces give three days at least.'), models.CheckConstraint(condition=models.Q(('percent_off__lte', 90)), name='terms_percent_below_all', violation_error_message='Nothing is left to pay: give more free days instead.'), models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False), ('opens__lt', models.F('closes'))), _connector='OR'), name='terms_hours_of_a_day', violation_error_message='Say both hours, the first before the last, or none.')],
            },
        ),
        migrations.CreateModel(
            name='Visa',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(db_default=visas.models.visa.NewNumber(), editable=False, max_length=10, unique=True, verbose_name='number')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='issued')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('revoke_reason', models.CharField(blank=True, max_length=200, verbose_name='why it is revoked')),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='visa', to='members.membership', verbose_name='membership')),
                ('revoked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='revoked by')),
            ],
            options={
                'verbose_name': 'Coworking VISA',
                'verbose_name_plural': 'Coworking VISAs',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('revoke_reason', ''), ('revoked_at__isnull', False), _connector='OR'), name='visa_revoke_reason_of_a_revoked')],
            },
        ),
    ]
