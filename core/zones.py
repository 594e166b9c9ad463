"""Indonesia's three zones, none with daylight saving: people read WIB, WITA and WIT; computers keep UTC."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import models


class Zone(models.TextChoices):
    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


def zone_label(name: str) -> str:
    """Return WIB, WITA or WIT for an IANA name; an unknown name is returned as it is."""
    return Zone(name).label if name in Zone.values else name


def local_date(moment: dt.datetime, zone: str) -> dt.date:
    """Return the calendar day of an aware moment in a zone: the day that JP caps and due dates count by."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """Return the last second of a local day as an aware moment: what "due on Friday" means there."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=ZoneInfo(zone))
