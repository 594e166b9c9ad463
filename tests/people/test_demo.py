"""The demonstration organisation shows every case there is, of nobody's data, and is made once."""

import datetime as dt
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone

from people import demo, visibility
from people.identifiers import parse_nip
from people.models import Agency, Delegation, Employment, Person, Post, Status, SupervisionOverride, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return {
        account.person.email.split("@")[0]: account for account in demo.make_organisation(today=timezone.localdate())
    }


def test_organisation_has_three_cities_with_units_and_people(organisation):
    assert list(Agency.objects.values_list("slug", flat=True)) == ["kota-palembang", "kota-palu", "kota-sorong"]
    assert Unit.objects.count() == 25
    assert Person.objects.filter(employments__isnull=False).distinct().count() == 120
    assert Unit.objects.aggregate(longest=Count("parent__parent__parent"))["longest"] > 0


def test_every_nip_is_valid_synthetic_and_tells_the_kind(organisation):
    for employment in Employment.objects.all():
        nip = parse_nip(employment.nip)
        assert (nip.serial >= 900, nip.kind, nip.warnings) == (True, employment.kind, ())
    assert set(Employment.objects.values_list("kind", flat=True)) == {"pns", "pppk"}
    assert not Employment.objects.filter(kind="pppk", contract_to__isnull=True).exists()


def test_heads_are_no_beginners(organisation):
    for post in Post.objects.filter(is_head=True):
        nip = parse_nip(post.person.employments.first().nip)
        assert post.valid_from.year - nip.birth_date.year >= 35


def test_no_title_says_a_word_twice(organisation):
    """`Kepala Seksi Seksi Identitas Penduduk` and `Camat Kecamatan …` are what nobody says."""
    titles = set(Post.objects.filter(is_head=True).values_list("title", flat=True))
    assert {"Kepala Seksi Identitas Penduduk", "Camat Ilir Timur I", "Kepala Dinas"} <= titles
    assert not [title for title in titles if any(a == b for a, b in pairwise(title.split()))]


def test_addresses_are_of_a_reserved_domain(organisation):
    assert not Person.objects.exclude(email__endswith=".example").filter(email__isnull=False).exists()


def test_every_case_is_there(organisation):
    today = timezone.localdate()
    assert Post.objects.current().filter(assignment="PLT", is_head=True, is_main=False).count() == 1
    assert Status.objects.current().filter(kind=Status.Kind.NOT_COUNTED).count() == 1
    assert Status.objects.current().filter(kind=Status.Kind.LEFT).count() == 2
    assert Post.objects.filter(is_main=True, valid_to__lt=today).exclude(person__is_active=False).count() == 1
    assert Delegation.objects.current().count() == 1
    assert SupervisionOverride.objects.current().count() == 1
    became = Person.objects.annotate(number=Count("employments")).get(number=2)
    assert set(became.employments.values_list("kind", flat=True)) == {"pns", "pppk"}
    assert 5 <= Person.objects.filter(last_login__isnull=True, employments__isnull=False).count() <= 30
    assert Person.objects.exclude(name__contains=" ").count() >= 6
    assert Person.objects.exclude(title_before="").exists()
    assert Person.objects.filter(email__isnull=True).count() > 10


def test_supervisors_of_three_levels_see_the_learner_and_each_more(organisation):
    learner = organisation["peserta"].person
    counts = []
    for role in ("kepala.seksi", "kepala.bidang", "kepala.dinas"):
        supervisor = organisation[role].person
        assert visibility.supervises(supervisor, learner)
        counts.append(visibility.supervised_by(supervisor).count())
    assert counts == sorted(set(counts))
    assert not visibility.is_supervisor(learner)


def test_acting_head_sees_the_people_of_both_units(organisation):
    acting = Post.objects.get(assignment="PLT").person
    units = {unit.name for unit in Unit.objects.filter(posts__in=acting.posts.current().filter(is_head=True))}
    seen = visibility.supervised_by(acting)
    for name in units:
        assert seen.filter(posts__unit__name=name, posts__is_main=True).exists(), name
    assert len(units) == 2


def test_named_accounts_sign_in_with_the_password(organisation, client):
    assert len(organisation) == 10
    for account in organisation.values():
        answer = client.post("/masuk/", {"login": account.login, "password": account.password})
        assert answer.status_code == 302, account.role
        client.logout()
    organisers = Person.objects.filter(agency_roles__role="organiser")
    assert organisers.count() == 3


def test_second_making_changes_nothing(organisation):
    before = list(Person.objects.order_by("pk").values())
    again = demo.make_organisation(today=timezone.localdate() + dt.timedelta(days=3))
    assert list(Person.objects.order_by("pk").values()) == before
    assert {account.person for account in again} == {account.person for account in organisation.values()}


def test_demo_accounts_prints_the_table_only_where_there_is_one():
    def printed():
        out = StringIO()
        call_command("demo_accounts", stdout=out)
        return out.getvalue()

    assert printed() == ""
    demo.make_organisation(today=timezone.localdate())
    assert printed().count(demo.PASSWORD) == 10
    person = Person.objects.get(email="admin@contoh.example")
    person.set_password("another-long-phrase")
    person.save()
    assert printed().count(demo.PASSWORD) == 9
