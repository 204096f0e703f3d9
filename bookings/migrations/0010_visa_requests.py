"""Visits by visa that a host was asked for, and its answers."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0009_visa_guard'),
        ('spaces', '0003_town'),
        ('visas', '0004_showings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VisaRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('message', models.CharField(blank=True, max_length=200, verbose_name='message to the host')),
                ('price', models.PositiveIntegerField(default=0, help_text='Yen, as it was asked for; the visit is booked for no more.', verbose_name='price')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked')),
                ('at_desk', models.BooleanField(default=False, editable=False, help_text='Answered at once, to who stood there.', verbose_name='at the desk')),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], editable=False, max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='answered')),
                ('reason', models.CharField(blank=True, help_text='The visitor reads it.', max_length=200, verbose_name='reason')),
                ('answered_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('booking', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visa_request', to='bookings.booking', verbose_name='booking')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spaces.resource', verbose_name='resource')),
                ('visa', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='visas.visa', verbose_name='Coworking VISA')),
            ],
            options={
                'verbose_name': 'request for a visit by VISA',
                'verbose_name_plural': 'requests for visits by VISA',
                'ordering': ['-asked_at'],
                'indexes': [models.Index(fields=['resource', 'starts_at'], name='visa_request_of_host'), models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['starts_at'], name='visa_request_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('visa', 'resource', 'starts_at'), name='visa_request_once', violation_error_message='You have asked for this visit already.'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='visa_request_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('booking__isnull', True), ('reason', '')), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='visa_request_answered_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer__in', ['', 'refused', 'withdrawn']), ('booking__isnull', True)), models.Q(('answer', 'accepted'), ('booking__isnull', False)), _connector='OR'), name='visa_request_booked_if_accepted'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'refused'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='visa_request_refused_with_a_reason')],
            },
        ),
    ]
