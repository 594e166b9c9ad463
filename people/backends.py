"""One door: any current NIP of a person, or the e-mail, with the password."""

from allauth.account.auth_backends import AuthenticationBackend


class NipOrEmailBackend(AuthenticationBackend):
    pass
