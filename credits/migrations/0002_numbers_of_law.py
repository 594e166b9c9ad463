"""The JP table, yearly amounts and IP ASN lines the platform starts with, each with its source and how sure it is."""

import datetime as dt

from django.db import migrations

TABLE = "Peraturan LAN 10/2018, menurut lampiran surat BPS B-031/BPS/2600/02/2019"
SINCE = dt.date(2018, 1, 1)

# form: (counted, JP national, JP international, added % international, daily cap national, international, sessions a month)
RULES = {
    "formal": ("semester", "20", "20", 0, None, None, None),
    "training": ("minutes", None, None, 20, None, None, None),
    "seminar": ("day", "4", "6", 0, "4", "6", None),
    "workshop": ("day", "5", "7", 0, "5", "7", None),
    "course": ("minutes", None, None, 20, None, None, None),
    "briefing": ("day", "4", "6", 0, "4", "6", None),
    "coaching": ("session", "2", "4", 0, None, None, 2),
    "mentoring": ("session", "2", "4", 0, None, None, 2),
    "elearning": ("minutes", None, None, 0, "3", "4", None),
    "distance": ("minutes", None, None, 20, None, None, None),
    "secondment": ("once", "20", "24", 0, None, None, None),
    "outbound": ("minutes", None, None, 20, None, None, None),
    "benchmarking": ("once", "10", "20", 0, None, None, None),
    "exchange": ("once", "20", "24", 0, None, None, None),
    # "+20 %" of at most 2 JP a day is read as at most 2.4 JP a day.
    "self_study": ("minutes", None, None, 20, "2", "2.4", None),
    "community": ("minutes", None, None, 20, "2", "2.4", None),
    "internship": ("once", "20", "24", 0, None, None, None),
}


def add_rules(apps, schema_editor):
    JpRule = apps.get_model("credits", "JpRule")
    for form, (unit, national, international, plus, cap, cap_abroad, sessions) in RULES.items():
        common = {"form": form, "unit": unit, "monthly_sessions": sessions, "valid_from": SINCE, "source": TABLE}
        JpRule.objects.create(scope="national", value=national, daily_cap=cap, **common)
        JpRule.objects.create(
            scope="international", value=international, plus_percent=plus, daily_cap=cap_abroad, **common
        )
    # The table gives no international worth of leadership training, and none at all of guidance at the workplace.
    JpRule.objects.create(form="leadership", scope="national", unit="minutes", valid_from=SINCE, source=TABLE)


def add_targets(apps, schema_editor):
    TargetRule = apps.get_model("credits", "TargetRule")
    TargetRule.objects.create(
        kind="pns", jp=20, meaning="floor", year="calendar", valid_from=SINCE, certainty="V",
        source="PP 11/2017 Pasal 203 ayat (4) jo. PP 17/2020",
    )
    TargetRule.objects.create(
        kind="pppk", jp=24, meaning="ceiling", year="contract", valid_from=dt.date(2019, 1, 1), certainty="V",
        source="PP 49/2018; Peraturan LAN 15/2020",
    )


def add_ip_lines(apps, schema_editor):
    IpLine = apps.get_model("credits", "IpLine")
    source = "PermenPANRB 38/2018; PerBKN 8/2019, menurut pandebaik.com (2022)"
    posts = ["jpt", "administrator", "pengawas", "fungsional"]
    technical = {"forms": ["training", "course", "distance", "elearning"], "minimum_jp": 20, "months": 12}
    seminar = {"forms": ["seminar", "workshop"], "months": 12}
    lines = [
        ("leadership", posts, "15", {"forms": ["leadership"]}),
        ("technical", posts, "15", technical),
        ("seminar", posts, "10", seminar),
        ("technical", ["pelaksana"], "22.5", technical),
        ("seminar", ["pelaksana"], "17.5", seminar),
    ]
    for line, post_kinds, points, fields in lines:
        IpLine.objects.create(
            line=line, post_kinds=post_kinds, points=points, valid_from=dt.date(2019, 1, 1), certainty="V",
            source=source, **fields,
        )


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial")]
    operations = [
        migrations.RunPython(add_rules, migrations.RunPython.noop),
        migrations.RunPython(add_targets, migrations.RunPython.noop),
        migrations.RunPython(add_ip_lines, migrations.RunPython.noop),
    ]
