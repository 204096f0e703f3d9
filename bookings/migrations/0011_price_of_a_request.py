"""What a visit was to cost when a host was asked for it, so that accepting it later never costs more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0010_visa_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='visarequest',
            name='price',
            field=models.PositiveIntegerField(default=0, help_text='Yen, as it was asked for; the visit is booked for no more.', verbose_name='price'),
        ),
    ]
