"""One door: any current NIP of a person, or the e-mail, with the password.

Every attempt costs one run of the hasher, whether the NIP or address belongs to somebody or not. A NIP whose employment
ended belongs to nobody. Who left the service, or was switched off, is refused."""

from collections.abc import Callable

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from core.prepared import Prepared

from .models import Person, Status
from .queries import person_by_login

_read_along: dict[str, Callable[[], Combinable]] = {}


def read_along(name: str, expression: Callable[[], Combinable]) -> None:
    """Have a value read with who is signed in, in the same query of every view: what the header shows of them."""
    _read_along[name] = expression


def _build(pk: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=pk).annotate(**{name: build() for name, build in _read_along.items()})


_person = Prepared[Person](_build, pk=int)


class NipOrEmailBackend(AuthenticationBackend):
    """allauth's backend with our lookup; allauth adds the run of the hasher where nobody was found."""

    def get_user(self, user_id):
        """Return who is signed in, asked on every view; None for somebody who was switched off since."""
        person = _person.first(pk=int(user_id))
        return person if person and self.user_can_authenticate(person) else None

    def _authenticate(self, request, **credentials):
        login = (credentials.get("email") or credentials.get("username") or "").strip()
        person = self._check_password(person_by_login(login), credentials.get("password") or "")
        # Not in user_can_authenticate: allauth takes in whom that refuses, unless is_active is off.
        return person if person and not self._has_left(person) else None

    def _has_left(self, person) -> bool:
        return person.statuses.current().filter(kind=Status.Kind.LEFT).exists()
