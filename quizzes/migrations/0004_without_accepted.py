from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0003_carry_over")]
    operations = [migrations.RemoveField(model_name="answerstep", name="accepted")]
