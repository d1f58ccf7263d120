# Build: make image   Try what was built: make image-test   Run, and everything else: docs/how-to/container.md
# What it is built on: any image with Python 3.11 or newer as `python3`, with its `venv`, and `useradd`. Whoever releases
# names it with its digest, which the registry tells (docs/how-to/container.md); a tag alone may be another image tomorrow.
ARG BASE=python:3.13-slim

FROM ${BASE} AS tools
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements-build.txt ./
# Two secrets, both of them for the time of the build alone: `pip` is a pip.conf, for whoever installs from an index of his
# own; `ca` holds the certificates by which the index is known, for whoever builds behind a proxy that intercepts. pip is in
# an environment of its own, from which it installs into the one that is shipped.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca,target=/run/ca.pem \
    if [ -s /run/ca.pem ]; then export PIP_CERT=/run/ca.pem; fi \
 && python3 -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes -r requirements-build.txt

FROM tools AS wheel
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY syncd syncd
COPY connectors connectors
COPY mappings mappings
COPY migrations migrations
RUN /opt/tools/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /dist .

FROM tools AS installed
COPY requirements.txt ./
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca,target=/run/ca.pem \
    if [ -s /run/ca.pem ]; then export PIP_CERT=/run/ca.pem; fi \
 && python3 -m venv --without-pip /opt/syncd \
 && /opt/tools/bin/pip --python /opt/syncd/bin/python install --require-hashes -r requirements.txt
COPY --from=wheel /dist /dist
# The simulators stay out of production: neither their libraries nor they themselves.
RUN /opt/tools/bin/pip --python /opt/syncd/bin/python install --no-index --no-deps /dist/*.whl \
 && rm -r /opt/syncd/lib/python3.*/site-packages/connectors/sandbox \
 && ! /opt/syncd/bin/python -c 'import connectors.sandbox' 2> /dev/null

FROM installed AS installed-demo
COPY requirements-sandbox.txt ./
RUN --mount=type=secret,id=pip,target=/etc/pip.conf --mount=type=secret,id=ca,target=/run/ca.pem \
    if [ -s /run/ca.pem ]; then export PIP_CERT=/run/ca.pem; fi \
 && /opt/tools/bin/pip --python /opt/syncd/bin/python install --require-hashes -r requirements-sandbox.txt \
 && /opt/tools/bin/pip --python /opt/syncd/bin/python install --no-index --no-deps --force-reinstall /dist/*.whl \
 && /opt/syncd/bin/python -c 'import connectors.sandbox.server'

# The base without what only installs: pip, its wheels, ensurepip, setuptools; no program that runs as another user; no
# lists of packages, no manuals. Whatever is known to dpkg and goes, goes by dpkg, so that scanners are told the truth.
FROM ${BASE} AS place
RUN useradd --uid 10001 --no-create-home --home-dir /data syncd \
 && for name in $(dpkg-query --show --showformat '${Package}\n' 'python3*-venv' 'python3*-pip' 'python3*-pip-whl' \
      'python3*-setuptools' 'python3*-setuptools-whl' 'python3*-wheel' 'python3*-distutils' 2> /dev/null); do \
      dpkg --purge --force-depends "$name"; \
    done \
 && find /usr -xdev -depth \( -path '*/python3*/ensurepip' -o -path '*/python-wheels' \
      -o -regex '.*/\(site\|dist\)-packages/\(pip\|setuptools\|wheel\|pkg_resources\|_distutils_hack\)\(-.*\)?' \
      -o -regex '.*/bin/\(pip\|wheel\)[0-9.]*' \) -exec rm -rf {} + \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && find /usr/share/doc -type f ! -name copyright -delete \
 && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* /usr/share/man/* /usr/share/info/* /root/.cache /tmp/* \
 && mkdir -p /data && chown 10001:10001 /data

# One layer of it: what was taken away is not in another layer beneath, which is what hadolint's rule is about.
FROM scratch AS bare
# hadolint ignore=DL3067
COPY --from=place / /
# Nothing below needs root, and nothing but the volume is written: a read-only root with a /tmp in memory works.
ENV PATH=/opt/syncd/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SYNCD_DATABASE_URL=sqlite:////data/syncd.db SYNCD_HTTP_HOST=0.0.0.0 SYNCD_HTTP_PORT=8080
USER 10001
WORKDIR /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["syncd"]

FROM bare AS demo
COPY --from=installed-demo /opt/syncd /opt/syncd
CMD ["demo", "--once"]

FROM bare AS production
COPY --from=installed /opt/syncd /opt/syncd
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["syncd", "health"]
CMD ["run"]
# What is where from; `make image` fills it in.
ARG BASE
ARG BASE_DIGEST=""
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="syncd" \
      org.opencontainers.image.description="Keeps the agreement between sales and marketing true in HubSpot and Salesforce" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE}" \
      org.opencontainers.image.base.digest="${BASE_DIGEST}"
