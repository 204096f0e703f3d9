"""Visits by Coworking VISA: bookings that draw on a visa."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0007_ticket_guard'),
        ('members', '0008_billed_from'),
        ('spaces', '0003_town'),
        ('visas', '0002_terms_and_visas'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='visa',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The visa that it draws on: a free day where it costs nothing, else a percentage off.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='visas.visa', verbose_name='Coworking VISA'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('visa__isnull', False)), fields=['visa', 'starts_at'], name='booking_of_visa'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('visa__isnull', False)), fields=['resource', 'starts_at'], name='booking_by_visa_day'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('visa__isnull', True), models.Q(('basis', 'visa'), _negated=True)), models.Q(('basis', 'visa'), ('seats', 1), ('visa__isnull', False)), _connector='OR'), name='booking_visa_is_its_basis', violation_error_message='A visit by Coworking VISA is one seat.'),
        ),
    ]
