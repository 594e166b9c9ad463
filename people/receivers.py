"""What happens when somebody signs in."""

from django.contrib.auth.signals import user_logged_in

from . import services


def connect() -> None:
    user_logged_in.connect(take_in, dispatch_uid="people.take_in")


def take_in(sender, request, user, **kwargs) -> None:
    """Let groups follow the roles of the day, and note who works in the admin, so that pages need not ask."""
    services.sync_groups(user)
    if request is not None and hasattr(request, "session"):
        user.__dict__.pop("_perm_cache", None)
        request.session["works_in_admin"] = user.has_perm("wagtailadmin.access_admin")
