package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"umpire/ent/db/change"
	"umpire/ent/db/link"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/placement"
	"umpire/ent/db/score"
	"umpire/ent/db/team"
	"umpire/ent/db/teamrecord"
	"umpire/ent/db/title"
	"umpire/ent/db/titlerecord"
	"umpire/ent/db/tournament"
	"umpire/ent/db/tournamentrecord"
	"umpire/resolve"
	"umpire/resolve/text"
)

// world is a small state of the database, as the reading methods ought to tell it.
type world struct {
	messages     []Message // as they arrived
	named        []Named
	unsettled    []RecordRef // of titles, tournaments and teams
	matches      []Match
	matchRecords []MatchRecord
	arrival      map[resolve.ID]int64
	heirs        map[resolve.ID]resolve.ID // of records that are in no entity
	links        []Link
}

func newWorld() *world {
	return &world{arrival: map[resolve.ID]int64{}, heirs: map[resolve.ID]resolve.ID{}}
}

// What worlds are made of: few values of each, so that they meet.
var (
	worldNames   = []string{"Natus Vincere", "NaVi", "Na'Vi Junior", "OG", "Team OG", "Čeští Lvi", "MOUZ", "1", "Team 1"}
	worldSources = []string{"a", "b", "ü"}
	worldDay     = time.Date(2015, 3, 1, 0, 0, 0, 0, time.UTC)
)

func drawWorld(t *rapid.T) *world {
	w := newWorld()
	for i, kind := range resolve.Kinds[:3] {
		for range rapid.IntRange(1, 2+i).Draw(t, "entities") {
			w.drawNamed(t, kind)
		}
		for range rapid.IntRange(0, 2).Draw(t, "unsettled") {
			r := w.drawRecord(t, kind, "")
			w.drawHeir(t, r.ID, w.records(kind))
			w.unsettled = append(w.unsettled, r)
		}
	}
	for range rapid.IntRange(0, 20).Draw(t, "matches") {
		w.drawMatch(t)
	}
	for range rapid.IntRange(0, 3).Draw(t, "loose match records") {
		r := w.drawMatchRecord(t)
		r.Withdrawn = rapid.Bool().Draw(t, "withdrawn")
		w.drawHeir(t, r.ID, w.records(resolve.KindMatch))
		w.matchRecords = append(w.matchRecords, r)
	}
	for range rapid.IntRange(0, 20).Draw(t, "links") {
		w.drawLink(t)
	}
	w.countMatches()
	return w
}

func (w *world) drawNamed(t *rapid.T, kind resolve.Kind) {
	n := Named{Kind: kind, Name: drawName(t), CreatedAt: worldDay, UpdatedAt: drawInstant(t), Version: 7}
	if titles := w.of(resolve.KindTitle); kind != resolve.KindTitle && rapid.Bool().Draw(t, "has title") {
		title := rapid.SampledFrom(titles).Draw(t, "title")
		n.Title = &Ref{title.ID, title.Name}
	}
	for range rapid.IntRange(1, 3).Draw(t, "records") {
		r := w.drawRecord(t, kind, n.ID)
		if n.ID == "" {
			n.ID, r.Entity = r.ID, r.ID
		}
		n.Records = append(n.Records, r)
	}
	n.Sources = sourcesOf(n.Records)
	n.From = map[string]resolve.ID{"name": n.ID}
	w.named = append(w.named, n)
}

// sourcesOf counts the sources of records.
func sourcesOf(records []RecordRef) int {
	sources := map[string]bool{}
	for _, r := range records {
		sources[r.Source] = true
	}
	return len(sources)
}

// drawRecord draws a title, tournament or team record. What it is keyed by is new.
func (w *world) drawRecord(t *rapid.T, kind resolve.Kind, entity resolve.ID) RecordRef {
	key := w.drawKey(t, kind)
	return RecordRef{
		ID: key.Mint(), Kind: kind, Source: key.Source, Key: key.ID, Named: key.Named, Scope: key.Scope,
		Name: drawName(t), Entity: entity,
	}
}

