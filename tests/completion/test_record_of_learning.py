"""The heart: whatever learners, staff, editors, clocks and workers do in whatever order, the record is exact.

A play has them all act at random over the real services on two real courses. At its end, and in between, what is stored
must be what the events say, and must agree with a plain retelling of the promises: every fact once, editions never
change, finished stays finished, late news are applied. A play follows from its number, so a failing one can be run
again; what happened in it is in the captured output.

`RECORD_PLAYS=300 pytest tests/completion/test_record_of_learning.py` looks deeper.
"""

import datetime as dt
import os
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib import import_module

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.test import TestCase
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page

from completion import services
from completion.checks import differences
from completion.models import ActivityEvent, Assignment, Completion, Enrolment
from completion.policy import BadEvidence
from completion.services import EnrolmentRefused
from courses.models import CoursePage, LessonPage, ModulePage, ShelfPage
from courses.protection import is_protected
from courses.queries import course_id_of, course_rule, edition_rules, forget_editions, latest_edition, outline
from people.queries import main_unit
from people.services import move_person
from quizzes.models import Attempt, QuizPage, QuizSlot
from quizzes.queries import replayed_marks
from quizzes.services import QuizRefused, save_answer, start_attempt, submit_attempt
from tests.factories import PersonFactory, UnitFactory, ready_question, single

from .conftest import make_lesson, make_person

PLAYS = int(os.environ.get("RECORD_PLAYS", "10"))
STEPS = 60
BEGIN = dt.datetime(2026, 11, 2, 14, 30, tzinfo=dt.UTC)  # soon midnight in the east, and not yet in the west
ANSWERS = [{"chosen": ["a"]}, {"chosen": ["b"]}, None]

ANY = range(12)  # which of the people, pages or enrolments there are; counted round
EITHER = (True, False)
# What a device's clock may say: nothing, right, hours or days behind, ahead, another decade.
CLOCKS = [None, *(dt.timedelta(days=days) for days in (0, -0.2, -1, -6.9, -8, -3650, 1, 3650))]

Act = Callable[..., None]
acts: dict[str, tuple[int, dict[str, Sequence]]] = {}


def may_happen(*, often: int = 1, **choices: Sequence) -> Callable[[Act], Act]:
    """Let a method be part of plays, with one of the choices for each argument."""

    def register(act: Act) -> Act:
        acts[act.__name__] = (often, choices)
        return act

    return register


@dataclass
class World:
    """What is there before each play: a course and a tiny one on a shelf, two learners, an organiser."""

    shelf: ShelfPage
    other_shelf: ShelfPage
    courses: list[CoursePage]
    people: list
    units: list
    staff: object
    question: object


@dataclass
class Told:
    """A fact as it was sent, to be sent again; `rule` is the one it was taken under."""

    person: object
    activity_id: int
    kind: str
    data: dict
    client_id: uuid.UUID
    device_at: dt.datetime | None


@dataclass
class Promise:
    """What was answered with success about one enrolment."""

    rules: tuple
    facts: set = field(default_factory=set)
    decided: int = 0
    finished: bool = False


def build_world() -> World:
    from courses.models import CataloguePage
    from courses.services import refresh_course

    catalogue = CataloguePage.objects.get()
    shelf, other_shelf = (
        catalogue.add_child(instance=ShelfPage(title=f"Rak {name}", slug=f"rak-mesin-{name}")) for name in "ab"
    )
    question = ready_question(single(right="a"))
    courses = []
    for name, parts in (("x", "mn"), ("y", "m")):
        course = shelf.add_child(instance=CoursePage(title=f"Kursus {name}", slug=f"kursus-{name}", summary="Singkat."))
        for part in parts:
            module = course.add_child(instance=ModulePage(title=f"Modul {part}", slug=f"modul-{part}"))
            make_lesson(module, minimum_seconds=60)
            if name == "x":
                make_lesson(module, completion_rule="declared", required=part == "m")
        if name == "x":
            add_quiz(module, question)
        refresh_course(course=course)
        courses.append(course)
    units = [UnitFactory() for _ in range(2)]
    people = [make_person(units[0]) for _ in range(2)]
    return World(shelf, other_shelf, courses, people, units, PersonFactory(name="Penyelenggara"), question)


def add_quiz(module, question) -> QuizPage:
    quiz = module.add_child(instance=QuizPage(title="Kuis", slug=f"kuis-{uuid.uuid4().hex[:8]}", attempts_allowed=2))
    QuizSlot.objects.create(quiz=quiz, question=question, max_mark=1)
    return quiz


