package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

const (
	runsShown       = 50
	causesShown     = 20
	runChangesShown = 25
)

// runList is the page of all runs, newest first.
type runList struct {
	Items  []runRow
	Next   string
	Models []option // to plan one by
}

// runRow is a run in a line.
type runRow struct {
	store.Run
	Model   string // that it resolves by, in words
	Instead string // the version in use before, if that is another
	Total   int    // changes
}

func rowOfRun(r store.Run) runRow {
	row := runRow{Run: r, Model: r.ModelAfter, Total: r.Changes()}
	if row.Model == "" {
		row.Model = map[string]string{"": "the one in use", store.WantsTraining: "what training would learn"}[r.Wants]
	}
	row.Model = cmp.Or(row.Model, r.Wants)
	if r.ModelBefore != r.ModelAfter {
		row.Instead = r.ModelBefore
	}
	return row
}

// runs lists batch runs.
func (s *site) runs(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Store.Runs(r.Context(), store.RunFilter{Cursor: r.URL.Query().Get("cursor"), Limit: runsShown})
	if err != nil {
		return err
	}
	page := runList{Items: each(list.Items, rowOfRun), Next: nextPage(r.URL, list.Next)}
	if page.Models, err = s.modelOptions(r.Context()); err != nil {
		return err
	}
	return s.show(w, r, "runs", view{Title: "Runs", Section: runsPath, Body: page})
}

const runsPath = "/runs"

func (s *site) modelOptions(ctx context.Context) ([]option, error) {
	models, err := s.Store.Models(ctx)
	if err != nil {
		return nil, err
	}
	options := []option{{store.WantsTraining, "what training would learn"}, {"", "the one in use"}}
	for _, m := range models {
		options = append(options, option{m.Version, m.Version})
	}
	return options, nil
}

// runPage is one run: how far it is, what it would change and why.
type runPage struct {
	runRow
	Here     string
	Figures  []figure
	Share    string // of the stage that is done; "" where that is not known
	Causes   []causeRow
	More     string // causes
	Cause    *causeRow
	Items    []runChangeRow
	Next     string
	MayApply bool
	MayBack  bool
	MayStop  bool
	MayAgain bool
}

// causeRow is a cause with what is decided of its changes.
type causeRow struct {
	store.RunCause
	Accepted, Refused int64
}

func causeRowOf(c store.RunCause) causeRow {
	return causeRow{c, c.Decided[store.ChangeAccepted], c.Decided[store.ChangeRefused]}
}

// runChangeRow is a change with what tips it, in words.
type runChangeRow struct {
	store.RunChange
	Path string // of what it is about, or of its pair's account
	Tip  *tipRow
	May  bool // be refused
}

// tipRow is a pair on which a change rests.
type tipRow struct {
	Why           string // the page that accounts for it
	Before, After string // bits; Before is "" where nothing was known
	Line          string // that tips it
	From, To      string // what that weighed and weighs
}

// run shows one run.
func (s *site) run(w http.ResponseWriter, r *http.Request) error {
	id, err := runNumber(r)
	if err != nil {
		return err
	}
	known, err := s.Store.Run(r.Context(), id)
	if err != nil {
		return err
	}
	page := runPage{
		runRow: rowOfRun(known), Here: r.URL.RequestURI(), Figures: runFigures(known),
		MayApply: known.State == store.RunPlanned, MayBack: known.State == store.RunApplied, MayStop: known.State.Going(),
		MayAgain: known.State == store.RunPlanned || known.State == store.RunFailed || known.State == store.RunCancelled,
	}
	if p := known.Progress; p.Total > 0 {
		page.Share = share(p.Done, p.Total)
	}
	if err := s.fillRun(r.Context(), &page, r.URL); err != nil {
		return err
	}
	return s.show(w, r, "run", view{Title: fmt.Sprint("Run ", id), Section: runsPath, Body: page})
}

