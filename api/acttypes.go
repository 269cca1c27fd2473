package api

// The wire types of what people decide. The package comment has the conventions that they follow.

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"umpire/ent/store"
	"umpire/resolve"
)

// Act is one thing that a person did: a line of the audit log.
type Act struct {
	ID       int64        `json:"id" doc:"Its number, in the order in which acts were done." example:"812"`
	Href     string       `json:"href" doc:"Where it is." example:"/v1/acts/812"`
	At       time.Time    `json:"at" doc:"When." example:"2015-08-01T18:02:10Z"`
	Actor    string       `json:"actor" doc:"Who did it." example:"ann"`
	Verb     store.Verb   `json:"verb" enum:"judge,merge,split,move,detach,group,override,lift,rule,trust,undo" doc:"What was done." example:"merge"`
	Kind     resolve.Kind `json:"kind,omitempty" enum:"title,tournament,team,match" doc:"What the records speak of that it is about; left out if of nothing, or of several kinds." example:"team"`
	Note     string       `json:"note,omitempty" doc:"What the actor noted." example:"same roster, see the source's own page"`
	Subjects []resolve.ID `json:"subjects" nullable:"false" doc:"The records and entities that it is about, as they were called then; in lists the first 50." example:"[\"tem_3k9x0m2vqc41ahzt\"]"`
	Effects  []Effect     `json:"effects" nullable:"false" doc:"What it brought into force and what it took out of it; in lists the first 50."`
	Made     int          `json:"made" doc:"How much it brought into force." example:"1"`
	Lifted   int          `json:"lifted" doc:"How much it took out of force." example:"0"`
	Undoes   []int64      `json:"undoes,omitempty" nullable:"false" doc:"The acts that it undoes." example:"[811]"`
	UndoneBy int64        `json:"undone_by,omitempty" doc:"The act that undid it; left out if it stands." example:"813"`
	State    ActState     `json:"state" enum:"settled,settling" doc:"settled: entities are as it would have them. settling: they will be soon." example:"settled"`
}

// ActState is whether entities are as an act would have them.
type ActState string

// The states.
const (
	Settled  ActState = "settled"
	Settling ActState = "settling"
)

// Effect is one thing that came into force, or went out of it.
type Effect struct {
	Change    Force             `json:"change" enum:"made,lifted" doc:"made: it came into force. lifted: it went out of it." example:"made"`
	Judgement *Judgement        `json:"judgement,omitempty" doc:"A word on two records."`
	Override  *Override         `json:"override,omitempty" doc:"A field set by hand."`
	Rule      *SurvivorshipRule `json:"rule,omitempty" doc:"How a field is chosen."`
	Trust     *SourceTrust      `json:"trust,omitempty" doc:"How far a source is trusted."`
}

// Force is which way something went.
type Force string

// Into force, and out of it.
const (
	Made   Force = "made"
	Lifted Force = "lifted"
)

// Said is what all have in common that people say.
type Said struct {
	ID       int64      `json:"id,omitempty" doc:"Its number; left out in a preview." example:"1044"`
	Act      int64      `json:"act,omitempty" doc:"The act by which it was said; left out in a preview." example:"812"`
	Actor    string     `json:"actor,omitempty" doc:"Who said it." example:"ann"`
	Note     string     `json:"note,omitempty" doc:"What the actor noted." example:"same roster, see the source's own page"`
	At       *time.Time `json:"at,omitempty" doc:"When." example:"2015-08-01T18:02:10Z"`
	LiftedBy int64      `json:"lifted_by,omitempty" doc:"The act that took it out of force; left out while it holds." example:"813"`
}

