"""The organiser's screens: one's own agency, and no other."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from certificates import documents, services
from certificates.models import Certificate, Design, NumberPattern
from library.models import Picture
from tests.factories import AgencyFactory

from .conftest import make_achievement, make_organiser


@pytest.fixture
def stranger(db):
    return make_organiser(AgencyFactory(), name="Orang Lain", language="en")


@pytest.fixture
def design(agency):
    return Design.objects.create(agency=agency, name="Resmi", valid_from=dt.date(2026, 1, 1))


def told(agency, **fields):
    empty = dict.fromkeys(
        ("used_for", "logo", "heading_id", "heading_en", "wording_id", "wording_en", "signatory_name",
         "signatory_post", "second_name", "second_post"), "",
    )  # fmt: skip
    base = {"agency": agency.pk, "name": "Baru", "valid_from": "2026-02-01", "pattern": "ukir", "colour": "wine"}
    return empty | base | fields


def decide(client, certificate, **fields):
    form = {"decision": "revoke", "cause": "data", "reason": "Nama keliru", "language": "id"} | fields
    return client.post(reverse("certificates_admin:edit", args=[certificate.pk]), form)


def test_list_is_found_by_number_code_name_and_title(client, organiser, certificate):
    client.force_login(organiser)
    for words in ("", certificate.number, certificate.code.lower(), "Siti", "Empati"):
        assert certificate.number in client.get(reverse("certificates_admin:index"), {"q": words}).content.decode()
    assert certificate.number not in client.get(reverse("certificates_admin:index"), {"q": "xyz"}).content.decode()


def test_organiser_decides_with_reason(client, organiser, certificate):
    client.force_login(organiser)
    page = client.get(reverse("certificates_admin:edit", args=[certificate.pk])).content.decode()
    assert certificate.versions.get().facts["name"] in page
    assert decide(client, certificate, reason="").status_code == 200
    assert decide(client, certificate, cause="").status_code == 200
    assert decide(client, certificate, cause="undone").status_code == 200
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert decide(client, certificate).status_code == 302
    certificate.refresh_from_db()
    assert (certificate.state, certificate.cause) == ("revoked", "data")
    assert decide(client, certificate, decision="reissue").status_code == 200
    assert decide(client, certificate, decision="restore").status_code == 302
    assert decide(client, certificate, decision="reissue", renew_name="on").status_code == 302
    certificate.refresh_from_db()
    assert (certificate.state, certificate.version) == ("valid", 2)
    assert [event.by for event in certificate.events.all()[1:]] == [organiser] * 3


def test_nobody_decides_about_their_own(client, organiser, agency):
    (own,) = services.issue(achievement_ids=[make_achievement(organiser, agency).pk])
    client.force_login(organiser)
    assert decide(client, own).status_code == 200
    assert Certificate.objects.get().state == "valid"


def test_stranger_sees_and_changes_nothing(client, stranger, certificate, design, agency):
    numbering = services.save_numbering(agency=agency, pattern="{seq}/{year}")
    version = services.ensure_pdf(version=certificate.versions.get())
    client.force_login(stranger)
    assert certificate.number not in client.get(reverse("certificates_admin:index")).content.decode()
    assert design.name not in client.get(reverse("certificate_designs:index")).content.decode()
    assert numbering.pattern not in client.get(reverse("certificate_numbering:index")).content.decode()
    for name, pk in (
        ("certificates_admin:edit", certificate.pk),
        ("certificate_designs:edit", design.pk),
        ("certificate_numbering:edit", numbering.pk),
    ):
        assert client.get(reverse(name, args=[pk])).status_code in (302, 404)
    assert decide(client, certificate).status_code in (302, 404)
    assert client.get(reverse("certificates_admin:pdf", args=[certificate.pk, version.number])).status_code == 404
    client.post(reverse("certificate_designs:edit", args=[design.pk]), told(agency, name="Dibajak"))
    client.post(reverse("certificate_designs:add"), told(agency, name="Dibajak"))
    client.post(reverse("certificate_numbering:add"), {"agency": agency.pk, "pattern": "{seq}-{year}"})
    preview = {"design": design.pk, **told(agency)}
    assert client.post(reverse("certificate_designs:preview"), preview).status_code == 404
    assert client.post(reverse("certificate_designs:preview"), told(agency)).status_code == 422
    certificate.refresh_from_db()
    assert certificate.state == "valid"
    assert not Design.objects.filter(name="Dibajak").exists()
    assert NumberPattern.objects.get().pattern == "{seq}/{year}"


def test_learner_has_no_such_screens(client, person, certificate):
    client.force_login(person)
    for name in ("certificates_admin:index", "certificate_designs:index", "certificate_numbering:index"):
        assert client.get(reverse(name)).status_code in (302, 404)


def test_design_is_made_edited_and_ended(client, organiser, agency, design):
    client.force_login(organiser)
    assert client.post(reverse("certificate_designs:add"), told(agency)).status_code == 302
    design.refresh_from_db()
    assert design.valid_to == dt.date(2026, 1, 31)
    new = Design.objects.get(name="Baru")
    edited = told(agency, name="Baru lagi", valid_to="2026-12-31")
    assert client.post(reverse("certificate_designs:edit", args=[new.pk]), edited).status_code == 302
    new.refresh_from_db()
    assert (new.name, new.valid_to) == ("Baru lagi", dt.date(2026, 12, 31))
    wrong = client.post(reverse("certificate_designs:edit", args=[new.pk]), told(agency, wording_id="{nama}"))
    assert "is no placeholder" in wrong.content.decode()
    backwards = client.post(reverse("certificate_designs:edit", args=[new.pk]), told(agency, valid_to="2026-01-01"))
    assert backwards.status_code == 200


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_preview_draws_without_saving(client, organiser, agency, form, begins):
    client.force_login(organiser)
    shown = client.post(reverse("certificate_designs:preview"), told(agency, format=form, bahasa="en"))
    assert shown.content.startswith(begins)
    assert not Design.objects.exists()
    assert client.post(reverse("certificate_designs:preview"), told(agency, pattern="x")).status_code == 422


def test_pages_of_designs_and_numbering_open(client, organiser, design, agency):
    numbering = services.save_numbering(agency=agency, pattern="{seq}/{year}")
    client.force_login(organiser)
    for address in (
        reverse("certificate_designs:add"),
        reverse("certificate_designs:edit", args=[design.pk]),
        reverse("certificate_numbering:add"),
        reverse("certificate_numbering:edit", args=[numbering.pk]),
    ):
        assert client.get(address).status_code == 200


def test_numbering_is_previewed_and_checked(client, organiser, agency, certificate):
    client.force_login(organiser)
    year = certificate.year
    asked = {"agency": agency.pk, "pattern": "{seq:03}/X/{year}"}
    told_next = client.post(reverse("certificate_numbering:preview"), asked).json()["text"]
    assert told_next == f"Next number: 002/X/{year}"
    bad = client.post(reverse("certificate_numbering:preview"), asked | {"pattern": "{seq}"})
    assert bad.status_code == 422
    Certificate.objects.update(number=f"002/X/{year}")
    clash = client.post(reverse("certificate_numbering:add"), asked)
    assert "would come again" in clash.content.decode()
    assert client.post(reverse("certificate_numbering:add"), asked | {"pattern": "{seq}/Y/{year}"}).status_code == 302
    assert NumberPattern.objects.get().pattern == "{seq}/Y/{year}"


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries(client, organiser, person, agency, count, django_assert_max_num_queries):
    services.issue(achievement_ids=[make_achievement(person, agency, subject=n).pk for n in range(count)])
    client.force_login(organiser)
    client.get(reverse("certificates_admin:index"))
    with django_assert_max_num_queries(14):
        client.get(reverse("certificates_admin:index"))


def make_picture(title="Lambang", *, suffix="png", root=True):
    from django.core.files.images import ImageFile
    from PIL import Image
    from wagtail.models import Collection

    out = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(out, "PNG")
    place = Collection.get_first_root_node()
    if not root:
        place = place.add_child(name="Milik instansi lain")
    return Picture.objects.create(title=title, file=ImageFile(out, name=f"lambang.{suffix}"), collection=place)


def test_logo_is_one_that_the_organiser_may_choose(client, organiser, agency, db):
    client.force_login(organiser)
    administrator = make_organiser(agency, is_superuser=True, language="en")
    foreign = make_picture(root=False)
    preview = told(agency, format="png")
    assert client.post(reverse("certificate_designs:preview"), preview | {"logo": foreign.pk}).status_code == 422
    client.force_login(administrator)
    assert client.post(reverse("certificate_designs:preview"), preview | {"logo": foreign.pk}).status_code == 200
    odd = make_picture(suffix="avif")
    answer = client.post(reverse("certificate_designs:preview"), preview | {"logo": odd.pk})
    assert "SVG" in answer.json()["problems"]["logo"][0]


def test_logo_that_cannot_be_drawn_withholds_no_certificate(certificate, agency, settings):
    picture = make_picture()
    (settings.MEDIA_ROOT / picture.file.name).write_bytes(b"not a picture")
    version = certificate.versions.get()
    version.facts["look"]["logo"] = {"file": picture.file.name, "alt": "Lambang"}
    assert documents.write(version, assurance="platform").startswith(b"%PDF")
