"""Built beside what goes on: the outbox of a house that is open may be long."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('notices', '0002_choices_copies_bundles'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['recipient', 'try_at'], name='notice_to'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'sent')), fields=['recipient', 'settled_at'], name='notice_told'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('bundle', ''), _negated=True), fields=['bundle'], name='notice_bundle'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'parked')), fields=['settled_at'], name='notice_parked'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('state__in', ['sent', 'dropped'])), fields=['settled_at'], name='notice_settled'),
        ),
        AddIndexConcurrently(
            model_name='notice',
            index=models.Index(condition=models.Q(('attempts__gt', 0), ('state', 'waiting')), fields=['due_at'], name='notice_failing'),
        ),
    ]
