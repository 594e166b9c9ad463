"""What the library notes by itself when something is uploaded."""

from django.db.models.signals import pre_save
from django.dispatch import receiver

from .models import Recording


@receiver(pre_save, sender=Recording)
def note_file_size(sender, instance, **kwargs):
    """Keep the size beside the name whenever a new file comes, so that a lesson shows it without asking the store."""
    if instance.file and (instance.file_size is None or not instance.file._committed):
        instance.file_size = instance.file.size
