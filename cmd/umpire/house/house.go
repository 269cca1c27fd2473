// Package house keeps the house in order. It is all tests: what may import what and which
// library lives where, what lies at the top level, that generated code is current, that
// CONTRIBUTING.md lists the dependencies there are, and that Dockerfile and
// docker-compose.yml name only what the program has.
package house
