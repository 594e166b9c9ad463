"""The cache of one machine: files that all processes of the site share, with nothing to install."""

import random

from django.core.cache.backends.filebased import FileBasedCache


class SharedFileCache(FileBasedCache):
    """Django lists the whole folder at every write to see whether it is full; one write in a hundred is enough."""

    LOOK_EVERY = 100

    def _cull(self) -> None:
        if random.randrange(self.LOOK_EVERY) == 0:  # noqa: S311
            super()._cull()
