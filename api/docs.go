package api

// The API's own description: OpenAPI 3.1, and a page that shows it, all from this binary.

import (
	"embed"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/swaggest/swgui/v5emb"

	"umpire/api/access"
)

// about opens the description.
const about = `Canonical matches, teams, tournaments and titles, resolved from what several sources tell, beside every source's own view.

- **Ids are for ever.** A former id answers 308 to where its entity now is, 410 when all its records were withdrawn.
- **In a canonical thing** ` + "`id`" + ` is Umpire's. **In what a source told** ` + "`id`" + ` is the source's own, ` + "`record`" + ` is Umpire's id of the record, and ` + "`entity`" + ` of the canonical thing that it belongs to.
- **What is not told is left out.** An empty parameter is as if it were left out; an unknown one is refused.
- **Times** are RFC 3339 in UTC.
- **Lists** come in pages: follow ` + "`next`" + `.
- **Readings** have an ETag, and answer 304 to If-None-Match.
- **Errors** are problems of RFC 9457; ` + "`errors`" + ` names the parameters or members at fault. A 409 tells what the request conflicts with: the judgements that prove it, what has changed, or who looks at it.
- **Who asks** is told by a token, behind Bearer in Authorization: 401 if none is known, 403 with the role that is needed if its own does not go so far. Roles: reader (reads); curator (decides as well); operator (runs, replays, profiles, messages of every source as well); admin (sees and revokes tokens as well); and source, which publishes as one source and reads nothing.
- **Decisions of people** are made in the name of the token. Each is one act of the audit log with one undo. They are answered when entities are as they would have them, after two seconds at most; preview=true only tells what would happen. Idempotency-Key makes them safe to send again, and If-Match keeps them from resting on what has changed. What is asked of a run takes both as well.
- **X-Request-Id** is taken from the request or made, answered, and written in the log.`

// describe begins the description. The library's own pages, schema links and hooks stay
// off: its pages load from elsewhere.
func describe(version string) huma.Config {
	c := huma.DefaultConfig("Umpire", firstOf(version, "devel"))
	c.Info.Description = about
	c.Info.License = &huma.License{Name: "Apache 2.0", Identifier: "Apache-2.0"}
	c.Tags = []*huma.Tag{
		{Name: "Matches", Description: "Canonical matches."},
		{Name: "Teams", Description: "Canonical teams, each of one title."},
		{Name: "Tournaments", Description: "Canonical tournaments."},
		{Name: "Titles", Description: "Canonical games and sports."},
		{Name: "Search", Description: "Anything, by what people type."},
		{Name: "Lookup", Description: "From sources' ids to canonical ones, and back."},
		{Name: "Changes", Description: "The feed by which a copy follows."},
		{Name: "Suggestions", Description: "Pairs that wait for a person's word."},
		{Name: "Judgements", Description: "People's words on two records, which bind."},
		{Name: "Records", Description: "Which entity a record is in, decided by hand."},
		{Name: "Survivorship", Description: "How canonical fields are chosen."},
		{Name: "Acts", Description: "What people did: the audit log, and its undo."},
		{Name: "Why", Description: "What became of any two records, and why."},
		{Name: "Sources", Description: "Feeds, their profiles, and what they tell."},
		{Name: "Messages", Description: "What was delivered, byte for byte, and the way in for more."},
		{Name: "Runs", Description: "Batch resolutions: planned, looked through, applied and rolled back."},
		{Name: "Tokens", Description: "Who may come in."},
		{Name: "Stats", Description: "Counts."},
	}
	c.Components.SecuritySchemes = securitySchemes
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Transformers = []huma.Transformer{finish}
	return c
}

// get begins the description of a reading; the tag is the noun that it belongs to.
func get(path, tag, id, summary, description string, errors ...int) huma.Operation {
	return huma.Operation{
		Method: http.MethodGet, Path: path, Tags: []string{tag},
		OperationID: id, Summary: summary, Description: description, Errors: errors,
	}
}

// respond describes an answer, and a header of it.
func respond(op huma.Operation, status, description, header, means, example string) huma.Operation {
	answers := map[string]*huma.Response{status: {Description: description}}
	maps.Copy(answers, op.Responses)
	if answers[status].Headers == nil {
		answers[status].Headers = map[string]*huma.Param{}
	}
	answers[status].Headers[header] = &huma.Param{
		Description: means, Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{example}},
	}
	op.Responses = answers
	return op
}

// conditional adds how a reading is asked for again.
func conditional(op huma.Operation) huma.Operation {
	const example = `"v4217-9f3a61d20c77"`
	op = respond(op, "200", "OK", "ETag",
		"Names this answer: of an entity its version, then a digest of all that is told, since the names in it may change without it.", example)
	op = respond(op, "304", "It is still what If-None-Match names.", "ETag", "Names the answer.", example)
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "If-None-Match", In: "header", Description: "ETags that the client has: 304 if the answer is still one of them.",
		Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{example}},
	})
	return op
}

// forwarding adds that a former id is answered by where its entity now is.
func forwarding(op huma.Operation) huma.Operation {
	return respond(op, "308", "The entity is now called by another id. That may change, when entities part again, so the answer is not to be kept.",
		"Location", "Where the entity now is.", "/v1/matches/mch_5f0yq8c3t1v7nbxk")
}

func (a *API) routeDocs() {
	spec, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // the description is made of this program's own types alone
	}
	a.serve(access.Anyone, "/openapi.json", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(spec) // a client that is gone is the only fault
	}))
	a.serve(access.Anyone, "/docs", http.HandlerFunc(docsPage))
	a.serve(access.Anyone, "/docs/*", http.StripPrefix("/docs", docsFiles()))
}

//go:embed docs
var docsEmbedded embed.FS

// docsPolicy lets the page load from this server alone, and have no script or style within
// it. Its library draws its icons from data.
const docsPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// docsPage shows the description.
func docsPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	http.ServeFileFS(w, r, docsEmbedded, "docs/docs.html")
}

// docsFiles are what the page loads: its own script and style, and the library's. The
// library has a page as well, with scripts within it, which is not served.
func docsFiles() http.Handler {
	library := v5emb.New("", "", "/")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			docsPage(w, r)
		case "/docs.js":
			http.ServeFileFS(w, r, docsEmbedded, "docs/docs.js")
		case "/docs.css":
			http.ServeFileFS(w, r, docsEmbedded, "docs/docs.css")
		case "/swagger-ui-bundle.js", "/swagger-ui.css", "/favicon-32x32.png":
			library.ServeHTTP(w, r)
		default:
			writeProblem(w, r, http.StatusNotFound, "there is no such file; the page is /docs")
		}
	})
}
