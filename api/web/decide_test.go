package web

import (
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

// decider sends forms, as a browser without a script does.
type decider struct {
	*testing.T
	http.Handler
	*store.Store
}

func deciding(t *testing.T) decider {
	t.Helper()
	s, err := makeWorld(t.Context(), "sqlite:"+t.TempDir()+"/decide.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return decider{t, as(curator, access.Curator, New(Config{Store: s})), s}
}

// post sends a form; head changes the request.
func (d decider) post(form url.Values, head ...func(*http.Request)) *http.Response {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), http.MethodPost, "/decisions", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, h := range head {
		h(r)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result()
}

func (d decider) questions(kind resolve.Kind) []store.Question {
	d.Helper()
	list, err := d.Questions(d.Context(), store.QuestionFilter{Kind: kind})
	if err != nil || len(list.Items) < 3 {
		d.Fatalf("questions: %d, %v", len(list.Items), err)
	}
	return list.Items
}

func judge(q store.Question, word resolve.Word, more ...string) url.Values {
	form := url.Values{"do": {"judge"}, "a": {string(q.A)}, "b": {string(q.B)}, "word": {string(word)}}
	for i := 0; i < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

func TestDecide(t *testing.T) {
	d := deciding(t)
	questions := d.questions(resolve.KindMatch)
	one, two, three := questions[0], questions[1], questions[2]
	if _, err := d.Lease(t.Context(), two.A, two.B, "bo <i>", time.Minute); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why    string
		form   url.Values
		head   []func(*http.Request)
		status int
		to     string
		has    string
	}{
		{"a word", judge(one, resolve.Different), nil, http.StatusSeeOther, "/acts/1", ""},
		{"a name that the form tells is nobody's", judge(questions[4], resolve.Different, "actor", "bo"), nil, http.StatusSeeOther, "/acts/2", ""},
		{"no decision", url.Values{"do": {"dance"}}, nil, http.StatusBadRequest, "", "does not make sense"},
		{"no word", judge(three, "perhaps"), nil, http.StatusBadRequest, "", ""},
		{"what another looks at", judge(two, resolve.Same), nil, http.StatusConflict, "", "bo &lt;i&gt;"},
		{"what was another version", judge(three, resolve.Same, "version", string(three.Entities[0])+":0"), nil, http.StatusConflict, "", "has changed since you looked"},
		{"what contradicts", judge(one, resolve.Same), nil, http.StatusConflict, "", "cannot hold"},
		{"and back to the queue", judge(three, resolve.Unsure, "back", "/suggestions?kind=match"), nil, http.StatusSeeOther, "/suggestions?kind=match", ""},
		{"never to another site", judge(questions[3], resolve.Unsure, "back", "//evil.example/"), nil, http.StatusSeeOther, "/", ""},
		{"undo", url.Values{"do": {"undo"}, "act": {"1"}}, nil, http.StatusSeeOther, "/acts/5", ""},
		{"undo again", url.Values{"do": {"undo"}, "act": {"1"}}, nil, http.StatusConflict, "", "nothing left"},
	} {
		res := d.post(c.form, c.head...)
		if res.StatusCode != c.status || res.Header.Get("Location") != c.to {
			t.Errorf("%s: %d to %q, want %d to %q", c.why, res.StatusCode, res.Header.Get("Location"), c.status, c.to)
		}
		page := body(t, res)
		if !strings.Contains(page, c.has) {
			t.Errorf("%s: the page has no %q", c.why, c.has)
		}
		checkHarmless(t, page)
	}
}

// A group is one act, and one undo takes it back.
func TestDecideGroup(t *testing.T) {
	d := deciding(t)
	questions := d.questions(resolve.KindMatch)[:3]
	form := url.Values{"do": {"group"}, "word": {"different"}}
	for _, q := range questions {
		form.Add("pair", pairOf(q.A, q.B))
	}
	if res := d.post(form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	for _, q := range questions {
		if _, err := d.Question(t.Context(), q.A, q.B); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s and %s still wait: %v", q.A, q.B, err)
		}
	}
	d.post(url.Values{"do": {"undo"}, "act": {"1"}})
	for _, q := range questions {
		if _, err := d.Question(t.Context(), q.A, q.B); err != nil {
			t.Errorf("%s and %s do not wait again: %v", q.A, q.B, err)
		}
	}
}

func TestReadDecision(t *testing.T) {
	day := time.Date(2015, 3, 14, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		why, query string
		want       store.Decision
		fault      string
	}{
		{"a word", "do=judge&a=mch_1&b=mch_2&word=same", store.Judge{A: "mch_1", B: "mch_2", Word: resolve.Same}, ""},
		{"a group", "do=group&word=same&pair=mch_1+mch_2&pair=mch_3+mch_4", store.Group{Judges: []store.Judge{{A: "mch_1", B: "mch_2", Word: resolve.Same}, {A: "mch_3", B: "mch_4", Word: resolve.Same}}}, ""},
		{"a group of none", "do=group&word=same", nil, "pair"},
		{"half a pair", "do=group&word=same&pair=mch_1", nil, "pair"},
		{"joining", "do=merge&entity=tem_1&with=+tem_2", store.Merge{Entities: []resolve.ID{"tem_1", "tem_2"}}, ""},
		{"splitting", "do=split&entity=tem_1&record=tem_2&record=tem_3", store.Split{Entity: "tem_1", Groups: [][]resolve.ID{{"tem_2", "tem_3"}}}, ""},
		{"detaching one", "do=detach&entity=tem_1&record=tem_2", store.Detach{Record: "tem_2"}, ""},
		{"detaching each of two", "do=detach&entity=tem_1&record=tem_2&record=tem_3", store.Split{Entity: "tem_1", Groups: [][]resolve.ID{{"tem_2"}, {"tem_3"}}}, ""},
		{"moving", "do=move&record=tem_2&to=tem_9", store.Move{Record: "tem_2", To: "tem_9"}, ""},
		{"moving two", "do=move&record=tem_2&record=tem_3&to=tem_9", nil, "record"},
		{"an override", "do=set&record=tem_1&field=name&value=+fnatic+", store.SetField{Record: "tem_1", Field: "name", Value: "fnatic"}, ""},
		{"lifting it", "do=lift&record=tem_1&field=name", store.LiftField{Record: "tem_1", Field: "name"}, ""},
		{"trust", "do=trust&source=hltv&trust=-2", store.SetTrust{Source: "hltv", Trust: -2}, ""},
		{"a rule", "do=rule&kind=match&field=start&rule=most+recent", store.SetRule{Kind: resolve.KindMatch, Field: "start", Rule: resolve.Recent}, ""},
		{"no trust", "do=trust&source=hltv&trust=much", nil, "trust"},
		{"undoing", "do=undo&act=12", store.Undo{Act: 12}, ""},
		{"undoing nothing", "do=undo&act=last", nil, "act"},
		{"undoing a range", "do=undo-range&by=ann&since=2015-03-14", store.UndoRange{Actor: "ann", Since: day}, ""},
		{"undoing everybody", "do=undo-range&since=2015-03-14", nil, "by"},
		{"undoing since whenever", "do=undo-range&by=ann&since=lately", nil, "since"},
		{"nothing", "", nil, "do"},
	} {
		form, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := readDecision(form)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.why, diff)
		}
		invalid := &resolve.InvalidError{}
		if errors.As(err, &invalid); invalid.Field != c.fault {
			t.Errorf("%s: %v, want a fault in %q", c.why, err, c.fault)
		}
	}
}

