"""Links and letters about a person's account, in the person's language."""

from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Person


def reset_path(person: Person) -> str:
    """Return where the person sets a new password: once, and within PASSWORD_RESET_TIMEOUT."""
    token = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": token})


def send_reset_link(person: Person) -> None:
    """Mail the link to the person's own address."""
    with translation.override(person.language):
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        link = urljoin(settings.WAGTAILADMIN_BASE_URL, reset_path(person))
        context = {"person": person, "link": link, "hours": hours, "site": settings.WAGTAIL_SITE_NAME}
        text = render_to_string("people/reset_link.txt", context)
        subject = _("A new password for %(site)s") % {"site": settings.WAGTAIL_SITE_NAME}
    send_mail(subject, text, None, [person.email])
