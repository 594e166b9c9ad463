"""Who may do what in the question bank."""

from .models import Category
from .queries import bank_access


def can_use_bank(user) -> bool:
    """Editors, reviewers and organisers of any agency, and administrators."""
    return bank_access(user).may_view


def can_view_category(user, category: Category) -> bool:
    return bank_access(user).can_view(category)


def can_edit_category(user, category: Category) -> bool:
    return bank_access(user).can_edit(category)
