package store

// Entities as the history tells them.

import (
	"fmt"
	"maps"
	"time"

	"umpire/resolve"
)

// same reports whether two entities have the same fields, provenance and members.
func same(a, b resolve.Entity) bool {
	flipped := func(e resolve.Entity) map[resolve.ID]bool {
		members := make(map[resolve.ID]bool, len(e.Members))
		for _, m := range e.Members {
			members[m.Record] = m.Flipped
		}
		return members
	}
	return maps.Equal(a.From, b.From) && maps.Equal(a.Overridden, b.Overridden) && maps.Equal(flipped(a), flipped(b)) && maps.Equal(after(a), after(b))
}

// after returns an entity's canonical fields as the history tells them (see Change.After):
// values that can be compared, and none that is not told.
func after(e resolve.Entity) map[string]any {
	if e.ID == "" {
		return nil
	}
	fields := map[string]any{}
	if e.Match == nil {
		fields["name"] = e.Name
		set(fields, "title", idColumn(e.Title))
		return fields
	}
	m := e.Match
	set(fields, "title", idColumn(m.Title))
	set(fields, "tournament", idColumn(m.Tournament))
	set(fields, "state", m.State)
	set(fields, "best_of", m.BestOf)
	if m.Start.Precision != "" {
		fields["start"] = m.Start.At.UTC().Format(time.RFC3339Nano)
		fields["start_text"], fields["precision"] = m.Start.Raw, string(m.Start.Precision)
	}
	for i, side := range m.Sides {
		fields[fmt.Sprint("team", i+1)] = string(side.Team)
		set(fields, fmt.Sprint("points", i+1), side.Points)
		set(fields, fmt.Sprint("winner", i+1), side.Winner)
	}
	return fields
}

func set[T any](fields map[string]any, name string, value *T) {
	if value != nil {
		fields[name] = *value
	}
}