func (w *world) drawKey(t *rapid.T, kind resolve.Kind) resolve.Key {
	source := rapid.SampledFrom(worldSources).Draw(t, "source")
	return w.key(kind, source, rapid.Bool().Draw(t, "named"))
}

// key makes a key that is new, and the message by which it arrives.
func (w *world) key(kind resolve.Kind, source string, named bool) resolve.Key {
	now := int64(len(w.messages) + 1)
	w.messages = append(w.messages, Message{
		Outcome:    Outcome{Message: now, Seq: now, Source: source, Fate: Applied},
		ReceivedAt: worldDay.Add(time.Duration(now/4) * time.Second), Via: "test", Act: "tell", SHA256: [32]byte{byte(now)},
	})
	key := resolve.Key{Kind: kind, Source: source, Scope: "cs go", ID: fmt.Sprint(now), Named: named}
	w.arrival[key.Mint()] = now
	return key
}

func (w *world) drawMatch(t *rapid.T) {
	m := Match{
		Title: w.drawRef(t, resolve.KindTitle), Tournament: w.drawRef(t, resolve.KindTournament),
		State: drawState(t), BestOf: drawState(t), Start: drawStart(t),
		CreatedAt: worldDay, UpdatedAt: drawInstant(t), Version: 8,
	}
	for i := range m.Sides {
		team := rapid.SampledFrom(w.of(resolve.KindTeam)).Draw(t, "team")
		m.Sides[i] = Side{Team: Ref{team.ID, team.Name}, Points: drawPoints(t)}
	}
	for range rapid.IntRange(1, 3).Draw(t, "match records") {
		r := w.drawMatchRecord(t)
		if m.ID == "" {
			m.ID = r.ID
		}
		r.Entity = m.ID
		m.Records = append(m.Records, r.RecordRef)
		w.matchRecords = append(w.matchRecords, r)
	}
	m.Sources = sourcesOf(m.Records)
	m.From = map[string]resolve.ID{"teams": m.ID}
	w.matches = append(w.matches, m)
}

func (w *world) drawMatchRecord(t *rapid.T) MatchRecord {
	key := w.drawKey(t, resolve.KindMatch)
	now := int64(len(w.messages))
	r := MatchRecord{
		RecordRef: RecordRef{
			ID: key.Mint(), Kind: key.Kind, Source: key.Source, Key: key.ID, Named: key.Named, Scope: key.Scope, URL: "https://a.example/1",
		},
		Title: w.drawTold(t, resolve.KindTitle), Tournament: w.drawTold(t, resolve.KindTournament),
		State: drawState(t), BestOf: drawState(t), Start: drawStart(t), Message: now, Arrival: now,
		Flipped: rapid.Bool().Draw(t, "flipped"),
	}
	w.messages[now-1].Record = r.ID
	for i := range r.Sides {
		team := rapid.SampledFrom(w.records(resolve.KindTeam)).Draw(t, "team")
		team.Name = drawName(t)
		r.Sides[i] = RecordSide{Team: team, Points: drawPoints(t)}
	}
	return r
}

// drawHeir gives a record that is in no entity an heir among older ones, or none.
func (w *world) drawHeir(t *rapid.T, id resolve.ID, older []RecordRef) {
	if len(older) > 0 && rapid.Bool().Draw(t, "has heir") {
		w.heirs[id] = rapid.SampledFrom(older).Draw(t, "heir").ID
	}
}

