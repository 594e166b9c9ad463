"""What pages weigh on the wire, measured in a browser against files that are compressed and kept as in production."""

import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from completion.services import enrol
from courses.content_loading import load_content
from courses.models import CoursePage, LessonPage
from quizzes.models import QuizPage
from quizzes.services import start_attempt
from tests.conftest import PHONE, ROOT, session_cookie
from tests.journeys.world import make_office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST_LESSON, REPEATED_LESSON, FIRST_QUESTION, LATER_QUESTION = 100_000, 15_000, 30_000, 10_000  # bytes


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def site(settings, tmp_path):
    """The address of a server that treats static files as production does. On localhost a browser accepts brotli."""
    settings.STATIC_ROOT = tmp_path / "static"
    # Of other packages only the admin loads files; compressing those would take a minute.
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "elearning.static_files.StaticFiles"},
    }
    settings.WHITENOISE_AUTOREFRESH = False
    call_command("collectstatic", interactive=False, verbosity=0)
    server = make_server("localhost", 0, get_wsgi_application(), Server, Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


class Scale:
    """A phone that weighs what comes over the wire: compressed answers with their headers; what it has kept is free."""

    def __init__(self, browser, site, person):
        self.context = browser.new_context(base_url=site, **PHONE)
        self.context.add_cookies([session_cookie(person, site)])
        self.page = self.context.new_page()
        wire = self.context.new_cdp_session(self.page)
        wire.on("Network.responseReceived", self.received)
        wire.on("Network.loadingFinished", self.finished)
        wire.send("Network.enable")
        self.addresses, self.bytes = {}, {}

    def received(self, event) -> None:
        self.addresses[event["requestId"]] = event["response"]["url"]

    def finished(self, event) -> None:
        address = self.addresses.get(event["requestId"], "")
        if not address.startswith("data:"):
            self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])

    def weigh(self, address: str) -> int:
        """Return the bytes of a visit; `bytes` says how many each file had."""
        self.addresses, self.bytes = {}, {}
        assert self.page.goto(address).status == 200
        self.page.wait_for_load_state("networkidle")
        return sum(self.bytes.values())


def test_lesson_and_quiz_stay_light(site, browser):
    load_content(folder=ROOT / "content")
    learner = make_office().learner
    for course in CoursePage.objects.live():
        enrol(person=learner, course=course)
    longest = sorted(LessonPage.objects.live(), key=lambda lesson: len(str(lesson.body)))[-2:]
    attempt = start_attempt(person=learner, quiz=QuizPage.objects.live().first())
    scale = Scale(browser, site, learner)

    def is_within(budget: int, address: str) -> None:
        assert 0 < scale.weigh(address) <= budget, f"{sum(scale.bytes.values())} bytes: {scale.bytes}"

    is_within(FIRST_LESSON, longest[1].url)
    assert any(".css" in address for address in scale.bytes)
    is_within(REPEATED_LESSON, longest[1].url)
    is_within(REPEATED_LESSON, longest[0].url)
    is_within(FIRST_QUESTION, f"/kuis/{attempt.key}/1/")
    is_within(LATER_QUESTION, f"/kuis/{attempt.key}/2/")
    scale.context.close()
