# The ssespec command without starting browsers. Adapters run in images that build on this one.
FROM rust:1-bookworm AS build
WORKDIR /ssespec
COPY . .
RUN cargo build --release --locked --package ssespec-cli --no-default-features --features tls

FROM debian:bookworm-slim
COPY --from=build /ssespec/target/release/ssespec /usr/local/bin/ssespec
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/ssespec/
USER nobody
WORKDIR /work
ENTRYPOINT ["ssespec"]
