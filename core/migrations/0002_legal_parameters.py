"""The legal parameters the platform starts with."""

import datetime as dt

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("core", "LegalParameter").objects.get_or_create(
        name="minutes_per_jp", valid_from=dt.date(2018, 1, 1),
        defaults={"value": 45, "source": "Peraturan LAN 10/2018: 1 JP = 45 menit"},
    )


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
