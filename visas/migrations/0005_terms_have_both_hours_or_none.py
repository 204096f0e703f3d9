"""Terms say both hours or none: the constraint of before let one alone pass."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spaces', '0003_town'),
        ('visas', '0004_showings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='terms',
            name='terms_hours_of_a_day',
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False), ('opens__lt', models.F('closes'))), _connector='OR'), name='terms_hours_of_a_day', violation_error_message='Say both hours, the first before the last, or none.'),
        ),
    ]
