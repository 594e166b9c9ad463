"""Ids of options, pairs and items: short, stable, `a`, `b`, … `z`, `aa`; or numbers where a text shows them."""

import re
from collections.abc import Callable
from typing import Any

OPTION_ID = re.compile(r"[a-z0-9]{1,8}")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def option_id(position: int) -> str:
    """Return `a`, `b`, … `z`, `aa`, `ab`, … for 0, 1, …"""
    letters = LETTERS[position % 26]
    return letters if position < 26 else option_id(position // 26 - 1) + letters


def number_id(position: int) -> str:
    """Return `1`, `2`, … for 0, 1, …"""
    return str(position + 1)


def free_id(taken: set[str], make: Callable[[int], str] = option_id) -> str:
    """Return the first id that is not taken."""
    return next(free for position in range(len(taken) + 1) if (free := make(position)) not in taken)


def with_ids(given: Any, clean: Callable[[dict], dict], make: Callable[[int], str] = option_id) -> list[dict[str, Any]]:
    """Return the dictionaries of a list, cleaned, each with an id: its own where it is good and free, else a new one.

    `clean` gives what else is in one of them.
    """
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    taken: set[str] = set()
    cleaned = []
    for row in rows:
        own = row.get("id")
        is_good = isinstance(own, str) and OPTION_ID.fullmatch(own) and own not in taken
        cleaned.append({"id": own if is_good else "", **clean(row)})
        taken.add(cleaned[-1]["id"])
    for row in cleaned:
        if not row["id"]:
            row["id"] = free_id(taken, make)
            taken.add(row["id"])
    return cleaned
