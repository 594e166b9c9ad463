"""A demonstration organisation: three city governments, 25 units, 120 people of nobody's data.

Everything is made by the services, from one seed, so that two machines show the same on the same day. NIPs have the
serial 9xx, addresses end in the reserved `.example`."""

import datetime as dt
import random
from dataclasses import dataclass
from uuid import NAMESPACE_DNS, uuid5

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.zones import Zone

from . import services
from .identifiers import make_synthetic_nip
from .models import Agency, Employment, Person, Post, Status, SupervisionOverride, Unit
from .queries import current_employments

PASSWORD = "belajar-sepanjang-hayat"  # noqa: S105  # printed for everyone who starts the demonstration
DOMAIN = "contoh.example"
UNITS_FROM = dt.date(2017, 1, 2)
POSTS_FROM = dt.date(2022, 1, 3)
PEOPLE_OF_A_CITY = 40
JPT, ADMINISTRATOR, PENGAWAS = Post.Kind.JPT, Post.Kind.ADMINISTRATOR, Post.Kind.PENGAWAS


@dataclass(frozen=True)
class City:
    slug: str
    name: str
    zone: Zone
    given: tuple[str, ...]
    family: tuple[str, ...]
    single: tuple[str, ...]


CITIES = (
    City(
        "kota-palembang", "Palembang", Zone.WIB,
        ("Ahmad", "Nyimas", "Hendri", "Yuliana", "Masagus", "Rahma", "Kemas", "Fitri", "Darmawan", "Eka", "Rosita"),
        ("Saputra", "Lestari", "Iskandar", "Wulandari", "Firdaus", "Komariah", "Effendi", "Puspita", "Marlina"),
        ("Supriyadi", "Maryam"),
    ),
    City(
        "kota-palu", "Palu", Zone.WITA,
        ("Moh. Rizal", "Nurlaila", "Arifin", "Ni Kadek Ayu", "Andi", "Hasna", "Gusti", "Masita", "Fadli", "Sartika"),
        ("Lamakarate", "Tandigala", "Labaso", "Pettalolo", "Dg. Mabela", "Lasimpala", "Marunduh", "Yabi", "Suwitri"),
        ("Wagiman", "Nurhayati"),
    ),
    City(
        "kota-sorong", "Sorong", Zone.WIT,
        ("Yohanes", "Albertina", "Marthen", "Naomi", "Frans", "Dorkas", "Abdul", "Selvina", "Agustinus", "Yusup"),
        ("Kambuaya", "Sagisolo", "Mambraku", "Osok", "Way", "Klagilit", "Wanma", "Malibela", "Kolintama", "Syufi"),
        ("Yohana", "Lukas"),
    ),
)  # fmt: skip

WOMEN = (
    "Nyimas", "Yuliana", "Rahma", "Fitri", "Eka", "Rosita", "Maryam", "Nurlaila", "Ni Kadek", "Hasna", "Masita",
    "Sartika", "Nurhayati", "Albertina", "Naomi", "Dorkas", "Selvina", "Yohana",
)  # fmt: skip

# name, index of the unit above, kind and title of the head, how many members in proportion
TREE = (
    ("Pemerintah Kota {city}", None, JPT, "Sekretaris Daerah", 0),
    ("Dinas Kependudukan dan Pencatatan Sipil", 0, JPT, "Kepala Dinas", 2),
    ("Bidang Pelayanan Pendaftaran Penduduk", 1, ADMINISTRATOR, "Kepala Bidang", 4),
    ("Seksi Identitas Penduduk", 2, PENGAWAS, "Kepala Seksi", 9),
    ("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", 0, JPT, "Kepala Dinas", 2),
    ("Bidang Pelayanan Perizinan", 4, ADMINISTRATOR, "Kepala Bidang", 8),
    ("Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", 0, JPT, "Kepala Badan", 2),
    ("Bidang Pengembangan Kompetensi", 6, ADMINISTRATOR, "Kepala Bidang", 5),
)
DISTRICT = ("Kecamatan Ilir Timur I", 0, ADMINISTRATOR, "Camat", 4)
DINAS, BIDANG, SEKSI, PERMITS_OFFICE, PERMITS, TRAINING = 1, 2, 3, 4, 5, 7

