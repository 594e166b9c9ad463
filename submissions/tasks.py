"""Background work about handed-in work: primary keys in, one call out."""

from django_tasks import task


@task()
def tell_marked(mark_id: int) -> None:
    """Tell a learner that their work was marked or returned."""
    from .letters import tell_of_mark
    from .models import Mark

    tell_of_mark(Mark.objects.select_related("submission__person", "submission__page").get(pk=mark_id))
