# One image for web nodes, workers and the migration; compose.yaml says which is which.
FROM python:3.11-slim AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/production.txt /requirements.txt
RUN /venv/bin/pip install --require-hashes --requirement /requirements.txt
WORKDIR /app
COPY . .
# Words that satisfy the safety checks for these two steps; none of them is in the image's environment.
RUN /venv/bin/python scripts/compile_messages.py \
    && SECRET_KEY=$(/venv/bin/python -c "import secrets; print(secrets.token_urlsafe(50))") ALLOWED_HOSTS=localhost \
       BASE_URL=http://localhost BIND=127.0.0.1:8000 DJANGO_SETTINGS_MODULE=elearning.settings.production \
       /venv/bin/python manage.py collectstatic --no-input -v0 \
    && /venv/bin/python -m compileall -q -j 0 /app

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=elearning.settings.production BIND=0.0.0.0:8000
RUN useradd --system --uid 1000 --home-dir /app --shell /usr/sbin/nologin learning
COPY --from=builder /venv /venv
COPY --from=builder /app /app
WORKDIR /app
# Only needed without a store of its own: what must last belongs in the database and in STORAGE_URL.
RUN mkdir -p var/media var/cache var/mail var/kunci && chown -R learning var/media var/cache var/mail var/kunci
USER learning
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["scripts/entry-web"]