// Judgement is a person's word on two records.
type Judgement struct {
	Said
	Kind     resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"team"`
	A        resolve.ID   `json:"a" doc:"One record." example:"tem_3k9x0m2vqc41ahzt"`
	B        resolve.ID   `json:"b" doc:"The other." example:"tem_9c0v6y1n5tq8hd2r"`
	Word     resolve.Word `json:"word" enum:"same,different,unsure" doc:"The word." example:"same"`
	Evidence *float64     `json:"evidence,omitempty" doc:"What the evidence weighed then, in bits, without what people say; left out if there was none." example:"3.5"`
}

// Judged is a judgement with what it is about, as that is now.
type Judged struct {
	Judgement
	RecordA RecordRef `json:"record_a" doc:"The record a."`
	RecordB RecordRef `json:"record_b" doc:"The record b."`
	Now     *float64  `json:"now,omitempty" doc:"What the evidence weighs now, in bits, without what people say; left out if there is none." example:"-12.25"`
}

// Override is a canonical field set by hand.
type Override struct {
	Said
	Record resolve.ID `json:"record" doc:"The record on which it hangs: it holds for whatever entity that is in." example:"tem_3k9x0m2vqc41ahzt"`
	Field  string     `json:"field" enum:"name,state,bestof,date_start,tournament,score" doc:"The member that is set." example:"name"`
	Value  string     `json:"value" doc:"The value, as text." example:"fnatic"`
	Hidden *string    `json:"hidden,omitempty" doc:"What the records said of it when it was set, as text; empty if nothing." example:"Fnatic Team"`
}

// Overridden is an override in force on an entity.
type Overridden struct {
	Override
	Wins    bool    `json:"wins" doc:"Of several for one field the last one wins." example:"true"`
	Now     *string `json:"now,omitempty" doc:"The value that it hides: what the records say now, as text; empty if nothing, left out if it does not win or is not settled yet." example:"Fnatic Team"`
	Warning string  `json:"warning,omitempty" doc:"That all records which tell it have come to agree, since it was set, on something else." example:"the records said \"Fnatic Team\" when it was set, and all that tell it say \"FNATIC\" now"`
}

// SurvivorshipRule is how a canonical field is chosen among what records say.
type SurvivorshipRule struct {
	Said
	Kind  resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"Of what." example:"team"`
	Field string       `json:"field" enum:"name,state,bestof,date_start,title,tournament,teams,score" doc:"Which member." example:"name"`
	Rule  resolve.Rule `json:"rule" enum:"most trusted source,most frequent,most recent,oldest,longest name" doc:"What comes first." example:"most trusted source"`
}

// SourceTrust is how far a source is trusted.
type SourceTrust struct {
	Said
	Source string `json:"source" doc:"The source." example:"hltv"`
	Trust  int    `json:"trust" doc:"A greater number is trusted more; 0 is usual." example:"10"`
}

// Survivorship is how canonical fields are chosen where a person has said so.
type Survivorship struct {
	Rules []SurvivorshipRule `json:"rules" nullable:"false" doc:"The rules in force; a field without one is chosen as usual."`
	Trust []SourceTrust      `json:"trust" nullable:"false" doc:"The sources whose trust is set; of others it is 0."`
}

// Decision is what became of a decision.
type Decision struct {
	Act      *Act         `json:"act,omitempty" doc:"The act; left out if all is as it usually is, so that nobody ever had to say so."`
	Upshot   Upshot       `json:"outcome" enum:"made,stood,repeated" doc:"made: it is done now. stood: all of it was in force already, by the act. repeated: it was made before, under the same key." example:"made"`
	State    ActState     `json:"state" enum:"settled,settling" doc:"settled: the entities below are as the act would have them. settling: two seconds were not enough; ask again." example:"settled"`
	Entities []EntityItem `json:"entities" nullable:"false" doc:"The entities that it is about, as they are now; 20 at most."`
}

// Upshot is whether a decision did anything.
type Upshot string

// The outcomes.
const (
	WasMade     Upshot = "made"
	WasStanding Upshot = "stood"
	WasRepeated Upshot = "repeated"
)

// Preview is what a decision would do.
type Preview struct {
	Effects []Effect        `json:"effects" nullable:"false" doc:"What it would bring into force, and take out of it; the first 50. None: all of it is in force already."`
	Appear  int             `json:"appear" doc:"How many entities would appear." example:"0"`
	Vanish  int             `json:"vanish" doc:"How many would be no more." example:"4"`
	Change  int             `json:"change" doc:"How many would stay and change." example:"4"`
	Matches int             `json:"matches" doc:"How many of all these are matches: what is decided of teams moves matches, and the other way round." example:"6"`
	Changes []PlannedChange `json:"changes" nullable:"false" doc:"Each change, titles first and matches last; the first 500."`
}

// PlannedChange is one thing that would happen to an entity.
type PlannedChange struct {
	Kind    resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What the entity is." example:"team"`
	Entity  resolve.ID   `json:"entity" doc:"The entity." example:"tem_3k9x0m2vqc41ahzt"`
	Act     resolve.Act  `json:"act" enum:"created,updated,merged,split,retired" doc:"What would happen to it; the words are those of /v1/changes." example:"merged"`
	Others  []resolve.ID `json:"others" nullable:"false" doc:"The other entities that it concerns." example:"[\"tem_9c0v6y1n5tq8hd2r\"]"`
	Records []resolve.ID `json:"records" nullable:"false" doc:"Its records afterwards." example:"[\"tem_3k9x0m2vqc41ahzt\",\"tem_9c0v6y1n5tq8hd2r\"]"`
	Fields  *Fields      `json:"fields,omitempty" doc:"What it would say afterwards; left out if it would be no more."`
}

