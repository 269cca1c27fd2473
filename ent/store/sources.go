package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/match"
	"umpire/ent/db/matchrecord"
	"umpire/ent/db/message"
	"umpire/ent/db/placement"
	"umpire/ent/db/source"
	"umpire/ent/db/teamrecord"
	"umpire/ent/db/tournamentrecord"
	"umpire/resolve"
)

// Sources lists the sources with their counts, by name.
func (s *Store) Sources(ctx context.Context) ([]Source, error) {
	return look(ctx, s, func(v view) ([]Source, error) { return v.sources(ctx) })
}

// Source returns a source with its counts, or ErrNotFound.
func (s *Store) Source(ctx context.Context, name string) (Source, error) {
	found, err := look(ctx, s, func(v view) ([]Source, error) { return v.sources(ctx, name) })
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Source{}, err
	}
	return found[0], nil
}

// Profiles lists the sources by name without their counts: cheap enough to be asked often.
func (s *Store) Profiles(ctx context.Context) ([]Source, error) {
	rows, err := s.client.Source.Query().Order(source.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read profiles: %w", unanswered(err))
	}
	sources := make([]Source, len(rows))
	for i, row := range rows {
		sources[i] = sourceOf(row)
	}
	return sources, nil
}

// sources reads sources by name; all, if no name is given.
func (v view) sources(ctx context.Context, names ...string) ([]Source, error) {
	q := v.Source.Query().Order(source.ByID())
	if len(names) > 0 {
		q.Where(source.IDIn(names...))
	}
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", err)
	}
	sources := make([]Source, len(rows))
	at := make(map[string]*Source, len(rows))
	for i, row := range rows {
		sources[i] = sourceOf(row)
		sources[i].Counts.Messages = row.Seq // every message takes one number
		sources[i].Counts.Twice = map[resolve.Kind]int64{}
		at[row.ID] = &sources[i]
	}
	if err := v.countSources(ctx, at, names); err != nil {
		return nil, fmt.Errorf("count what sources sent: %w", err)
	}
	return sources, v.receipts(ctx, sources)
}

func sourceOf(row *db.Source) Source {
	return Source{Name: row.ID, Zone: row.Zone, IDs: row.Ids, Seq: row.Seq, CreatedAt: row.CreatedAt.UTC()}
}

// countSources fills in the counts.
func (v view) countSources(ctx context.Context, at map[string]*Source, names []string) error {
	bySource := func(table string, such ...*sql.Predicate) *sql.Selector {
		q := v.from(table)
		q.Select(q.C(message.FieldSource), sql.As(sql.Count("*"), "rows")).GroupBy(q.C(message.FieldSource))
		for _, p := range such {
			q.Where(p)
		}
		if len(names) > 0 {
			q.Where(sql.In(q.C(message.FieldSource), arguments(names)...))
		}
		return q
	}
	fate := func(f Fate) *sql.Predicate { return sql.EQ(message.FieldFate, string(f)) }
	live := sql.IsFalse(matchrecord.FieldWithdrawn)
	shared := v.placedIn(resolve.KindMatch, sql.In(placement.FieldEntityID, v.from(match.Table, match.FieldID).Where(sql.GT(match.FieldSourcesCount, 1))))
	for _, c := range []struct {
		to func(*SourceCounts) *int64
		of *sql.Selector
	}{
		{func(c *SourceCounts) *int64 { return &c.Quarantined }, bySource(message.Table, fate(Quarantined))},
		{func(c *SourceCounts) *int64 { return &c.Duplicates }, bySource(message.Table, fate(Duplicate))},
		{func(c *SourceCounts) *int64 { return &c.Matches }, bySource(matchrecord.Table, live)},
		{func(c *SourceCounts) *int64 { return &c.Merged }, bySource(matchrecord.Table, live, shared)},
		{func(c *SourceCounts) *int64 { return &c.Teams }, bySource(teamrecord.Table)},
		{func(c *SourceCounts) *int64 { return &c.Tournaments }, bySource(tournamentrecord.Table)},
	} {
		counts, err := read[sourceCount](ctx, v, c.of)
		if err != nil {
			return err
		}
		for _, n := range counts {
			*c.to(&at[n.Source].Counts) = n.Rows
		}
	}
	for _, kind := range resolve.Kinds {
		counts, err := v.countTwice(ctx, kind, names)
		if err != nil {
			return err
		}
		for _, n := range counts {
			at[n.Source].Counts.Twice[kind] = n.Rows
		}
	}
	return nil
}

