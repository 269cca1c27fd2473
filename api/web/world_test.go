package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/fixtures"
	"umpire/fixtures/servers"
	"umpire/ingest"
	"umpire/resolve"
	"umpire/resolve/run"
)

// world is a database with all that pages have to show: a real month of three sites, the
// four sample messages, what a hostile source sends, what cannot be understood, and what
// people said of it.
var world = sync.OnceValues(func() (*store.Store, error) {
	ctx := context.Background()
	s, err := makeWorld(ctx, "sqlite:"+filepath.Join(worldDir, "umpire.db"))
	if err != nil {
		return nil, err
	}
	if err := withdrawOne(ctx, s); err != nil {
		return nil, err
	}
	return s, decideSome(ctx, s)
})

// makeWorld makes a database of what sources sent, and nothing that people said.
func makeWorld(ctx context.Context, address string) (*store.Store, error) {
	s, err := store.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx); err != nil {
		return nil, err
	}
	lines, err := worldMessages()
	if err != nil {
		return nil, err
	}
	// What comes later, comes to what is settled already: that is how merges and changes
	// come to be told.
	late := len(lines) - 120
	for _, batch := range [][][]byte{lines[:late], lines[late:]} {
		if err := takeIn(ctx, s, batch); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Who decides in the world: one of the two has a name to be wary of.
const (
	curator        = "ann"
	hostileCurator = `bo "><script>alert(1)</script>`
)

// decideSome has two people decide a little, and one undo it.
func decideSome(ctx context.Context, s *store.Store) error {
	questions, err := s.Questions(ctx, store.QuestionFilter{Kind: resolve.KindMatch, Limit: 3})
	if err != nil || len(questions.Items) < 3 {
		return fmt.Errorf("questions: %d, %w", len(questions.Items), err)
	}
	one, two, three := questions.Items[0], questions.Items[1], questions.Items[2]
	named, err := s.NamedList(ctx, store.NamedFilter{Kind: resolve.KindTeam, Name: "Natus Vincere", Limit: 1})
	if err != nil || len(named.Items) < 1 {
		return fmt.Errorf("teams: %d, %w", len(named.Items), err)
	}
	for _, d := range []struct {
		actor, note string
		store.Decision
	}{
		{curator, "the same players", store.Judge{A: one.A, B: one.B, Word: resolve.Different}},
		{hostileCurator, "<b>bold</b>", store.Judge{A: two.A, B: two.B, Word: resolve.Unsure}},
		{hostileCurator, "", store.Judge{A: three.A, B: three.B, Word: resolve.Different}},
		{curator, "", store.SetField{Record: named.Items[0].ID, Field: "name", Value: "Na`Vi <i>by hand</i>"}},
		{curator, "not so sure", store.Undo{Act: 3}},
		{hostileCurator, "it has <i>seconds</i>", store.SetRule{Kind: resolve.KindMatch, Field: "start", Rule: resolve.Trusted}},
		{curator, "", store.SetTrust{Source: "hltv", Trust: 2}},
	} {
		if _, err := s.Decide(ctx, store.Signature{Actor: d.actor, Note: d.note}, d.Decision); err != nil {
			return err
		}
	}
	if _, err = run.Batch(ctx, s, run.Options{}); err != nil {
		return err
	}
	return planSome(ctx, s)
}

// planSome plans two runs: by the model in use, and by what training would learn, of which one
// change is refused. A third waits.
func planSome(ctx context.Context, s *store.Store) error {
	for _, wants := range []string{"", store.WantsTraining, store.WantsTraining} {
		asked, err := s.AskRun(ctx, store.Signature{Actor: curator}, wants)
		if err != nil {
			return err
		}
		if asked.ID == 3 {
			break
		}
		if _, err := run.Plan(ctx, s, asked.ID, nil); err != nil {
			return err
		}
	}
	_, _, err := s.DecideRun(ctx, store.Signature{Actor: curator}, store.RunDecision{Run: 2, Change: 1, Decision: store.ChangeAccepted})
	return err
}

var worldDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "umpire-pages-")
	if err != nil {
		panic(err)
	}
	worldDir = dir
	code := servers.Main(m)
	os.RemoveAll(dir)
	os.Exit(code)
}

