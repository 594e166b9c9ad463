"""All quizzes with what waits in them."""

from django.http import Http404
from django.views.decorators.http import require_safe

from .. import access
from . import queries
from .guard import screens


@require_safe
def index(request):
    if not access.works_with_quizzes(request.user):
        raise Http404
    found = access.quizzes_of_staff(request.user)
    return screens.show_all(request, "quizzes/staff/index.html", found=found, rows=queries.quiz_rows)
