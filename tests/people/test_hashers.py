"""Argon2id with OWASP's parameters: what is written, and what is written anew at the next sign-in."""

import argon2
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import override_settings

from people.hashers import OwaspArgon2PasswordHasher


def test_hash_has_the_parameters_of_owasp():
    hasher = OwaspArgon2PasswordHasher()
    decoded = hasher.decode(hasher.encode("a-long-enough-phrase", hasher.salt()))
    assert (decoded["variety"], decoded["memory_cost"], decoded["time_cost"], decoded["parallelism"]) == (
        "argon2id",
        19 * 1024,
        2,
        1,
    )
    assert hasher.params().type is argon2.low_level.Type.ID


def test_own_hash_is_verified_and_kept():
    hasher = OwaspArgon2PasswordHasher()
    encoded = hasher.encode("a-long-enough-phrase", hasher.salt())
    assert hasher.verify("a-long-enough-phrase", encoded)
    assert not hasher.verify("another-long-phrase", encoded)
    assert not hasher.must_update(encoded)


def test_hash_with_djangos_parameters_is_made_anew():
    dear = Argon2PasswordHasher()
    encoded = dear.encode("a-long-enough-phrase", dear.salt())
    assert OwaspArgon2PasswordHasher().must_update(encoded)


@pytest.mark.parametrize("old", ["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
def test_older_hash_is_upgraded_on_check(old):
    settings = ["people.hashers.OwaspArgon2PasswordHasher", old]
    with override_settings(PASSWORD_HASHERS=[old]):
        encoded = make_password("a-long-enough-phrase")
    kept = []
    with override_settings(PASSWORD_HASHERS=settings):
        assert check_password("a-long-enough-phrase", encoded, setter=kept.append)
    assert kept == ["a-long-enough-phrase"]


def test_production_settings_put_this_hasher_first():
    from elearning.settings import base

    assert base.PASSWORD_HASHERS[0] == "people.hashers.OwaspArgon2PasswordHasher"