func (w *world) drawLink(t *rapid.T) {
	kind := rapid.SampledFrom(resolve.Kinds[:]).Draw(t, "kind")
	all := w.records(kind)
	if len(all) < 2 {
		return
	}
	pair := rapid.SliceOfNDistinct(rapid.SampledFrom(all), 2, 2, func(r RecordRef) resolve.ID { return r.ID }).Draw(t, "pair")
	slices.SortFunc(pair, func(a, b RecordRef) int { return cmp.Compare(a.ID, b.ID) })
	weight := resolve.Weight(rapid.IntRange(-2, 2).Draw(t, "weight"))
	l := Link{RecordA: pair[0], RecordB: pair[1], Link: resolve.Link{
		Kind: kind, A: pair[0].ID, B: pair[1].ID, Weight: weight,
		Verdict: rapid.SampledFrom([]resolve.Verdict{resolve.Joined, resolve.Suggested, resolve.Refused}).Draw(t, "verdict"),
		Rule:    "a rule", Lines: []resolve.Line{{Comparison: "name", A: "a", B: "b", Level: "exact", Weight: weight}},
	}}
	if !slices.ContainsFunc(w.links, func(m Link) bool { return m.A == l.A && m.B == l.B }) {
		w.links = append(w.links, l)
	}
}

func (w *world) drawRef(t *rapid.T, kind resolve.Kind) *Ref {
	if rapid.IntRange(0, 3).Draw(t, "none") == 0 {
		return nil
	}
	n := rapid.SampledFrom(w.of(kind)).Draw(t, string(kind))
	return &Ref{n.ID, n.Name}
}

func (w *world) drawTold(t *rapid.T, kind resolve.Kind) *RecordRef {
	if rapid.IntRange(0, 3).Draw(t, "none") == 0 {
		return nil
	}
	r := rapid.SampledFrom(w.records(kind)).Draw(t, string(kind))
	r.Name = drawName(t)
	return &r
}

func drawName(t *rapid.T) string { return rapid.SampledFrom(worldNames).Draw(t, "name") }

func drawInstant(t *rapid.T) time.Time {
	return worldDay.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "hours")) * 9 * time.Hour).
		Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "µs")) * time.Microsecond)
}

func drawStart(t *rapid.T) resolve.Time {
	at := drawInstant(t)
	switch rapid.IntRange(0, 4).Draw(t, "precision") {
	case 0:
		return resolve.Time{}
	case 1:
		return resolve.Time{Raw: "that day", At: at.Truncate(24 * time.Hour), Precision: resolve.PrecisionDay}
	default:
		return resolve.Time{Raw: "then", At: at, Precision: resolve.PrecisionMinute}
	}
}

func drawState(t *rapid.T) *int {
	if n := rapid.IntRange(0, 3).Draw(t, "state"); n > 0 {
		return &n
	}
	return nil
}

func drawPoints(t *rapid.T) *float64 {
	if n := rapid.IntRange(-1, 16).Draw(t, "points"); n >= 0 {
		points := float64(n)
		return &points
	}
	return nil
}

// fillNamed adds an entity that one source tells.
func (w *world) fillNamed(kind resolve.Kind, name string) Named {
	key := w.key(kind, "usual", false)
	n := Named{ID: key.Mint(), Kind: kind, Name: name, Sources: 1, From: map[string]resolve.ID{}}
	n.Records = []RecordRef{{
		ID: n.ID, Kind: kind, Source: key.Source, Key: key.ID, Scope: key.Scope, Name: name + " as told", Entity: n.ID,
	}}
	w.named = append(w.named, n)
	return n
}

// fillPlain adds a match that one source tells.
func (w *world) fillPlain(team Named, at time.Time) {
	m := Match{Sides: [2]Side{{Team: Ref{ID: team.ID}}, {Team: Ref{ID: team.ID}}}, Sources: 1, From: map[string]resolve.ID{}}
	m.Start, m.CreatedAt, m.UpdatedAt = resolve.Time{At: at, Precision: resolve.PrecisionMinute}, at, at
	r := m.asTold(w.key(resolve.KindMatch, "a", false))
	m.ID, r.Entity = r.ID, r.ID
	w.matchRecords, w.matches = append(w.matchRecords, r), append(w.matches, m)
}