// worldPages serves the pages of the world.
func worldPages(t *testing.T) (http.Handler, *store.Store) {
	t.Helper()
	s, err := world()
	if err != nil {
		t.Fatal("make a world: ", err)
	}
	engine, err := worldEngine()
	if err != nil {
		t.Fatal("resolve the world: ", err)
	}
	return as(curator, access.Admin, New(Config{Store: s, Explainer: engine, Version: "test"})), s
}

// as has all requests be somebody's.
func as(name string, role access.Role, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(access.With(r.Context(), access.Principal{Name: name, Role: role})))
	})
}

// oracle is the engine of the world, one question at a time.
type oracle struct {
	sync.Mutex
	*resolve.Engine
}

func (a *oracle) Why(_ context.Context, x, y resolve.ID) (resolve.Why, error) {
	a.Lock()
	defer a.Unlock()
	return a.Engine.Why(x, y)
}

var worldEngine = sync.OnceValues(func() (*oracle, error) {
	s, err := world()
	if err != nil {
		return nil, err
	}
	e := &oracle{Engine: resolve.New(nil)}
	for m, err := range s.Live(context.Background()) {
		if err != nil {
			return nil, err
		}
		e.Put(m)
	}
	e.Resolve()
	return e, nil
})

func worldMessages() ([][]byte, error) {
	packed, err := fixtures.FS.ReadFile("csgo/messages.ndjson.gz")
	if err != nil {
		return nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var lines [][]byte
	for scan := bufio.NewScanner(unpacked); scan.Scan(); {
		lines = append(lines, bytes.Clone(scan.Bytes()))
	}
	for n := range 4 {
		sample, err := fixtures.FS.ReadFile(fmt.Sprintf("bayes/message%d.json", n+1))
		if err != nil {
			return nil, err
		}
		lines = append(lines, sample)
	}
	return append(lines, hostileMessages()...), nil
}

// The names that a hostile source sends.
var hostileNames = []string{
	`<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"\u202egnorw si siht\u202e\u2066",
	strings.Repeat("unbreakable", 18),
	"\u200b\u200d\ufeff",
	`"><style>*{display:none}</style>{{.}}` + "`${1}`",
	"a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c zalgo",
}

const hostileSource = "evil/../\"<b>&?#\u202e"

func hostileMessages() [][]byte {
	var bodies [][]byte
	for i, name := range hostileNames {
		for _, source := range []string{hostileSource, "hltv"} {
			body, err := json.Marshal(map[string]any{"source": source, "data": map[string]any{
				"id": fmt.Sprintf("h%d", i), "url": "javascript:alert(1)", "state": 1, "bestof": 3, "title": "CS:GO",
				"teams":  []any{map[string]any{"id": 9000 + i, "name": name}, map[string]any{"id": 9100, "name": "Plain"}},
				"scores": []any{}, "tournament": map[string]any{"id": 9000 + i, "name": name}, "date_start_text": "2015-03-20 18:00",
			}})
			if err != nil {
				panic(err)
			}
			bodies = append(bodies, body)
		}
	}
	return append(bodies,
		[]byte("\x00\xff\xfenot JSON, nor text <script>"),
		[]byte(`{"source": "hltv", "data": {"id": 1, "teams": [{"id": 1, "name": "Alone"}]}}`),
		[]byte(`{"source": "hltv", "data": {"id": 1, "date_start_text": "2015-02-31", "teams": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]}}`),
		[]byte("{\"source\": \"evil\",\r\n \"data\": \"\u202e\"}"),
	)
}

func takeIn(ctx context.Context, s *store.Store, bodies [][]byte) error {
	var batch []store.Delivery
	for i, body := range bodies {
		batch = append(batch, store.Delivery{Body: body, ReceivedAt: time.Date(2015, 4, 1, 9, 0, i, 0, time.UTC), Via: "file:messages.ndjson.gz"})
	}
	first := batch[0]
	first.MessageID = "twice"
	batch = append(batch, first, first)
	if _, err := ingest.NewIntake(s).Take(ctx, batch); err != nil {
		return err
	}
	_, err := run.Batch(ctx, s, run.Options{})
	return err
}

// withdrawOne has source3 take back the one match that it told, and nobody else.
func withdrawOne(ctx context.Context, s *store.Store) error {
	if _, err := ingest.NewIntake(s).Withdraw(ctx, "source3", withdrawnKey, "", "http"); err != nil {
		return err
	}
	_, err := run.Batch(ctx, s, run.Options{})
	return err
}

const withdrawnKey = "bayes1-bayes2-overcooked-season-2-group-stage-lower-bracket-seed12"
