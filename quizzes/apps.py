from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"

    def ready(self):
        from courses.protection import register_history_check

        from . import content_loading
        from .queries import learners_with_attempts

        content_loading.register()
        register_history_check(learners_with_attempts)
