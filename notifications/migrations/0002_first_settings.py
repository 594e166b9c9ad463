"""The settings and steps to begin with; administrators change them in the admin."""

from django.db import migrations

STEPS = [(-7, "learner"), (-1, "learner"), (0, "learner"), (3, "learner"), (7, "learner"), (7, "supervisor")]


def make(apps, schema_editor):
    apps.get_model("notifications", "MessageSettings").objects.get_or_create(pk=1)
    step = apps.get_model("notifications", "ReminderStep")
    for days, recipient in STEPS:
        step.objects.get_or_create(days=days, recipient=recipient)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_messages")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