// asTold is a match as a source tells it: by the records that its entities are called by.
func (m Match) asTold(key resolve.Key) MatchRecord {
	r := MatchRecord{
		RecordRef: RecordRef{ID: key.Mint(), Kind: key.Kind, Source: key.Source, Key: key.ID, Scope: key.Scope},
		State:     m.State, Start: m.Start,
	}
	if m.Title != nil {
		r.Title = &RecordRef{ID: m.Title.ID}
	}
	if m.Tournament != nil {
		r.Tournament = &RecordRef{ID: m.Tournament.ID}
	}
	for i, side := range m.Sides {
		r.Sides[i].Team = RecordRef{ID: side.Team.ID}
	}
	fmt.Sscan(key.ID, &r.Message)
	return r
}

// of returns the entities of a kind.
func (w *world) of(kind resolve.Kind) []Named {
	return slices.DeleteFunc(slices.Clone(w.named), func(n Named) bool { return n.Kind != kind })
}

// records returns the records of a kind, in order of arrival.
func (w *world) records(kind resolve.Kind) []RecordRef {
	var all []RecordRef
	for _, r := range w.matchRecords {
		if kind == resolve.KindMatch {
			all = append(all, r.RecordRef)
		}
	}
	for _, n := range w.of(kind) {
		all = append(all, n.Records...)
	}
	for _, r := range w.unsettled {
		if r.Kind == kind {
			all = append(all, r)
		}
	}
	return all
}

func (w *world) countMatches() {
	for i, n := range w.named {
		for _, m := range w.matches {
			if slices.Contains(m.refs(n.Kind), n.ID) {
				w.named[i].Matches++
			}
		}
	}
}

// refs are the entities of a kind that a match has.
func (m Match) refs(kind resolve.Kind) []resolve.ID {
	switch {
	case kind == resolve.KindTeam:
		return []resolve.ID{m.Sides[0].Team.ID, m.Sides[1].Team.ID}
	case kind == resolve.KindTitle && m.Title != nil:
		return []resolve.ID{m.Title.ID}
	case kind == resolve.KindTournament && m.Tournament != nil:
		return []resolve.ID{m.Tournament.ID}
	}
	return nil
}

