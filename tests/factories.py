"""What tests are made of. Each app has its own section; people are synthetic, with NIPs of serial 9xx."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from people import models as people
from people.identifiers import make_synthetic_nip

# --- people ----------------------------------------------------------------------------------------------------------

LONG_AGO = dt.date(2015, 1, 1)
PASSWORD = "a-long-enough-phrase"


def synthetic_nip(number: int) -> str:
    """Return the n-th valid NIP of nobody."""
    born = dt.date(1970, 1, 1) + dt.timedelta(days=number // 100)
    return make_synthetic_nip(birth_date=born, year=2010, month=3, female=number % 2 == 0, serial=900 + number % 100)


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = people.Agency

    name = factory.Sequence(lambda n: f"Pemerintah Kota Contoh {n}")
    short_name = factory.Sequence(lambda n: f"Kota Contoh {n}")
    slug = factory.Sequence(lambda n: f"contoh-{n}")


class UnitFactory(DjangoModelFactory):
    """A unit below `parent` when one is given; the path is as `services.make_unit` writes it."""

    class Meta:
        model = people.Unit
        skip_postgeneration_save = True

    agency = factory.LazyAttribute(lambda unit: unit.parent.agency if unit.parent else AgencyFactory())
    parent = None
    name = factory.Sequence(lambda n: f"Bidang {n}")
    valid_from = LONG_AGO
    path = factory.Sequence(lambda n: f"new-{n}")

    @factory.post_generation
    def final_path(self, create, extracted, **kwargs):
        self.path = f"{self.parent.path if self.parent else ''}{self.pk:06d}."
        self.save(update_fields=["path"])


class PersonFactory(DjangoModelFactory):
    """A person who may sign in with PASSWORD, without employment, post or status."""

    class Meta:
        model = people.Person
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Orang {n}")
    email = factory.Sequence(lambda n: f"orang{n}@contoh.example")
    password = factory.django.Password(PASSWORD)


class EmploymentFactory(DjangoModelFactory):
    class Meta:
        model = people.Employment

    person = factory.SubFactory(PersonFactory)
    agency = factory.SubFactory(AgencyFactory)
    kind = people.Employment.Kind.PNS
    nip = factory.Sequence(synthetic_nip)
    valid_from = LONG_AGO


class PostFactory(DjangoModelFactory):
    """A definitive main post; `is_head=True` makes a supervisor."""

    class Meta:
        model = people.Post

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(UnitFactory)
    title = "Analis"
    valid_from = LONG_AGO


class StatusFactory(DjangoModelFactory):
    class Meta:
        model = people.Status

    person = factory.SubFactory(PersonFactory)
    kind = people.Status.Kind.COUNTED
    valid_from = LONG_AGO


class AgencyRoleFactory(DjangoModelFactory):
    """A role row only; use `services.grant_role` where group membership matters."""

    class Meta:
        model = people.AgencyRole

    person = factory.SubFactory(PersonFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = people.AgencyRole.Role.ORGANISER
    valid_from = LONG_AGO


class DelegationFactory(DjangoModelFactory):
    class Meta:
        model = people.Delegation

    from_person = factory.SubFactory(PersonFactory)
    to_person = factory.SubFactory(PersonFactory)
    valid_from = LONG_AGO
    reason = "Cuti"


class OverrideFactory(DjangoModelFactory):
    class Meta:
        model = people.SupervisionOverride

    person = factory.SubFactory(PersonFactory)
    supervisor = factory.SubFactory(PersonFactory)
    effect = people.SupervisionOverride.Effect.SEES
    valid_from = LONG_AGO
    reason = "Ketua tim"
