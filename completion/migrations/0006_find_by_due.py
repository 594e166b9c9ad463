from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("completion", "0005_waiting_enrolments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)), fields=["due_at", "id"], name="assignment_by_due"
            ),
        ),
        migrations.AddIndex(
            model_name="extension",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", True)), fields=["due_at", "id"], name="extension_by_due"
            ),
        ),
    ]
