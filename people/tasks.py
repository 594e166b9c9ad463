"""Background work about people."""

from django_tasks import task

from .queries import people_by_email


@task()
def send_reset_link(email: str) -> None:
    """Mail a link for a new password to the person with this address, if there is one who may sign in."""
    from . import letters

    person = people_by_email(email).filter(is_active=True).first()
    if person:
        letters.send_reset_link(person)