func TestBackTo(t *testing.T) {
	for told, want := range map[string]string{
		"": "/", "/suggestions?kind=team": "/suggestions?kind=team", "/teams/tem_1#names": "/teams/tem_1",
		"https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "suggestions": "/", "/sign-in?back=/acts": "/",
	} {
		if got := backTo(told); got != want {
			t.Errorf("%q leads back to %q, want %q", told, got, want)
		}
	}
}

func TestBetween(t *testing.T) {
	at := func(hour int) resolve.Time {
		return resolve.Time{At: time.Date(2015, 3, 14, hour, 0, 0, 0, time.UTC), Precision: resolve.PrecisionMinute}
	}
	match := func(id, one, two string, start resolve.Time) store.Match {
		side := func(name string) store.Side {
			return store.Side{Team: store.Ref{ID: resolve.ID("tem_" + name), Name: name}}
		}
		return store.Match{ID: resolve.ID("mch_" + id), Sides: [2]store.Side{side(one), side(two)}, Start: start}
	}
	near := between([2]resolve.ID{"tem_a", "tem_b"}, [2][]store.Match{
		{match("1", "a", "x", at(10)), match("2", "a", "y", at(12)), match("3", "b", "a", at(14)), match("4", "a", "z", at(20))},
		{match("5", "X", "b", at(10)), match("6", "b", "w", at(12)), match("3", "b", "a", at(14))},
	})
	for what, got := range map[string]nearby{"mch_1 mch_5": near.Shared, "mch_2 mch_6": near.Clashes, "mch_3": near.Meetings} {
		var paths []string
		for _, n := range got.Items {
			for _, m := range n.Pair {
				if m.Path != "" {
					paths = append(paths, strings.TrimPrefix(m.Path, "/matches/"))
				}
			}
		}
		if strings.Join(paths, " ") != what {
			t.Errorf("got %q, want %q", paths, what)
		}
	}
}

