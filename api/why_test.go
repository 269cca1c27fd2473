package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"umpire/ent/store"
	"umpire/resolve"
)

// asked is an engine that is asked as it stands.
type asked struct{ *resolve.Engine }

func (a asked) Why(_ context.Context, x, y resolve.ID) (resolve.Why, error) {
	return a.Engine.Why(x, y)
}

func (asked) Preview(context.Context, []store.Effect) (resolve.Plan, error) {
	return resolve.Plan{}, nil
}

func (asked) Nudge() {}

// elsewhere is a resolver that stands by.
type elsewhere struct{}

func (elsewhere) Why(context.Context, resolve.ID, resolve.ID) (resolve.Why, error) {
	return resolve.Why{}, fmt.Errorf("ask: %w", store.ErrElsewhere)
}

func (elsewhere) Preview(context.Context, []store.Effect) (resolve.Plan, error) {
	return resolve.Plan{}, fmt.Errorf("ask: %w", store.ErrElsewhere)
}

func (elsewhere) Nudge() {}

// explained serves an engine that holds a world's matches.
func (w *world) explained() {
	e := resolve.New(nil)
	for i, m := range []resolve.Match{w.m1, w.m9, w.m2, w.x} {
		m.Arrival = int64(i + 1)
		e.Put(m)
	}
	e.Settle()
	w.api = New(Config{Store: w.Store, Explainer: asked{e}})
}

func TestWhy(t *testing.T) {
	w := onSQLite(t)
	w.explained()
	answer, body := w.read(t, "GET", "/v1/why?a={M1}&b={M9}")
	same(t, "status", answer.StatusCode, http.StatusOK)
	same(t, "verdict", at(body, "verdict"), any("joined"))
	same(t, "sums up", sumLines(t, body), at(body, "weight").(float64))
	same(t, "apart", at(body, "apart"), nil)
	same(t, "records", len(at(body, "entity_a").(map[string]any)["records"].([]any)), 2)
	same(t, "pairs", len(at(body, "pairs").([]any)), 1)

	_, body = w.read(t, "GET", "/v1/why?a={M1}&b={M2}")
	apart := at(body, "apart").(map[string]any)
	same(t, "cause", apart["cause"], any("rule"))
	same(t, "text", apart["text"], any("one record per source"))
	same(t, "names both", len(apart["records"].([]any)), 2)
}

// sumLines sums lines up, and those within them.
func sumLines(t *testing.T, body any) float64 {
	t.Helper()
	sum := 0.0
	for _, l := range at(body, "lines").([]any) {
		weight := at(l, "weight").(float64)
		if at(l, "lines") != nil {
			same(t, fmt.Sprint(at(l, "comparison")), sumLines(t, l), weight)
		}
		sum += weight
	}
	return sum
}

func TestWhyOfWhom(t *testing.T) {
	w := onSQLite(t)
	for _, test := range []struct {
		why, path string
		explainer Explainer
		status    int
		tells     string
	}{
		{"a process that resolves nothing", "/v1/why?a={M1}&b={M9}", nil, 503, "does not resolve"},
		{"one that stands by", "/v1/why?a={M1}&b={M9}", elsewhere{}, 503, "does not resolve"},
		{"an unknown record", "/v1/why?a={M1}&b=mch_0000000000000000", asked{}, 404, "no such record"},
		{"no id at all", "/v1/why?a={M1}&b=fnatic", asked{}, 404, "no such record"},
		{"two kinds", "/v1/why?a={M1}&b={FNATIC}", asked{}, 422, "b: "},
		{"one record", "/v1/why?a={M1}&b={M1}", asked{}, 422, "b: is the same"},
		{"half a question", "/v1/why?a={M1}", asked{}, 422, "b: "},
	} {
		w.explained()
		if _, does := test.explainer.(asked); !does {
			w.api = New(Config{Store: w.Store, Explainer: test.explainer})
		}
		answer, body := w.read(t, "GET", test.path)
		same(t, test.why, answer.StatusCode, test.status)
		isProblem(t, answer, body)
		if detail, _ := at(body, "detail").(string); !strings.Contains(detail, test.tells) {
			t.Errorf("%s: %q does not say %q", test.why, detail, test.tells)
		}
	}
}
