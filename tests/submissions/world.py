"""Two agencies, a task that both may do, and everybody who must, or must not, see what is handed in."""

import io
import uuid
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from completion.queries import current_enrolment
from completion.services import add_marker, enrol
from courses.editorial import prepare_shelf
from courses.models import CoursePage
from courses.queries import course_id_of
from people.models import Agency, AgencyRole, Person
from people.services import grant_role
from submissions.models import Submission, SubmissionPage
from submissions.services import hand_in, save_draft
from tests.factories import CoursePageFactory, PersonFactory, UnitFactory, make_employee, task_in_course, the_catalogue

WORDS = "Saya memindahkan papan antrean ke pintu masuk dan menulisnya dengan huruf besar."


def photo(name="papan.jpg", size=(60, 40), kind="JPEG", exif=None) -> SimpleUploadedFile:
    target = io.BytesIO()
    options = {"exif": exif} if exif else {}
    Image.new("RGB", size, (20, 90, 110)).save(target, kind, **options)
    return SimpleUploadedFile(name, target.getvalue(), content_type=f"image/{kind.lower()}")


def pdf(name="laporan.pdf", content=b"%PDF-1.7 isi") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@dataclass
class World:
    """`page` stands on Palu's shelf and is open to all; `palu`'s people are the ones in care of `organiser`."""

    palu: Agency
    sorong: Agency
    page: SubmissionPage
    units: dict[str, object] = field(default_factory=dict)

    def learner(self, agency="palu", **fields) -> Person:
        person = make_employee(self.units[agency], **{"language": "en", **fields})
        enrol(person=person, course=CoursePage.objects.get(pk=course_id_of(self.page)))
        return person

    def enrolment(self, person):
        return current_enrolment(person, course_id_of(self.page))

    def organiser(self, agency="palu") -> Person:
        person = PersonFactory(language="en")
        grant_role(person=person, agency=getattr(self, agency), role=AgencyRole.Role.ORGANISER)
        return person

    def marker(self, agency="palu", person=None) -> Person:
        person = person or PersonFactory(language="en")
        add_marker(activity=self.page, agency=getattr(self, agency), person=person, by=person)
        return person

    def write(self, person, text=WORDS, **told):
        here = Submission.objects.filter(page=self.page, person=person).order_by("-number").first()
        is_draft = here is not None and here.is_draft
        usual = {
            "number": here.number if is_draft else (here.number if here else 0) + 1,
            "based_on": here.revision if is_draft else 0,
            "tab": uuid.uuid4(),
        }
        return save_draft(enrolment=self.enrolment(person), page=self.page, text=text, **(usual | told))

    def hand_in(self, person=None, text=WORDS) -> Submission:
        person = person or self.learner()
        draft = self.write(person, text).draft
        return hand_in(enrolment=self.enrolment(person), page=self.page, number=draft.number, revision=draft.revision)

    def again(self) -> None:
        self.page = SubmissionPage.objects.get(pk=self.page.pk)


def make_world(**fields) -> World:
    the_catalogue()
    units = {"palu": UnitFactory(name="Dinas Palu"), "sorong": UnitFactory(name="Dinas Sorong")}
    course = CoursePageFactory(parent=prepare_shelf(units["palu"].agency))
    return World(units["palu"].agency, units["sorong"].agency, task_in_course(course, **fields), units)