// sourceCount is how many of something a source has.
type sourceCount struct {
	Source string
	Rows   int64
}

// receipts fills in when the first and the last message of each source came.
func (v view) receipts(ctx context.Context, sources []Source) error {
	for i, src := range sources {
		if src.Seq == 0 {
			continue
		}
		ends, err := v.Message.Query().Where(message.Source(src.Name), message.SeqIn(1, src.Seq)).
			Order(message.BySeq()).Select(message.FieldReceivedAt).All(ctx)
		if err != nil {
			return fmt.Errorf("read when source %q sent: %w", src.Name, err)
		}
		first, last := ends[0].ReceivedAt.UTC(), ends[len(ends)-1].ReceivedAt.UTC()
		sources[i].Counts.FirstReceived, sources[i].Counts.LastReceived = &first, &last
	}
	return nil
}

// PutSource writes a profile (Name, Zone, IDs), making the source if need be. A new zone
// gives its match records the instants that their texts now mean, and marks those that
// change dirty.
//
// *resolve.InvalidError: no message can name the source so, there is no such zone, or a
// kind's ids cannot mean that.
// ErrConflict: the source has records, and its ids would come to mean something else.
func (s *Store) PutSource(ctx context.Context, src Source) error {
	zone, err := src.Check()
	if err != nil {
		return err
	}
	src.Zone = zone.String()
	err = s.write(ctx, func(t *tx) error {
		moment, err := t.count(ctx, arrivals, 1) // while it is held, no message comes in
		if err != nil {
			return err
		}
		before, err := t.profile(ctx, src.Name)
		if err != nil {
			return err
		}
		if err := t.putProfile(ctx, before, src); err != nil {
			return err
		}
		if before == nil || before.Zone == src.Zone {
			return nil
		}
		return t.reread(ctx, src.Name, zone, moment)
	})
	if err != nil {
		return fmt.Errorf("put source %q: %w", src.Name, err)
	}
	return nil
}

// Check returns the zone of the source's clock, or *resolve.InvalidError for what no
// profile can say; its field is "name", "zone" or such as "ids.team".
func (src Source) Check() (*time.Location, error) {
	if identity(src.Name) != src.Name {
		return nil, &resolve.InvalidError{Field: "name", Reason: fmt.Sprintf("is no text of at most %d bytes", MaxText)}
	}
	if strings.TrimSpace(src.Name) != src.Name {
		return nil, &resolve.InvalidError{Field: "name", Reason: "has blanks around it, which those that messages name never have"}
	}
	zone, err := time.LoadLocation(src.Zone) // UTC, if it names none
	if err != nil || src.Zone == "Local" {
		return nil, &resolve.InvalidError{Field: "zone", Reason: fmt.Sprintf("%q is no IANA time zone", src.Zone)}
	}
	for _, kind := range slices.Sorted(maps.Keys(src.IDs)) {
		can, known := meanings[resolve.Kind(kind)]
		if !known {
			return nil, &resolve.InvalidError{Field: "ids." + kind, Reason: "is none of match, team and tournament"}
		}
		if !slices.Contains(can, src.IDs[kind]) {
			return nil, &resolve.InvalidError{Field: "ids." + kind, Reason: fmt.Sprintf("%q is none of %s", src.IDs[kind], strings.Join(can, ", "))}
		}
	}
	return zone, nil
}

// meanings are what the ids of a kind can mean. A match has no name to be keyed by.
var meanings = map[resolve.Kind][]string{
	resolve.KindMatch:      {IDsWithinTitle, IDsWithinAll},
	resolve.KindTeam:       {IDsWithinTitle, IDsWithinAll, IDsMeanNothing},
	resolve.KindTournament: {IDsWithinTitle, IDsWithinAll, IDsMeanNothing},
}

