# Build: docker build -t syncd .   With the simulators, to try it: docker build --target demo -t syncd:demo .
# Run, and everything else: docs/how-to/container.md
ARG BASE=python:3.12-slim

FROM ${BASE} AS wheel
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Virtual environments of their own: Debian's python3 lets nothing be installed beside it.
RUN python3 -m venv /opt/hatch
# The secret is a pip.conf, for whoever installs from an index of his own; without it pip asks the public one.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf /opt/hatch/bin/pip install hatchling
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY syncd syncd
COPY connectors connectors
COPY mappings mappings
COPY migrations migrations
RUN /opt/hatch/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /dist .

FROM ${BASE} AS installed
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/syncd
WORKDIR /src
COPY requirements.txt ./
RUN --mount=type=secret,id=pip,target=/etc/pip.conf /opt/syncd/bin/pip install -r requirements.txt
COPY --from=wheel /dist /dist
# The simulators stay out of production: neither their libraries nor they themselves.
RUN /opt/syncd/bin/pip install --no-index --no-deps /dist/*.whl \
 && rm -r /opt/syncd/lib/python3.*/site-packages/connectors/sandbox \
 && ! /opt/syncd/bin/python -c 'import connectors.sandbox' 2> /dev/null

FROM installed AS installed-demo
COPY requirements-sandbox.txt ./
RUN --mount=type=secret,id=pip,target=/etc/pip.conf /opt/syncd/bin/pip install -r requirements-sandbox.txt
RUN /opt/syncd/bin/pip install --no-index --no-deps --force-reinstall /dist/*.whl \
 && /opt/syncd/bin/python -c 'import connectors.sandbox.server'

FROM ${BASE} AS place
# Nothing below needs root, and nothing but the volume is written: a read-only root with a /tmp in memory works.
RUN useradd --uid 10001 --no-create-home --home-dir /data syncd && mkdir /data && chown syncd /data
ENV PATH=/opt/syncd/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SYNCD_DATABASE_URL=sqlite:////data/syncd.db SYNCD_HTTP_HOST=0.0.0.0 SYNCD_HTTP_PORT=8080
USER 10001
WORKDIR /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["syncd"]

FROM place AS demo
COPY --from=installed-demo /opt/syncd /opt/syncd
CMD ["demo", "--once"]

FROM place AS production
COPY --from=installed /opt/syncd /opt/syncd
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["syncd", "health"]
CMD ["run"]
