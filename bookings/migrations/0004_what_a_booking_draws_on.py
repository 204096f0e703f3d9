"""What a booking draws on: a membership with its minutes, and the first visit at a space."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0003_capacity_guard'),
        ('members', '0005_moves_guard'),
        ('spaces', '0002_renewal_day_and_limits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FirstVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='used')),
            ],
            options={
                'verbose_name': 'first visit',
                'verbose_name_plural': 'first visits',
            },
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='booking_cancelled_by_someone',
        ),
        migrations.AddField(
            model_name='booking',
            name='cancelled_late',
            field=models.BooleanField(db_default=False, default=False, help_text='By the person, after cancelling was free.', verbose_name='cancelled late'),
        ),
        migrations.AddField(
            model_name='booking',
            name='membership',
            field=models.ForeignKey(blank=True, help_text="The membership that covers it; a companion's is the tenant's.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='members.membership', verbose_name='membership'),
        ),
        migrations.AddField(
            model_name='booking',
            name='plan_minutes',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Minutes of rooms that it draws on the membership.', verbose_name='minutes from the plan'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('membership__isnull', False)), fields=['membership', 'starts_at'], name='booking_of_membership'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancellation_fee', 0), ('cancelled_at__isnull', True), ('cancelled_by', ''), ('cancelled_late', False)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__in', ['person', 'space'])), _connector='OR'), name='booking_cancelled_by_someone', violation_error_message='A cancelled booking says which side cancelled it.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('plan_minutes', 0), ('membership__isnull', False), _connector='OR'), name='booking_minutes_from_a_membership', violation_error_message='Minutes of a plan are drawn on a membership.'),
        ),
        migrations.AddField(
            model_name='firstvisit',
            name='booking',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='first_visit', to='bookings.booking', verbose_name='booking'),
        ),
        migrations.AddField(
            model_name='firstvisit',
            name='space',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='first_visits', to='spaces.space', verbose_name='space'),
        ),
        migrations.AddConstraint(
            model_name='firstvisit',
            constraint=models.UniqueConstraint(fields=('space', 'person_key'), name='first_visit_once_at_a_space', violation_error_message='The first visit was used already.'),
        ),
    ]
