import datetime as dt

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    default = True

    def ready(self):
        from core import schedule

        from . import permissions, receivers

        permissions.register()
        receivers.connect()
        schedule.register_command("follow_dates", every=dt.timedelta(hours=1))


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's users are our people: its screens of users are ours, at the same addresses."""

    user_viewset = "people.viewsets.PersonViewSet"

    def ready(self):
        """Leave out what Wagtail registers for users; people.permissions registers ours."""
        from django.contrib.auth.models import Group
        from wagtail.permissions import register_permission_policy
        from wagtail.users.views.bulk_actions.user_bulk_action import UserBulkAction

        register_permission_policy(Group)
        # Wagtail's bulk actions on users know no agencies.
        UserBulkAction.models = []
