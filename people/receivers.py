"""What happens when somebody signs in, and when their language or time zone changes."""

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save

from . import editor_account, services
from .models import Person


def connect() -> None:
    user_logged_in.connect(take_in, dispatch_uid="people.take_in")
    post_save.connect(editor_account.follow, sender=Person, dispatch_uid="people.editor_account")


def take_in(sender, request, user, **kwargs) -> None:
    """Let groups follow the roles of the day, and note who works in the admin, so that pages need not ask."""
    services.sync_groups(user)
    if request is not None and hasattr(request, "session"):
        user.__dict__.pop("_perm_cache", None)
        request.session["works_in_admin"] = user.has_perm("wagtailadmin.access_admin")
