// Package index keeps a copy of the entities in a search server, Elasticsearch or
// OpenSearch, and finds candidates there. It speaks what Elasticsearch 7.10 and OpenSearch
// 3 have in common.
//
// An index is only ever a copy. What it holds of an entity was read at one moment of the
// database (store.Head), whose number is the document's version, so that the server itself
// refuses what is older: a replay or a second indexer cannot bring the past back. What is
// no more stays as an empty document of its last moment, for the same reason: a deleted
// one's version is soon forgotten.
//
// An alias leads to the index in use. Rebuild fills another one and moves the alias; how
// far an index has followed the database stands in the index itself, so whoever goes on
// with it loses nothing. Documents are written through a second alias, of each index its
// own: what is meant for an index that was deleted cannot make it anew.
package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opensearch-project/opensearch-go/v4"
	"github.com/opensearch-project/opensearch-go/v4/opensearchapi"
)

// Config says where the server is.
type Config struct {
	URL   string // such as https://search:9200, with user and password if it asks for these
	Alias string // of the index in use, and the beginning of the names of all; "": "umpire"
}

// Server is a search server, and the indices there that are one database's.
type Server struct {
	api       *opensearchapi.Client
	transport *http.Transport
	url       string // without credentials
	alias     string
	grace     time.Duration // grace, but for tests of something else
}

// patience is how long the server may take over anything but a search.
const patience = 30 * time.Second

// Errors of what is behind the alias.
var (
	ErrNone    = errors.New("there is no index yet")
	ErrMapping = errors.New("the index was made by another version of the program: run umpire index --rebuild")
	ErrForeign = errors.New("the index is ahead of the database, so it is another's: run umpire index --rebuild")
)

// Open makes a client; it asks the server nothing. The error of a URL tells no password.
func Open(c Config) (*Server, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the URL of the search server is not http://HOST:PORT or https://HOST:PORT")
	}
	user := u.User.Username()
	password, _ := u.User.Password()
	u.User = nil
	s := &Server{url: u.String(), alias: c.Alias, grace: grace, transport: http.DefaultTransport.(*http.Transport).Clone()}
	if s.alias == "" {
		s.alias = "umpire"
	}
	s.transport.MaxIdleConnsPerHost = 16
	s.transport.ResponseHeaderTimeout = patience
	s.api, err = opensearchapi.NewClient(opensearchapi.Config{Client: opensearch.Config{
		Addresses: []string{s.url}, Username: user, Password: password, Transport: s.transport,
		DisableRetry: true, DiscoverNodesOnStart: new(false), HealthCheckMaxRetries: -1, MaxRetryClusterHealth: -1,
	}})
	if err != nil {
		return nil, fmt.Errorf("search server: %w", err)
	}
	return s, nil
}

// Close lets go of the connections.
func (s *Server) Close() { s.transport.CloseIdleConnections() }

// status is the HTTP status of an answer that was an error, 0 if there was no answer.
func status(err error) int {
	if e, ok := errors.AsType[*opensearch.StructError](err); ok {
		return e.Status
	}
	if e, ok := errors.AsType[*opensearch.StringError](err); ok {
		return e.Status
	}
	return 0
}

// call does a request whose answer is read into out, unless that is nil. A status of 400 or
// more is an error.
func (s *Server) call(ctx context.Context, method, path, body string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := s.api.Client.Stream(request)
	if err != nil {
		return fmt.Errorf("search server: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("search server: %s %s: %w", method, path, parseError(answer))
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		return fmt.Errorf("search server: %s %s: %w", method, path, err)
	}
	return nil
}

// parseError reads what the server says is wrong; an error without a body is its status.
func parseError(answer *http.Response) error {
	err := opensearch.ParseError(&opensearch.Response{StatusCode: answer.StatusCode, Body: answer.Body, Header: answer.Header})
	if status(err) == 0 {
		return &opensearch.StringError{Err: http.StatusText(answer.StatusCode), Status: answer.StatusCode}
	}
	return err
}
