"""The town of a space: which spaces are neighbours."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spaces', '0002_renewal_day_and_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalspace',
            name='town',
            field=models.CharField(blank=True, help_text='Spaces in one town are neighbours: 札幌市.', max_length=40, verbose_name='town'),
        ),
        migrations.AddField(
            model_name='space',
            name='town',
            field=models.CharField(blank=True, help_text='Spaces in one town are neighbours: 札幌市.', max_length=40, verbose_name='town'),
        ),
    ]
