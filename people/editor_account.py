"""What Wagtail keeps about a person beside ours: a profile, and a screen for it.

Name, e-mail, language and time zone are the person's own (/akun/). Wagtail's admin goes by the copies in its profile,
so these follow, and its screen does not ask for them: a name there has two parts, and an e-mail no password.
"""

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, LocaleSettingsPanel, NameEmailSettingsPanel
from wagtail.users.models import UserProfile

from .models import Person

FOLLOWED = {"language", "time_zone"}


def make_profile(person: Person) -> None:
    """Let Wagtail's admin speak the person's language and reckon in their time zone."""
    UserProfile.objects.update_or_create(user=person, defaults=_copies(person))


def follow(sender, instance: Person, created: bool, update_fields=None, raw: bool = False, **kwargs) -> None:
    """Receiver of `post_save`: a changed language or time zone reaches the profile, where there is one."""
    if not (raw or created) and (update_fields is None or FOLLOWED & set(update_fields)):
        UserProfile.objects.filter(user=instance).update(**_copies(instance))


def _copies(person: Person) -> dict:
    return {"preferred_language": person.language, "current_time_zone": person.time_zone}


class EditorAccount(AccountView):
    """Picture, notifications and look of the admin."""

    def get_panels(self):
        ours = (NameEmailSettingsPanel, LocaleSettingsPanel)
        return [panel for panel in super().get_panels() if not isinstance(panel, ours)]


editor_account = require_admin_access(EditorAccount.as_view())
