import datetime as dt

from django.apps import AppConfig
from django.utils.translation import gettext


class QuestionsConfig(AppConfig):
    name = "questions"

    def ready(self):
        from core.schedule import register_job

        from . import importing, wording

        wording.use(gettext)
        register_job("throw_away_old_imports", every=dt.timedelta(hours=6), run=importing.throw_away_old)
