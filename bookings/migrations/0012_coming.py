from django.db import migrations, models


class Migration(migrations.Migration):
    """What a person says by the button of the reminder."""

    dependencies = [("bookings", "0011_capacity_waits_for_people")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="coming_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="By the button of the reminder, about the time that it told.",
                null=True,
                verbose_name="said “I'm coming”",
            ),
        ),
    ]
