"""How much memory a measured process took."""

import resource
import sys


def most_memory() -> float:
    """Return the most megabytes that this process had in use so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