COUNTER = ("Petugas Loket Pelayanan", "Pengadministrasi Kependudukan", "Operator Layanan", "Pengelola Pelayanan")
EXPERT = (
    "Analis Kebijakan Ahli Pertama",
    "Pranata Komputer Terampil",
    "Arsiparis Mahir",
    "Analis SDM Aparatur Ahli Muda",
)
DEGREES = ("", "", "A.Md.", "S.Sos.", "S.AP.", "S.Kom.", "S.E.", "S.H.")


@dataclass(frozen=True)
class DemoAccount:
    role: str
    person: Person
    password: str

    @property
    def name(self) -> str:
        return self.person.full_name

    @property
    def login(self) -> str:
        """The NIP where there is one, printed as people write it, else the e-mail."""
        employment = current_employments(self.person).first()
        return employment.nip if employment else self.person.email or ""


@transaction.atomic
def make_organisation(*, today: dt.date, password: str = PASSWORD) -> list[DemoAccount]:
    """Make the organisation where it is missing; return the accounts by role. A second call changes nothing."""
    if not Person.objects.filter(email=_address("peserta")).exists():
        Maker(today, make_password(password)).make()
    return accounts(password)


def accounts(password: str = PASSWORD) -> list[DemoAccount]:
    """Return the named accounts that exist, with their roles; empty on a site of one's own."""
    found = {person.email: person for person in Person.objects.filter(email__endswith=f"@{DOMAIN}")}
    return [
        DemoAccount(role, found[_address(local)], password)
        for local, role in _roles().items()
        if _address(local) in found
    ]


def _roles() -> dict[str, str]:
    """The local part of each named account's address, and what it shows."""
    return {
        "peserta": _("Learner"),
        "kepala.seksi": _("Supervisor of a section"),
        "kepala.bidang": _("Supervisor of a division"),
        "kepala.dinas": _("Supervisor of an office"),
        "editor": _("Editor"),
        "peninjau": _("Reviewer"),
        **{f"penyelenggara.{city.name.lower()}": _("Organiser, %(city)s") % {"city": city.name} for city in CITIES},
        "admin": _("Administrator"),
    }


def _address(local: str) -> str:
    return f"{local}@{DOMAIN}"


def siasn_id(name: str) -> str:
    """Return an invented number of SIASN, the same for the same name."""
    return uuid5(NAMESPACE_DNS, f"{slugify(name)}.{DOMAIN}").hex.upper()


def head_title(title: str, unit: str) -> str:
    """Name who heads a unit without saying its kind twice: `Kepala Seksi Identitas Penduduk`, `Camat Ilir Timur I`."""
    _kind, _space, name = unit.partition(" ")
    return f"{title} {name}"


