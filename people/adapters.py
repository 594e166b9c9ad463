"""How allauth behaves here: nobody signs up, and a refusal never says whether a NIP or an address is known."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.utils.translation import gettext_lazy as _

from .queries import people_by_email

REFUSED = _("NIP or e-mail and password do not match. Check both, or ask your training organiser for a new password.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": REFUSED,
        "username_password_mismatch": REFUSED,
        "too_many_login_attempts": _("Too many attempts. Nothing is lost: wait five minutes and try again."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def confirm_email(self, request, email_address) -> bool:
        """Refuse an address that another person has got since the link was sent."""
        if people_by_email(email_address.email).exclude(pk=email_address.user_id).exists():
            return False
        return super().confirm_email(request, email_address)

    def reauthenticate(self, user, password: str) -> bool:
        """Check the password of the person who is signed in; attempts are counted as sign-ins of that account."""
        credentials = {"username": user.key}
        self.pre_authenticate(context.request, **credentials)
        matches = user.check_password(password)
        if matches:
            self._rollback_login_failed_rl_usage()
        return matches