func runNumber(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, store.ErrNotFound
	}
	return id, nil
}

func runFigures(r store.Run) []figure {
	if r.PlannedAt == nil {
		return nil
	}
	return []figure{
		{Label: "merged", Number: int64(r.Counts[resolve.Merged]), Key: true}, {Label: "split", Number: int64(r.Counts[resolve.Split]), Key: true},
		{Label: "created", Number: int64(r.Counts[resolve.Created])}, {Label: "retired", Number: int64(r.Counts[resolve.Retired])},
		{Label: "updated", Number: int64(r.Counts[resolve.Updated])}, {Label: "match records", Number: int64(r.Report.Records[resolve.KindMatch])},
	}
}

// fillRun reads the causes; and of the one that is chosen, the changes.
func (s *site) fillRun(ctx context.Context, page *runPage, here *url.URL) error {
	query := here.Query()
	chosen, err := wholeNumber(query, "cause")
	if err != nil {
		return err
	}
	if chosen == 0 {
		causes, err := s.Store.RunCauses(ctx, store.RunCauseFilter{Run: page.ID, Cursor: query.Get("cursor"), Limit: causesShown})
		page.Causes, page.More = each(causes.Items, causeRowOf), nextPage(here, causes.Next)
		return err
	}
	found, err := s.Store.RunCause(ctx, page.ID, chosen)
	if err != nil {
		return err
	}
	row := causeRowOf(found)
	page.Cause = &row
	changes, err := s.Store.RunChanges(ctx, store.RunChangeFilter{Run: page.ID, Cause: chosen, Cursor: query.Get("cursor"), Limit: runChangesShown})
	page.Items, page.Next = each(changes.Items, func(c store.RunChange) runChangeRow { return runChangeRowOf(c, page.State == store.RunPlanned) }), nextPage(here, changes.Next)
	return err
}

func wholeNumber(query url.Values, param string) (int64, error) {
	text := query.Get(param)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 1 {
		return 0, &resolve.InvalidError{Field: param, Reason: "a whole number above 0"}
	}
	return n, nil
}

func runChangeRowOf(c store.RunChange, open bool) runChangeRow {
	row := runChangeRow{RunChange: c, May: open && len(c.Others) > 0}
	if len(c.Before) > 0 {
		row.Path = pathOf(c.Entity)
	}
	if t := c.Tip; t != nil {
		row.Tip = &tipRow{Why: whyPath(t.A, t.B), After: bits(t.After)}
		if t.Before != 0 {
			row.Tip.Before = bits(t.Before)
		}
		if t.Line.Path != "" {
			row.Tip.Line, row.Tip.From, row.Tip.To = t.Line.Path+", "+either(t.Line.LevelAfter, t.Line.LevelBefore), bits(t.Line.Before), bits(t.Line.After)
		}
	}
	return row
}

// askRun asks for a run, and shows it.
func (s *site) askRun(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	asked, err := s.Store.AskRun(r.Context(), store.Signature{Actor: actorOf(r)}, strings.TrimSpace(r.PostForm.Get("model")))
	if err != nil {
		return err
	}
	return s.onTo(w, r, asked.ID)
}

