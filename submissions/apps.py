from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "submissions"

    def ready(self):
        from completion.marking import register_work
        from courses.protection import register_history_check

        from . import content_loading, letters
        from .queries import learners_with_work
        from .staff.queries import waiting_work

        content_loading.register()
        letters.register_kinds()
        register_history_check(learners_with_work)
        register_work(waiting_work)
