# Build: docker build -t syncd .   Run, and everything else: docs/how-to/container.md
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Virtual environments of their own: Debian's python3 lets nothing be installed beside it.
RUN python3 -m venv /opt/hatch && python3 -m venv /opt/syncd
WORKDIR /src
COPY requirements.txt ./
# The secret is a pip.conf, for whoever installs from an index of his own; without it pip asks the public one.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf /opt/syncd/bin/pip install -r requirements.txt
RUN --mount=type=secret,id=pip,target=/etc/pip.conf /opt/hatch/bin/pip install hatchling
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY syncd syncd
COPY connectors connectors
COPY mappings mappings
COPY migrations migrations
RUN /opt/hatch/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/syncd/bin/pip install --no-index --no-deps /dist/*.whl

FROM ${BASE}
COPY --from=build /opt/syncd /opt/syncd
# Nothing below needs root, and nothing but the volume is written: a read-only root with a /tmp in memory works.
RUN useradd --uid 10001 --no-create-home --home-dir /data syncd && mkdir /data && chown syncd /data
ENV PATH=/opt/syncd/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SYNCD_DATABASE_URL=sqlite:////data/syncd.db SYNCD_HTTP_HOST=0.0.0.0 SYNCD_HTTP_PORT=8080
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["syncd", "health"]
ENTRYPOINT ["syncd"]
CMD ["run"]
