"""The connector against the strict stand-in, over HTTP."""

import dataclasses
import datetime as dt
from fractions import Fraction

import pytest

from siasn import mapping
from siasn.client import NotAuthorised, RateLimited, Refused, SiasnClient, Unavailable
from siasn.stand_in import serve

from .conftest import NIP

DAY = dt.date(2026, 11, 21)
BODY = mapping.to_write(mapping.CourseRecord("PERSON-1", "A", 16, "Etika", "BKPSDM", "N-1", Fraction(4), DAY, DAY))


def test_course_is_saved_read_and_given_its_certificate(client_of_siasn, stand_in):
    assert client_of_siasn.courses_of(NIP) == []
    record_id = client_of_siasn.save_course(BODY)
    client_of_siasn.upload_certificate(record_id=record_id, pdf=b"%PDF-1.7 \r\n--x\x00", name='a"b\r\n.pdf')
    [row] = client_of_siasn.courses_of(NIP)
    assert tuple(row) == mapping.READ_FIELDS
    assert mapping.find_number([row], "N-1") == record_id
    assert stand_in.documents == {record_id: b"%PDF-1.7 \r\n--x\x00"}
    assert stand_in.calls.count("POST /oauth2/token") == 1


@pytest.mark.parametrize("name", mapping.WRITE_FIELDS)
def test_each_field_is_needed_and_checked(client_of_siasn, name):
    less = {key: value for key, value in BODY.items() if key != name}
    with pytest.raises(Refused, match=f"{name}: wajib ada"):
        client_of_siasn.save_course(less)
    with pytest.raises(Refused, match=name):
        client_of_siasn.save_course({**BODY, name: None})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nomorSertifikat": "N"}, "nomorSertifikat: tidak dikenal"),
        ({"jumlahJam": "4"}, "jumlahJam"),
        ({"jumlahJam": 4.5}, "jumlahJam"),
        ({"jumlahJam": True}, "jumlahJam"),
        ({"tanggalKursus": "2026-11-21"}, "d-m-Y"),
        ({"tanggalKursus": "31-02-2026"}, "d-m-Y"),
        ({"tanggalKursus": "22-11-2026"}, "sebelum"),
        ({"tahunKursus": 2025}, "tahunKursus"),
        ({"jenisDiklatId": "26"}, "1–25"),
        ({"jenisKursusSertipikat": "P"}, "jenisKursusSertipikat"),
        ({"namaKursus": ""}, "kosong"),
        ({"pnsOrangId": "nobody"}, "tidak ditemukan"),
    ],
)
def test_wrong_values_are_refused_with_the_service_s_words(client_of_siasn, change, said):
    with pytest.raises(Refused, match=said):
        client_of_siasn.save_course({**BODY, **change})


@pytest.mark.parametrize(
    ("failure", "error"),
    [("500", Unavailable), ("503", Unavailable), ("timeout", Unavailable), ("lost", Unavailable), ("429", RateLimited)],
)
def test_failures_are_told_apart(client_of_siasn, stand_in, failure, error):
    client_of_siasn.courses_of(NIP)
    stand_in.failures.append(failure)
    with pytest.raises(error) as raised:
        client_of_siasn.save_course(BODY)
    assert len(stand_in.courses) == (failure == "lost")
    if failure == "429":
        assert raised.value.retry_after == 7


def test_token_that_ended_is_asked_for_anew_once(client_of_siasn, stand_in):
    client_of_siasn.courses_of(NIP)
    stand_in.tokens.clear()
    client_of_siasn.courses_of(NIP)
    assert stand_in.calls.count("POST /oauth2/token") == 2
    stand_in.failures.extend(["401", "", "401"])
    with pytest.raises(NotAuthorised):
        client_of_siasn.save_course(BODY)


@pytest.mark.parametrize("wrong", ["consumer_secret", "sso_token"])
def test_wrong_keys_are_not_authorised(access, wrong):
    with pytest.raises(NotAuthorised):
        SiasnClient(dataclasses.replace(access, **{wrong: "wrong"})).courses_of(NIP)


def test_nobody_there_is_unavailable(access, server):
    server.shutdown()
    server.server_close()
    with pytest.raises(Unavailable):
        SiasnClient(access).courses_of(NIP)


def test_only_pdfs_of_known_courses_are_taken(client_of_siasn):
    record_id = client_of_siasn.save_course(BODY)
    with pytest.raises(Refused, match="PDF"):
        client_of_siasn.upload_certificate(record_id=record_id, pdf=b"GIF89a", name="a.pdf")
    with pytest.raises(Refused, match="id_riwayat"):
        client_of_siasn.upload_certificate(record_id="other", pdf=b"%PDF-", name="a.pdf")


def test_secrets_are_not_shown(access):
    assert "secret" not in repr(access).replace("consumer_secret", "")
    assert "sso'" not in repr(access)


def test_redirects_are_not_followed(access, stand_in, monkeypatch):
    other = serve(stand_in)
    from siasn.stand_in import Answer, StandIn

    monkeypatch.setattr(StandIn, "_history", lambda self, nip: Answer(302, {}, {"Location": "http://127.0.0.1:9/"}))
    with pytest.raises(Unavailable):
        SiasnClient(access).courses_of(NIP)
    other.shutdown()
    other.server_close()
