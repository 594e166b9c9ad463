"""How often somebody may try: a counter in the cache for each span of time."""

import time

from django.core.cache import cache


def may_try(action: str, who: object, *, most: int, seconds: int) -> bool:
    """Count a try and say whether it is one of the `most` allowed in a span of `seconds`.

    Spans begin at fixed moments, so the count never outlives its span. Ask before looking at what was tried.
    """
    key = f"tries:{action}:{who}:{int(time.time()) // seconds}"
    cache.add(key, 0, timeout=seconds + 1)
    try:
        return cache.incr(key) <= most
    except ValueError:  # gone from the cache between the two lines
        return True