// build makes a database the world and nothing else.
func (w *world) build(ctx context.Context, s *Store) error {
	return s.write(ctx, func(t *tx) error {
		for _, table := range []string{
			message.Table, score.Table, placement.Table, matchrecord.Table, match.Table, teamrecord.Table, tournamentrecord.Table, titlerecord.Table,
			team.Table, tournament.Table, title.Table, link.Table, change.Table,
		} {
			if _, err := t.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		for _, r := range w.rows() {
			if err := t.put(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// rows are the world's, those first that others refer to.
func (w *world) rows() []rows {
	var all []rows
	for _, kind := range resolve.Kinds[:3] {
		all = append(all, w.namedRows(kind), w.recordRows(kind))
	}
	return append(all, w.matchRows(), w.matchRecordRows(), w.placementRows(), w.scoreRows(), w.linkRows(), w.messageRows())
}

func (w *world) messageRows() rows {
	r := rows{table: message.Table, columns: []string{
		"id", "source", "seq", "body", "sha256", "received_at", "via", "fate", "act", "match_record_id",
	}}
	for _, m := range w.messages {
		r.values = append(r.values, []any{
			m.Message, m.Source, m.Seq, blob(m.Body), m.SHA256[:], m.ReceivedAt, m.Via, string(m.Fate), m.Act, idColumn(m.Record),
		})
	}
	return r
}

func (w *world) namedRows(kind resolve.Kind) rows {
	r := rows{table: entityTable(kind), columns: []string{
		"id", "provenance", "records_count", "sources_count", "created_at", "updated_at", "version", "name", "folded",
	}}
	if kind != resolve.KindTitle {
		r.columns = append(r.columns, "title_id")
	}
	for _, n := range w.of(kind) {
		row := []any{
			string(n.ID), jsonColumn(n.From), len(n.Records), n.Sources, n.CreatedAt, n.UpdatedAt, n.Version, n.Name, text.Fold(n.Name),
		}
		if kind != resolve.KindTitle {
			row = append(row, idColumn(value(n.Title).ID))
		}
		r.values = append(r.values, row)
	}
	return r
}

func (w *world) recordRows(kind resolve.Kind) rows {
	r := rows{table: recordTable(kind), columns: []string{
		"id", "source", "scope", "key", "named", "arrival", "heir", "name", "folded", "entity_id",
	}}
	for _, ref := range w.records(kind) {
		r.values = append(r.values, []any{
			string(ref.ID), ref.Source, ref.Scope, ref.Key, ref.Named, w.arrival[ref.ID], string(w.heirs[ref.ID]), ref.Name, text.Fold(ref.Name), idColumn(ref.Entity),
		})
	}
	return r
}

func (w *world) matchRows() rows {
	r := rows{table: match.Table, columns: []string{
		"id", "provenance", "records_count", "sources_count", "created_at", "updated_at", "version",
		"title_id", "tournament_id", "team1_id", "team2_id", "points1", "points2", "winner1", "winner2",
		"state", "best_of", "start_text", "start", "precision",
	}}
	for _, m := range w.matches {
		a, b := m.Sides[0], m.Sides[1]
		r.values = append(r.values, []any{
			string(m.ID), jsonColumn(m.From), len(m.Records), m.Sources, m.CreatedAt, m.UpdatedAt, m.Version,
			idColumn(value(m.Title).ID), idColumn(value(m.Tournament).ID), string(a.Team.ID), string(b.Team.ID),
			a.Points, b.Points, a.Winner, b.Winner,
			m.State, m.BestOf, m.Start.Raw, startColumn(m.Start), string(m.Start.Precision),
		})
	}
	return r
}

func (w *world) matchRecordRows() rows {
	r := rows{table: matchrecord.Table, columns: []string{
		"id", "source", "scope", "key", "named", "arrival", "url", "state", "best_of", "start_text", "start", "precision",
		"title_record_id", "title_name", "tournament_record_id", "tournament_name", "message", "withdrawn",
	}}
	for _, m := range w.matchRecords {
		title, tournament := value(m.Title), value(m.Tournament)
		r.values = append(r.values, []any{
			string(m.ID), m.Source, m.Scope, m.Key, m.Named, m.Arrival, m.URL, m.State, m.BestOf,
			m.Start.Raw, startColumn(m.Start), string(m.Start.Precision), idColumn(title.ID), title.Name,
			idColumn(tournament.ID), tournament.Name, m.Message, m.Withdrawn,
		})
	}
	return r
}

func (w *world) placementRows() rows {
	r := rows{table: placement.Table, columns: []string{"id", "entity_id", "heir", "flipped"}}
	for _, m := range w.matchRecords {
		r.values = append(r.values, []any{string(m.ID), idColumn(m.Entity), string(w.heirs[m.ID]), m.Flipped})
	}
	return r
}

func (w *world) scoreRows() rows {
	r := rows{table: score.Table, columns: []string{"match_record_id", "slot", "team_record_id", "team_name", "points", "winner"}}
	for _, m := range w.matchRecords {
		for i, side := range m.Sides {
			r.values = append(r.values, []any{string(m.ID), i + 1, string(side.Team.ID), side.Team.Name, side.Points, side.Winner})
		}
	}
	return r
}

func (w *world) linkRows() rows {
	r := rows{table: link.Table, columns: []string{"kind", "a", "b", "weight", "verdict", "rule", "evidence"}}
	for _, l := range w.links {
		r.values = append(r.values, []any{
			string(l.Kind), string(l.A), string(l.B), int32(l.Weight), string(l.Verdict), l.Rule, packLines(l.Lines),
		})
	}
	return r
}

// canonical is what the entity of a record is called; "" if it has none, nor has an heir.
func (w *world) canonical(id resolve.ID) resolve.ID {
	for id != "" {
		for _, r := range w.records(id.Kind()) {
			if r.ID == id && r.Entity != "" {
				return r.Entity
			}
		}
		id = w.heirs[id]
	}
	return ""
}
