"""Files that were handed in: saved or shown, never run."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

from core.sending import send_file


@pytest.fixture
def stored():
    name = default_storage.save("jawaban/00/berkas", ContentFile(b"<script>"))
    yield name
    default_storage.delete(name)


@pytest.mark.parametrize(
    ("told", "kind", "way"),
    [({}, "application/octet-stream", "attachment"), ({"kind": "image/png", "is_shown": True}, "image/png", "inline")],
)
def test_file_is_saved_or_shown_where_nothing_in_it_runs(stored, told, kind, way):
    reply = send_file(stored, "foto.png", **told)
    assert b"".join(reply.streaming_content) == b"<script>"
    assert (reply["Content-Type"], reply["Content-Disposition"]) == (kind, f'{way}; filename="foto.png"')
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in reply["Content-Security-Policy"]
    assert reply["Content-Security-Policy"].endswith("; sandbox")


def test_file_that_the_store_lost_is_not_found(stored):
    default_storage.delete(stored)
    with pytest.raises(Http404):
        send_file(stored, "foto.png")
