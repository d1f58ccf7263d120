# Build: docker build -t syncd .   Run: see docs/how-to/container.md
ARG BASE=python:3.12-slim
FROM ${BASE}

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# A virtual environment of its own: Debian's python3 lets nothing be installed beside it.
RUN command -v python3 >/dev/null && python3 -m venv /opt/syncd
ENV PATH=/opt/syncd/bin:$PATH

WORKDIR /src
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY syncd syncd
COPY connectors connectors
COPY mappings mappings
COPY migrations migrations
RUN pip install hatchling && pip install --no-deps --no-build-isolation . && pip uninstall -y hatchling && rm -rf /src/*

# Nothing below needs root, and nothing but the volume is written: --read-only --tmpfs /tmp works.
RUN useradd --uid 10001 --no-create-home --home-dir /data syncd && mkdir /data && chown syncd /data
USER 10001
WORKDIR /data
VOLUME /data
ENV SYNCD_DATABASE_URL=sqlite:////data/syncd.db SYNCD_HTTP_HOST=0.0.0.0 SYNCD_HTTP_PORT=8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["syncd", "health"]
ENTRYPOINT ["syncd"]
CMD ["run"]
