"""Visas shown at desks."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visas', '0003_visas_are_granted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Showing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shown_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='shown')),
                ('code_key', models.CharField(blank=True, editable=False, max_length=64, null=True)),
                ('shown_to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='shown to')),
                ('visa', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='showings', to='visas.visa', verbose_name='Coworking VISA')),
            ],
            options={
                'verbose_name': 'visa shown',
                'verbose_name_plural': 'visas shown',
                'ordering': ['-shown_at'],
                'constraints': [models.UniqueConstraint(fields=('code_key',), name='showing_code_once')],
            },
        ),
    ]
