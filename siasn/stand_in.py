"""A stand-in for SIASN's web service, for tests and for trying the connector without BKN: strict, and forgetful.

It knows what `docs/siasn.md` documents and refuses everything else: a field that is missing, unknown, of the wrong type
or format, a header that is not exactly right, a certificate that is no PDF. It can be told to fail. Only the standard
library; nothing of the connector is used, so that a mistake there is not repeated here.
"""

import base64
import datetime as dt
import json
import re
import secrets
import threading
import time
import urllib.parse
import uuid
from collections import deque
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BASE = "/apisiasn/1.0"
TOKEN_SECONDS = 3600
LARGEST = 10_000_000
DATE = re.compile(r"\d{2}-\d{2}-\d{4}")
TEXTS = {  # field: most characters; both empty ones as in the published example
    "instansiId": 36,
    "institusiPenyelenggara": 255,
    "jenisDiklatId": 2,
    "jenisKursus": 36,
    "jenisKursusSertipikat": 1,
    "lokasiId": 36,
    "namaKursus": 500,
    "nomorSertipikat": 100,
    "pnsOrangId": 36,
    "tanggalKursus": 10,
    "tanggalSelesaiKursus": 10,
}
MAY_BE_EMPTY = {"jenisKursus", "lokasiId"}
WHOLE = {"jumlahJam": (1, 2000), "tahunKursus": (1950, 2100)}
FLAGS = {2: "F", 4: "P", 7: "P", 9: "P"}
FAILURES = {"500": 500, "503": 503, "429": 429, "401": 401, "timeout": 0, "lost": -1}


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    headers: dict[str, str] = field(default_factory=dict)


