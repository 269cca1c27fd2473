package index

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/opensearch-project/opensearch-go/v4/opensearchapi"

	"umpire/ent/store"
	"umpire/resolve"
)

// bulkBytes is about how large a request of documents is.
const bulkBytes = 4 << 20

// batch gathers documents into requests.
type batch struct {
	lines []byte
	size  int
}

func (b *batch) add(p put) error {
	lines, err := p.appendTo(b.lines)
	if err != nil {
		return fmt.Errorf("document of %s: %w", p.id, err)
	}
	b.lines = lines
	b.size++
	return nil
}

func (b *batch) full() bool { return len(b.lines) >= bulkBytes }

// refusal is what the server did not take of a request.
type refusal struct {
	id, kind, reason string
	status, others   int
}

func (r *refusal) Error() string {
	return fmt.Sprintf("search server: refuses %s and %d others: %d %s: %s", r.id, r.others, r.status, r.kind, r.reason)
}

// write writes documents into an index. What the index has of a later moment it keeps. An
// error says that some were not written; to write all again is safe.
func (s *Server) write(ctx context.Context, index string, b *batch) error {
	if b.size == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := s.api.Bulk(ctx, opensearchapi.BulkReq{
		Index: inlet(index), Body: bytes.NewReader(b.lines),
		Params: opensearchapi.BulkParams{RequireAlias: new(true), FilterPath: []string{"errors", "items.*.status", "items.*.error", "items.*._id"}},
	})
	if err != nil {
		return fmt.Errorf("search server: write %d documents: %w", b.size, err)
	}
	if !answer.Errors {
		return nil
	}
	return refused(answer)
}

func refused(answer *opensearchapi.BulkResp) error {
	var first *refusal
	for _, item := range answer.Items {
		for _, done := range item {
			switch {
			case done.Status < http.StatusMultipleChoices || done.Status == http.StatusConflict:
			case first != nil:
				first.others++
			default:
				first = &refusal{id: done.ID, status: done.Status}
				if done.Error != nil {
					first.kind, first.reason = done.Error.Type, done.Error.Reason
				}
			}
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// cursorID is the document in which an index says how far it has followed the database.
const cursorID = "cursor"

// follow notes how far an index has followed. It never goes back.
func (s *Server) follow(ctx context.Context, index string, to store.Head) error {
	var b batch
	if err := b.add(put{id: cursorID, moment: to.Moment(), body: document{Cursor: &to}}); err != nil {
		return err
	}
	return s.write(ctx, index, &b)
}

// followed returns how far an index has followed.
func (s *Server) followed(ctx context.Context, index string) (store.Head, error) {
	var found struct {
		Source document `json:"_source"`
	}
	err := s.call(ctx, http.MethodGet, "/"+index+"/_doc/"+cursorID, "", &found)
	if err != nil {
		return store.Head{}, err
	}
	if found.Source.Cursor == nil {
		return store.Head{}, errors.New("search server: the index does not say how far it has followed")
	}
	return *found.Source.Cursor, nil
}

// namesIn returns the names by which an index knows entities; of one that it does not know, none.
func (s *Server) namesIn(ctx context.Context, index string, ids []resolve.ID) (map[resolve.ID][]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	body, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		return nil, err
	}
	var found struct {
		Docs []struct {
			ID     resolve.ID `json:"_id"`
			Source document   `json:"_source"`
		} `json:"docs"`
	}
	query := url.Values{"_source_includes": {"names"}}
	if err := s.call(ctx, http.MethodPost, "/"+index+"/_mget?"+query.Encode(), string(body), &found); err != nil {
		return nil, err
	}
	names := make(map[resolve.ID][]string, len(found.Docs))
	for _, d := range found.Docs {
		names[d.ID] = d.Source.Names
	}
	return names, nil
}
