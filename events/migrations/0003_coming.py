from django.db import migrations, models


class Migration(migrations.Migration):
    """What a person says by the button of a reminder."""

    dependencies = [("events", "0002_places_guard")]

    operations = [
        migrations.AddField(
            model_name="rsvp",
            name="coming_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="By the button of a reminder, about the time and the venue that it told.",
                null=True,
                verbose_name="said “I'm coming”",
            ),
        ),
        migrations.AddConstraint(
            model_name="rsvp",
            constraint=models.CheckConstraint(
                condition=models.Q(("coming_at__isnull", True), ("going_at__isnull", False), _connector="OR"),
                name="rsvp_comes_with_a_place",
            ),
        ),
    ]
