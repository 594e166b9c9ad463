"""Background work: primary keys in, one call. Each may be run again after it was killed."""

from django_tasks import task


@task()
def send_letter(letter_id: int) -> bool:
    """Send one letter, unless somebody else has, or it says nothing any more."""
    from . import letters

    return letters.send(letter_id)


@task()
def tell_assigned(assignment_ids: list[int]) -> int:
    from .services import news

    return news.tell_assigned(assignment_ids)


@task()
def tell_extended(extension_ids: list[int]) -> None:
    from .services import news

    news.tell_extended(extension_ids)


@task()
def tell_exempted(exemption_id: int) -> None:
    from .services import news

    news.tell_exempted(exemption_id)


@task()
def tell_asked(request_id: int) -> None:
    from .services import news

    news.tell_asked(request_id)


@task()
def tell_decided(request_id: int) -> None:
    from .services import news

    news.tell_decided(request_id)


@task()
def tell_finished(enrolment_id: int) -> None:
    from .services import news

    news.tell_finished(enrolment_id)
