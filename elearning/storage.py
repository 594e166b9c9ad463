"""Files in an S3-compatible store: the bucket is private, addresses in pages are ours and never expire."""

from functools import cached_property

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class PrivateS3Storage(S3Storage):
    """`url` is `/media/…`, which may be kept in a cached page; the media view redirects it to a signed address.

    `public_url` is the store's address as browsers reach it, where that differs from ours.
    """

    def __init__(self, public_url: str = "", **options):
        self._options = options
        self._public_url = public_url
        super().__init__(**options)

    def url(self, name, parameters=None, expire=None, http_method=None):
        return settings.MEDIA_URL + filepath_to_uri(name)

    def signed_url(self, name: str, *, saved: bool = False) -> str:
        """Return an address of the store that opens one file for an hour; `saved`: the browser keeps it, unopened."""
        parameters = {"ResponseContentDisposition": "attachment"} if saved else None
        return S3Storage.url(self._as_browsers_see_it, name, parameters=parameters)

    @cached_property
    def _as_browsers_see_it(self) -> S3Storage:
        """The same bucket under its public name: a signature covers the host, so it cannot be swapped afterwards."""
        return S3Storage(**{**self._options, "endpoint_url": self._public_url or self._options["endpoint_url"]})
