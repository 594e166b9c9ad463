"""What editors upload: sizes are noted, captions are readable by a player."""

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from library.forms import MAX_CAPTIONS, RecordingForm, clean_captions
from library.models import Recording


def recording(**fields):
    return Recording.objects.create(
        title="Di loket", type="audio", file=ContentFile(b"x" * 2048, name="loket.mp3"), **fields
    )


def test_recording_notes_the_size_of_its_file(db):
    row = recording()
    assert row.file_size == 2048
    row.file = ContentFile(b"x" * 10, name="baru.mp3")
    row.save()
    assert Recording.objects.get().file_size == 10


def test_recording_gives_captions_with_language_indonesian_first(db):
    row = recording(
        captions_en=ContentFile(b"WEBVTT", name="en.vtt"), captions_id=ContentFile(b"WEBVTT", name="id.vtt")
    )
    assert [track["language"] for track in row.tracks] == ["id", "en"]
    assert all(track["url"].endswith(".vtt") for track in row.tracks)


@pytest.mark.parametrize("start", [b"WEBVTT\n\n", b"\xef\xbb\xbfWEBVTT\n"])
def test_captions_in_webvtt_are_taken(start):
    file = SimpleUploadedFile("a.vtt", start + b"00:00.000 --> 00:02.000\nHalo\n")
    assert clean_captions(file) is file
    assert file.read(3) == start[:3]


@pytest.mark.parametrize(
    "content", [b"1\n00:00:00,000 --> 00:00:02,000\nHalo\n", b"", b"<html>", b"WEBVTT" + b" " * MAX_CAPTIONS]
)
def test_captions_that_no_player_reads_are_refused(content):
    with pytest.raises(forms.ValidationError):
        clean_captions(SimpleUploadedFile("a.vtt", content))


def test_captions_with_the_name_of_a_page_are_refused():
    """A store would serve the file as what its name says."""
    with pytest.raises(forms.ValidationError):
        clean_captions(SimpleUploadedFile("a.html", b"WEBVTT\n<script>alert(1)</script>"))


def test_recording_form_is_the_one_in_use(admin_client, db):
    page = admin_client.get("/admin/media/audio/add/")
    assert isinstance(page.context["form"], RecordingForm)
    assert {"captions_id", "captions_en", "transcript"} <= set(page.context["form"].fields)