func (s *site) onTo(w http.ResponseWriter, r *http.Request, run int64) error {
	to := fmt.Sprint(runsPath, "/", run)
	if back := r.PostForm.Get("back"); back != "" {
		to = backTo(back)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// turnRun does what a form asks of a run: do is apply, rebase, rollback, cancel or plan; or
// accept, refuse or open, of a change or of a cause. Nothing is done unless the run has the
// version of which the form was.
func (s *site) turnRun(w http.ResponseWriter, r *http.Request) error {
	id, err := runNumber(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	if err := s.doRun(r, id); errors.Is(err, store.ErrConflict) {
		return s.runConflict(w, r, err)
	} else if err != nil {
		return err
	}
	if s.Decided != nil {
		s.Decided()
	}
	return s.onTo(w, r, id)
}

func (s *site) doRun(r *http.Request, id int64) error {
	version, err := wholeNumber(r.PostForm, "version")
	if err != nil {
		return err
	}
	by := store.Signature{Actor: actorOf(r), Note: strings.TrimSpace(r.PostForm.Get("note")), Run: version}
	do := r.PostForm.Get("do")
	if decision, is := runDecisions[do]; is {
		return s.decideRun(r, id, by, decision)
	}
	order, known := runOrders[do]
	if !known {
		return &resolve.InvalidError{Field: "do", Reason: "nothing of this name can be done with a run"}
	}
	if err := access.Check(r.Context(), access.Operate); err != nil {
		return err
	}
	_, err = order(r.Context(), s.Store, id, by)
	return err
}

// runOrders are what an operator has a run do.
var runOrders = map[string]func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error){
	"apply": func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error) {
		return s.AskApply(ctx, run, by, false)
	},
	"rebase": func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error) {
		return s.AskApply(ctx, run, by, true)
	},
	"rollback": func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error) {
		return s.AskRollback(ctx, run, by)
	},
	"cancel": func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error) {
		return s.CancelRun(ctx, run, by)
	},
	"plan": func(ctx context.Context, s *store.Store, run int64, by store.Signature) (store.Run, error) {
		return s.ReplanRun(ctx, run, by)
	},
}

// runDecisions are what a curator makes of changes.
var runDecisions = map[string]store.ChangeDecision{
	"accept": store.ChangeAccepted, "refuse": store.ChangeRefused, "open": store.ChangeOpen,
}

func (s *site) decideRun(r *http.Request, id int64, by store.Signature, decision store.ChangeDecision) error {
	change, err := wholeNumber(r.PostForm, "change")
	if err != nil {
		return err
	}
	why, err := wholeNumber(r.PostForm, "cause")
	if err != nil {
		return err
	}
	_, _, err = s.Store.DecideRun(r.Context(), by, store.RunDecision{Run: id, Change: change, Cause: why, Decision: decision})
	return err
}

// runConflict says why something cannot be done with a run.
func (s *site) runConflict(w http.ResponseWriter, r *http.Request, err error) error {
	page := conflictOf(err)
	if _, reason, told := strings.Cut(err.Error(), store.ErrConflict.Error()+": "); told && page.Proof == nil {
		page.Text = capital(reason) + "."
	}
	page.Back = backTo(either(r.PostForm.Get("back"), r.URL.Path))
	return s.render(w, r, http.StatusConflict, "conflict", view{Title: page.Heading, Section: runsPath, Body: page})
}

// runDiff is the page on which two runs are held against each other.
type runDiff struct {
	store.RunDiff
	Rows []contrastRow
	Text [2]string // the numbers as they were typed
	None bool      // nothing is asked yet
}

// contrastRow is a kind in a diff.
type contrastRow struct {
	resolve.Contrast
	Same string // B³, written out
}

// runDiff shows how two runs differ, or asks which.
func (s *site) runDiff(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	page := runDiff{Text: [2]string{query.Get("a"), query.Get("b")}}
	a, err := wholeNumber(query, "a")
	if err != nil {
		return err
	}
	b, err := wholeNumber(query, "b")
	if err != nil {
		return err
	}
	if page.None = a == 0 || b == 0; !page.None {
		page.RunDiff, err = s.Store.DiffRuns(r.Context(), a, b)
		if errors.Is(err, store.ErrConflict) {
			return s.runConflict(w, r, err)
		}
		if err != nil {
			return err
		}
		page.Rows = each(page.Kinds, func(c resolve.Contrast) contrastRow {
			return contrastRow{c, strconv.FormatFloat(c.B3, 'f', 4, 64)}
		})
	}
	return s.show(w, r, "rundiff", view{Title: "Two runs", Section: runsPath, Body: page})
}
