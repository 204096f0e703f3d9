"""When memberships renew, and how much one person may hold."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spaces', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalspace',
            name='max_hours_a_week',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How many hours a person may book from Monday to Sunday. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='hours a week and person'),
        ),
        migrations.AddField(
            model_name='historicalspace',
            name='max_upcoming_bookings',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How many a person may hold at a time here. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='upcoming bookings a person'),
        ),
        migrations.AddField(
            model_name='historicalspace',
            name='renewal_day',
            field=models.PositiveSmallIntegerField(blank=True, default=1, help_text='Day of the month; 31 is the last day. Empty: each membership on the day it began.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='memberships renew on day'),
        ),
        migrations.AddField(
            model_name='space',
            name='max_hours_a_week',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How many hours a person may book from Monday to Sunday. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='hours a week and person'),
        ),
        migrations.AddField(
            model_name='space',
            name='max_upcoming_bookings',
            field=models.PositiveSmallIntegerField(blank=True, help_text='How many a person may hold at a time here. Empty: no limit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='upcoming bookings a person'),
        ),
        migrations.AddField(
            model_name='space',
            name='renewal_day',
            field=models.PositiveSmallIntegerField(blank=True, default=1, help_text='Day of the month; 31 is the last day. Empty: each membership on the day it began.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='memberships renew on day'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('renewal_day__isnull', True), models.Q(('renewal_day__gte', 1), ('renewal_day__lte', 31)), _connector='OR'), name='space_renewal_day_of_a_month'),
        ),
    ]
