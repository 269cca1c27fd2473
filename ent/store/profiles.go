package store

import (
	"context"
	"fmt"

	"umpire/ent/db/source"
)

// Profiles lists the sources by name without their counts: cheap enough to be asked often.
func (s *Store) Profiles(ctx context.Context) ([]Source, error) {
	rows, err := s.client.Source.Query().Order(source.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list profiles: %w", err)
	}
	sources := make([]Source, len(rows))
	for i, r := range rows {
		sources[i] = Source{Name: r.ID, Zone: r.Zone, IDs: r.Ids, Seq: r.Seq, CreatedAt: r.CreatedAt.UTC()}
	}
	return sources, nil
}