// Every record of a drawing is in it, and no line leads outside.
func TestGraph(t *testing.T) {
	var own []store.RecordRef
	for i := range 15 {
		own = append(own, store.RecordRef{ID: resolve.ID(fmt.Sprint("tem_", i)), Source: "hltv", Name: strings.Repeat("long", i)})
	}
	other := store.RecordRef{ID: "tem_other", Source: "evil", Name: "<b>"}
	links := []store.Link{{Link: resolve.Link{A: "tem_0", B: "tem_1", Verdict: resolve.Joined, Weight: 99 * resolve.Bit}, RecordA: own[0], RecordB: own[1]},
		{Link: resolve.Link{A: "tem_0", B: "tem_14", Verdict: resolve.Joined}, RecordA: own[0], RecordB: own[14]}}
	judged := []store.Judged{{Judgement: store.Judgement{A: "tem_0", B: "tem_other", Word: resolve.Different}, RecordA: own[0], RecordB: other}}
	g := graphOf(own, links, judged)
	if len(g.Nodes) != graphOwn+2 || len(g.Edges) != 3 || g.More != 3 {
		t.Errorf("%d records, %d lines, %d left out", len(g.Nodes), len(g.Edges), g.More)
	}
	for _, n := range g.Nodes {
		if n.X < 0 || n.X > g.Width || n.Y < 0 || n.Y > g.Height {
			t.Errorf("%s is at %v, %v of %v, %v", n.Name, n.X, n.Y, g.Width, g.Height)
		}
	}
}

