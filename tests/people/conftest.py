"""Fixtures of the tests about people."""

import pytest
from django.core.cache import cache


@pytest.fixture
def _clean_cache():
    """Rate limits count in the cache."""
    cache.clear()
    yield
    cache.clear()
