import datetime as dt

from django.apps import AppConfig


class SiasnConfig(AppConfig):
    name = "siasn"

    def ready(self):
        from core.schedule import register_job
        from core.waiting import register_waiting
        from credits.record import rows

        from . import exporting, histories, permissions, services, shown, waiting

        permissions.register()
        rows.register_proofs(shown.proofs_of)
        rows.register_deliveries(shown.deliveries_of)
        register_waiting(waiting.waiting)
        register_job("send_to_siasn", every=dt.timedelta(minutes=2), run=services.send_due)
        register_job("throw_away_old_exports", every=dt.timedelta(hours=6), run=exporting.throw_away_old)
        register_job("throw_away_old_histories", every=dt.timedelta(hours=6), run=histories.throw_away_old)
