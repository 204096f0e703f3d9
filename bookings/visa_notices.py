"""What the Coworking VISA tells people: who holds one, that it is revoked or renumbered; hosts, that a year is over."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.visa_sentence import sentence_of
from members.models import Operator, User
from members.notices import decides_at
from notices.kinds import Kind, Letter, Needed, Topic, register
from notices.models import Notice
from notices.outbox import tell
from spaces.letters import Words, letter
from spaces.models import Space
from spaces.templatetags.wording import long_day
from visas.models import Terms, Visa
from visas.models.terms import CONFIRMED_FOR
from visas.offering import hosts_to_ask, terms_of

REVOKED = "visa.revoked"
REISSUED = "visa.reissued"
CONFIRM_TERMS = "terms.confirm"


def register_kinds() -> None:
    """Tell the outbox about the kinds; called when the app starts."""
    for name, label, still_wanted, render in (
        (REVOKED, gettext_lazy("Coworking VISA revoked"), _still_revoked, _revoked),
        (REISSUED, gettext_lazy("Coworking VISA with a new number"), _still_numbered_so, _reissued),
    ):
        register(Kind(name, label, still_wanted, render, topic=Topic.TRAVEL, needed=Needed.AGREED))
    label = gettext_lazy("Terms of the VISA to confirm")
    register(Kind(CONFIRM_TERMS, label, _still_to_confirm, _confirm_terms, topic=Topic.RUNNING, quiet=True))


def revoked(visa: Visa, *, now: datetime) -> list[Notice]:
    """Tell who holds a visa that it is revoked, with the reason."""
    return list(_of_visa(REVOKED, visa, now, since=now.isoformat()))


def reissued(visa: Visa, *, now: datetime) -> list[Notice]:
    """Tell who holds a visa its new number."""
    return list(_of_visa(REISSUED, visa, now, number=visa.number))


def ask_to_confirm(*, now: datetime) -> None:
    """Ask each host, once a year, whether it still offers what it did; running it twice, or late, asks once."""
    tell([notice for host in hosts_to_ask(now) for notice in _to_confirm(host, now)])


def _of_visa(kind: str, visa: Visa, now: datetime, **facts: str) -> Iterator[Notice]:
    holder, home = visa.membership.user, visa.membership.space
    if not holder.is_active:
        return
    [told] = facts.values()
    yield Notice(
        kind=kind,
        subject_key=f"visa:{visa.pk}",
        dedupe_key=f"{kind}:{visa.pk}:{told}",
        recipient=holder.email,
        language=holder.language,
        space_slug=home.slug,
        timezone=home.timezone,
        facts=facts,
        due_at=now,
        created_at=now,
    )


def _to_confirm(host: Space, now: datetime) -> Iterator[Notice]:
    terms = terms_of(host)
    # Years are counted from the last word of the host, or from the day on which it joined if it never said one.
    since = terms.confirmed_at if terms.pk else datetime.combine(host.joined_on, time.min, host.zone)
    year = f"{since:%Y-%m-%d}:{(now - since) // CONFIRMED_FOR}"
    for person in _who_decides(host):
        yield Notice(
            kind=CONFIRM_TERMS,
            subject_key=f"space:{host.pk}",
            dedupe_key=f"{CONFIRM_TERMS}:{host.pk}:{person.pk}:{year}",
            recipient=person.email,
            language=person.language,
            space_slug=host.slug,
            timezone=host.timezone,
            due_at=now,
            useful_until=now + timedelta(days=30),
            created_at=now,
        )


def _who_decides(host: Space) -> Iterable[User]:
    """The owners of a host, or its operators where none of them is there."""
    runs_it = User.objects.filter(is_active=True, operator__space=host).order_by("pk")
    owners = list(runs_it.filter(operator__role=Operator.Role.OWNER))
    return owners or runs_it.filter(operator__role=Operator.Role.OPERATOR)


def _visa(notice: Notice) -> Visa:
    return Visa.objects.select_related("membership__space").get(pk=notice.subject_pk)


def _host(notice: Notice) -> Space:
    return Space.objects.get(pk=notice.subject_pk)


def _still_revoked(notice: Notice) -> bool:
    since = _visa(notice).revoked_at
    return since is not None and since == datetime.fromisoformat(notice.facts["since"])


def _still_numbered_so(notice: Notice) -> bool:
    return _visa(notice).number == notice.facts["number"]


def _still_to_confirm(notice: Notice) -> bool:
    host = hosts_to_ask(notice.due_at).filter(pk=notice.subject_pk).first()
    return host is not None and decides_at(host, notice.recipient)


def _revoked(notice: Notice) -> Letter:
    visa = _visa(notice)
    home = visa.membership.space
    words = Words(
        subject=_("%(space)s: your Coworking VISA is revoked") % {"space": home.name},
        title=_("Your Coworking VISA is revoked"),
        paragraphs=[
            _("%(space)s has revoked it. Upcoming visits by it are cancelled at no charge.") % {"space": home.name},
            _("Your membership goes on as before. If you think that this is a mistake, ask %(space)s.")
            % {"space": home.name},
        ],
        button=_("My bookings"),
        path=reverse("bookings:mine"),
        reason=_because(home),
        rows=[(_("Reason"), visa.revoke_reason), (_("Number"), visa.printed_number)],
    )
    return letter(home, words)


def _reissued(notice: Notice) -> Letter:
    visa = _visa(notice)
    home = visa.membership.space
    words = Words(
        subject=_("%(space)s: your Coworking VISA has a new number") % {"space": home.name},
        title=_("Your Coworking VISA has a new number"),
        paragraphs=[
            _("Your old number, and anything printed with it, no longer works. Your visits stay booked."),
            _("Open your passport once, and it is there even without a network."),
        ],
        button=_("Open my passport"),
        path=reverse("visas:passport"),
        reason=_because(home),
        rows=[(_("Number"), visa.printed_number), (_("Home space"), home.name)],
    )
    return letter(home, words)


def _confirm_terms(notice: Notice) -> Letter:
    host = _host(notice)
    terms = terms_of(host)
    words = Words(
        subject=_("%(space)s: do you still offer this to visitors?") % {"space": host.name},
        title=_("Are your terms of the Coworking VISA still right?"),
        paragraphs=[
            _("This is what members of the other spaces read:"),
            sentence_of(terms, host, now=notice.due_at),
            _("Please confirm once a year that it still holds, or rewrite it. Until then it stays in force."),
        ],
        button=_("Look at the terms"),
        path=reverse("admin:visas_terms_at", args=[host.slug]),
        reason=_("You get this mail because you help to run %(space)s.") % {"space": host.name},
        rows=[(_("Last confirmed"), _last_said(terms))],
    )
    return letter(host, words)


def _last_said(terms: Terms) -> str:
    return long_day(terms.confirmed_at) if terms.pk else _("never")


def _because(home: Space) -> str:
    return _("You get this mail because of your membership at %(space)s.") % {"space": home.name}
