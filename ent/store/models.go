package store

// The versions of the engine's model. Whatever was in use once is kept for ever, so that one
// can go back to it; which one is in use, the last switch says.

import (
	"context"
	"fmt"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"

	"umpire/ent/db"
	"umpire/ent/db/model"
	"umpire/ent/db/modelswitch"
	"umpire/resolve"
)

// Model is a version of the engine's model. The version tells it from all others, in every
// database: it never comes to mean another content.
type Model struct {
	Version   string
	Content   []byte    // as resolve.Model writes itself
	Records   int64     // live match records that it was learnt from; 0: it came with the program
	Sources   int64     // of those
	CreatedAt time.Time // zero: it is the program's, and not kept here
}

// ModelSwitch says from when on a model is in use: until the next one.
type ModelSwitch struct {
	Version string
	At      time.Time
	Cause   string // such as "train"
}

// shippedModel is the program's own model, which is in use until another is.
var shippedModel = sync.OnceValues(func() (Model, error) {
	shipped := resolve.Shipped()
	content, err := shipped.Encode()
	return Model{Version: shipped.Version, Content: content}, err
})

// UseModel puts a model in use, from now on, and keeps it for ever. If it is in use, nothing
// changes. ErrConflict: its version is kept with another content.
func (s *Store) UseModel(ctx context.Context, m Model, cause string) error {
	err := s.write(ctx, func(t *tx) error { return t.useModel(ctx, m, cause) })
	if err != nil {
		return fmt.Errorf("use model %s: %w", m.Version, err)
	}
	return nil
}

func (t *tx) useModel(ctx context.Context, m Model, cause string) error {
	last, err := lastSwitch(ctx, t.ModelSwitch)
	if err != nil {
		return err
	}
	if last == nil { // what is in use so far changes with the program
		shipped, err := shippedModel()
		if err != nil {
			return err
		}
		if shipped.Version == m.Version {
			return nil
		}
		if _, err := t.keep(ctx, shipped); err != nil {
			return err
		}
	}
	id, err := t.keep(ctx, m)
	if err != nil || last != nil && last.ModelID == id {
		return err
	}
	return t.ModelSwitch.Create().SetModelID(id).SetAt(instant(time.Now())).SetCause(cause).Exec(ctx)
}

// keep makes sure that a model is kept, and returns its number.
func (t *tx) keep(ctx context.Context, m Model) (int64, error) {
	err := t.Model.Create().SetVersion(m.Version).SetContent(string(m.Content)).SetRecords(m.Records).SetSources(m.Sources).
		SetCreatedAt(instant(time.Now())).OnConflictColumns(model.FieldVersion).Ignore().Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("keep model %s: %w", m.Version, err)
	}
	kept, err := t.Model.Query().Where(model.Version(m.Version)).Only(ctx)
	if err != nil {
		return 0, fmt.Errorf("read model %s: %w", m.Version, err)
	}
	if kept.Content != string(m.Content) {
		return 0, fmt.Errorf("%w: version %s is kept with another content", ErrConflict, m.Version)
	}
	return kept.ID, nil
}

// Model returns a model that is kept, or the program's own, or ErrNotFound.
func (s *Store) Model(ctx context.Context, version string) (Model, error) {
	return keptModel(ctx, s.client.Model, version)
}

func keptModel(ctx context.Context, models *db.ModelClient, version string) (Model, error) {
	row, err := models.Query().Where(model.Version(clean(version))).Only(ctx)
	if err == nil {
		return modelOf(row), nil
	}
	if !db.IsNotFound(err) {
		return Model{}, fmt.Errorf("read model %s: %w", version, unanswered(err))
	}
	shipped, err := shippedModel()
	if err == nil && shipped.Version != version {
		err = fmt.Errorf("model %q: %w", version, ErrNotFound)
	}
	return shipped, err
}

// ModelInUse returns the model that is in use.
func (s *Store) ModelInUse(ctx context.Context) (Model, error) {
	return look(ctx, s, func(v view) (Model, error) { return modelInUse(ctx, v.ModelSwitch) })
}

// ModelVersion returns the version of the model that is in use: cheap enough to be asked often.
func (s *Store) ModelVersion(ctx context.Context) (string, error) {
	m, err := modelInUse(ctx, s.client.ModelSwitch, model.FieldVersion)
	return m.Version, unanswered(err)
}

// modelInUse reads such columns of the model that is in use; all, if none is named.
func modelInUse(ctx context.Context, switches *db.ModelSwitchClient, columns ...string) (Model, error) {
	last, err := lastSwitch(ctx, switches, columns...)
	switch {
	case err != nil:
		return Model{}, err
	case last == nil:
		return shippedModel()
	default:
		return modelOf(last.Edges.Model), nil
	}
}

// lastSwitch reads the last switch with such columns of its model; nil if there was none.
func lastSwitch(ctx context.Context, switches *db.ModelSwitchClient, columns ...string) (*db.ModelSwitch, error) {
	last, err := switches.Query().Order(modelswitch.ByID(sql.OrderDesc())).
		WithModel(func(q *db.ModelQuery) { q.Select(columns...) }).First(ctx)
	if db.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read which model is in use: %w", err)
	}
	return last, nil
}

// Models lists the models that are kept, newest first, without their content.
func (s *Store) Models(ctx context.Context) ([]Model, error) {
	q := s.client.Model.Query().Order(model.ByID(sql.OrderDesc()))
	q.Select(model.FieldVersion, model.FieldRecords, model.FieldSources, model.FieldCreatedAt)
	rows, err := q.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read models: %w", unanswered(err))
	}
	models := make([]Model, len(rows))
	for i, row := range rows {
		models[i] = modelOf(row)
	}
	return models, nil
}

// ModelSwitches lists the switches, last first.
func (s *Store) ModelSwitches(ctx context.Context) ([]ModelSwitch, error) {
	rows, err := s.client.ModelSwitch.Query().Order(modelswitch.ByID(sql.OrderDesc())).
		WithModel(func(q *db.ModelQuery) { q.Select(model.FieldVersion) }).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the switches of models: %w", unanswered(err))
	}
	switches := make([]ModelSwitch, len(rows))
	for i, row := range rows {
		switches[i] = ModelSwitch{Version: row.Edges.Model.Version, At: row.At.UTC(), Cause: row.Cause}
	}
	return switches, nil
}

func modelOf(row *db.Model) Model {
	m := Model{Version: row.Version, Records: row.Records, Sources: row.Sources, CreatedAt: row.CreatedAt.UTC()}
	if row.Content != "" {
		m.Content = []byte(row.Content)
	}
	return m
}
