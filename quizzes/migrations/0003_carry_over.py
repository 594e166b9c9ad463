"""What the columns of the engine say about attempts made before it: one question a page, steps kept without counting."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def carry_over(apps, schema_editor):
    Attempt = apps.get_model("quizzes", "Attempt")
    AttemptQuestion = apps.get_model("quizzes", "AttemptQuestion")
    AnswerStep = apps.get_model("quizzes", "AnswerStep")
    AttemptQuestion.objects.update(page_number=F("position"))
    submissions = AnswerStep.objects.filter(attempt=OuterRef("attempt"), kind="submit").values("sequence")[:1]
    held = AnswerStep.objects.filter(accepted=False)
    held.filter(sequence__gt=Subquery(submissions)).update(held="closed")
    held.filter(held="").update(held="older_tab")
    newest = AnswerStep.objects.filter(attempt=OuterRef("pk")).order_by("-sequence").values("sequence")[:1]
    Attempt.objects.filter(steps__isnull=False).update(last_sequence=Subquery(newest))
    in_force = AnswerStep.objects.filter(question=OuterRef("pk"), kind="answer", accepted=True)
    AttemptQuestion.objects.update(sequence=Subquery(in_force.order_by("-sequence").values("sequence")[:1]))


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0002_quiz_engine")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
