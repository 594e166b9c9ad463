from django.apps import AppConfig
from django.utils.translation import gettext


class QuestionsConfig(AppConfig):
    name = "questions"

    def ready(self):
        from . import wording

        wording.use(gettext)
