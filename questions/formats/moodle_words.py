"""What Moodle calls things, for all formats of its making. Pure."""

GRADINGS_OF_ORDER = {
    "ALL_OR_NOTHING": "all",
    "ABSOLUTE_POSITION": "position",
    "ABSOLUTE": "position",
    "ABS": "position",
    "LONGEST_ORDERED_SUBSET": "longest",
    "RELATIVE_ALL_PREVIOUS_AND_NEXT": "pairs",
}
NEAR_GRADINGS_OF_ORDER = {
    "RELATIVE_TO_CORRECT": "position",
    "LONGEST_CONTIGUOUS_SUBSET": "longest",
    "RELATIVE_NEXT_EXCLUDE_LAST": "pairs",
    "RELATIVE_NEXT_INCLUDE_LAST": "pairs",
    "RELATIVE_ONE_PREVIOUS_AND_NEXT": "pairs",
    "RELATIVE": "pairs",
    "REL": "pairs",
}


def grading_of_order(name: str) -> str | None:
    """Return our grading of an order that is Moodle's, or the nearest; None for a name that is none."""
    return {**GRADINGS_OF_ORDER, **NEAR_GRADINGS_OF_ORDER}.get(name.upper())
