"""From which day on months are billed: those of members who were here before were settled in other ways."""

from django.db import migrations, models

# A month that is running has been settled already, as nothing was billed here so far.
_SETTLED_SO_FAR = """
UPDATE members_membership SET billed_from = CURRENT_DATE + 1
WHERE status IN ('active', 'paused', 'ended') AND starts_on <= CURRENT_DATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_members_pay_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalmembership',
            name='billed_from',
            field=models.DateField(blank=True, help_text='Months that began before this day are settled elsewhere. Empty: all are billed.', null=True, verbose_name='billed from'),
        ),
        migrations.AddField(
            model_name='membership',
            name='billed_from',
            field=models.DateField(blank=True, help_text='Months that began before this day are settled elsewhere. Empty: all are billed.', null=True, verbose_name='billed from'),
        ),
        migrations.RunSQL(_SETTLED_SO_FAR, migrations.RunSQL.noop),
    ]