// Suggestion is a question that waits for a person's word: two entities that the evidence
// neither joins nor parts, by the two records that speak for them.
type Suggestion struct {
	Link
	Self     string       `json:"href" doc:"Where it is." example:"/v1/suggestions/tem_3k9x0m2vqc41ahzt/tem_9c0v6y1n5tq8hd2r"`
	Entities []resolve.ID `json:"entities" nullable:"false" doc:"The entities that a and b are in." example:"[\"tem_3k9x0m2vqc41ahzt\",\"tem_9c0v6y1n5tq8hd2r\"]"`
	Hangs    int          `json:"hangs" doc:"How many matches hang on the answer." example:"40"`
	Priority float64      `json:"priority" doc:"How much the answer teaches, which is the order of the queue: how uncertain it is, p(1-p), times what hangs on it." example:"3.25"`
	Lease    *Lease       `json:"lease,omitempty" doc:"Who looks at it now; left out if nobody does."`
	Unsure   *Judgement   `json:"unsure,omitempty" doc:"Who was unsure of it, before the evidence changed."`
}

// Lease keeps a suggestion for who looks at it, for a while.
type Lease struct {
	A      resolve.ID `json:"a" doc:"One record." example:"tem_3k9x0m2vqc41ahzt"`
	B      resolve.ID `json:"b" doc:"The other." example:"tem_9c0v6y1n5tq8hd2r"`
	Holder string     `json:"holder" doc:"Who has it." example:"ann"`
	Until  time.Time  `json:"until" doc:"When it ends by itself." example:"2015-08-01T18:04:10Z"`
}

// ConflictError is a problem that tells what a decision conflicts with. One of its members at
// most is set.
type ConflictError struct {
	huma.ErrorModel
	Contradiction *Contradiction `json:"contradiction,omitempty" doc:"The judgements that prove that a word cannot hold."`
	Stale         *Stale         `json:"stale,omitempty" doc:"What has changed since the client looked."`
	StaleRule     *StaleRule     `json:"stale_rule,omitempty" doc:"What a rule or a trust is by now that has changed since the client looked."`
	Leased        *Lease         `json:"leased,omitempty" doc:"Who looks at it now."`
}

// Contradiction is the proof that a word cannot hold beside others.
type Contradiction struct {
	Word  ProofWord   `json:"word" doc:"The word that cannot hold."`
	Proof []ProofWord `json:"proof" nullable:"false" doc:"The words in force that lead from one of its records to the other."`
}

// ProofWord is a word on two records, in a proof.
type ProofWord struct {
	A     resolve.ID   `json:"a" doc:"One record." example:"tem_3k9x0m2vqc41ahzt"`
	NameA string       `json:"name_a,omitempty" doc:"What it is called." example:"fnatic"`
	B     resolve.ID   `json:"b" doc:"The other." example:"tem_9c0v6y1n5tq8hd2r"`
	NameB string       `json:"name_b,omitempty" doc:"What it is called." example:"Team fnatic"`
	Word  resolve.Word `json:"word" enum:"same,different,unsure" doc:"The word." example:"same"`
	Actor string       `json:"actor,omitempty" doc:"Who said it." example:"ann"`
	At    *time.Time   `json:"at,omitempty" doc:"When." example:"2015-08-01T18:02:10Z"`
}

// Stale tells what has happened to an entity since a client looked at it.
type Stale struct {
	Entity   resolve.ID `json:"entity" doc:"The entity." example:"tem_3k9x0m2vqc41ahzt"`
	Expected int64      `json:"expected,omitempty" doc:"The version that the client looked at; left out if it named none." example:"4217"`
	Version  int64      `json:"version,omitempty" doc:"The version that it has now; left out if it is no more." example:"4290"`
	Now      resolve.ID `json:"now,omitempty" doc:"What is now called otherwise: its present id." example:"tem_9c0v6y1n5tq8hd2r"`
	Changes  []Change   `json:"changes" nullable:"false" doc:"What happened to it since, oldest first."`
}

// StaleRule tells what a rule or a trust is that has changed since a client looked at it.
type StaleRule struct {
	Expected int64             `json:"expected" doc:"The act by which it was in force then; 0 if nobody had set it." example:"812"`
	Act      int64             `json:"act,omitempty" doc:"The act by which it is as it is; left out if that is not known." example:"830"`
	Actor    string            `json:"actor,omitempty" doc:"Whose that is." example:"bo"`
	Rule     *SurvivorshipRule `json:"rule,omitempty" doc:"The rule in force; left out if the field is chosen as usual."`
	Trust    *SourceTrust      `json:"trust,omitempty" doc:"The trust in force; left out if it is usual."`
}