// What hangs on two teams' being one is offered with it: the suggestions between their matches.
func TestGroupOffersWhatIsImplied(t *testing.T) {
	d := deciding(t)
	ctx, q := t.Context(), d.questions(resolve.KindTeam)[0]
	of := func(m store.Match, team resolve.ID) bool {
		return m.Sides[0].Team.ID == team || m.Sides[1].Team.ID == team
	}
	var records [2]store.RecordRef
	for i, team := range q.Entities {
		m := findMatch(t, d.Store, store.MatchFilter{Team: string(team)}, func(store.Match) bool { return true })
		records[i] = m.Records[0]
	}
	other := findMatch(t, d.Store, store.MatchFilter{Limit: 500}, func(m store.Match) bool { return !of(m, q.Entities[0]) && !of(m, q.Entities[1]) }).Records[0]
	if records[0].ID > records[1].ID {
		records[0], records[1] = records[1], records[0]
	}
	release, err := d.Own(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	link := resolve.Link{
		Kind: resolve.KindMatch, A: records[0].ID, B: records[1].ID, Weight: resolve.Bit, Verdict: resolve.Suggested,
		Lines: []resolve.Line{{Comparison: "prior", Level: "any two records", Weight: resolve.Bit}},
	}
	beside := link
	beside.A, beside.B = min(records[0].ID, other.ID), max(records[0].ID, other.ID)
	if err := d.Apply(ctx, resolve.Plan{Link: []resolve.Link{link, beside}}, nil, "test"); err != nil {
		t.Fatal(err)
	}
	page := body(t, get(t, d.Handler, "/suggestions/group?"+pairQuery(q.A, q.B)))
	for _, pair := range []string{pairOf(q.A, q.B), pairOf(link.A, link.B)} {
		if !strings.Contains(page, `value="`+pair+`" checked`) {
			t.Errorf("%s is not offered", pair)
		}
	}
	if pair := pairOf(beside.A, beside.B); strings.Contains(page, pair) {
		t.Errorf("%s is offered, of which one is neither's", pair)
	}
	checkHarmless(t, page)
}

// A question that somebody else looks at is passed over, and says who does.
func TestQueuePassesOverWhatAnotherLooksAt(t *testing.T) {
	d := deciding(t)
	list, err := d.Questions(t.Context(), store.QuestionFilter{Limit: 2})
	if err != nil || len(list.Items) < 2 {
		t.Fatal(len(list.Items), err)
	}
	first, second := list.Items[0], list.Items[1]
	if _, err := d.Lease(t.Context(), first.A, first.B, hostileCurator, time.Minute); err != nil {
		t.Fatal(err)
	}
	ann := func(path string) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		return body(t, w.Result())
	}
	page := ann("/suggestions")
	checkHarmless(t, page)
	if !strings.Contains(page, fmt.Sprintf(`name="a" value="%s"`, second.A)) || !strings.Contains(page, "looks at it") {
		t.Errorf("ann is asked what another looks at, or not told who does")
	}
	if now, err := d.Question(t.Context(), second.A, second.B); err != nil || now.Lease == nil || now.Lease.Holder != "ann" {
		t.Errorf("ann does not hold what she looks at: %+v, %v", now.Lease, err)
	}
	if page := ann("/suggestions?" + pairQuery(first.A, first.B)); !strings.Contains(page, "looks at it until") {
		t.Error("who asks for it all the same is not told who looks at it")
	}
}

// Whoever moves on gives back what they looked at: to the next question, to none, or by deciding
// something else.
func TestLeasesAreGivenBack(t *testing.T) {
	d := deciding(t)
	list := d.questions(resolve.KindMatch)
	first, second := list[0], list[1]
	holds := func(why string, q store.Question, want bool) {
		t.Helper()
		now, err := d.Question(t.Context(), q.A, q.B)
		if err != nil || (now.Lease != nil && now.Lease.Holder == curator) != want {
			t.Errorf("%s: she holds it: %+v, want %t, %v", why, now.Lease, want, err)
		}
	}
	at := func(q store.Question) { get(t, d, "/suggestions?"+pairQuery(q.A, q.B)) }
	at(first)
	holds("looked at", first, true)
	get(t, d, "/suggestions/group?"+pairQuery(first.A, first.B))
	holds("looked at more closely", first, true)
	at(second)
	holds("next", first, false)
	holds("next", second, true)
	at(first)
	holds("previous", first, true)
	holds("previous", second, false)
	if _, err := d.Lease(t.Context(), second.A, second.B, "bo", time.Minute); err != nil {
		t.Fatal(err)
	}
	at(second)
	holds("on to what another has", first, false)
	at(first)
	get(t, d, "/suggestions?title=no+such+title")
	holds("on to where nothing waits", first, false)
	at(first)
	d.post(judge(list[2], resolve.Unsure, "actor", curator))
	holds("something else decided", first, false)
	at(first)
	d.post(url.Values{"do": {"dance"}})
	holds("nothing decided", first, true)
	if now, err := d.Question(t.Context(), second.A, second.B); err != nil || now.Lease == nil || now.Lease.Holder != "bo" {
		t.Errorf("what bo has is given back: %+v, %v", now.Lease, err)
	}
}

