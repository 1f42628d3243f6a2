# The build stage makes one static binary; the final stage holds nothing else: no shell, no libc, no package.
FROM rust:1-slim-bookworm AS build
WORKDIR /src
# Static linking needs the target named, else the flag would also reach build scripts and proc macros.
ENV RUSTFLAGS="-C target-feature=+crt-static"
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY docs/*.schema.json ./docs/
RUN cargo build --release --locked --bin sarif-gate --target "$(rustc --print host-tuple)" \
    && cp target/*-linux-gnu/release/sarif-gate /sarif-gate

FROM scratch
LABEL org.opencontainers.image.title="sarif-gate" \
      org.opencontainers.image.description="One verdict from many security scanners' reports" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /sarif-gate /sarif-gate
# GitHub's runner owns the mounted folders with another uid, so the image has to run as root. The entry point is the
# binary itself: a shell would drop the hyphenated INPUT_ names.
ENTRYPOINT ["/sarif-gate"]