class Bad(Exception):
    """What is wrong with a request, as the service would say it."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


@dataclass
class StandIn:
    """The service without its wire. `people` maps NIP to SIASN's id of the person; `failures` come first, in order.

    A failure is "500", "503", "429", "401", "timeout" (an answer that comes too late) or "lost" (the work is done, the
    answer never arrives).
    """

    consumer_key: str = "key"
    consumer_secret: str = "secret"  # noqa: S105 - a stand-in's
    sso_token: str = "sso"  # noqa: S105
    people: dict[str, str] = field(default_factory=dict)
    failures: deque[str] = field(default_factory=deque)
    late_seconds: float = 1.0
    tokens: dict[str, float] = field(default_factory=dict)
    courses: dict[str, dict] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """Answer a request; None is no answer at all. Header names are in lower case."""
        path = urllib.parse.urlsplit(target).path
        self.calls.append(f"{method} {path}")
        failure = self.failures.popleft() if self.failures else ""
        if failure == "timeout":
            time.sleep(self.late_seconds)
            return None
        if failure and failure != "lost":
            extra = {"Retry-After": "7"} if failure == "429" else {}
            return Answer(FAILURES[failure], {"success": False, "message": f"Gangguan {failure}"}, extra)
        try:
            answer = self._answer(method, path, headers, body)
        except Bad as bad:
            return Answer(bad.status, {"success": False, "mapData": {}, "message": str(bad)})
        return None if failure == "lost" else answer

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if (method, path) == ("POST", "/oauth2/token"):
            return self._token(headers, body)
        self._check_tokens(headers)
        if (method, path) == ("POST", f"{BASE}/kursus/save"):
            return self._save(headers, body)
        if (method, path) == ("POST", f"{BASE}/upload-dok-rw"):
            return self._upload(headers, body)
        found = re.fullmatch(rf"{re.escape(BASE)}/pns/rw-kursus/(\d{{18}})", path)
        if method == "GET" and found:
            return self._history(found[1])
        raise Bad(404, "Alamat tidak dikenal")

    # --- tokens ------------------------------------------------------------------------------------------------------

    def _token(self, headers, body: bytes) -> Answer:
        pair = base64.b64encode(f"{self.consumer_key}:{self.consumer_secret}".encode()).decode()
        if headers.get("authorization") != f"Basic {pair}":
            raise Bad(401, "Consumer key atau secret salah")
        if urllib.parse.parse_qs(body.decode("ascii", "replace")) != {"grant_type": ["client_credentials"]}:
            raise Bad(400, "grant_type harus client_credentials")
        token = secrets.token_hex(16)
        self.tokens[token] = time.monotonic() + TOKEN_SECONDS
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def _check_tokens(self, headers) -> None:
        scheme, _space, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or self.tokens.get(token, 0) < time.monotonic():
            raise Bad(401, "Token WSO tidak berlaku")
        if headers.get("auth") != f"bearer {self.sso_token}":
            raise Bad(401, "Token SSO tidak berlaku")

    # --- course history ----------------------------------------------------------------------------------------------

    def _save(self, headers, body: bytes) -> Answer:
        if headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise Bad(415, "Content-Type harus application/json")
        try:
            sent = json.loads(body)
        except ValueError as error:
            raise Bad(400, "Isi bukan JSON") from error
        if wrong := self._wrong(sent):
            raise Bad(400, "; ".join(wrong))
        record_id = str(uuid.uuid4())
        self.courses[record_id] = sent
        return Answer(200, {"success": True, "mapData": {"rwKursusId": record_id}, "message": "Data berhasil disimpan"})

    def _wrong(self, sent) -> list[str]:
        if not isinstance(sent, dict):
            return ["isi harus objek"]
        names = set(TEXTS) | set(WHOLE)
        wrong = [f"{name}: wajib ada" for name in sorted(names - set(sent))]
        wrong += [f"{name}: tidak dikenal" for name in sorted(set(sent) - names)]
        wrong += [text for name, most in TEXTS.items() if name in sent for text in _wrong_text(name, sent[name], most)]
        for name, (least, most) in WHOLE.items():
            value = sent.get(name, least)
            if type(value) is not int or not least <= value <= most:
                wrong.append(f"{name}: harus bilangan bulat {least}–{most}")
        return wrong or self._contradictions(sent)

    def _contradictions(self, sent: dict) -> list[str]:
        """Say what does not fit together in a body whose fields are right one by one."""
        wrong = []
        start, end = _day(sent["tanggalKursus"]), _day(sent["tanggalSelesaiKursus"])
        for name, day in (("tanggalKursus", start), ("tanggalSelesaiKursus", end)):
            if day is None:
                wrong.append(f"{name}: harus tanggal d-m-Y")
        if start and end and start > end:
            wrong.append("tanggalSelesaiKursus: sebelum tanggalKursus")
        if start and end and sent["tahunKursus"] not in (start.year, end.year):
            wrong.append("tahunKursus: bukan tahun kursus")
        kind = sent["jenisDiklatId"]
        if not re.fullmatch(r"[1-9]|1\d|2[0-5]", kind):
            wrong.append("jenisDiklatId: harus 1–25")
        elif sent["jenisKursusSertipikat"] != FLAGS.get(int(kind), "T"):
            wrong.append("jenisKursusSertipikat: tidak sesuai jenisDiklatId")
        if sent["pnsOrangId"] not in self.people.values():
            wrong.append("pnsOrangId: tidak ditemukan")
        return wrong

    def _history(self, nip: str) -> Answer:
        person = self.people.get(nip)
        if person is None:
            raise Bad(404, "NIP tidak ditemukan")
        rows = [
            self._read_row(record_id, nip, sent)
            for record_id, sent in self.courses.items()
            if sent["pnsOrangId"] == person
        ]
        if not rows:
            return Answer(200, {"code": 0, "data": "Data tidak ditemukan", "message": ""})
        return Answer(200, {"code": 1, "count": len(rows), "data": rows, "message": ""})

    def _read_row(self, record_id: str, nip: str, sent: dict) -> dict:
        """Return a course as it is read: other spellings than those it was written with."""
        path = {"881": {"dok_id": "881", "dok_uri": f"dok/{record_id}.pdf"}} if record_id in self.documents else {}
        return {
            "id": record_id,
            "idPns": sent["pnsOrangId"],
            "nipBaru": nip,
            "nipLama": "",
            "jenisKursusNama": "",
            "jenisKursusSertifikat": sent["jenisKursusSertipikat"],
            "institusiPenyelenggara": sent["institusiPenyelenggara"],
            "jenisKursusId": sent["jenisKursus"],
            "jumlahJam": sent["jumlahJam"],
            "namaKursus": sent["namaKursus"],
            "noSertipikat": sent["nomorSertipikat"],
            "tahunKursus": sent["tahunKursus"],
            "tanggalKursus": sent["tanggalKursus"],
            "path": path,
            "jenisDiklatId": sent["jenisDiklatId"],
            "tanggalSelesaiKursus": sent["tanggalSelesaiKursus"],
        }

    def _upload(self, headers, body: bytes) -> Answer:
        kind = headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            raise Bad(415, "Content-Type harus multipart/form-data")
        message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        if not message.is_multipart():
            raise Bad(400, "formulir tidak terbaca")
        parts = {str(part.get_param("name", header="content-disposition")): part for part in message.get_payload()}
        if set(parts) != {"file", "id_riwayat", "id_ref_dokumen"}:
            raise Bad(400, "isi formulir harus file, id_riwayat, id_ref_dokumen")
        values = {name: part.get_payload(decode=True) for name, part in parts.items()}
        record_id = values["id_riwayat"].decode("ascii", "replace")
        if values["id_ref_dokumen"] != b"881":
            raise Bad(400, "id_ref_dokumen: harus 881 (Dok Sertifikat Kursus)")
        if record_id not in self.courses:
            raise Bad(400, "id_riwayat: tidak ditemukan")
        if not parts["file"].get_filename() or not values["file"].startswith(b"%PDF-"):
            raise Bad(400, "file: harus PDF")
        self.documents[record_id] = values["file"]
        return Answer(200, {"code": 1, "data": {"dok_id": "881"}, "message": "success"})


def _wrong_text(name: str, value, most: int) -> list[str]:
    if not isinstance(value, str):
        return [f"{name}: harus teks"]
    if value != value.strip() or len(value) > most:
        return [f"{name}: paling banyak {most} huruf, tanpa spasi di tepi"]
    return [] if value or name in MAY_BE_EMPTY else [f"{name}: tidak boleh kosong"]


def _day(text: str) -> dt.date | None:
    if not DATE.fullmatch(text):
        return None
    try:
        return dt.datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        return None


# --- the wire ---------------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def _serve(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LARGEST)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.stand_in.answer(self.command, self.path, headers, self.rfile.read(length))
        if answer is None:
            self.close_connection = True
            return
        content = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, form, *arguments) -> None:
        """Say nothing: the command prints the calls, tests look at `calls`."""


def serve(stand_in: StandIn, *, port: int = 0) -> ThreadingHTTPServer:
    """Return a running server of this machine, on `server.server_port`; `shutdown()` and `server_close()` end it."""
    handler = type("BoundHandler", (Handler,), {"stand_in": stand_in})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.02], name="siasn-stand-in", daemon=True).start()
    return server
