# syntax=docker/dockerfile:1

# Styles and scripts, from pinned npm packages.
FROM node:22-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY frontend frontend
RUN mkdir -p app/web/static && npm run --silent build

# Python packages, every file checked by its hash.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore UV_LINK_MODE=copy
WORKDIR /src
COPY requirements/bootstrap.txt requirements/base.txt requirements/
RUN python -m venv /opt/firstpoint/venv \
 && pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
 && uv pip install --no-cache --require-hashes --compile-bytecode --python /opt/firstpoint/venv/bin/python -r requirements/base.txt

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Firstpoint" \
      org.opencontainers.image.description="The front office of a public body"
RUN useradd --system --uid 10001 --home-dir /var/lib/firstpoint --create-home firstpoint
ENV PATH=/opt/firstpoint/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    FIRSTPOINT_DATA_DIR=/var/lib/firstpoint
WORKDIR /opt/firstpoint/app
COPY --from=packages /opt/firstpoint/venv /opt/firstpoint/venv
COPY . .
COPY --from=assets /src/app/web/static/dist app/web/static/dist
RUN printf '#!/bin/sh\ncd /opt/firstpoint/app && exec python -m app.cli "$@"\n' > /usr/local/bin/firstpoint \
 && chmod 755 /usr/local/bin/firstpoint
USER firstpoint
VOLUME /var/lib/firstpoint
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/livez\", timeout=4)"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
