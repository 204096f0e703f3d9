"""The statement: how a payer stands at each space, and the papers that they were given."""

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing.models import Charge
from billing.requests import PayerRequest
from billing.statement import keys_of_papers, papers
from billing.statement import statement as statement_of
from spaces.models import Space

A_PAGE = 20
MANY_CHARGES = 50


@require_safe
@never_cache
def statement(request: PayerRequest) -> HttpResponse:
    now = timezone.now()
    places = statement_of(request.user.pk, now)
    page = Paginator(keys_of_papers(request.user.pk), A_PAGE).get_page(request.GET.get("page"))
    context = {"places": places, "papers": papers(page.object_list, places, now), "page_obj": page}
    return render(request, "billing/statement.html", context)


@require_safe
@never_cache
def charges(request: PayerRequest, space: str) -> HttpResponse:
    """All that no invoice of a space asks for yet."""
    at = get_object_or_404(Space, slug=space)
    waiting = Charge.objects.open().filter(space=at, payer_id=request.user.pk).order_by("-arises_on", "-pk")
    page = Paginator(waiting, MANY_CHARGES).get_page(request.GET.get("page"))
    context = {"space": at, "charges": page, "page_obj": page, "yen": waiting.aggregate(sum=Sum("yen"))["sum"] or 0}
    return render(request, "billing/charges.html", context)
