"""One line of JSON for each record, with the request it belongs to; readable lines for a person at a terminal."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

# What `extra=` may add to a record, in the order in which it is shown.
EXTRAS = ("method", "path", "status", "milliseconds", "person", "task", "job")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
            **{name: getattr(record, name) for name in EXTRAS if hasattr(record, name)},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in line.items() if value != ""}, ensure_ascii=False, default=str)


class ReadableFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} "
        tail = f" [{request_id.get()}]" if request_id.get() and record.levelno > logging.INFO else ""
        text = f"{moment} {level}{record.getMessage()}{tail}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def settings(*, readable: bool, level: str = "INFO") -> dict:
    """Return Django's LOGGING: everything to standard error, where whoever started the process collects it."""
    formatter = "elearning.logging.ReadableFormatter" if readable else "elearning.logging.JsonFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "elearning": {"level": level},
            "core": {"level": level},
            # The clock and the queue announce every round at INFO; what fails they say at ERROR.
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
            "django.server": {"level": "INFO"},
            # Scanners guess host names all day; the answer 400 says enough.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
