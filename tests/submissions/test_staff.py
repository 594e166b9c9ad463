"""Marks by guide, returns, one queue with the quizzes, and who may see whose work."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from completion.marking import waiting_work
from completion.models import ActivityEvent
from completion.services import remove_marker
from notifications.models import Notice
from questions.marking import MarkRefused
from submissions.models import Mark, Submission
from submissions.services import add_file, begin_version, mark_submission
from submissions.staff.queries import code_of
from tests.factories import PersonFactory, make_employee
from tests.quizzes.staff_world import make_world as make_quiz_world

from .world import WORDS, make_world, pdf, photo

pytestmark = pytest.mark.django_db
State = Submission.State


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world():
    return make_world()


def criterion(work):
    return work.rules["criteria"][0]["id"]


def give(work, by, points=80, **told):
    return mark_submission(
        submission=work, by=by, **{"decision": "marked", "criteria": {criterion(work): Decimal(points)}, **told}
    )


def refusal(act):
    with pytest.raises(MarkRefused) as error:
        act()
    return error.value.code


# --- marks -----------------------------------------------------------------------------------------------------------


def test_mark_is_a_grade_and_the_learner_is_told(world):
    learner, organiser = world.learner(), world.organiser()
    work = world.hand_in(learner)
    mark = give(work, organiser, 65, comment="Kurang bukti.")
    work.refresh_from_db()
    assert (work.state, work.points, work.passed) == (State.MARKED, Decimal(65), False)
    assert (mark.state_before, mark.state_after, mark.stage) == (State.HANDED_IN, State.MARKED, "first")
    event = ActivityEvent.objects.get(kind="graded")
    assert (event.data["score"], event.data["passed"]) == ("13/20", False)
    notice = Notice.objects.get(person=learner)
    assert "65" not in notice.title + notice.text


def test_same_mark_twice_is_one_row_and_one_letter(world):
    work, organiser = world.hand_in(), world.organiser()
    assert give(work, organiser).pk == give(work, organiser).pk
    assert Notice.objects.count() == 1


def test_later_mark_is_a_regrade_with_a_reason_and_takes_no_pass_away(world):
    learner, organiser = world.learner(), world.organiser()
    work = world.hand_in(learner)
    first = give(work, organiser, 80)
    assert refusal(lambda: give(work, organiser, 40, seen=first.pk)) == "reason"
    assert refusal(lambda: give(work, organiser, 40, reason="Keliru")) == "meanwhile"
    give(work, organiser, 40, seen=first.pk, reason="Salah baca lampiran")
    events = ActivityEvent.objects.filter(kind="graded")
    assert [(event.decision_number, event.data["score"]) for event in events] == [(None, "4/5"), (1, "2/5")]
    row = world.enrolment(learner).progress.get(activity_id=world.page.pk)
    assert Fraction(row.best_score_numerator, row.best_score_denominator) == Fraction(2, 5)
    assert row.result == 2


@pytest.mark.parametrize("points", [101, -1, Decimal("7.555")])
def test_marks_above_the_maximum_are_refused(world, points):
    work = world.hand_in()
    assert refusal(lambda: give(work, world.organiser(), points)) in ("points", "decimals")
    assert not Mark.objects.exists()


def test_mark_without_a_guide_has_its_maximum():
    world = make_world(guide=[], max_mark=10)
    work, organiser = world.hand_in(), world.organiser()
    told = {"submission": work, "by": organiser, "decision": "marked"}
    assert refusal(lambda: mark_submission(**told, points=Decimal("10.01"))) == "points"
    assert refusal(lambda: mark_submission(**told)) == "points"
    assert mark_submission(**told, points=Decimal("7.5")).points == Decimal("7.5")


def test_return_needs_words_and_opens_the_next_version(world):
    learner, organiser = world.learner(), world.organiser()
    work = world.hand_in(learner)
    told = {"submission": work, "by": organiser, "decision": "returned"}
    assert refusal(lambda: mark_submission(**told)) == "comment"
    mark = mark_submission(**told, comment="Tambahkan foto.")
    assert (mark.points, mark.state_after) == (None, State.RETURNED)
    second = world.hand_in(learner, WORDS + " Dengan foto.")
    assert refusal(lambda: give(work, organiser, seen=mark.pk)) == "replaced"
    give(second, organiser, 90)
    assert ActivityEvent.objects.filter(kind="graded").count() == 1


def test_replaced_version_is_marked_no_more(world):
    learner, organiser = world.learner(), world.organiser()
    work = world.hand_in(learner)
    begin_version(enrolment=world.enrolment(learner), page=world.page)
    world.hand_in(learner, WORDS + " Baru.")
    assert refusal(lambda: give(work, organiser)) == "replaced"


def test_nobody_marks_without_the_right(world):
    learner = world.learner()
    work = world.hand_in(learner)
    head = make_employee(world.units["palu"], is_head=True)
    gone = world.marker()
    remove_marker(marker=world.page.markers.get(person=gone))
    for person in (learner, world.learner(), head, world.organiser("sorong"), world.marker("sorong"), gone):
        assert refusal(lambda person=person: give(work, person)) == "not_yours"
    own = world.organiser()
    mine = world.hand_in(world.learner())
    Submission.objects.filter(pk=mine.pk).update(person=own)
    assert refusal(lambda: give(mine, own)) == "not_yours"


def test_marker_marks_and_does_not_overrule(world):
    work, first, second = world.hand_in(), world.marker(), world.marker()
    mark = give(work, first)
    assert refusal(lambda: give(work, second, 10, seen=mark.pk, reason="Lain")) == "marked"
    assert give(work, world.organiser(), 50, seen=mark.pk, reason="Banding").stage == "settled"


# --- screens ---------------------------------------------------------------------------------------------------------


def address(name, *arguments):
    return reverse(f"submissions_staff:{name}", args=arguments)


def test_one_queue_holds_essays_and_work_the_oldest_first(client):
    quizzes = make_quiz_world()
    quizzes.attempt()
    world = make_world()
    world.hand_in()
    admin = PersonFactory(is_superuser=True, language="en")
    kinds = [(str(work.kind), work.count) for work in waiting_work(admin)]
    assert len(kinds) == 2
    client.force_login(admin)
    for place in (reverse("quizzes_staff:index"), address("index")):
        shown = client.get(place).content.decode()
        assert address("to_mark", world.page.pk) in shown
        assert reverse("quizzes_staff:to_mark", args=[quizzes.quiz.pk]) in shown
    assert [work.count for work in waiting_work(world.organiser())] == [1]
    assert waiting_work(world.organiser("sorong")) == []


def test_marking_without_names_by_the_form(client, world):
    learner = world.learner(name="Albertina Rumbiak")
    add_file(enrolment=world.enrolment(learner), page=world.page, upload=pdf("Albertina.pdf"))
    add_file(enrolment=world.enrolment(learner), page=world.page, upload=photo("Albertina.jpg"))
    work = world.hand_in(learner)
    client.force_login(world.marker())
    begin = client.get(address("to_mark", world.page.pk)).content.decode()
    code = code_of(work.pk)
    assert address("mark", world.page.pk, code) in begin
    desk = client.get(address("mark", world.page.pk, code)).content.decode()
    assert WORDS in desk
    assert "Albertina" not in begin + desk
    for number, ending in ((1, ".pdf"), (2, ".jpg")):
        reply = client.get(address("mark_file", world.page.pk, code, 1, number))
        assert "Albertina" not in reply["Content-Disposition"]
        assert ending in reply["Content-Disposition"]
    assert client.get(address("mark_file", world.page.pk, code, 1, 3)).status_code == 404
    assert client.get(address("mark_file", world.page.pk, code, 2, 1)).status_code == 404
    field = f"criterion-{criterion(work)}"
    wrong = client.post(address("mark", world.page.pk, code), {field: "101", "keputusan": "nilai"})
    assert wrong.status_code == 422
    empty = client.post(address("mark", world.page.pk, code), {"keputusan": "kembali", field: "abc"})
    assert empty.status_code == 422
    client.post(address("mark", world.page.pk, code), {field: "77,5", "comment": "Jelas.", "keputusan": "nilai"})
    work.refresh_from_db()
    assert work.points == Decimal("77.5")


def test_administrators_mark_everything_but_their_own(client, world):
    work, admin = world.hand_in(), PersonFactory(is_superuser=True)
    give(work, admin)
    work.refresh_from_db()
    assert work.state == State.MARKED


def test_return_by_the_form_needs_no_points(client, world):
    work = world.hand_in()
    client.force_login(world.organiser())
    data = {"keputusan": "kembali", "comment": "Tambahkan foto."}
    assert client.post(address("mark", world.page.pk, code_of(work.pk)), data).status_code == 302
    work.refresh_from_db()
    assert work.state == State.RETURNED


def test_organiser_sees_the_record_and_no_words_before_a_mark(client, world):
    learner, organiser = world.learner(), world.organiser()
    kept = add_file(enrolment=world.enrolment(learner), page=world.page, upload=pdf())
    work = world.hand_in(learner)
    client.force_login(organiser)
    assert learner.name in client.get(address("work", world.page.pk)).content.decode()
    record, file = address("record", world.page.pk, work.key), address("record_file", world.page.pk, kept.key)
    assert WORDS not in client.get(record).content.decode()
    assert client.get(file).status_code == 404
    give(work, organiser)
    assert WORDS in client.get(record).content.decode()
    assert client.get(file).status_code == 200


def test_what_one_may_not_see_is_404(client, world):
    work = world.hand_in()
    kept = "00000000-0000-4000-8000-000000000000"
    addresses = [
        address("work", world.page.pk),
        address("record", world.page.pk, work.key),
        address("record_file", world.page.pk, kept),
        address("markers", world.page.pk),
        address("mark", world.page.pk, code_of(work.pk)),
        address("mark_file", world.page.pk, code_of(work.pk), 1, 1),
    ]
    sorong = world.organiser("sorong")
    client.force_login(sorong)
    assert [client.get(one).status_code for one in addresses[1:3] + addresses[4:]] == [404] * 4
    assert "Orang" not in client.get(addresses[0]).content.decode().partition("<table")[2]
    marker = world.marker("sorong")
    client.force_login(marker)
    assert [client.get(one).status_code for one in addresses] == [404] * 6
    assert client.get(address("to_mark", world.page.pk)).status_code == 200
    client.force_login(world.learner())
    assert [client.get(one).status_code for one in addresses] == [302] * 6  # no door to the admin at all


def test_drafts_are_nobodys_but_the_learners(client, world):
    learner = world.learner()
    draft = world.write(learner, "Rahasia draf").draft
    client.force_login(PersonFactory(is_superuser=True))
    assert client.get(address("record", world.page.pk, draft.key)).status_code == 404
    assert client.get(address("mark", world.page.pk, code_of(draft.pk))).status_code == 404
    assert learner.name not in client.get(address("work", world.page.pk)).content.decode()


@pytest.mark.parametrize("name", ["index", "work", "to_mark"])
def test_lists_cost_the_same_for_one_and_for_three(client, world, django_assert_max_num_queries, name):
    client.force_login(world.organiser())
    place = address(name, *([] if name == "index" else [world.page.pk]))
    counts = []
    for _number in range(2):
        for _work in range(1 + len(counts)):
            world.hand_in()
        client.get(place)
        with django_assert_max_num_queries(60) as seen:
            assert client.get(place).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_marker_is_added_and_removed_in_the_record(client, world):
    helper = world.learner()
    client.force_login(world.organiser())
    data = {"person": helper.email, "agency": world.palu.pk}
    assert client.post(address("markers", world.page.pk), data).status_code == 302
    marker = world.page.markers.get()
    client.post(address("remove_marker", world.page.pk, marker.pk))
    assert not world.page.markers.exists()
