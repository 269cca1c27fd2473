package api

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens instead of comparing with them")

// pages are the routes that the description leaves out: they are for people and for
// operators' tools, each in a form of its own.
var pages = []string{
	"GET /docs", "GET /docs/*", "GET /healthz", "GET /metrics", "GET /openapi.json", "GET /readyz",
}

func TestDescriptionIsTheRoutes(t *testing.T) {
	a := New(Config{Version: "test"})
	var routes []string
	err := chi.Walk(a.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routes = append(routes, method+" "+route)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	described := slices.Clone(pages)
	for path, item := range a.huma.OpenAPI().Paths {
		for method, op := range map[string]bool{
			"GET": item.Get != nil, "PUT": item.Put != nil, "POST": item.Post != nil, "DELETE": item.Delete != nil,
		} {
			if op {
				described = append(described, method+" "+path)
			}
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if diff := cmp.Diff(described, routes); diff != "" {
		t.Errorf("routes differ from what is described (-described +routed):\n%s", diff)
	}
}

func TestDescriptionIsGolden(t *testing.T) {
	const golden = "testdata/openapi.json"
	_, got := fetch(t, New(Config{Version: "test"}), "GET", "/openapi.json", nil)
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
		t.Errorf("the description has changed; if it is meant so, go test ./api -update (-golden +now):\n%s", diff)
	}
}

// TestDescriptionIsWhole walks the description: what a client can send or receive is
// explained, and shown by an example where it is a plain value.
func TestDescriptionIsWhole(t *testing.T) {
	_, spec := fetch(t, New(Config{}), "GET", "/openapi.json", nil)
	var doc any
	if err := json.Unmarshal(spec, &doc); err != nil {
		t.Fatal(err)
	}
	if v := doc.(map[string]any)["openapi"]; v != "3.1.0" {
		t.Errorf("OpenAPI %v", v)
	}
	walk(doc, "", func(at string, v map[string]any) {
		switch {
		case strings.HasPrefix(at, "/components/schemas/Error"): // the library's own
		case strings.HasPrefix(at, "/components/securitySchemes/"): // "in" means no parameter there
		case v["in"] != nil:
			schema := v["schema"].(map[string]any)
			if v["description"] == nil || schema["examples"] == nil {
				t.Errorf("%s: parameter %v lacks a description or an example", at, v["name"])
			}
		case strings.HasSuffix(parent(at), "/properties"):
			plain := v["$ref"] == nil && !refers(v["items"])
			if v["description"] == nil || plain && v["examples"] == nil {
				t.Errorf("%s lacks a description or an example", at)
			}
		case v["operationId"] != nil:
			if v["summary"] == nil || v["description"] == nil || v["tags"] == nil {
				t.Errorf("%s lacks a summary, a description or a tag", at)
			}
		}
	})
}

func parent(at string) string { return at[:max(0, strings.LastIndex(at, "/"))] }

func refers(items any) bool {
	of, _ := items.(map[string]any)
	return of["$ref"] != nil || of["oneOf"] != nil
}

// walk visits each object of a document, by its path.
func walk(v any, at string, visit func(at string, v map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(at, v)
		for name, member := range v {
			if name != "examples" {
				walk(member, at+"/"+strings.ReplaceAll(name, "/", "~1"), visit)
			}
		}
	case []any:
		for _, item := range v {
			walk(item, at+"/-", visit)
		}
	}
}
