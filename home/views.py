"""Views of the front door that are no pages."""

from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from wagtail.models import Site

from courses.models import CataloguePage


def search(request):
    """Send a search to the catalogue, the one place that knows what the visitor may open; keep what was typed."""
    root = Site.find_for_request(request).root_page
    catalogue = CataloguePage.objects.live().descendant_of(root).first()
    words = request.GET.get("q", "").strip()
    address = catalogue.get_url(request) if catalogue else "/"
    return redirect(f"{address}?{urlencode({'q': words})}" if words else address)


@require_safe
def service_worker(request):
    """Give the script that shows kept pages of an attempt without a line; at the root, as it serves the whole site."""
    response = render(request, "quizzes/worker.js", content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response
