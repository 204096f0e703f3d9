"""What a membership lives through: agreed plans, pauses, applications, companions, the line for booths."""

import datetime
import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
import members.models.agreed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_ties_to_spaces'),
        ('spaces', '0002_renewal_day_and_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreedPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.PositiveIntegerField(help_text='Yen, tax included, as it was agreed.', verbose_name='price a month')),
                ('sign_up_fee', models.PositiveIntegerField(default=0, help_text='Yen, tax included; taken once.', verbose_name='sign-up fee')),
                ('room_minutes', models.PositiveIntegerField(default=0, verbose_name='minutes of rooms a month')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, help_text='The last day that counts.', null=True, verbose_name='until')),
                ('told_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='told')),
            ],
            options={
                'verbose_name': 'agreed plan',
                'verbose_name_plural': 'agreed plans',
                'ordering': ['membership', 'starts_on'],
            },
        ),
        migrations.CreateModel(
            name='BoothWait',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='waits since')),
                ('free_from', models.DateField(blank=True, null=True, verbose_name='free from')),
                ('lapses_at', models.DateTimeField(blank=True, null=True, verbose_name='offer lapses')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('outcome', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('lapsed', 'Lapsed'), ('left', 'Left the list')], max_length=10, verbose_name='outcome')),
            ],
            options={
                'verbose_name': 'place on the waiting list',
                'verbose_name_plural': 'waiting list for booths',
                'ordering': ['since', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Companion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='invited')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left')),
            ],
            options={
                'verbose_name': 'companion',
                'verbose_name_plural': 'companions',
                'ordering': ['membership', 'invited_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(blank=True, help_text='The last day of the pause.', null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'pause',
                'verbose_name_plural': 'pauses',
                'ordering': ['membership', 'starts_on'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('statement', 'Statement in words'), ('agreement', 'Agreement by a tick')], default='statement', max_length=20, verbose_name='kind')),
                ('text', models.CharField(max_length=300, verbose_name='question')),
                ('text_ja', models.CharField(max_length=300, null=True, verbose_name='question')),
                ('text_en', models.CharField(max_length=300, null=True, verbose_name='question')),
                ('is_required', models.BooleanField(default=True, verbose_name='must be answered')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position in lists')),
            ],
            options={
                'verbose_name': 'question of the application form',
                'verbose_name_plural': 'application form',
                'ordering': ['space', 'position', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='membership',
            name='membership_ends_after_it_starts',
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='agreement_on',
            field=models.DateField(blank=True, null=True, verbose_name='agreement signed on'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='answers',
            field=models.JSONField(blank=True, default=list, help_text="The space's questions as they were asked, and the answers.", verbose_name='answers'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='applied_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='applied'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='decided_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='decision',
            field=models.TextField(blank=True, verbose_name='message to the applicant'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='key_given_on',
            field=models.DateField(blank=True, null=True, verbose_name='key handed over on'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='key_returned_on',
            field=models.DateField(blank=True, null=True, verbose_name='key returned on'),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='note',
            field=models.TextField(blank=True, help_text='The member does not see it.', verbose_name="operators' note"),
        ),
        migrations.AddField(
            model_name='historicalmembership',
            name='renewal_day',
            field=models.PositiveSmallIntegerField(default=1, help_text='Day of the month; in a shorter month its last day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='renews on day'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='hands_key',
            field=models.BooleanField(default=False, help_text='Operators are reminded until it is given, and given back.', verbose_name='hands over a key'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='room_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Meeting rooms that a membership on this plan includes, in minutes from renewal to renewal.', verbose_name='minutes of rooms a month'),
        ),
        migrations.AddField(
            model_name='historicalplan',
            name='wants_agreement',
            field=models.BooleanField(default=False, help_text='Operators are reminded until it is there.', verbose_name='wants a signed agreement'),
        ),
        migrations.AddField(
            model_name='membership',
            name='agreement_on',
            field=models.DateField(blank=True, null=True, verbose_name='agreement signed on'),
        ),
        migrations.AddField(
            model_name='membership',
            name='answers',
            field=models.JSONField(blank=True, default=list, help_text="The space's questions as they were asked, and the answers.", verbose_name='answers'),
        ),
        migrations.AddField(
            model_name='membership',
            name='applied_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='applied'),
        ),
        migrations.AddField(
            model_name='membership',
            name='decided_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided'),
        ),
        migrations.AddField(
            model_name='membership',
            name='decision',
            field=models.TextField(blank=True, verbose_name='message to the applicant'),
        ),
        migrations.AddField(
            model_name='membership',
            name='key_given_on',
            field=models.DateField(blank=True, null=True, verbose_name='key handed over on'),
        ),
        migrations.AddField(
            model_name='membership',
            name='key_returned_on',
            field=models.DateField(blank=True, null=True, verbose_name='key returned on'),
        ),
        migrations.AddField(
            model_name='membership',
            name='note',
            field=models.TextField(blank=True, help_text='The member does not see it.', verbose_name="operators' note"),
        ),
        migrations.AddField(
            model_name='membership',
            name='renewal_day',
            field=models.PositiveSmallIntegerField(default=1, help_text='Day of the month; in a shorter month its last day.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='renews on day'),
        ),
        migrations.AddField(
            model_name='plan',
            name='hands_key',
            field=models.BooleanField(default=False, help_text='Operators are reminded until it is given, and given back.', verbose_name='hands over a key'),
        ),
        migrations.AddField(
            model_name='plan',
            name='room_minutes',
            field=models.PositiveIntegerField(default=0, help_text='Meeting rooms that a membership on this plan includes, in minutes from renewal to renewal.', verbose_name='minutes of rooms a month'),
        ),
        migrations.AddField(
            model_name='plan',
            name='wants_agreement',
            field=models.BooleanField(default=False, help_text='Operators are reminded until it is there.', verbose_name='wants a signed agreement'),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='ends_on',
            field=models.DateField(blank=True, help_text='The last day that counts.', null=True, verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='history_change_reason',
            field=models.TextField(null=True),
        ),
        migrations.AlterField(
            model_name='historicalmembership',
            name='starts_on',
            field=models.DateField(help_text='The first day that counts.', verbose_name='since'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='ends_on',
            field=models.DateField(blank=True, help_text='The last day that counts.', null=True, verbose_name='until'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='starts_on',
            field=models.DateField(help_text='The first day that counts.', verbose_name='since'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['space', 'status', '-starts_on'], name='membership_of_space'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(condition=models.Q(('ends_on__isnull', False), ('status__in', ['active', 'paused'])), fields=['ends_on'], name='membership_ending'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', django.db.models.expressions.CombinedExpression(models.F('starts_on'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='membership_ends_after_it_starts', violation_error_message='The last day is before the first.'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('renewal_day__gte', 1), ('renewal_day__lte', 31)), name='membership_renewal_day_of_a_month'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('key_returned_on__isnull', True), models.Q(('key_given_on__isnull', False), ('key_returned_on__gte', models.F('key_given_on'))), _connector='OR'), name='membership_key_comes_back_after_it_went', violation_error_message='A key is returned after it was handed over.'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['drop_in', 'mini_drop_in']), _negated=True), models.Q(('hands_key', False), ('room_minutes', 0), ('wants_agreement', False)), _connector='OR'), name='plan_visit_includes_no_room', violation_error_message='Rooms, an agreement and a key come with a membership, not with a visit.'),
        ),
        migrations.AddField(
            model_name='agreedplan',
            name='booth',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tenancies', to='spaces.resource', verbose_name='work booth'),
        ),
        migrations.AddField(
            model_name='agreedplan',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreed_plans', to='members.membership', verbose_name='membership'),
        ),
        migrations.AddField(
            model_name='agreedplan',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreed', to='members.plan', verbose_name='plan'),
        ),
        migrations.AddField(
            model_name='boothwait',
            name='booth',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='booth_offers', to='spaces.resource', verbose_name='offered booth'),
        ),
        migrations.AddField(
            model_name='boothwait',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booth_waits', to='members.plan', verbose_name='plan'),
        ),
        migrations.AddField(
            model_name='boothwait',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='booth_waits', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='companion',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='companions', to='members.membership', verbose_name='membership'),
        ),
        migrations.AddField(
            model_name='companion',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='companionships', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='pause',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='members.membership', verbose_name='membership'),
        ),
        migrations.AddField(
            model_name='question',
            name='space',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='spaces.space', verbose_name='space'),
        ),
        migrations.AddConstraint(
            model_name='agreedplan',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', django.db.models.expressions.CombinedExpression(models.F('starts_on'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='agreed_plan_ends_after_it_starts', violation_error_message='The last day is before the first.'),
        ),
        migrations.AddConstraint(
            model_name='agreedplan',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('membership', '='), (members.models.agreed.Days('starts_on', 'ends_on'), '&&')], name='agreed_plan_one_a_day', violation_error_message='A membership has one plan a day.'),
        ),
        migrations.AddConstraint(
            model_name='agreedplan',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('booth__isnull', False)), expressions=[('booth', '='), (members.models.agreed.Days('starts_on', 'ends_on'), '&&')], name='agreed_plan_booth_has_one_tenant', violation_error_message='This booth is let already.'),
        ),
        migrations.AddConstraint(
            model_name='boothwait',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('user', 'plan'), name='booth_wait_once', violation_error_message='This person is on the list already.'),
        ),
        migrations.AddConstraint(
            model_name='boothwait',
            constraint=models.UniqueConstraint(condition=models.Q(('booth__isnull', False), ('settled_at__isnull', True)), fields=('booth',), name='booth_wait_one_offer_a_booth', violation_error_message='This booth is offered to somebody already.'),
        ),
        migrations.AddConstraint(
            model_name='boothwait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('booth__isnull', True), ('free_from__isnull', True), ('lapses_at__isnull', True)), models.Q(('booth__isnull', False), ('free_from__isnull', False), ('lapses_at__isnull', False)), _connector='OR'), name='booth_wait_offer_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='boothwait',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at__isnull', True)), models.Q(('outcome__in', ['accepted', 'lapsed', 'left']), ('settled_at__isnull', False)), _connector='OR'), name='booth_wait_settled_somehow'),
        ),
        migrations.AddConstraint(
            model_name='companion',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('membership', 'email'), name='companion_invited_once', violation_error_message='This person is invited already.'),
        ),
        migrations.AddConstraint(
            model_name='companion',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='companion_email_in_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='companion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('user__isnull', True)), models.Q(('accepted_at__isnull', False), ('user__isnull', False)), _connector='OR'), name='companion_accepted_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='pause_ends_after_it_starts', violation_error_message='The last day is before the first.'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('membership', '='), (members.models.agreed.Days('starts_on', 'ends_on'), '&&')], name='pause_one_a_day', violation_error_message='There is a pause on one of these days already.'),
        ),
    ]
