"""The bridge into templates: results as people read them."""

from django import template

from quizzes.presenting import percent

register = template.Library()

register.filter("as_percent_text", percent)
