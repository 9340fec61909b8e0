# The toolchain, for machines that are neither Debian nor Ubuntu:
#   docker build -t bpfref .
#   docker run --name site bpfref && docker cp site:/bpfref/site . && docker rm site
#   docker run --rm bpfref make test
#   docker run --rm -p 8000:8000 bpfref make serve ARGS="--dev-addr 0.0.0.0:8000"
# The site is copied out, for a folder mounted into the container belongs to another user there.
FROM debian:12.12-slim@sha256:d5d3f9c23164ea16f31852f95bd5959aad1c5e854332fe00f7b3a20fcc9f635c

WORKDIR /bpfref

# make, and the packages that tools/bootstrap.sh names: one list for every machine.
COPY tools/bootstrap.sh tools/
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && tools/bootstrap.sh dev packages \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home bpfref \
    && chown bpfref:bpfref .

USER bpfref

COPY --chown=bpfref requirements requirements
RUN tools/bootstrap.sh dev libraries
COPY --chown=bpfref tests/browser/package.json tests/browser/package-lock.json tests/browser/
RUN tools/bootstrap.sh dev quality

COPY --chown=bpfref . .
RUN tools/bootstrap.sh dev project

CMD ["make", "site"]
