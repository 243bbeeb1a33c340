# The server's image: the locked packages, the four layers, and a user without rights.
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements/runtime.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /requirements.txt

FROM python:3.11.14-slim-bookworm
# Neo4j and Valkey are other containers here, so their embedded versions stay unused.
# The home directory does not exist on purpose: the root file system is read-only, state lives in /data.
RUN groupadd --gid 10001 c360 \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin c360 \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data /data/exports
COPY --from=packages /venv /venv
WORKDIR /app
COPY schema.graphql LICENSE ./
COPY graph graph
COPY loaders loaders
COPY resolvers resolvers
COPY api api
RUN /venv/bin/python -m compileall -q graph loaders resolvers api
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    C360_DATA_DIR=/data \
    C360_CACHE_DIR=/data/cache
USER 10001:10001
VOLUME /data
EXPOSE 8360
CMD ["python", "-m", "api", "serve"]
