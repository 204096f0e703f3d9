"""From which day on members pay the price of now."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0006_people_are_found_by_pieces'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalplan',
            name='members_pay_from',
            field=models.DateField(blank=True, editable=False, help_text='From their first renewal on or after this day. Empty: members keep what they agreed to.', null=True, verbose_name='members pay the price of now from'),
        ),
        migrations.AddField(
            model_name='plan',
            name='members_pay_from',
            field=models.DateField(blank=True, editable=False, help_text='From their first renewal on or after this day. Empty: members keep what they agreed to.', null=True, verbose_name='members pay the price of now from'),
        ),
    ]
