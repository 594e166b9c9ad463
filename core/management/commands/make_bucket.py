"""The private bucket of uploads, made once before the first node starts."""

from botocore.exceptions import ClientError
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Make the private bucket of STORAGE_URL where it is not there yet."

    def handle(self, **options):
        if not hasattr(default_storage, "bucket"):
            raise CommandError("STORAGE_URL names no S3 store; there is nothing to make.")
        bucket = default_storage.bucket
        try:
            bucket.meta.client.head_bucket(Bucket=bucket.name)
        except ClientError as missing:
            if missing.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
                raise
            bucket.create()
            self.stdout.write(f"Made the bucket {bucket.name}.")
