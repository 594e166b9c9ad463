"""Argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, two passes, one lane).

Django's default of 100 MiB and eight lanes would let two cores do four sign-ins a second, and all sign in at eight."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class OwaspArgon2PasswordHasher(Argon2PasswordHasher):
    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