class Maker:
    """One making of the organisation: the seed, the day and the one hash that all accounts share."""

    def __init__(self, today: dt.date, encoded: str):
        self.today, self.encoded = today, encoded
        self.random = random.Random(7271)  # noqa: S311  # the same demonstration everywhere
        self.made = 0

    def make(self) -> None:
        offices = [self.city(city) for city in CITIES]
        palembang, palu, sorong = offices
        self.name_accounts(palembang, offices)
        self.someone_on_leave_and_someone_who_moved(palembang)
        self.someone_acting(palu)
        self.someone_who_became_pns_and_someone_who_left(sorong)
        self.a_delegation_and_an_override(palembang, sorong)
        services.create_person(
            name="Pengelola Situs", email=_address("admin"), is_superuser=True, counted_from=POSTS_FROM
        )
        self.let_them_sign_in()

    # --- a city ------------------------------------------------------------------------------------------------------

    def city(self, city: City) -> list[tuple[Unit, list[Person]]]:
        """Make a city's agency, units and people; return each unit with its people, the head first."""
        agency = self.agency(city)
        tree = (*TREE, DISTRICT) if city is CITIES[0] else TREE
        units = self.units(agency, city, tree)
        names = self.names(city)
        offices = [
            (unit, [self.person(city, names, unit, kind, title, is_head=True)])
            for unit, (_name, _above, kind, title, _share) in zip(units, tree, strict=True)
        ]
        places = [place for place, row in enumerate(tree) for _ in range(row[4])]
        for number in range(PEOPLE_OF_A_CITY - len(units)):
            unit, people = offices[places[number % len(places)]]
            people.append(self.member(city, names, unit))
        return offices

    def agency(self, city: City) -> Agency:
        fields = {"name": f"Pemerintah Kota {city.name}", "short_name": f"Kota {city.name}", "time_zone": city.zone}
        fields["siasn_id"] = siasn_id(city.slug)
        return Agency.objects.get_or_create(slug=city.slug, defaults=fields)[0]

    def units(self, agency: Agency, city: City, tree) -> list[Unit]:
        units: list[Unit] = []
        for name, above, *_rest in tree:
            parent = None if above is None else units[above]
            name = name.format(city=city.name)
            units.append(services.make_unit(agency=agency, name=name, valid_from=UNITS_FROM, parent=parent))
        return units

    def names(self, city: City):
        """Yield the city's people: some of one name, the others of two, none twice."""
        pairs = [f"{given} {family}" for given in city.given for family in city.family]
        yield from self.random.sample(pairs, PEOPLE_OF_A_CITY // 2)
        yield from city.single
        yield from self.random.sample(pairs, len(pairs))

    def member(self, city: City, names, unit: Unit) -> Person:
        if self.random.random() < 0.25:
            return self.person(city, names, unit, Post.Kind.FUNGSIONAL, self.random.choice(EXPERT))
        return self.person(city, names, unit, Post.Kind.PELAKSANA, self.random.choice(COUNTER))

    def person(self, city: City, names, unit: Unit, kind: str, title: str, *, is_head: bool = False) -> Person:
        self.made += 1
        is_pppk = not is_head and self.random.random() < 0.3
        born, began = self.life(is_pppk, is_head)
        name = next(one for one in names if not Person.objects.filter(name=one).exists())
        before, after = self.titles(is_head)
        person = services.create_person(
            name=name, title_before=before, title_after=after, time_zone=city.zone, counted_from=began,
            email=_address(slugify(name).replace("-", ".")) if self.random.random() < 0.7 else None,
            siasn_id=siasn_id(name),
        )  # fmt: skip
        self.employ(person, unit.agency, born, began, is_pppk)
        services.place(
            person=person, unit=unit, title=head_title(title, unit.name) if is_head and kind != JPT else title,
            kind=kind, is_head=is_head, valid_from=max(began, POSTS_FROM),
        )  # fmt: skip
        return person

    def life(self, is_pppk: bool, is_head: bool) -> tuple[dt.date, dt.date]:
        """Return a birth date and a first day of service that fit each other and the post."""
        years = 15 if is_head else 31
        born = dt.date(1969, 1, 1) + dt.timedelta(days=self.random.randrange(years * 365))
        year = self.random.randint(2021, 2024) if is_pppk else min(born.year + self.random.randint(23, 30), 2023)
        return born, dt.date(year, 4 if is_pppk else self.random.choice((1, 3, 12)), 1)

    def titles(self, is_head: bool) -> tuple[str, str]:
        degree = self.random.choice(DEGREES)
        if is_head:
            return self.random.choice(("", "", "Ir.", "Dr.")), f"{degree or 'S.Sos.'}, M.Si."
        return "", degree

    def employ(self, person: Person, agency: Agency, born: dt.date, began: dt.date, is_pppk: bool) -> None:
        nip = self.nip(person, born, began, is_pppk)
        contract = {}
        if is_pppk:
            until = self.today + dt.timedelta(days=self.random.randrange(120, 1500))
            contract = {"contract_from": began, "contract_to": until}
        services.employ(
            person=person, agency=agency, kind="pppk" if is_pppk else "pns", nip=nip, valid_from=began,
            grade="IX" if is_pppk else self.random.choice(("II/c", "III/a", "III/b", "III/d", "IV/a")), **contract,
        )  # fmt: skip

    def nip(self, person: Person, born: dt.date, began: dt.date, is_pppk: bool) -> str:
        return make_synthetic_nip(
            birth_date=born, year=began.year, month=None if is_pppk else began.month,
            female=person.name.startswith(WOMEN), serial=900 + self.made % 100,
        )  # fmt: skip

    # --- what is special ---------------------------------------------------------------------------------------------

    def name_accounts(self, palembang, offices) -> None:
        """Give addresses that one can remember to one person for each role; they all have their place in the tree."""
        addresses = {"kepala.dinas": DINAS, "kepala.bidang": BIDANG, "kepala.seksi": SEKSI}
        for local, place in addresses.items():
            self.rename(palembang[place][1][0], local)
        self.rename(palembang[SEKSI][1][1], "peserta")
        agency = palembang[0][0].agency
        for local, role, person in zip(
            ("editor", "peninjau"), ("editor", "reviewer"), palembang[TRAINING][1][1:3], strict=True
        ):
            self.rename(person, local)
            services.grant_role(person=person, agency=agency, role=role, valid_from=POSTS_FROM)
        for city, office in zip(CITIES, offices, strict=True):
            organiser = office[TRAINING][1][3]
            self.rename(organiser, f"penyelenggara.{city.name.lower()}")
            services.grant_role(person=organiser, agency=office[0][0].agency, role="organiser", valid_from=POSTS_FROM)

    def rename(self, person: Person, local: str) -> None:
        person.email = _address(local)
        person.save(update_fields=["email"])

    def someone_on_leave_and_someone_who_moved(self, palembang) -> None:
        on_leave, moved = palembang[SEKSI][1][4], palembang[PERMITS][1][2]
        services.change_status(person=on_leave, kind=Status.Kind.NOT_COUNTED, on=self.day(-20))
        services.move_person(
            person=moved,
            unit=palembang[SEKSI][0],
            title="Petugas Loket Pelayanan",
            on=self.day(-100),
            kind=Post.Kind.PELAKSANA,
        )

    def someone_acting(self, palu) -> None:
        """The office of permits has lost its head; the head of another division acts for it, beside the own post."""
        unit, people = palu[PERMITS_OFFICE]
        services.change_status(person=people[0], kind=Status.Kind.LEFT, on=self.day(-45))
        services.place(
            person=palu[BIDANG][1][0], unit=unit, title="Kepala Dinas", kind=JPT, assignment=Post.Assignment.PLT,
            is_head=True, is_main=False, valid_from=self.day(-44), valid_to=self.day(60),
        )  # fmt: skip

    def someone_who_became_pns_and_someone_who_left(self, sorong) -> None:
        became, left = sorong[SEKSI][1][1], sorong[PERMITS][1][1]
        agency = sorong[0][0].agency
        became.employments.all().delete()
        born, first, second = dt.date(1994, 5, 17), dt.date(2021, 4, 1), dt.date(2025, 3, 1)
        services.employ(
            person=became, agency=agency, kind="pppk", nip=self.nip(became, born, first, True), valid_from=first,
            valid_to=second - dt.timedelta(days=1), contract_from=first, contract_to=dt.date(2026, 3, 31), grade="IX",
        )  # fmt: skip
        services.employ(
            person=became,
            agency=agency,
            kind="pns",
            nip=self.nip(became, born, second, False),
            valid_from=second,
            grade="III/a",
        )
        services.change_status(person=left, kind=Status.Kind.LEFT, on=self.day(-60))

    def a_delegation_and_an_override(self, palembang, sorong) -> None:
        services.delegate(
            from_person=palembang[PERMITS][1][0], to_person=palembang[PERMITS][1][1], valid_from=self.day(-3),
            valid_to=self.day(11), reason="Tugas luar kota",
        )  # fmt: skip
        services.override_supervision(
            supervisor=sorong[TRAINING][1][1], person=sorong[PERMITS][1][2],
            effect=SupervisionOverride.Effect.SEES, valid_from=self.day(-90), reason="Ketua tim kerja",
        )  # fmt: skip

    def let_them_sign_in(self) -> None:
        """Give everybody the one hash; seven of eight have signed in lately, the named accounts all."""
        named = {_address(local) for local in _roles()}
        everyone = Person.objects.filter(employments__in=Employment.objects.all()).distinct().order_by("pk")
        for person in everyone:
            if person.email in named or self.random.random() < 0.875:
                ago = dt.timedelta(hours=self.random.randrange(2, 24 * 25))
                Person.objects.filter(pk=person.pk).update(last_login=timezone.now() - ago)
        Person.objects.filter(pk__in=everyone.values("pk")).update(password=self.encoded)
        Person.objects.filter(email=_address("admin")).update(password=self.encoded)

    def day(self, offset: int) -> dt.date:
        return self.today + dt.timedelta(days=offset)
