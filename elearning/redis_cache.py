"""Redis that may die without taking the site down."""

from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted


class ForgivingRedisCache(RedisCache):
    """Reads miss and writes are dropped while Redis is away (IGNORE_EXCEPTIONS); sessions then come from the database.

    `add` answers True instead: allauth's rate limits take a lock with it, and a lock that is never granted would
    refuse every sign-in. While Redis is away there are no rate limits, and `/readyz` says so.
    """

    def add(self, *args, **kwargs) -> bool:
        try:
            return self.client.add(*args, **kwargs)
        except ConnectionInterrupted:
            return True
