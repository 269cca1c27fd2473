package web

import (
	"net/http"

	"umpire/ent/store"
	"umpire/resolve"
)

// survivorshipPage is how canonical fields are chosen: by which rules, and which sources are
// trusted more.
type survivorshipPage struct {
	Rules []ruleRow
	Trust []trustRow
}

// ruleRow is a field with the rule that it is chosen by, and those it could be.
type ruleRow struct {
	Kind    resolve.Kind
	Field   string
	Label   string // the field in words
	Rule    resolve.Rule
	Choices []resolve.Rule
	Set     *setBy // nil: nobody set it
}

// trustRow is a source with how far it is trusted.
type trustRow struct {
	Source string
	Trust  int
	Set    *setBy
}

// setBy is the act by which something came into force.
type setBy struct {
	ID int64 // the act's number
	store.Said
}

func setByOf(s store.Said) *setBy {
	if s.Act == 0 {
		return nil
	}
	return &setBy{s.Act, s}
}

// survivorship shows how canonical fields are chosen.
func (s *site) survivorship(w http.ResponseWriter, r *http.Request) error {
	rules, trust, err := s.Store.Survivorship(r.Context())
	if err != nil {
		return err
	}
	sources, err := s.Store.Profiles(r.Context())
	if err != nil {
		return err
	}
	page := survivorshipPage{Rules: ruleRows(rules)}
	for _, source := range sources {
		if source.Name != "" { // that of messages of which none is known, which has no records
			t := trustIn(trust, source.Name)
			page.Trust = append(page.Trust, trustRow{source.Name, t.Trust, setByOf(t.Said)})
		}
	}
	return s.show(w, r, "survivorship", view{Title: "How fields are chosen", Section: "/sources", Body: page})
}

// ruleRows are all fields that are chosen, matches' first.
func ruleRows(set []store.SurvivorshipRule) []ruleRow {
	var rows []ruleRow
	for _, kind := range [...]resolve.Kind{resolve.KindMatch, resolve.KindTeam, resolve.KindTournament, resolve.KindTitle} {
		for _, field := range resolve.Chosen(kind) {
			row := ruleRow{Kind: kind, Field: field, Label: either(fieldLabels[field], field), Rule: resolve.Usual, Choices: resolve.RulesOf(kind)}
			for _, s := range set {
				if s.Kind == kind && s.Field == field {
					row.Rule, row.Set = s.Rule, setByOf(s.Said)
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// fieldLabels are the fields whose names are no words.
var fieldLabels = map[string]string{"best_of": "best of"}

// trustIn is how far a source is trusted; the zero value where nobody said.
func trustIn(said []store.SourceTrust, source string) store.SourceTrust {
	for _, t := range said {
		if t.Source == source {
			return t
		}
	}
	return store.SourceTrust{}
}
