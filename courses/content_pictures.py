"""The pictures of the starter curriculum on their way into the library, through whatever store it has."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.core.files.base import ContentFile
from wagtail.models import Collection

from library.models import Picture

from .markdown_content import ParsedPage

COLLECTION = "Kurikulum awal"


class PictureShelf:
    """Puts pictures into the collection of the curriculum; one whose content is there already is that picture.

    A changed file is a new picture: pages that an editor changed, and earlier wordings, keep the one they had.
    """

    def __init__(self):
        self._collection: Collection | None = None
        self._stored: list = []

    def with_pictures(self, parsed: ParsedPage) -> ParsedPage:
        """Return a page whose figures name pictures of the library where its file names files beside it."""
        if not parsed.pictures:
            return parsed
        body = [
            {**part, "value": self._figure(part["value"], parsed)} if part["type"] == "figure" else part
            for part in parsed.values["body"]
        ]
        return replace(parsed, values={**parsed.values, "body": body})

    def _figure(self, value: dict, parsed: ParsedPage) -> dict:
        name = value["picture"]
        return {**value, "picture": self._picture(name, parsed.pictures[name], value).pk}

    def _picture(self, name: str, content: bytes, value: dict) -> Picture:
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()  # as Wagtail keeps it
        known = Picture.objects.filter(collection=self.collection, file_hash=digest).order_by("pk").first()
        if known:
            return known
        picture = Picture(
            file=ContentFile(content, name=name), title=value["caption"] or value["alt"], description=value["alt"],
            credit=value["credit"], collection=self.collection, file_hash=digest, file_size=len(content),
        )  # fmt: skip
        picture.save()
        self._stored.append(picture.file)
        return picture

    @property
    def collection(self) -> Collection:
        if self._collection is None:
            root = Collection.get_first_root_node()
            self._collection = root.get_children().filter(name=COLLECTION).first() or root.add_child(name=COLLECTION)
        return self._collection

    @contextmanager
    def kept_with_the_rows(self) -> Iterator[None]:
        """Take the files back out of the store when what is inside raises: the rows are taken back by the database."""
        try:
            yield
        except BaseException:
            self.take_back()
            raise

    def take_back(self) -> None:
        for file in self._stored:
            file.storage.delete(file.name)
        self._stored = []
