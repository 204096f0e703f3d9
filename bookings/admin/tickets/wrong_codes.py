"""Wrong codes: from where they came, who is locked out, and letting them in again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from bookings.admin.scope import LookedAtAdmin, signed_in
from bookings.admin.tickets.reach import EVERYWHERE, where
from spaces.templatetags.wording import clock, day
from visas.lockout import lift
from visas.models import Campaign, Participation, WrongCodes


class LockedFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("locked", gettext_lazy("Locked out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WrongCodes]) -> QuerySet[WrongCodes]:
        return queryset.filter(locked_until__gt=timezone.now()) if self.value() == "locked" else queryset


@admin.register(WrongCodes)
class WrongCodesAdmin(LookedAtAdmin):
    """They belong to no space, so whoever's space takes part in a campaign that runs sees them, and lets people in."""

    list_display = ["place", "kind", "state_label", "wrong", "in_all", "since_words", "lifted"]
    list_filter = [LockedFilter, "kind"]
    list_select_related = ["lifted_by"]
    search_fields = ["place"]
    ordering = ["-since", "-pk"]
    actions = ["lift_selected"]
    fields = ["place", "kind", ("wrong", "in_all"), "since_words", "state_words", "lifted"]
    readonly_fields = ["since_words", "state_words", "lifted"]

    def within(self, rows: QuerySet[WrongCodes], request: HttpRequest, action: str) -> QuerySet[WrongCodes]:
        spaces = where(request, action, self.opts.label_lower)
        if spaces is EVERYWHERE:
            return rows
        taking = Participation.objects.standing().filter(space__in=spaces).order_by().values("campaign")
        concern = Campaign.objects.running(timezone.now()).filter(Q(organiser__in=spaces) | Q(pk__in=taking))
        return rows.filter(Exists(concern))

    def is_allowed(self, request: HttpRequest, action: str, obj: Any = None) -> bool:
        """What was found may be looked at: the query set has seen to it."""
        return super().is_allowed(request, action)

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request, "change")

    @admin.action(description=gettext_lazy("Let them in again"), permissions=["lift"])
    def lift_selected(self, request: HttpRequest, queryset: QuerySet[WrongCodes]) -> None:
        now, count = timezone.now(), 0
        for locked in self.within(queryset, request, "change").filter(locked_until__gt=now):
            lift(locked, by=signed_in(request), now=now)
            count += 1
        said = ngettext("%(count)s lock-out is lifted.", "%(count)s lock-outs are lifted.", count)
        (messages.success if count else messages.warning)(request, said % {"count": count})

    # Columns

    @display(description=gettext_lazy("state"), ordering="locked_until", label={"locked": "danger", "open": ""})
    def state_label(self, row: WrongCodes) -> tuple[str, str]:
        return ("locked", self.state_words(row)) if _is_locked(row) else ("open", self.state_words(row))

    @admin.display(description=gettext_lazy("state"))
    def state_words(self, row: WrongCodes) -> str:
        if not row.locked_until or not _is_locked(row):
            return _("May try")
        return _("Locked out until %(time)s") % {"time": f"{day(row.locked_until)} {clock(row.locked_until)}"}

    @admin.display(description=gettext_lazy("counted since"), ordering="since")
    def since_words(self, row: WrongCodes) -> str:
        return f"{day(row.since)} {clock(row.since)}"

    @admin.display(description=gettext_lazy("lifted"), ordering="lifted_at")
    def lifted(self, row: WrongCodes) -> str:
        if not row.lifted_at:
            return "–"
        when = f"{day(row.lifted_at)} {clock(row.lifted_at)}"
        return f"{when} · {row.lifted_by}" if row.lifted_by else when


def _is_locked(row: WrongCodes) -> bool:
    return row.locked_until is not None and row.locked_until > timezone.now()
