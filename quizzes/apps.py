import datetime as dt

from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self):
        from wagtail.signals import page_published

        from completion.marking import register_work
        from core.schedule import register_job
        from courses.protection import register_history_check

        from . import content_loading, letters, receivers, services
        from .models import QuizPage
        from .queries import learners_with_attempts
        from .staff.queries import waiting_work

        content_loading.register()
        letters.register_kinds()
        register_history_check(learners_with_attempts)
        register_work(waiting_work)
        register_job("end_overdue_attempts", every=dt.timedelta(minutes=1), run=services.end_overdue_attempts)
        page_published.connect(receivers.give_time_to_open_attempts, sender=QuizPage)