// How fields are chosen is read and changed without a script: a rule and a trust are seen before
// they are set, then stand on the page with who set them, and each is taken back by itself.
func TestSurvivorshipByForms(t *testing.T) {
	d := deciding(t)
	page := func() string { return body(t, get(t, d, "/survivorship")) }
	if is := page(); strings.Count(is, `name="rule"`) != 10 || strings.Contains(is, "Undo act") || !strings.Contains(is, "<option>"+string(resolve.Longest)) {
		t.Fatalf("before, the page is %s", is)
	}
	trusted, back := `<option selected>most trusted source</option>`, "/survivorship"
	rule := url.Values{"do": {"rule"}, "kind": {"match"}, "field": {"start"}, "rule": {string(resolve.Trusted)}, "back": {back}}
	trust := url.Values{"do": {"trust"}, "source": {"hltv"}, "trust": {"7"}, "back": {back}}
	for i, c := range []struct {
		form       url.Values
		told, mark string
	}{{rule, "match start:", trusted}, {trust, "is trusted", `value="7"`}} {
		if told := body(t, get(t, d, "/preview?"+c.form.Encode())); !strings.Contains(told, c.told) {
			t.Errorf("the preview has no %q: %s", c.told, told)
		}
		if strings.Contains(page(), c.mark) {
			t.Errorf("%s: it is set before it is said", c.mark)
		}
		if res := d.post(c.form); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != back {
			t.Errorf("%d to %q", res.StatusCode, res.Header.Get("Location"))
		}
		undo := fmt.Sprintf(`aria-label="Undo act %d"`, i+1)
		if is := page(); strings.Count(is, c.mark) != 1 || !strings.Contains(is, undo) {
			t.Errorf("set, the page has %d times %s, or no %s", strings.Count(is, c.mark), c.mark, undo)
		}
	}
	d.post(url.Values{"do": {"undo"}, "act": {"1"}})
	if is := page(); strings.Contains(is, trusted) || !strings.Contains(is, `value="7"`) {
		t.Errorf("the rule undone, the page is %s", is)
	}
	if res := d.post(url.Values{"do": {"rule"}, "kind": {"match"}, "field": {"start"}, "rule": {string(resolve.Longest)}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("the longest start: %d", res.StatusCode)
	}
}

// The forms of a rule and of a trust are for what the page showed: once somebody else has set it,
// neither is done, nor foreseen, and the page says what it is by now.
func TestSurvivorshipFormsAreOfAnAct(t *testing.T) {
	d := deciding(t)
	for _, c := range []struct {
		page        string
		form        url.Values
		field       string
		first, then string
		told        string
	}{
		{"/survivorship", url.Values{"do": {"rule"}, "kind": {"match"}, "field": {"start"}}, "rule", string(resolve.Trusted), string(resolve.Recent), "The rule of match start has changed: it is most trusted source now, by act 1 of ann"},
		{"/sources/hltv", url.Values{"do": {"trust"}, "source": {"hltv"}}, "trust", "7", "9", "The trust in hltv has changed: it is 7 now, by act 3 of ann"},
	} {
		says := func(what, was string) url.Values {
			form := maps.Clone(c.form)
			form[c.field], form["was"] = []string{what}, []string{was}
			return form
		}
		was := shownAct(t, d, c.page, c.form)
		if res := d.post(says(c.first, was)); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s as shown: %d", c.field, res.StatusCode)
		}
		stale := says(c.then, was)
		for what, res := range map[string]*http.Response{"set": d.post(stale), "foreseen": get(t, d, "/preview?"+stale.Encode())} {
			if page := html.UnescapeString(body(t, res)); res.StatusCode != http.StatusConflict || !strings.Contains(page, c.told) {
				t.Errorf("%s %s: %d\n%s", c.field, what, res.StatusCode, page)
			}
		}
		if res := d.post(says(c.then, shownAct(t, d, c.page, c.form))); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s as shown again: %d", c.field, res.StatusCode)
		}
	}
	if res := d.post(url.Values{"do": {"trust"}, "source": {"hltv"}, "trust": {"1"}, "was": {"soon"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("no act: %d", res.StatusCode)
	}
}

// shownAct is the act that a page's form of these fields says that it is of.
func shownAct(t *testing.T, h http.Handler, page string, form url.Values) string {
	t.Helper()
	for f := range strings.SplitSeq(body(t, get(t, h, page)), "<form") {
		f, _, _ = strings.Cut(f, "</form>")
		fits := true
		for name, value := range form {
			fits = fits && strings.Contains(f, fmt.Sprintf(`name="%s" value="%s"`, name, value[0]))
		}
		if was := regexp.MustCompile(`name="was" value="(\d+)"`).FindStringSubmatch(f); fits && was != nil {
			return was[1]
		}
	}
	t.Fatalf("%s has no form of %v that says of which act it is", page, form)
	return ""
}
