# syntax=docker/dockerfile:1
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    go mod download
COPY . .
ARG VERSION=
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -ldflags "-s -w -X main.version=${VERSION}" -o /out/umpire ./cmd/umpire

# No shell, no packages; certificates, time zones and a user of no rights, 65532.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/umpire /usr/local/bin/umpire
USER 65532:65532
ENV UMPIRE_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["umpire", "ready"]
ENTRYPOINT ["umpire"]
CMD ["serve"]
