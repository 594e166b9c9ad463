"""The managerial and sociocultural competencies of PermenPANRB 38/2017; technical ones are each agency's own."""

from django.db import migrations

MANAGERIAL = [
    "Integritas", "Kerja Sama", "Komunikasi", "Orientasi pada Hasil", "Pelayanan Publik",
    "Pengembangan Diri dan Orang Lain", "Mengelola Perubahan", "Pengambilan Keputusan",
]


def add(apps, schema_editor):
    Competency = apps.get_model("people", "Competency")
    for kind, names in (("managerial", MANAGERIAL), ("sociocultural", ["Perekat Bangsa"])):
        for name in names:
            Competency.objects.get_or_create(name=name, defaults={"kind": kind, "source": "PermenPANRB 38/2017"})


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
