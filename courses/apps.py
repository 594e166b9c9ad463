import datetime as dt

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self):
        from django.db.models.signals import post_delete, post_save
        from wagtail.signals import (
            page_published,
            page_slug_changed,
            page_unpublished,
            post_page_move,
            pre_page_move,
        )

        from core.schedule import register_job
        from core.waiting import register_waiting
        from people.models import Agency

        from . import receivers, services
        from .editorial import prepare_shelf_of_new_agency
        from .waiting import waiting

        register_waiting(waiting)
        page_published.connect(receivers.follow_page)
        page_unpublished.connect(receivers.follow_page)
        page_slug_changed.connect(receivers.follow_page)
        pre_page_move.connect(receivers.refuse_move)
        post_page_move.connect(receivers.follow_move)
        post_delete.connect(receivers.follow_deletion)
        post_save.connect(receivers.follow_alias)
        register_job("refresh_courses", every=dt.timedelta(minutes=10), run=services.refresh_courses)
        post_save.connect(prepare_shelf_of_new_agency, sender=Agency)
