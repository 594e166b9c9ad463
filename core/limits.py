"""How often one address may ask, counted in the cache: for public pages, where nobody is signed in."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within_limit(request: HttpRequest, name: str, limit: tuple[int, int] | None, *, count: bool = True) -> bool:
    """Count a request of an address, and say whether it keeps within `(times, seconds)`; None: no limit.

    Counted in fixed windows, so that at the border of two twice as many may pass. Without a cache nothing is refused.
    """
    if limit is None:
        return True
    times, seconds = limit
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()[:24]
    key = f"limit:{name}:{address}:{int(time.time() // seconds)}"
    if not count:
        return (cache.get(key) or 0) < times
    cache.add(key, 0, timeout=seconds * 2)
    try:
        return (cache.incr(key) or 0) <= times
    except ValueError:  # forgotten in between
        return True
