"""Reactions to a sign-in."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver


@receiver(user_logged_in)
def note_who_works_in_the_admin(request, user, **kwargs):
    """Remember in the session whether to offer Wagtail's edit button, so that no page view asks for permissions."""
    request.session["works_in_admin"] = user.has_perm("wagtailadmin.access_admin")
