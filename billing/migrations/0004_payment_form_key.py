from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_invoice_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='form_key',
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('form_key',), name='payment_form_sent_once'),
        ),
    ]
