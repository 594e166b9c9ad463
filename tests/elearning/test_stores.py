"""One address for each outside service."""

import pytest

from elearning.file_cache import SharedFileCache
from elearning.settings import stores


def test_database_gives_sqlite_its_manners():
    settings = stores.database("sqlite:////srv/site.sqlite3")
    assert settings["NAME"] == "/srv/site.sqlite3"
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"], "what was confirmed survives a power cut"


def test_pooled_keeps_sqlite_open_between_requests():
    assert stores.pooled(stores.database("sqlite:////srv/site/db.sqlite3"), threads=4)["CONN_MAX_AGE"] > 60


def test_pooled_lets_each_thread_have_a_connection():
    settings = stores.pooled(stores.database("postgres://me:p%40ss@db:5433/site"), threads=4)
    assert (settings["HOST"], settings["PORT"], settings["PASSWORD"]) == ("db", 5433, "p@ss")
    assert settings["OPTIONS"]["pool"]["max_size"] == 5
    assert settings["CONN_MAX_AGE"] == 0


def test_cache_gives_redis_short_patience():
    settings = stores.cache("redis://cache:6379/2")
    assert settings["BACKEND"] == "elearning.redis_cache.ForgivingRedisCache"
    assert settings["LOCATION"] == "redis://cache:6379/2"
    assert settings["OPTIONS"]["IGNORE_EXCEPTIONS"] is True
    assert settings["OPTIONS"]["SOCKET_TIMEOUT"] == 0.5


def test_cache_in_files_keeps_its_size():
    settings = stores.cache("filecache:///srv/cache?max_entries=5000")
    assert settings["LOCATION"] == "/srv/cache"
    assert settings["OPTIONS"] == {"MAX_ENTRIES": 5000}


def test_cache_in_files_does_not_grow_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(SharedFileCache, "LOOK_EVERY", 1)
    cache = SharedFileCache(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 10}})
    for number in range(30):
        cache.set(f"key{number}", number)
    assert 0 < len(list(tmp_path.iterdir())) <= 10
    assert cache.get("key29") == 29


def test_storage_reads_an_s3_address():
    options = stores.storage("s3://key:se%2Fcret@store:9000/files?secure=0&region=id&public=https://f.example")[
        "OPTIONS"
    ]
    assert options["endpoint_url"] == "http://store:9000"
    assert (options["access_key"], options["secret_key"]) == ("key", "se/cret")
    assert (options["bucket_name"], options["region_name"]) == ("files", "id")
    assert options["public_url"] == "https://f.example"
    assert options["querystring_auth"] is True


@pytest.mark.parametrize("url", ["", "http://store/files", "s3://key:secret@store", "s3:///files"])
def test_storage_refuses_what_is_no_store(url):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        stores.storage(url)


def test_redis_that_is_away_grants_locks_and_forgets():
    from elearning.redis_cache import ForgivingRedisCache

    settings = stores.cache("redis://127.0.0.1:1/0")
    cache = ForgivingRedisCache(settings["LOCATION"], settings)
    assert cache.add("lock", 1) is True
    assert cache.get("lock", "nothing") == "nothing"
    cache.set("lock", 1)
