package ingest

import (
	"strconv"
	"strings"

	"umpire/ent/store"
	"umpire/resolve"
)

// Reading is what a message is understood to say: Match or Fault, never both.
type Reading struct {
	Source   string // "" if the message names none that can be read
	Match    *resolve.Match
	Fault    *resolve.InvalidError
	Warnings []string // said of a Match: what was odd, and how it was read
}

// Decode reads a message under its source's profile. It is a function of the body and
// the profile alone, leaves the body as it is and keeps nothing of it. A Match is not to
// be written to: others may share what it points to.
func Decode(body []byte, profileOf func(source string) Profile) Reading {
	return decodeText(string(body), profileOf)
}

// decodeText is Decode of a text.
func decodeText(body string, profileOf func(source string) Profile) Reading {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	defer d.reset()
	root, err := d.parse(body)
	if err != nil {
		return Reading{Fault: err}
	}
	r := reader{memory: &d.memory}
	match := r.message(root, profileOf)
	if r.fault != nil {
		return Reading{Source: r.source, Fault: r.fault}
	}
	return Reading{Source: r.source, Match: match, Warnings: r.warnings}
}

// reader reads one message. The first fault stays; what is read after it is of no use.
type reader struct {
	*memory
	source   string
	profile  Profile
	scope    string // the title folded
	fault    *resolve.InvalidError
	warnings []string
}

// message reads the whole. There is a source as soon as it can be told, even with a fault.
func (r *reader) message(root *value, profileOf func(source string) Profile) *resolve.Match {
	message := r.object("", root)
	source := strings.TrimSpace(message.name("source"))
	if source == "" {
		message.fail("source", "is missing")
	}
	if r.fault != nil {
		return nil
	}
	r.source = r.text(source)
	data := r.object("data", message.get("data"))
	if r.fault != nil {
		return nil
	}
	r.profile = profileOf(r.source)
	return r.match(data)
}

func (r *reader) match(data object) *resolve.Match {
	id := data.id("id")
	if id == "" {
		data.fail("id", "is missing")
	}
	title := data.name("title")
	r.scope = r.memory.scope(title)
	if len(r.scope) > store.MaxText {
		data.fail("title", "is longer than %d letters in ASCII", store.MaxText)
	}
	m := &resolve.Match{
		Key:        r.key(resolve.KindMatch, id, ""),
		URL:        data.url("url"),
		State:      data.whole("state"),
		BestOf:     data.bestOf("bestof"),
		Start:      data.start("date_start_text", r.profile.Zone),
		Tournament: r.tournament(data),
	}
	own(&m.Key.ID, &m.URL, &m.Start.Raw)
	m.ID = m.Key.Mint()
	if title != "" {
		m.Title = r.title(title)
	}
	r.sides(m, data)
	return m
}

func (r *reader) title(name string) *resolve.Named {
	return r.record(resolve.Key{Kind: resolve.KindTitle, Source: r.source, Named: true, ID: strings.TrimSpace(name)}, name)
}

func (r *reader) tournament(data object) *resolve.Named {
	told := r.ref("data.tournament", data.get("tournament"))
	if told.id == "" && told.name == "" {
		return nil
	}
	return r.named(resolve.KindTournament, told)
}

// sides reads the two teams, and hangs the scores on them.
func (r *reader) sides(m *resolve.Match, data object) {
	teams := data.list("teams")
	if len(teams) != 2 {
		data.fail("teams", "are %d, not 2", len(teams))
		return
	}
	var both [2]ref
	for i, path := range [2]string{"data.teams[0]", "data.teams[1]"} {
		both[i] = r.ref(path, &teams[i])
		if both[i].id == "" && both[i].name == "" {
			r.fail(path, "has no id and no name")
			return
		}
		m.Sides[i].Team = *r.named(resolve.KindTeam, both[i])
	}
	if m.Sides[0].Team.Key == m.Sides[1].Team.Key {
		r.warn("data.teams: %q is said to play itself", m.Sides[0].Team.Name)
	}
	r.scores(m, both, data.list("scores"))
	if won(m.Sides[0]) && won(m.Sides[1]) {
		r.warn("data.scores: both sides are said to win")
	}
}

func won(s resolve.Side) bool { return s.Winner != nil && *s.Winner }

func (r *reader) scores(m *resolve.Match, teams [2]ref, scores []value) {
	var told [2]bool
	for i := range scores {
		score := r.object(scorePath(i), &scores[i])
		team, points, winner := score.id("team"), score.number("score"), score.truth("winner")
		if team == "" && points == nil && winner == nil {
			continue
		}
		slot := slotOf(teams, team, i)
		switch {
		case team == "":
			score.fail("team", "is missing")
		case slot < 0:
			score.fail("team", "%q does not play here", team)
		case told[slot]:
			score.fail("team", "%q has a score already", team)
		default:
			told[slot] = true
			m.Sides[slot].Points, m.Sides[slot].Winner = points, winner
		}
		if r.fault != nil {
			return
		}
	}
}

func scorePath(i int) string {
	if paths := [...]string{"data.scores[0]", "data.scores[1]"}; i < len(paths) {
		return paths[i]
	}
	return "data.scores[" + strconv.Itoa(i) + "]"
}

// slotOf tells on which side the i-th score hangs: that of the team with this id or, if
// there is none, with this name. If it is said to play itself, the scores are in the
// order of the sides. It is -1 if no such team plays.
func slotOf(teams [2]ref, team string, i int) int {
	for _, called := range [...]func(ref) string{ref.sentID, ref.trimmedName} {
		first, second := called(teams[0]) == team, called(teams[1]) == team
		switch {
		case first && second && i < 2:
			return i
		case first && !second:
			return 0
		case second && !first:
			return 1
		}
	}
	return -1
}

// ref is a team or tournament as a message points to it.
type ref struct{ path, id, name string }

func (w ref) sentID() string      { return w.id }
func (w ref) trimmedName() string { return strings.TrimSpace(w.name) }

// ref reads an object with id and name, a name alone, or null.
func (r *reader) ref(path string, v *value) ref {
	if v.null() || v.kind == '"' {
		return ref{path, "", r.checked(path, v.text)}
	}
	o := r.object(path, v)
	return ref{path, o.id("id"), o.name("name")}
}

// named makes the record of a team or tournament.
func (r *reader) named(kind resolve.Kind, w ref) *resolve.Named {
	key := r.key(kind, w.id, w.trimmedName())
	if key.ID == "" {
		r.fail(w.path+".name", "is missing, and this source's ids mean nothing")
	}
	if w.name == "" {
		r.warn("%s.name: is missing; its id stands for it", w.path)
		w.name = w.id
	}
	return r.record(key, w.name)
}

// key tells the source's records apart, by what its profile says that its ids mean. A
// name holds within a title in any case.
func (r *reader) key(kind resolve.Kind, id, name string) resolve.Key {
	key := resolve.Key{Kind: kind, Source: r.source, Scope: r.scope, ID: id}
	switch meaning := r.profile.meaning(kind); {
	case id == "" || meaning == store.IDsMeanNothing:
		key.Named, key.ID = true, name
	case meaning == store.IDsWithinAll:
		key.Scope = ""
	}
	return key
}
