"""The admin's screens of people: an organiser keeps the own agency and reaches nothing beyond it."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from people import services
from people.models import AgencyRole, Delegation, Employment, Person, Post, Status, SupervisionOverride, Unit
from tests.factories import (
    AgencyFactory,
    AgencyRoleFactory,
    DelegationFactory,
    EmploymentFactory,
    OverrideFactory,
    PersonFactory,
    PostFactory,
    StatusFactory,
    UnitFactory,
    synthetic_nip,
)

pytestmark = pytest.mark.django_db
ROWS = ["employment", "post", "status", "agencyrole", "delegation", "supervisionoverride", "unit"]


@pytest.fixture
def agency():
    return AgencyFactory()


@pytest.fixture
def organiser(agency, client):
    person = EmploymentFactory(agency=agency, person__name="Penyelenggara").person
    services.grant_role(person=person, agency=agency, role="organiser")
    client.force_login(person)
    return person


@pytest.fixture
def mine(agency):
    return worker(agency, "Orang Kita")


@pytest.fixture
def stranger():
    """Somebody with a row of every kind in another agency."""
    agency = AgencyFactory()
    person, colleague = worker(agency, "Orang Asing"), worker(agency, "Teman Asing")
    StatusFactory(person=person)
    AgencyRoleFactory(person=person, agency=agency, role="editor")
    DelegationFactory(from_person=person, to_person=colleague)
    OverrideFactory(supervisor=person, person=colleague)
    return person


def worker(agency, name):
    person = EmploymentFactory(agency=agency, person__name=name).person
    PostFactory(person=person, unit=UnitFactory(agency=agency))
    return person


def row_of(person, kind):
    if kind == "unit":
        return person.posts.get().unit
    related = {
        "employment": "employments", "post": "posts", "status": "statuses", "agencyrole": "agency_roles",
        "delegation": "delegations", "supervisionoverride": "overriding",
    }  # fmt: skip
    return getattr(person, related[kind]).get()


def add(client, what, /, **fields):
    return client.post(reverse(f"{what}:add"), {"valid_from": "2026-01-05", **fields})


def nip_of(person):
    return person.employments.get().nip


# --- people ----------------------------------------------------------------------------------------------------------


def test_list_shows_the_own_agency_only(client, organiser, mine, stranger):
    page = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert mine.name in page
    assert stranger.name not in page


@pytest.mark.parametrize("search", ["Orang", "orang", lambda p: p.employments.get().nip])
def test_search_finds_by_name_and_nip_within_the_agency(client, organiser, mine, stranger, search):
    for person, found in ((mine, True), (stranger, False)):
        text = search if isinstance(search, str) else search(person)
        page = client.get(reverse("wagtailusers_users:index_results"), {"q": text}).content.decode()
        assert (person.name in page) is found


@pytest.mark.parametrize("size", [1, 3])
def test_list_needs_the_same_queries_whatever_its_length(client, organiser, agency, size, django_assert_num_queries):
    for number in range(size):
        worker(agency, f"Orang {number}")
    listing = reverse("wagtailusers_users:index_results")
    client.get(listing)
    with django_assert_num_queries(9):
        page = client.get(listing)
    assert len(page.context["object_list"]) == size + 1


@pytest.mark.parametrize("page", ["inspect", "edit"])
def test_stranger_is_not_found(client, organiser, mine, stranger, page):
    assert client.get(reverse(f"wagtailusers_users:{page}", args=[mine.pk])).status_code == 200
    assert client.get(reverse(f"wagtailusers_users:{page}", args=[stranger.pk])).status_code == 404
    assert client.post(reverse(f"wagtailusers_users:{page}", args=[stranger.pk]), {"name": "X"}).status_code in (
        404,
        405,
    )
    stranger.refresh_from_db()
    assert stranger.name == "Orang Asing"


def test_person_page_tells_rows_of_the_own_agency(client, organiser, mine, agency):
    services.grant_role(person=mine, agency=agency, role="editor")
    elsewhere = EmploymentFactory(person=mine, kind="pppk")
    page = client.get(reverse("wagtailusers_users:inspect", args=[mine.pk])).content.decode()
    assert mine.posts.get().unit.name in page
    assert elsewhere.agency.short_name not in page


def test_new_person_gets_employment_and_post(client, organiser, agency):
    unit = UnitFactory(agency=agency)
    answer = client.post(
        reverse("wagtailusers_users:add"),
        {
            "name": "Maryam", "agency": agency.pk, "kind": "pns", "nip": synthetic_nip(77), "valid_from": "2020-01-05",
            "unit": unit.pk, "title": "Analis",
        },
    )  # fmt: skip
    person = Person.objects.get(name="Maryam")
    assert answer.url == reverse("wagtailusers_users:inspect", args=[person.pk])
    assert (person.employments.get().agency, person.posts.get().unit) == (agency, unit)
    assert not person.is_superuser


def test_new_person_for_another_agency_is_refused(client, organiser, stranger):
    other = stranger.employments.get().agency
    fields = {"name": "Maryam", "agency": other.pk, "kind": "pns", "nip": synthetic_nip(77), "valid_from": "2020-01-05"}
    assert client.post(reverse("wagtailusers_users:add"), fields).status_code == 200
    assert not Person.objects.filter(name="Maryam").exists()


def test_bad_nip_is_explained_at_its_field_and_leaves_nothing(client, organiser, agency):
    fields = {"name": "Maryam", "agency": agency.pk, "kind": "pns", "nip": "130123456", "valid_from": "2020-01-05"}
    answer = client.post(reverse("wagtailusers_users:add"), fields)
    assert answer.context["form"].errors["nip"]
    assert not Person.objects.filter(name="Maryam").exists()


def test_organiser_adds_the_number_that_siasn_gives_a_person(client, organiser, mine):
    number = "A5EB03E23CCCF6A0E040640A040252AD"
    fields = {"name": mine.name, "language": "id", "time_zone": "Asia/Jakarta", "is_active": "on", "siasn_id": number}
    client.post(reverse("wagtailusers_users:edit", args=[mine.pk]), fields)
    mine.refresh_from_db()
    assert mine.siasn_id == number


def test_agency_is_chosen_and_not_repeated_where_there_is_one(client, organiser, agency, mine):
    address = reverse("post:add")
    unit = mine.posts.get().unit
    assert f"{agency.short_name} ·" not in client.get(address).content.decode()
    assert f'<option value="{agency.pk}" selected>' in client.get(reverse("unit:add")).content.decode()
    services.grant_role(person=organiser, agency=AgencyFactory(), role="organiser")
    assert f"{agency.short_name} · {unit.name}" in client.get(address).content.decode()


def test_organiser_makes_nobody_administrator(client, organiser, mine):
    fields = {
        "name": "Orang Baru",
        "language": "id",
        "time_zone": "Asia/Jakarta",
        "is_active": "on",
        "is_superuser": "on",
    }
    client.post(reverse("wagtailusers_users:edit", args=[mine.pk]), fields)
    mine.refresh_from_db()
    assert (mine.name, mine.is_superuser) == ("Orang Baru", False)


def test_email_of_another_person_is_refused_in_any_case(client, organiser, mine, stranger):
    before = mine.email
    fields = {"name": "Orang Kita", "language": "id", "time_zone": "Asia/Jakarta", "is_active": "on"}
    edit = reverse("wagtailusers_users:edit", args=[mine.pk])
    answer = client.post(edit, {**fields, "email": stranger.email.upper()})
    assert answer.context["form"].errors["email"]
    assert Person.objects.get(pk=mine.pk).email == before
    assert client.post(edit, {**fields, "email": before.upper()}).status_code == 302
    assert Person.objects.get(pk=mine.pk).email == before


def test_organiser_does_not_switch_the_own_account_off(client, organiser):
    fields = {"name": "Penyelenggara", "language": "id", "time_zone": "Asia/Jakarta"}
    client.post(reverse("wagtailusers_users:edit", args=[organiser.pk]), fields)
    organiser.refresh_from_db()
    assert organiser.is_active


@pytest.mark.parametrize("more", ["superuser", "role elsewhere"])
def test_account_with_more_rights_is_out_of_reach(client, organiser, mine, more):
    """Else an organiser could take the account over, and with it another agency or the whole site."""
    if more == "superuser":
        Person.objects.filter(pk=mine.pk).update(is_superuser=True)
    else:
        AgencyRoleFactory(person=mine, role="editor")
    assert client.get(reverse("wagtailusers_users:inspect", args=[mine.pk])).status_code == 200
    assert client.get(reverse("wagtailusers_users:edit", args=[mine.pk])).status_code == 404
    assert client.post(reverse("wagtailusers_users:link", args=[mine.pk])).status_code == 404
    add(client, "agencyrole", person=nip_of(mine), agency=mine.employments.get().agency.pk, role="editor")
    assert not mine.agency_roles.filter(agency=mine.employments.get().agency).exists()


def test_link_is_shown_once_and_works(client, organiser, mine):
    answer = client.post(reverse("wagtailusers_users:link", args=[mine.pk]))
    link = answer.context["link"]
    assert link in answer.content.decode()
    client.logout()
    assert "form" in client.get(link, follow=True).context


def test_link_needs_a_post_and_the_own_agency(client, organiser, mine, stranger):
    assert client.get(reverse("wagtailusers_users:link", args=[mine.pk])).status_code == 405
    assert client.post(reverse("wagtailusers_users:link", args=[stranger.pk])).status_code == 404


def test_person_who_left_stays_with_the_last_agency(client, organiser, mine):
    services.change_status(person=mine, kind=Status.Kind.LEFT, on=timezone.localdate())
    assert client.get(reverse("wagtailusers_users:inspect", args=[mine.pk])).status_code == 200


def test_person_who_left_another_agency_is_not_the_former_agencys_to_bring_back(client, organiser, mine, agency):
    """Else an organiser could employ them anew, take a link and read what they learned elsewhere."""
    mine.posts.all().delete()
    mine.employments.update(valid_from=dt.date(2020, 1, 1), valid_to=dt.date(2022, 12, 31))
    EmploymentFactory(person=mine, valid_from=dt.date(2023, 1, 1))
    services.change_status(person=mine, kind=Status.Kind.LEFT, on=timezone.localdate())
    assert client.get(reverse("wagtailusers_users:inspect", args=[mine.pk])).status_code == 404


def test_nobody_takes_over_the_own_account_without_the_password(client, organiser):
    """An open browser is enough for neither a link nor another address."""
    before = organiser.email
    assert client.post(reverse("wagtailusers_users:link", args=[organiser.pk])).status_code == 404
    edit = reverse("wagtailusers_users:edit", args=[organiser.pk])
    fields = {"name": "Baru", "language": "id", "time_zone": "Asia/Jakarta", "email": "thief@contoh.example"}
    client.post(edit, fields)
    organiser.refresh_from_db()
    assert (organiser.name, organiser.email) == ("Baru", before)
    page = client.get(reverse("wagtailusers_users:inspect", args=[organiser.pk])).content.decode()
    assert reverse("wagtailusers_users:link", args=[organiser.pk]) not in page


# --- dated rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ROWS)
def test_rows_of_a_stranger_are_neither_listed_nor_ended(client, organiser, stranger, kind):
    row = row_of(stranger, kind)
    listed = client.get(reverse(f"{kind}:index")).context["object_list"]
    assert row not in listed
    assert client.get(reverse(f"{kind}:edit", args=[row.pk])).status_code == 404
    assert client.post(reverse(f"{kind}:edit", args=[row.pk]), {"last_day": "2026-01-05"}).status_code == 404
    row.refresh_from_db()
    assert row.valid_to is None


@pytest.mark.parametrize("kind", ["employment", "post"])
def test_own_row_is_listed_and_ended(client, organiser, mine, kind):
    row = row_of(mine, kind)
    assert row in client.get(reverse(f"{kind}:index")).context["object_list"]
    client.post(reverse(f"{kind}:edit", args=[row.pk]), {"last_day": "2026-01-05"})
    row.refresh_from_db()
    assert row.valid_to == dt.date(2026, 1, 5)


def test_post_form_moves_who_has_a_main_post(client, organiser, mine, agency):
    unit = UnitFactory(agency=agency)
    fields = {"unit": unit.pk, "title": "Arsiparis", "kind": "pelaksana", "assignment": "D", "is_main": "on"}
    add(client, "post", person=nip_of(mine), **fields)
    assert mine.posts.current(dt.date(2026, 1, 4)).get().unit != unit
    assert mine.posts.current(dt.date(2026, 1, 5)).get().unit == unit


def forms_against(person, agency, unit):
    """One creation of each kind that names a person."""
    nip = nip_of(person)
    return {
        "employment": {"person": nip, "agency": agency.pk, "kind": "pns", "nip": synthetic_nip(91)},
        "post": {"person": nip, "unit": unit.pk, "title": "X", "kind": "pelaksana", "assignment": "D"},
        "status": {"person": nip, "kind": "left", "on": "2026-01-05"},
        "agencyrole": {"person": nip, "agency": agency.pk, "role": "editor"},
    }


def counts():
    return [model.objects.count() for model in (Employment, Post, Status, AgencyRole, Delegation, SupervisionOverride)]


@pytest.mark.parametrize("kind", ["employment", "post", "status", "agencyrole"])
def test_nothing_is_begun_for_a_stranger(client, organiser, stranger, agency, kind):
    fields = forms_against(stranger, agency, UnitFactory(agency=agency))[kind]
    before = counts()
    answer = add(client, kind, **fields)
    assert answer.context["form"].errors["person"]
    assert counts() == before


@pytest.mark.parametrize("kind", ["employment", "post", "agencyrole"])
def test_nothing_is_begun_in_another_agency(client, organiser, mine, stranger, kind):
    other = stranger.posts.get().unit
    before = counts()
    answer = add(client, kind, **forms_against(mine, other.agency, other)[kind])
    assert set(answer.context["form"].errors) == {"unit" if kind == "post" else "agency"}
    assert counts() == before


@pytest.mark.parametrize("kind", ["employment", "post", "status", "agencyrole"])
def test_every_kind_is_begun_for_a_person_in_care(client, organiser, mine, agency, kind):
    before = counts()
    assert add(client, kind, **forms_against(mine, agency, UnitFactory(agency=agency))[kind]).status_code == 302
    assert counts() != before


def test_delegation_and_override_are_begun_within_the_agency(client, organiser, mine, agency, stranger):
    head = worker(agency, "Kepala Kita")
    head.posts.update(is_head=True)
    lend = {"from_person": nip_of(head), "valid_to": "2026-02-01", "reason": "Cuti"}
    decide = {"supervisor": nip_of(head), "effect": "sees", "reason": "Ketua tim"}
    add(client, "delegation", **lend, to_person=nip_of(stranger))
    add(client, "supervisionoverride", **decide, person=nip_of(stranger))
    assert (head.delegations.count(), head.overriding.count()) == (0, 0)
    add(client, "delegation", **lend, to_person=nip_of(mine))
    add(client, "supervisionoverride", **decide, person=nip_of(mine))
    assert (head.delegations.get().to_person, head.overriding.get().person) == (mine, mine)


def test_refusal_of_a_service_is_shown_at_the_field(client, organiser, mine, agency):
    head = PostFactory(unit=UnitFactory(agency=agency), is_head=True)
    fields = {"unit": head.unit.pk, "title": "Kepala", "kind": "pengawas", "assignment": "D", "is_head": "on"}
    answer = add(client, "post", person=nip_of(mine), **fields)
    assert answer.context["form"].errors["is_head"]


def test_link_to_a_form_names_the_person(client, organiser, mine, stranger):
    page = client.get(reverse("employment:add"), {"person": mine.key}).content.decode()
    assert nip_of(mine) in page
    assert nip_of(stranger) not in client.get(reverse("employment:add"), {"person": stranger.key}).content.decode()


def test_unit_is_made_below_another_and_renamed(client, organiser, agency):
    top = UnitFactory(agency=agency)
    add(client, "unit", agency=agency.pk, parent=top.pk, name="Seksi Baru")
    unit = Unit.objects.get(name="Seksi Baru")
    assert unit.path.startswith(top.path)
    client.post(reverse("unit:edit", args=[unit.pk]), {"name": "Seksi Lain", "renamed_on": "2026-03-01"})
    assert Unit.objects.get(name="Seksi Lain").origins.get().predecessor == unit


# --- who comes in ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_editors_and_reviewers_reach_no_people(client, agency, mine, role):
    person = PersonFactory()
    services.grant_role(person=person, agency=agency, role=role)
    client.force_login(person)
    assert client.get("/admin/").status_code == 200
    for address in (
        reverse("wagtailusers_users:index"),
        reverse("wagtailusers_users:inspect", args=[mine.pk]),
        reverse("post:index"),
        reverse("post:add"),
    ):
        answer = client.get(address)
        assert answer.status_code == 404 or answer.url == "/admin/", address
        assert mine.name not in answer.content.decode()


def test_former_organiser_reaches_no_people(client, organiser, mine):
    AgencyRole.objects.filter(person=organiser).update(valid_from="2025-01-01", valid_to="2025-06-01")
    assert client.get(reverse("wagtailusers_users:inspect", args=[mine.pk])).status_code in (302, 404)
    assert client.post(reverse("wagtailusers_users:link", args=[mine.pk])).status_code in (302, 404)


@pytest.mark.parametrize("action", ["assign_role", "delete", "set_active_state"])
@pytest.mark.parametrize("is_admin", [False, True])
def test_wagtails_bulk_actions_on_users_are_gone(client, organiser, mine, action, is_admin):
    Person.objects.filter(pk=organiser.pk).update(is_superuser=is_admin)
    address = f"/admin/bulk/people/person/{action}/?id={mine.pk}"
    group = Group.objects.get(name__startswith="Organiser")
    assert client.get(address).status_code == 404
    assert client.post(address, {"role": group.pk, "mark_as_active": "False"}).status_code == 404
    assert Person.objects.filter(pk=mine.pk, is_active=True).exists()
    assert not mine.groups.exists()


@pytest.mark.parametrize("kind", ["agency", "competency", "legalparameter"])
def test_reference_tables_are_for_administrators(client, organiser, kind):
    refused = client.get(reverse(f"{kind}:index"))
    assert (refused.status_code, refused.url) == (302, "/admin/")
    client.force_login(PersonFactory(is_superuser=True))
    assert client.get(reverse(f"{kind}:index")).status_code == 200
    assert client.get(reverse(f"{kind}:add")).status_code == 200


def test_administrator_reaches_everyone_and_every_screen(client, stranger):
    client.force_login(PersonFactory(is_superuser=True))
    for kind in ROWS:
        assert row_of(stranger, kind) in client.get(reverse(f"{kind}:index")).context["object_list"]
        assert client.get(reverse(f"{kind}:edit", args=[row_of(stranger, kind).pk])).status_code == 200
        assert client.get(reverse(f"{kind}:add")).status_code == 200
    assert client.get(reverse("wagtailusers_users:edit", args=[stranger.pk])).status_code == 200
    assert "is_superuser" in client.get(reverse("wagtailusers_users:edit", args=[stranger.pk])).content.decode()
    assert client.get("/admin/account/").status_code == 200
    assert client.get("/admin/groups/").status_code == 200


def test_nobody_deletes_people_or_rows(client, stranger):
    client.force_login(PersonFactory(is_superuser=True))
    assert client.post(f"/admin/users/delete/{stranger.pk}/").status_code == 404
    assert client.post(f"/admin/posts/delete/{stranger.posts.get().pk}/").status_code == 404


def test_agency_renamed_keeps_its_groups(client, agency):
    client.force_login(PersonFactory(is_superuser=True))
    group = services.agency_group(agency=agency, role="editor")
    fields = {"name": agency.name, "short_name": "Kota Baru", "slug": agency.slug, "time_zone": "Asia/Jakarta"}
    client.post(reverse("agency:edit", args=[agency.pk]), fields)
    group.refresh_from_db()
    agency.refresh_from_db()
    assert (agency.short_name, group.name) == ("Kota Baru", "Editor — Kota Baru")


def test_menu_shows_people_to_organisers_and_not_to_editors(client, organiser, agency):
    assert "/admin/users/" in client.get("/admin/").content.decode()
    editor = PersonFactory()
    services.grant_role(person=editor, agency=agency, role="editor")
    client.force_login(editor)
    assert "/admin/users/" not in client.get("/admin/").content.decode()


# --- the account of who works in the admin ---------------------------------------------------------------------------


def test_admin_reckons_in_the_time_zone_of_the_person(agency, client):
    """Else an editor in Sorong would set 08.00 and publish at 10.00."""
    editor = PersonFactory(time_zone="Asia/Jayapura")
    services.grant_role(person=editor, agency=agency, role="editor")
    assert editor.wagtail_userprofile.current_time_zone == "Asia/Jayapura"
    editor.time_zone, editor.language = "Asia/Makassar", "en"
    editor.save()
    client.force_login(editor)
    profile = Person.objects.get(pk=editor.pk).wagtail_userprofile
    assert (profile.current_time_zone, profile.preferred_language) == ("Asia/Makassar", "en")


def test_account_in_the_admin_asks_for_nothing_that_is_kept_elsewhere(organiser, client):
    page = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "theme-theme" in page
    for field in ("name_email-first_name", "name_email-email", "locale-current_time_zone"):
        assert field not in page
    answer = client.post(
        reverse("wagtailadmin_account"),
        {"name_email-email": "lain@contoh.example", "theme-theme": "dark", "theme-contrast": "system",
         "theme-density": "default"},
    )  # fmt: skip
    assert answer.status_code == 302
    organiser.refresh_from_db()
    assert organiser.email != "lain@contoh.example"
    assert organiser.wagtail_userprofile.theme == "dark"


def test_account_in_the_admin_is_for_those_who_work_there(client):
    client.force_login(PersonFactory())
    assert client.get(reverse("wagtailadmin_account")).status_code == 302


def test_lists_speak_to_people_not_to_programmers(client, organiser, mine):
    people = client.get(reverse("wagtailusers_users:index")).content.decode()
    assert "Full name" not in people
    assert reverse("wagtailusers_users:inspect", args=[mine.pk]) in people
    posts = client.get(reverse("post:index")).content.decode()
    assert mine.name in posts
    assert ">False<" not in re.sub(r"\s", "", posts)