// current returns ErrStale if a delivery was read by a profile that is not its source's any
// more. Who changes a profile counts on arrivals first, as does who asks this.
func (t *tx) current(ctx context.Context, batch []Delivery) error {
	now := map[string]Profile{} // a source that is not there has the zero value
	for _, d := range batch {
		if d.Profile != nil {
			now[d.Source] = Profile{}
		}
	}
	for names := range slices.Chunk(slices.Sorted(maps.Keys(now)), listed) {
		rows, err := t.Source.Query().Where(source.IDIn(names...)).All(ctx)
		if err != nil {
			return fmt.Errorf("read profiles: %w", err)
		}
		for _, row := range rows {
			now[row.ID] = Profile{row.Zone, row.Ids}
		}
	}
	for _, d := range batch {
		if d.Profile != nil && !d.Profile.same(now[d.Source]) {
			return fmt.Errorf("%w: the profile of source %q has changed", ErrStale, d.Source)
		}
	}
	return nil
}

// same reports whether messages mean the same by two profiles.
func (p Profile) same(other Profile) bool {
	return cmp.Or(p.Zone, source.DefaultZone) == cmp.Or(other.Zone, source.DefaultZone) && sameMeaning(p.IDs, other.IDs)
}

// profile reads a source, nil if there is none such.
func (t *tx) profile(ctx context.Context, name string) (*db.Source, error) {
	row, err := t.Source.Get(ctx, name)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read its profile: %w", err)
	}
	return row, nil
}

func (t *tx) putProfile(ctx context.Context, before *db.Source, src Source) error {
	if before == nil {
		err := t.Source.Create().SetID(src.Name).SetZone(src.Zone).SetIds(src.IDs).SetCreatedAt(instant(time.Now())).Exec(ctx)
		if err != nil {
			return fmt.Errorf("make it: %w", err)
		}
		return nil
	}
	if !sameMeaning(before.Ids, src.IDs) {
		has, err := t.MatchRecord.Query().Where(matchrecord.Source(src.Name)).Exist(ctx)
		if err != nil {
			return fmt.Errorf("look for its records: %w", err)
		}
		if has {
			return fmt.Errorf("%w: it has records, whose keys rest on what its ids mean", ErrConflict)
		}
	}
	if err := t.Source.UpdateOneID(src.Name).SetZone(src.Zone).SetIds(src.IDs).Exec(ctx); err != nil {
		return fmt.Errorf("write its profile: %w", err)
	}
	return nil
}

// sameMeaning reports whether a source's ids mean the same in two profiles.
func sameMeaning(a, b map[string]string) bool {
	for _, kind := range resolve.Kinds {
		if cmp.Or(a[string(kind)], IDsWithinTitle) != cmp.Or(b[string(kind)], IDsWithinTitle) {
			return false
		}
	}
	return true
}

// reread gives a source's match records the instants that their texts mean in a zone.
func (t *tx) reread(ctx context.Context, source string, zone *time.Location, moment int64) error {
	changed := map[resolve.ID]int64{}
	for last := ""; ; {
		page, err := t.MatchRecord.Query().
			Where(matchrecord.Source(source), matchrecord.StartTextNEQ(""), matchrecord.IDGT(last)).
			Order(matchrecord.ByID()).Limit(paged).All(ctx)
		if err != nil {
			return fmt.Errorf("read its match records: %w", err)
		}
		if len(page) == 0 {
			return t.mark(ctx, changed)
		}
		for _, record := range page {
			start, err := resolve.ParseTime(record.StartText, zone)
			if err != nil || value(record.Start).Equal(start.At) {
				continue // it was read once, so it always can be
			}
			err = t.MatchRecord.Update().Where(matchrecord.ID(record.ID)).SetStart(instant(start.At)).Exec(ctx)
			if err != nil {
				return fmt.Errorf("put the start of %s: %w", record.ID, err)
			}
			changed[resolve.ID(record.ID)] = moment
		}
		last = page[len(page)-1].ID
	}
}
