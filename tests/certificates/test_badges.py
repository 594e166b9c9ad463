"""The badge: signed so that anybody can check it with the key at its `kid`, and silent about the NIP."""

import datetime as dt

import jwt
import pytest
from django.urls import reverse

from certificates import services

from .conftest import NIP, make_achievement


@pytest.fixture
def token(client, certificate):
    return client.get(reverse("certificates:badge", args=[certificate.code])).content.decode()


def key_of(client, token):
    address = jwt.get_unverified_header(token)["kid"]
    assert address.startswith("https://belajar.example.go.id/sertifikat/kunci/")
    return client.get(address.removeprefix("https://belajar.example.go.id")).json()


def test_badge_is_proved_by_the_published_key(client, certificate, token):
    claims = jwt.decode(token, jwt.PyJWK(key_of(client, token)).key, algorithms=["RS256"])
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["jti"] == claims["id"] == f"https://belajar.example.go.id/sertifikat/{certificate.code}/lencana.jwt"
    assert claims["iss"] == claims["issuer"]["id"] == "https://belajar.example.go.id/sertifikat/penerbit/bkpsdm/"
    subject = claims["credentialSubject"]
    assert claims["sub"] == subject["id"]
    assert subject["identifier"][0]["identityHash"] == "Dr. Siti Aminah, S.Sos., M.Si."
    assert subject["achievement"]["name"] == "Melayani dengan Empati"
    assert subject["achievement"]["creditsAvailable"] == 4
    assert "exp" not in claims
    assert NIP not in str(claims)


def test_changed_badge_is_found_out(client, token):
    header, claims, signature = token.split(".")
    other = "A" if claims[20] != "A" else "B"
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(
            ".".join((header, claims[:20] + other + claims[21:], signature)),
            jwt.PyJWK(key_of(client, token)).key,
            algorithms=["RS256"],
        )


def test_key_set_holds_the_key(client, token):
    keys = client.get(reverse("certificates:keys"))
    assert [key["kid"] for key in keys.json()["keys"]] == [key_of(client, token)["kid"]]
    assert "d" not in keys.json()["keys"][0]
    assert keys["Access-Control-Allow-Origin"] == "*"


def test_end_of_validity_is_the_end_of_its_local_day(client, person, agency):
    achievement = make_achievement(person, agency, valid_until=dt.date(2099, 3, 4))
    (certificate,) = services.issue(achievement_ids=[achievement.pk])
    token = client.get(reverse("certificates:badge", args=[certificate.code])).content.decode()
    claims = jwt.decode(token, jwt.PyJWK(key_of(client, token)).key, algorithms=["RS256"])
    assert claims["validUntil"] == "2099-03-04T14:59:59Z"  # WIT
    assert claims["exp"] == dt.datetime(2099, 3, 4, 14, 59, 59, tzinfo=dt.UTC).timestamp()


def test_status_says_what_was_revoked_and_only_that(client, certificate, organiser):
    address = reverse("certificates:status", args=[certificate.code])
    assert client.get(address).json()["revokedCredential"] == []
    services.revoke(certificate=certificate, cause="data", reason="Rahasia dalam", by=organiser)
    told = client.get(address)
    assert [row["id"] for row in told.json()["revokedCredential"]] == [
        f"https://belajar.example.go.id/sertifikat/{certificate.code}/lencana.jwt"
    ]
    assert "Rahasia" not in told.content.decode()


def test_issuers_introduce_themselves(client, agency):
    told = client.get(reverse("certificates:issuer", args=["bkpsdm"])).json()
    assert (told["type"], told["name"]) == (["Profile"], "BKPSDM Kota Contoh")
    assert client.get(reverse("certificates:platform")).json()["name"] == "Pembinaan ASN"
    assert client.get(reverse("certificates:issuer", args=["tidak-ada"])).status_code == 404


def test_picture_says_what_it_is_for(client, certificate):
    shown = client.get(reverse("certificates:badge_picture", args=[certificate.code]))
    assert shown["Content-Type"] == "image/svg+xml"
    assert "Melayani dengan Empati" in shown.content.decode()
