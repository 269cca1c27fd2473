package run

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"

	"umpire/ent/store"
	"umpire/resolve"
)

// Lesson is what a training brought.
type Lesson struct {
	Before  string      // the version that was in use
	Model   store.Model // what was learnt; the one that was in use, if there was nothing new
	Changes []Change    // from the one to the other
}

// Train learns from all live records, without labels, and puts the model that it learns in
// use. If that is the one in use, it changes nothing; records that are the same teach the
// same model. It resolves nothing: a resolver sees to that when it finds another model in use.
func Train(ctx context.Context, s *store.Store, o Options) (Lesson, error) {
	inUse, err := s.ModelInUse(ctx)
	if err != nil {
		return Lesson{}, err
	}
	learnt, err := learn(s.Live(ctx))
	if err != nil {
		return Lesson{}, err
	}
	changes, err := compare(inUse, learnt)
	if err != nil {
		return Lesson{}, err
	}
	if !o.DryRun {
		if err := s.UseModel(ctx, learnt, "train"); err != nil {
			return Lesson{}, err
		}
	}
	return Lesson{Before: inUse.Version, Model: learnt, Changes: changes}, nil
}

// learn trains a model. Its version ends in the sum of its content, so that no other content
// is ever called so, in whatever database it was learnt.
func learn(live iter.Seq2[resolve.Match, error]) (store.Model, error) {
	var records []resolve.Match
	sources := map[string]bool{}
	for m, err := range live {
		if err != nil {
			return store.Model{}, fmt.Errorf("read records: %w", err)
		}
		records = append(records, m)
		sources[m.Key.Source] = true
	}
	if len(records) == 0 {
		return store.Model{}, errors.New("there are no records to learn from")
	}
	model := resolve.Train(slices.Values(records))
	content, err := model.Encode()
	if err != nil {
		return store.Model{}, fmt.Errorf("write the model: %w", err)
	}
	sum := sha256.Sum256(content)
	model.Version = fmt.Sprintf("%s.%x", model.Version, sum[:4])
	if content, err = model.Encode(); err != nil {
		return store.Model{}, fmt.Errorf("write the model: %w", err)
	}
	return store.Model{Version: model.Version, Content: content, Records: int64(len(records)), Sources: int64(len(sources))}, nil
}

// Use puts a model in use that was in use before, or is the program's own.
//
// store.ErrNotFound: there is none such.
// *resolve.InvalidError: this program cannot read it.
func Use(ctx context.Context, s *store.Store, version string) error {
	m, err := s.Model(ctx, version)
	if err != nil {
		return err
	}
	if _, err := parse(m); err != nil {
		return err
	}
	return s.UseModel(ctx, m, "switch")
}

// parse reads a model that is kept. *resolve.InvalidError: another program wrote it.
func parse(m store.Model) (*resolve.Model, error) {
	model, err := resolve.ParseModel(m.Content)
	if err == nil && model.Version != m.Version {
		err = &resolve.InvalidError{Field: "version", Reason: fmt.Sprintf("is %q", model.Version)}
	}
	if err != nil {
		return nil, fmt.Errorf("this program cannot read model %s, so train another: %w", m.Version, err)
	}
	return model, nil
}
