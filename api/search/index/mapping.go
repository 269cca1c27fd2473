package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// mapping is what the index knows of a document. Text comes folded (text.Fold), as that of
// queries does, so that words are all that is left for the server to find. Nothing but
// these fields is taken: a document of another form is refused rather than half indexed.
const mapping = `{
	"dynamic": "strict",
	"properties": {
		"kind": {"type": "keyword"},
		"names": {
			"type": "text", "analyzer": "words", "index_options": "freqs",
			"fields": {
				"begin": {"type": "text", "analyzer": "beginnings", "search_analyzer": "words", "index_options": "docs", "norms": false},
				"whole": {"type": "keyword", "doc_values": false, "ignore_above": 1000}
			}
		},
		"short": {"type": "keyword", "ignore_above": 200},
		"title": {"type": "keyword"},
		"tournament": {"type": "keyword"},
		"teams": {"type": "keyword"},
		"sources": {"type": "keyword"},
		"state": {"type": "integer"},
		"start": {"type": "date"},
		"cursor": {"type": "object", "enabled": false}
	}
}`

// longestBeginning is how much of a word is found by its beginning.
const longestBeginning = 12

// analysis splits text that is folded into words, and these into their beginnings.
var analysis = fmt.Sprintf(`{
	"filter": {"beginnings": {"type": "edge_ngram", "min_gram": 1, "max_gram": %d}},
	"analyzer": {
		"words": {"type": "custom", "tokenizer": "whitespace"},
		"beginnings": {"type": "custom", "tokenizer": "whitespace", "filter": ["beginnings"]}
	}
}`, longestBeginning)

// form names what an index of this program looks like: another form is another index.
var form = func() string {
	sum := sha256.Sum256([]byte(mapping + analysis + documentVersion))
	return hex.EncodeToString(sum[:8])
}()

// refresh is how long a write may take to be found.
const refresh = "300ms"

// create makes a new, empty index that nobody uses yet, and returns its name.
func (s *Server) create(ctx context.Context) (string, error) {
	name := fmt.Sprintf("%s-%s", s.alias, strings.ToLower(strings.ReplaceAll(time.Now().UTC().Format("20060102-150405.000000"), ".", "-")))
	var known map[string]any
	if err := json.Unmarshal([]byte(mapping), &known); err != nil {
		return "", err
	}
	known["_meta"] = map[string]string{"form": form}
	mapped, err := json.Marshal(known)
	if err != nil {
		return "", err
	}
	body := fmt.Sprintf(`{
		"settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", "analysis": %s},
		"mappings": %s, "aliases": {%q: {}}
	}`, analysis, mapped, inlet(name))
	if err := s.call(ctx, http.MethodPut, "/"+name, body, nil); err != nil {
		return "", fmt.Errorf("make an index: %w", err)
	}
	return name, nil
}

// inlet is the alias through which an index is written.
func inlet(index string) string { return index + "-in" }

// grace is how long the index before is kept: for the searches that have found it behind
// the alias and are not done.
const grace = 2 * time.Second

// settle has what is written to an index be found soon, and on other nodes, too.
func (s *Server) settle(ctx context.Context, index string) error {
	settings := fmt.Sprintf(`{"index": {"refresh_interval": %q, "auto_expand_replicas": "0-1"}}`, refresh)
	return s.call(ctx, http.MethodPut, "/"+index+"/_settings", settings, nil)
}

// use has an index searched from now on, and returns the others that there are.
func (s *Server) use(ctx context.Context, index string) ([]string, error) {
	all, err := s.indices(ctx)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(all, func(name string) bool { return name == index })
	actions := []string{fmt.Sprintf(`{"add": {"index": %q, "alias": %q}}`, index, s.alias)}
	for _, other := range others {
		actions = append(actions, fmt.Sprintf(`{"remove": {"index": %q, "alias": %q}}`, other, s.alias))
	}
	if err := s.refresh(ctx, index); err != nil {
		return nil, err
	}
	if err := s.call(ctx, http.MethodPost, "/_aliases", `{"actions": [`+strings.Join(actions, ",")+`]}`, nil); err != nil {
		return nil, fmt.Errorf("switch to the new index: %w", err)
	}
	return others, nil
}

// retire deletes indices that are not in use any more, after the grace.
func (s *Server) retire(ctx context.Context, others []string) error {
	if len(others) == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.grace):
	}
	for _, other := range others {
		if err := s.drop(ctx, other); err != nil && status(err) != http.StatusNotFound {
			return fmt.Errorf("delete the index before: %w", err)
		}
	}
	return nil
}

// indices lists the indices that are there, in use or not.
func (s *Server) indices(ctx context.Context) ([]string, error) {
	var found map[string]any
	if err := s.call(ctx, http.MethodGet, "/"+s.alias+"-*/_alias", "", &found); err != nil {
		return nil, err
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	return names, nil
}

// drop deletes an index.
func (s *Server) drop(ctx context.Context, index string) error {
	return s.call(ctx, http.MethodDelete, "/"+index, "", nil)
}

func (s *Server) refresh(ctx context.Context, index string) error {
	return s.call(ctx, http.MethodPost, "/"+index+"/_refresh", "", nil)
}

// inUse returns the index behind the alias. ErrNone: there is none. ErrMapping: it has
// another form.
func (s *Server) inUse(ctx context.Context) (string, error) {
	var found map[string]struct {
		Mappings struct {
			Meta struct {
				Form string `json:"form"`
			} `json:"_meta"`
		} `json:"mappings"`
	}
	err := s.call(ctx, http.MethodGet, "/"+s.alias+"/_mapping", "", &found)
	if status(err) == http.StatusNotFound {
		return "", ErrNone
	}
	if err != nil {
		return "", err
	}
	for name, m := range found {
		if m.Mappings.Meta.Form != form {
			return "", fmt.Errorf("%w (%s)", ErrMapping, name)
		}
		return name, nil
	}
	return "", ErrNone
}