class Play:
    def __init__(self, world: World, number: int):
        self.world = world
        self.chance = random.Random(number)
        self.told: list[Told] = []
        self.attempts: list[Attempt] = []
        self.promises: dict[int, Promise] = {}

    def go(self) -> None:
        names, weights = list(acts), [often for often, _choices in acts.values()]
        with time_machine.travel(BEGIN, tick=False) as self.now:
            self.enrol(0, self.chance.choice(ANY))
            for name in self.chance.choices(names, weights, k=STEPS):
                chosen = {argument: self.chance.choice(choices) for argument, choices in acts[name][1].items()}
                print(name, chosen)
                getattr(self, name)(**chosen)
            self.prove()

    @contextmanager
    def commit(self):
        """One request: a transaction of its own, and what is to follow its commit."""
        with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
            yield

    def person(self, which):
        return self.world.people[which % len(self.world.people)]

    def course(self, which) -> CoursePage:
        return CoursePage.objects.get(pk=self.world.courses[which % len(self.world.courses)].pk)

    def page(self, which, *kinds):
        """Return one of the pages on the shelves, of the kinds that are asked for, live or not, read anew."""
        pages = [
            page.specific
            for page in Page.objects.filter(depth__gt=self.world.shelf.depth).order_by("pk").specific()
            if isinstance(page, kinds or (LessonPage, QuizPage, ModulePage, CoursePage))
        ]
        return pages[which % len(pages)] if pages else None

    def enrolments(self):
        return list(Enrolment.objects.order_by("pk"))

    def enrolment(self, which) -> Enrolment | None:
        found = self.enrolments()
        return found[which % len(found)] if found else None

    # --- learners ----------------------------------------------------------------------------------------------------

    @may_happen(often=4, who=ANY, which=ANY)
    def enrol(self, who, which):
        person, course = self.person(who), self.course(which)
        with self.commit():
            try:
                enrolment = services.enrol(person=person, course=course)
            except EnrolmentRefused:
                return
        assert enrolment.state != Enrolment.State.LEFT
        self.promise(enrolment)

    def promise(self, enrolment) -> Promise:
        if enrolment.pk not in self.promises:
            assert enrolment.edition_id == latest_edition(enrolment.course_id).pk
            self.promises[enrolment.pk] = Promise(tuple(edition_rules(enrolment.edition_id)))
        return self.promises[enrolment.pk]

    @may_happen(which=ANY)
    def leave(self, which):
        enrolment = self.enrolment(which)
        stays = enrolment.state == Enrolment.State.FINISHED
        stays = stays or Assignment.objects.filter(enrolment=enrolment, withdrawn_at=None).exists()
        with self.commit():
            try:
                services.leave(enrolment=enrolment)
            except EnrolmentRefused:
                assert stays
            else:
                assert not stays

    @may_happen(often=3, which=ANY, activity=ANY)
    def open(self, which, activity):
        enrolment = self.enrolment(which)
        page = self.activity(enrolment, activity)
        with self.commit():
            try:
                services.record_opening(enrolment=enrolment, activity_id=page.pk, revision=page.live_revision_id)
            except BadEvidence:
                assert not self.stands_in(page, enrolment)
                return
        assert ActivityEvent.objects.filter(enrolment=enrolment, activity=page, kind="opened").exists()

    @may_happen(
        often=6,
        which=ANY,
        activity=ANY,
        kind=["read", "declared"],
        seconds=[0, 20, 40, 60, 9000],
        end=EITHER,
        opening=["first", "second"],
        clock=CLOCKS,
    )
    def study(self, which, activity, kind, seconds, end, opening, clock):
        enrolment = self.enrolment(which)
        page = self.activity(enrolment, activity)
        data = {"seconds": seconds, "reached_end": end, "opening": f"{opening}-{page.pk}"}
        device_at = None if clock is None else timezone.now() + clock
        self.tell(enrolment, Told(enrolment.person, page.pk, kind, data, uuid.uuid4(), device_at))

    def activity(self, enrolment, which):
        """Return mostly what the enrolment asks for, sometimes any activity there is."""
        rules = self.promises[enrolment.pk].rules
        if which < 9:
            return Page.objects.get(pk=rules[which % len(rules)].activity_id).specific
        return self.page(which, LessonPage, QuizPage)

    @may_happen(often=3, which=ANY, seconds=[10, 30, 70])
    def read_on(self, which, seconds):
        """The script reports the growing sum of one opening again."""
        if not self.told:
            return
        told = self.told[which % len(self.told)]
        enrolment = ActivityEvent.objects.get(person=told.person, client_id=told.client_id).enrolment
        data = told.data | {"seconds": seconds}
        self.tell(enrolment, replace(told, data=data, client_id=uuid.uuid4(), device_at=None))

    def tell(self, enrolment, told: Told):
        before = enrolment.events.count()
        with self.commit():
            try:
                services.record(
                    enrolment=enrolment,
                    activity_id=told.activity_id,
                    kind=told.kind,
                    data=told.data,
                    client_id=told.client_id,
                    device_at=told.device_at,
                )
            except BadEvidence:
                assert not self.stands_in(Page.objects.get(pk=told.activity_id).specific, enrolment)
                return
        known = told.client_id in self.promises[enrolment.pk].facts
        assert enrolment.events.count() == before + (not known)
        self.promises[enrolment.pk].facts.add(told.client_id)
        self.told.append(told)

    def stands_in(self, page, enrolment) -> bool:
        """Say whether evidence about a page must be taken: it is named by the edition or stands in the course."""
        named = {entry.activity_id for entry in edition_rules(enrolment.edition_id)}
        return page.pk in named or course_id_of(page) == enrolment.course_id

    @may_happen(often=2, which=ANY)
    def send_again(self, which):
        """A double submit, a device that did not hear back: the same fact again, perhaps much later."""
        if not self.told:
            return
        told = self.told[which % len(self.told)]
        known = ActivityEvent.objects.get(person=told.person, client_id=told.client_id)
        self.tell(known.enrolment, told)

    @may_happen(who=ANY, which=ANY)
    def start_quiz(self, who, which):
        quiz = self.page(which, QuizPage)
        if quiz is None:
            return
        with self.commit():
            try:
                attempt = start_attempt(person=self.person(who), quiz=quiz)
            except QuizRefused:
                return
        if attempt not in self.attempts:
            self.attempts.append(attempt)

    @may_happen(which=ANY, answer=ANSWERS, based_on=[None, 1, 3])
    def answer(self, which, answer, based_on):
        if not self.attempts:
            return
        attempt = self.attempts[which % len(self.attempts)]
        with self.commit():
            save_answer(attempt=attempt, position=1, answer=answer, client_id=uuid.uuid4(), based_on=based_on)

    @may_happen(which=ANY)
    def submit(self, which):
        if not self.attempts:
            return
        attempt = self.attempts[which % len(self.attempts)]
        with self.commit():
            submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        self.promises[attempt.enrolment_id].facts.add(uuid.uuid5(attempt.key, "graded"))

    @may_happen(often=4, which=ANY, but=[None, None, 0, 1])
    def do_all_that_is_asked(self, which, but):
        """Go to the end of a course, perhaps with one thing left out."""
        enrolment = self.enrolment(which)
        asked = [entry for entry in self.promises[enrolment.pk].rules if entry.required]
        for position, entry in enumerate(asked):
            if position == but:
                continue
            if entry.kind == "quiz":
                self.pass_quiz(enrolment, QuizPage.objects.get(pk=entry.activity_id))
            else:
                kind = "declared" if entry.rule["rule"] == "declared" else "read"
                data = {"seconds": 90, "reached_end": True, "opening": uuid.uuid4().hex}
                self.tell(enrolment, Told(enrolment.person, entry.activity_id, kind, data, uuid.uuid4(), None))

    def pass_quiz(self, enrolment, quiz):
        with self.commit():
            try:
                attempt = start_attempt(person=enrolment.person, quiz=quiz)
            except QuizRefused:
                return
            save_answer(attempt=attempt, position=1, answer=ANSWERS[0], client_id=uuid.uuid4(), based_on=99)
            submit_attempt(attempt=attempt, client_id=uuid.uuid4())
        self.attempts.append(attempt)
        self.promises[attempt.enrolment_id].facts.add(uuid.uuid5(attempt.key, "graded"))

    # --- organisers --------------------------------------------------------------------------------------------------

    @may_happen(which=ANY, due=[None, 3])
    def assign(self, which, due):
        course = self.course(which)
        due_at = None if due is None else timezone.now() + dt.timedelta(days=due)
        agency = self.world.units[0].agency
        with self.commit():
            try:
                services.assign(
                    course=course,
                    people=self.world.people,
                    by=self.world.staff,
                    agency=agency,
                    due_at=due_at,
                    reason="Wajib",
                )
            except EnrolmentRefused:
                return
        for enrolment in Enrolment.objects.filter(course=course, person__in=self.world.people):
            assert enrolment.state != Enrolment.State.LEFT
            self.promise(enrolment)

    @may_happen(which=ANY)
    def take_assignment_back(self, which):
        found = list(Assignment.objects.order_by("pk"))
        if found:
            with self.commit():
                services.withdraw_assignment(assignment=found[which % len(found)])

    @may_happen(which=ANY, activity=ANY, complete=(True, False, None))
    def decide(self, which, activity, complete):
        self.by_staff(which, activity, services.decide_by_staff, complete=complete)

    @may_happen(which=ANY, activity=ANY)
    def redo(self, which, activity):
        self.by_staff(which, activity, services.ask_to_redo)

    def by_staff(self, which, activity, decide, **how):
        enrolment = self.enrolment(which)
        rules = self.promises[enrolment.pk].rules
        activity_id = rules[activity % len(rules)].activity_id
        with self.commit():
            decide(enrolment=enrolment, activity_id=activity_id, by=self.world.staff, reason="Karena", **how)
        self.promises[enrolment.pk].decided += 1
        self.may_open_again(enrolment.person_id)

    def may_open_again(self, person_id):
        """Only staff may take a completion back, and with it that of a course that asks for the other."""
        for pk in Enrolment.objects.filter(person=person_id).values_list("pk", flat=True):
            self.promises[pk].finished = False

    @may_happen(often=3, which=ANY, signed=EITHER)
    def sign(self, which, signed):
        enrolment = self.enrolment(which)
        decide = services.sign_off if signed else services.take_back_sign_off
        with self.commit():
            told = decide(enrolments=[enrolment], by=self.world.staff, reason="Karena")
        assert told == (signed != (enrolment.signed_off_at is not None))
        self.may_open_again(enrolment.person_id)

    @may_happen(who=ANY, where=ANY)
    def move_person(self, who, where):
        with self.commit():
            person = self.person(who)
            post = person.posts.get(valid_to=None)
            if post.valid_from >= timezone.localdate():
                return
            move_person(
                person=person,
                unit=self.world.units[where % len(self.world.units)],
                title="Analis",
                on=timezone.localdate(),
            )

    # --- editors -----------------------------------------------------------------------------------------------------

    def publish_page(self, page):
        """An alias follows its source: an editor cannot publish it by itself."""
        if not page.alias_of_id:
            with self.commit():
                page.save_revision().publish()

    @may_happen(which=ANY)
    def withdraw_or_publish(self, which):
        self.turn(self.page(which))

    @may_happen(which=ANY)
    def withdraw_or_publish_all_in_a_course(self, which):
        """The smallest course has a single lesson: everything goes, and everything comes back."""
        course = self.course(which)
        for page in Page.objects.descendant_of(course).filter(depth=course.depth + 2).specific():
            self.turn(page)

    @may_happen(which=ANY)
    def withdraw_or_publish_a_course(self, which):
        self.turn(self.course(which))

    def turn(self, page):
        if not page.live:
            self.publish_page(page)
            return
        with self.commit():
            page.unpublish()

    @may_happen(which=ANY)
    def restore_the_first_revision(self, which):
        revision = self.page(which).revisions.order_by("pk").first()
        if revision:
            with self.commit():
                revision.publish()

    @may_happen(which=ANY, required=EITHER, minimum=[None, 10, 90], mark=[0, 100])
    def change_the_rules(self, which, required, minimum, mark):
        page = self.page(which, LessonPage, QuizPage)
        if page is None:
            return
        page.required = required
        if isinstance(page, LessonPage):
            page.minimum_seconds = minimum
        else:
            page.pass_mark = mark
        self.publish_page(page)

    @may_happen(often=2, which=ANY, mode=["all", "any"], count=[1, 2], days=[None, None, 2], sign=EITHER, other=EITHER)
    def change_what_completes_a_course(self, which, mode, count, days, sign, other):
        course = self.course(which)
        first = self.course(0)
        course.completion_mode, course.completion_count = mode, count
        course.minimum_days, course.needs_sign_off = days, sign
        course.required_courses = [first] if other and course != first else []
        if course.live:
            self.publish_page(course)

    @may_happen(which=ANY, part=ANY, quiz=EITHER)
    def add_an_activity(self, which, part, quiz):
        module = self.page(part, ModulePage)
        if module is None:
            return
        with self.commit():
            page = add_quiz(module, self.world.question) if quiz else make_lesson(module, required=which % 2 == 0)
            type(page).objects.get(pk=page.pk).save_revision().publish()

    @may_happen(which=ANY, part=ANY)
    def move(self, which, part):
        page, module = self.page(which, LessonPage, QuizPage), self.page(part, ModulePage)
        if page is None or module is None:
            return
        other_course = course_id_of(page) != course_id_of(module)
        protected = is_protected(page)
        with self.commit():
            try:
                with transaction.atomic():
                    page.move(module, pos="first-child")
            except PermissionDenied:
                assert other_course
                assert protected
            else:
                assert not (other_course and protected)

    @may_happen(which=ANY)
    def delete(self, which):
        page = self.page(which, LessonPage, QuizPage, ModulePage)
        with self.commit():
            try:
                with transaction.atomic():
                    page.delete()
            except ProtectedError:
                pass

    @may_happen(which=ANY, part=ANY, alias=EITHER)
    def copy(self, which, part, alias):
        page, module = self.page(which, LessonPage, QuizPage), self.page(part, ModulePage)
        if page is None or module is None:
            return
        slug = f"salinan-{uuid.uuid4().hex[:8]}"
        with self.commit():
            if alias:
                page.create_alias(parent=module, update_slug=slug)
            else:
                page.copy(to=module, update_attrs={"slug": slug})

    @may_happen(which=ANY, aside=EITHER)
    def move_the_course(self, which, aside):
        with self.commit():
            shelf = self.world.other_shelf if aside else self.world.shelf
            self.course(which).move(ShelfPage.objects.get(pk=shelf.pk), pos="last-child")

    @may_happen(which=ANY)
    def change_the_address(self, which):
        page = self.page(which)
        page.slug = f"alamat-{uuid.uuid4().hex[:8]}"
        self.publish_page(page)

    # --- time and machines -------------------------------------------------------------------------------------------

    @may_happen(often=3, minutes=[1, 45, 60 * 9, 60 * 24 * 3])
    def time_passes(self, minutes):
        self.now.shift(dt.timedelta(minutes=minutes))

    @may_happen(often=3, killed=EITHER)
    def the_worker_works(self, killed=False):
        """Do what is queued, in its order; a killed worker has done the task and could not say so."""
        queued = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path__startswith="completion.")
        for task in queued.order_by("enqueued_at"):
            module, _, name = task.task_path.rpartition(".")
            function = getattr(import_module(module), name).func
            for _time in range(1 + killed):
                with self.commit():
                    function(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])
            task.delete()

    # --- the proof ---------------------------------------------------------------------------------------------------

    @may_happen(often=3)
    def prove(self):
        self.the_worker_works()
        with self.commit():
            services.follow_clock()
        found = [difference for _count, chunk in differences() for difference in chunk]
        assert found == []
        self.prove_outlines()
        for enrolment in self.enrolments():
            self.prove_promises(enrolment, self.promises[enrolment.pk])
        for attempt in Attempt.objects.filter(state=Attempt.State.GRADED):
            self.prove_attempt(attempt)

    def prove_outlines(self):
        """The outline names exactly what is live below live modules, and the latest edition the same."""
        for course in CoursePage.objects.filter(pk__in=[course.pk for course in self.world.courses]):
            live = {
                page.pk
                for module in ModulePage.objects.child_of(course).live()
                for page in Page.objects.child_of(module).live()
            }
            told = outline(course.pk)
            assert told.activity_ids == live
            assert (told.live, told.url) == (course.live, course.get_url_parts()[2])
            if course.live and live:
                assert {entry.activity_id for entry in edition_rules(latest_edition(course).pk)} == live

    def prove_promises(self, enrolment, promise):
        forget_editions()
        assert tuple(edition_rules(enrolment.edition_id)) == promise.rules
        facts = enrolment.events.filter(decision_number=None).exclude(kind="opened")
        assert sorted(facts.values_list("client_id", flat=True)) == sorted(promise.facts)
        assert enrolment.events.exclude(decision_number=None).count() == promise.decided
        assert not (promise.finished and enrolment.completion != Completion.COMPLETE)
        promise.finished = enrolment.completion == Completion.COMPLETE
        assert (enrolment.completion == Completion.COMPLETE) == self.is_complete(enrolment)
        rows = {row.activity_id: row for row in enrolment.progress.all()}
        for entry in promise.rules:
            row = rows.get(entry.activity_id)
            done = row is not None and row.completion == Completion.COMPLETE
            assert done == self.is_done(enrolment, entry.activity_id, entry.rule)
            facts, _staff = self.what_counts(enrolment, entry.activity_id)
            assert (row.seconds if row else 0) == self.seconds_of(facts)
        if enrolment.state == Enrolment.State.OPEN:
            assert enrolment.unit_id == main_unit(enrolment.person).pk
        for event in enrolment.events.all():
            assert enrolment.enrolled_at <= event.effective_at <= event.received_at
            zone = dt.timezone(dt.timedelta(hours=9))
            assert event.local_date == event.effective_at.astimezone(zone).date()

    def is_complete(self, enrolment) -> bool:
        """Retell the promise plainly: all required activities done, but for those that were not there."""
        live = outline(enrolment.course_id).activity_ids
        required = {entry.activity_id: entry.rule for entry in edition_rules(enrolment.edition_id) if entry.required}
        if enrolment.completion == Completion.COMPLETE:
            asked = required.keys() - set(enrolment.excused)
        else:
            asked = required.keys() & live
        rule = course_rule(enrolment.edition_id)
        done = sum(self.is_done(enrolment, pk, required[pk]) for pk in asked)
        days = dt.timedelta(days=rule.get("minimum_days", 0))
        signed = enrolment.decisions.order_by("-number").first()
        mine = Enrolment.objects.filter(person=enrolment.person, completion=Completion.COMPLETE)
        return (
            bool(asked)
            and done >= min(rule.get("count", len(asked)), len(asked))
            and timezone.now() >= enrolment.enrolled_at + days
            and (not rule.get("sign_off") or bool(signed and signed.signed_off))
            and set(rule.get("courses", ())) <= set(mine.values_list("course", flat=True))
        )

    def is_done(self, enrolment, activity_id, asked) -> bool:
        facts, staff = self.what_counts(enrolment, activity_id)
        overrides = [decision for decision in staff if decision.kind == "overridden"]
        if overrides and overrides[-1].data["complete"] is not None:
            return overrides[-1].data["complete"]
        if asked["rule"] == "declared":
            return any(fact.kind == "declared" for fact in facts)
        if asked["rule"] == "passed":
            return any(fact.data["passed"] for fact in facts if fact.kind == "graded")
        ended = any(fact.data.get("reached_end") for fact in facts)
        return ended and self.seconds_of(facts) >= asked["minimum_seconds"]

    def what_counts(self, enrolment, activity_id) -> tuple[list, list]:
        """Return the facts and the decisions of staff since the activity was last to be done again."""
        events = list(enrolment.events.filter(activity_id=activity_id))
        staff = sorted((e for e in events if e.decision_number), key=lambda e: e.decision_number)
        facts = [event for event in events if event.decision_number is None]
        redone = [place for place, decision in enumerate(staff) if decision.kind == "redo"]
        if redone:
            facts = [fact for fact in facts if fact.effective_at > staff[redone[-1]].effective_at]
            staff = staff[redone[-1] + 1 :]
        return facts, staff

    def seconds_of(self, facts) -> int:
        """Add up the longest report of each opening."""
        longest = defaultdict(int)
        for fact in facts:
            opening = fact.data.get("opening")
            longest[opening] = max(longest[opening], fact.data.get("seconds", 0))
        return sum(longest.values())

    def prove_attempt(self, attempt):
        marks = replayed_marks(attempt)
        assert (marks.score, marks.passed) == (attempt.score, attempt.passed)
        event = ActivityEvent.objects.get(enrolment=attempt.enrolment, client_id=uuid.uuid5(attempt.key, "graded"))
        assert (Fraction(event.data["score"]), event.data["passed"]) == (attempt.score, attempt.passed)
        if attempt.rules["pass_mark"] == 0:
            assert attempt.passed


@pytest.fixture
def world(db):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return build_world()


@pytest.mark.parametrize("number", range(PLAYS))
def test_record_is_exact_whatever_happens(world, task_queue, number):
    Play(world, number).go()
