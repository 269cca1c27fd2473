package api

// Decisions: what goes for all of them, whatever they are about. Who decides is who sends the
// request; what was decided is answered in one form.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

// mostNow is the most entities that an answer tells as they are now.
const mostNow = 20

// mostForeseen is the most effects of a preview, as of an act in a list.
const mostForeseen = 50

// Deciding is what every decision may be sent with.
type Deciding struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" pattern:"^[!-~]*$" patternDescription:"visible ASCII" doc:"Makes it safe to send the decision again: an actor's second one under a key is not made, and is answered with the act of the first." example:"5f0c3c9e-2a"`
	Preview        bool   `query:"preview" doc:"Only tell what would happen, or why it would be refused; nothing is written." example:"true"`
}

// Looked is the header of a change of one entity.
type Looked struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag by which the entity was read, or only its version: nothing is done if it has changed since, and the answer tells what happened to it. That its teams or others were renamed does not count." example:"\"v4217-9f3a61d20c77\""`
}

// Noted is the body of a decision that needs none.
type Noted struct {
	Note string `json:"note,omitempty" maxLength:"2000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"Why, for who reads the audit log." example:"same roster, see the source's own page"`
}

// note is the note of a body that may be left out.
func (n *Noted) note() string {
	if n == nil {
		return ""
	}
	return n.Note
}

// Expected tells versions of entities.
type Expected struct {
	Expect map[resolve.ID]int64 `json:"expect,omitempty" nullable:"false" maxProperties:"100" doc:"The versions at which entities were read, by id: nothing is done if one of them has changed since." example:"{\"tem_3k9x0m2vqc41ahzt\":4217}"`
}

// decision describes a decision.
func decision(method, path, tag, id, summary, description string, errors ...int) huma.Operation {
	answer := func(means string) *huma.Response {
		return &huma.Response{Description: means, Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/DecisionAnswer"}},
		}}
	}
	return huma.Operation{
		Method: method, Path: path, Tags: []string{tag}, OperationID: id, Summary: summary, Description: description,
		DefaultStatus: http.StatusCreated, Errors: append(errors, http.StatusNotFound, http.StatusUnprocessableEntity),
		Responses: map[string]*huma.Response{
			"200": answer("Nothing new: all of it was in force already. Or, for a preview, what would happen."),
			"409": conflicts("It cannot be: it contradicts other judgements, rests on what has changed, or somebody else looks at it. Nothing is done."),
		},
	}
}

func conflicts(means string) *huma.Response {
	return &huma.Response{Description: means, Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/ConflictError"}},
	}}
}

// DecisionAnswer is what became of a decision, or what would.
type DecisionAnswer struct {
	made    *Decision
	preview *Preview
}

// MarshalJSON tells the one that it is.
func (d DecisionAnswer) MarshalJSON() ([]byte, error) {
	if d.made != nil {
		return json.Marshal(d.made)
	}
	return json.Marshal(d.preview)
}

// Schema is that of either.
func (DecisionAnswer) Schema(r huma.Registry) *huma.Schema {
	schemaOf[ConflictError](r) // which decisions refer to
	return &huma.Schema{OneOf: []*huma.Schema{schemaOf[Decision](r), schemaOf[Preview](r)}}
}

// EntityItem is an entity of any kind.
type EntityItem struct {
	match *Match
	named *Named
}

// MarshalJSON tells the one that it is.
func (i EntityItem) MarshalJSON() ([]byte, error) {
	if i.match != nil {
		return json.Marshal(i.match)
	}
	return json.Marshal(i.named)
}

// Schema is that of either.
func (EntityItem) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{schemaOf[Match](r), schemaOf[Named](r)}}
}

type decided struct {
	Status   int
	Location string `header:"Location" doc:"Where the act is." example:"/v1/acts/812"`
	Body     DecisionAnswer
}

// decide makes a decision, or tells what it would do, and answers.
func (a *API) decide(ctx context.Context, in Deciding, by store.Signature, d store.Decision) (*decided, error) {
	if in.Preview {
		told, err := a.preview(ctx, by, d)
		return &decided{Status: http.StatusOK, Body: DecisionAnswer{preview: &told}}, err
	}
	by.Actor, by.Key = access.From(ctx).Name, in.IdempotencyKey
	done, err := a.Store.Decide(ctx, by, d)
	if err != nil {
		return nil, a.explainStale(ctx, err)
	}
	told, err := a.follow(ctx, done)
	if err != nil {
		return nil, err
	}
	out := &decided{Status: http.StatusCreated, Body: DecisionAnswer{made: &told}}
	if done.Stood {
		out.Status = http.StatusOK
	}
	if told.Act != nil {
		out.Location = told.Act.Href
	}
	return out, nil
}

