"""Uploaded files: shown or saved, whole or in part, never run."""

from types import SimpleNamespace

import pytest

from tests.factories import PersonFactory

CONTENT = b"".join(number.to_bytes(2, "big") for number in range(500))


@pytest.fixture
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("video.mp4", "page.html", "drawing.svg", "captions.vtt", "documents/secret.pdf", "images/cover.webp"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(CONTENT)
    return tmp_path


@pytest.fixture
def reader(client, db):
    client.force_login(PersonFactory())
    return client


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("video.mp4", "video/mp4", False),
        ("captions.vtt", "text/vtt", False),
        ("drawing.svg", "image/svg+xml", False),
        ("page.html", "text/html", True),
    ],
)
def test_media_is_shown_only_when_a_browser_will_not_run_it(reader, uploads, name, kind, saved):
    response = reader.get(f"/media/{name}")
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert (response.get("Content-Disposition") == "attachment") is saved
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert body(response) == CONTENT


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        ("bytes=0-9", 206, CONTENT[:10]),
        ("bytes=990-", 206, CONTENT[990:]),
        ("bytes=-10", 206, CONTENT[-10:]),
        ("bytes=990-5000", 206, CONTENT[990:]),
        ("bytes=-5000", 206, CONTENT),
        ("bytes=1000-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=9-0", 416, b""),
        ("bytes=-", 200, CONTENT),
        ("bytes=0-1,5-6", 200, CONTENT),
        ("lines=0-1", 200, CONTENT),
    ],
)
def test_media_gives_the_part_that_is_asked_for(reader, uploads, header, status, part):
    response = reader.get("/media/video.mp4", headers={"range": header})
    assert response.status_code == status
    assert body(response) == part
    if status == 206:
        first = CONTENT.index(part)
        assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/1000"
        assert response["Content-Length"] == str(len(part))
    if status == 416:
        assert response["Content-Range"] == "bytes */1000"


@pytest.mark.parametrize(
    "path",
    [
        *("documents/secret.pdf", "Documents/secret.pdf", "images/../documents/secret.pdf", "./documents/secret.pdf"),
        *("/documents/secret.pdf", "images/%2e%2e/documents/secret.pdf", "images//../documents/secret.pdf"),
        *("missing.png", "documents/", "../settings.py", "%2e%2e/%2e%2e/etc/passwd", "a%00b"),
    ],
)
def test_media_hides_documents_and_everything_outside(reader, uploads, path):
    assert reader.get(f"/media/{path}").status_code == 404


def test_media_shows_visitors_the_pictures_of_pages_and_nothing_else(client, db, uploads):
    shown = client.get("/media/images/cover.webp")
    assert (shown.status_code, shown["Cache-Control"].split(",")[0]) == (200, "public")
    assert client.get("/media/video.mp4").status_code == 404


def test_media_of_who_is_signed_in_stays_in_that_browser(reader, uploads):
    assert reader.get("/media/video.mp4")["Cache-Control"].startswith("private, max-age=")


@pytest.mark.parametrize(("name", "saved"), [("images/a.webp", False), ("images/a.svg", True), ("images/a.html", True)])
def test_store_is_asked_to_hand_over_unopened_what_could_run(reader, monkeypatch, name, saved):
    """The store sends no policy of ours, so nothing that holds scripts may be shown at its address."""
    asked = {}
    store = SimpleNamespace(signed_url=lambda path, **how: asked.update(how) or f"https://files.example/{path}")
    monkeypatch.setattr("elearning.media.default_storage", store)
    assert reader.get(f"/media/{name}").url == f"https://files.example/{name}"
    assert asked == {"saved": saved}


def test_media_is_read_only(reader, uploads):
    assert reader.post("/media/video.mp4").status_code == 405