// follow waits until an act is settled, or for as long as anyone waits, and reads what it is
// about.
func (a *API) follow(ctx context.Context, done store.Decided) (Decision, error) {
	if done.Act.ID == 0 {
		return Decision{Upshot: WasStanding, State: Settled, Entities: []EntityItem{}}, nil
	}
	if a.Explainer != nil {
		a.Explainer.Nudge()
	}
	settled, err := a.Store.Settled(ctx, done.Act.ID)
	if err != nil {
		return Decision{}, err
	}
	done.Act.Settled = settled
	told := Decision{Act: new(actOf(done.Act)), Upshot: WasMade, State: stateOf(settled)}
	switch {
	case done.Repeat:
		told.Upshot = WasRepeated
	case done.Stood:
		told.Upshot = WasStanding
	}
	told.Entities, err = a.now(ctx, done.Act.Subjects)
	return told, err
}

// now reads the entities that records and former entities are in, as they are now.
func (a *API) now(ctx context.Context, subjects []resolve.ID) ([]EntityItem, error) {
	const mostLooked = 500
	found, err := a.Store.LookupEntities(ctx, subjects[:min(len(subjects), mostLooked)])
	if err != nil {
		return nil, err
	}
	var ids []resolve.ID
	for _, records := range found {
		if len(records) > 0 && !slices.Contains(ids, records[0].Entity) && len(ids) < mostNow {
			ids = append(ids, records[0].Entity)
		}
	}
	items := []EntityItem{}
	for _, id := range ids {
		item, err := a.entity(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound): // it has just changed again
		case err != nil:
			return nil, err
		default:
			items = append(items, item)
		}
	}
	return items, nil
}

func (a *API) entity(ctx context.Context, id resolve.ID) (EntityItem, error) {
	if id.Kind() == resolve.KindMatch {
		m, err := a.Store.Match(ctx, id)
		return EntityItem{match: new(matchOf(m))}, err
	}
	n, err := a.Store.Named(ctx, id)
	return EntityItem{named: new(namedOf(n))}, err
}

// expect is what a decision about an entity of a kind rests on: that it has the version of
// If-Match or, where none is named, that it is there at all. store.ErrNotFound: it never was.
func (a *API) expect(ctx context.Context, kind resolve.Kind, id resolve.ID, looked Looked) (map[resolve.ID]int64, error) {
	if id.Kind() != kind {
		_, err := present(ctx, a, kind, id, "", a.Store.Canonical)
		return nil, err
	}
	if looked.IfMatch != "" && looked.IfMatch != "*" {
		v, err := versionIn(looked.IfMatch)
		return map[resolve.ID]int64{id: v}, err
	}
	now, err := a.Store.Canonical(ctx, id)
	if err != nil || now == id {
		return nil, err
	}
	return map[resolve.ID]int64{id: noVersion}, nil
}

// noVersion is one that no entity has. The store looks for a decision that it repeats before
// it looks at versions, and tells what happened to an entity that has another.
const noVersion = -1

// versionIn reads the version at the head of an ETag.
func versionIn(tag string) (int64, error) {
	v, err := numberIn(tag)
	if err != nil || v < 1 {
		return 0, invalid("If-Match", fmt.Sprintf("%.60q is not the ETag of an entity or a run, such as %s", tag, `"v4217-9f3a61d20c77"`))
	}
	return v, nil
}

// numberIn reads the number at the head of a tag.
func numberIn(tag string) (int64, error) {
	head, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`), "-")
	return strconv.ParseInt(strings.TrimPrefix(head, "v"), 10, 64)
}

// movedError is a *store.StaleError of an entity that is now called by another id.
type movedError struct {
	*store.StaleError
	now resolve.ID
}

func (e movedError) Error() string { return fmt.Sprintf("%s is called %s now", e.Entity, e.now) }
func (e movedError) Unwrap() error { return e.StaleError }

// explainStale adds to an error that an entity is no more by what it is called now, if it is.
func (a *API) explainStale(ctx context.Context, err error) error {
	stale, is := errors.AsType[*store.StaleError](err)
	if !is || stale.Version != 0 {
		return err
	}
	now, lookup := a.Store.Canonical(ctx, stale.Entity)
	if lookup != nil || now == stale.Entity {
		return err
	}
	return movedError{stale, now}
}
