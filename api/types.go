package api

// The wire types. The package comment has the conventions that they follow.

import (
	"time"

	"umpire/ent/store"
	"umpire/resolve"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"The items of this page."`
	Next  string `json:"next,omitempty" doc:"Where the next page is; left out on the last." example:"/v1/matches?cursor=eyJ2IjoxfQ&team=fnatic"`
}

// Ref points at a canonical thing.
type Ref struct {
	ID   resolve.ID `json:"id" doc:"Its id." example:"tem_3k9x0m2vqc41ahzt"`
	Name string     `json:"name" doc:"Its name." example:"fnatic"`
	Href string     `json:"href" doc:"Where it is." example:"/v1/teams/tem_3k9x0m2vqc41ahzt"`
}

// RecordRef points at what one source told.
type RecordRef struct {
	Source string       `json:"source" doc:"The source." example:"hltv"`
	Kind   resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What it speaks of." example:"match"`
	ID     string       `json:"id" doc:"The source's own id, or the name as sent where it sends none." example:"2294502"`
	Named  bool         `json:"named,omitempty" doc:"The id is a name." example:"true"`
	Scope  string       `json:"scope,omitempty" doc:"The title, folded, within which the id is the source's own; left out if it holds across titles." example:"counter strike global offensive"`
	Name   string       `json:"name,omitempty" doc:"The name as sent; a match has none." example:"fnatic"`
	URL    string       `json:"url,omitempty" doc:"Of a match: its page at the source, as sent." example:"https://www.source1.org/matches/1/"`
	Record resolve.ID   `json:"record" doc:"Umpire's id of the record." example:"mch_5f0yq8c3t1v7nbxk"`
	Entity resolve.ID   `json:"entity,omitempty" doc:"The canonical thing that it belongs to; left out if it is not resolved yet, or withdrawn." example:"mch_5f0yq8c3t1v7nbxk"`
	Href   string       `json:"href,omitempty" doc:"Of a match: where it is told in full." example:"/v1/sources/hltv/matches/2294502"`
}

// Match is a canonical match.
type Match struct {
	ID         resolve.ID   `json:"id" doc:"Its id, for ever." example:"mch_5f0yq8c3t1v7nbxk"`
	Href       string       `json:"href" doc:"Where it is." example:"/v1/matches/mch_5f0yq8c3t1v7nbxk"`
	Title      *Ref         `json:"title,omitempty" doc:"The game or sport."`
	Tournament *Ref         `json:"tournament,omitempty" doc:"The tournament."`
	Teams      [2]MatchTeam `json:"teams" nullable:"false" doc:"The two sides, in the order of the oldest record."`
	State      *int         `json:"state,omitempty" doc:"1 scheduled, 2 finished; another number is as a source sent it." example:"2"`
	BestOf     *int         `json:"bestof,omitempty" doc:"The most maps or games that it can have." example:"3"`
	Start
	URLs       []string              `json:"urls" nullable:"false" doc:"Its pages at its sources, as sent." example:"[\"https://www.source1.org/matches/1/\"]"`
	Sources    []string              `json:"sources" nullable:"false" doc:"Who tells it, the oldest record's source first." example:"[\"hltv\",\"brintos\"]"`
	Records    []RecordRef           `json:"records" nullable:"false" doc:"What its sources told, oldest first."`
	Provenance map[string]resolve.ID `json:"provenance" doc:"For each member the record that it was taken from: title, tournament, teams, score, state, bestof, date_start." example:"{\"state\":\"mch_5f0yq8c3t1v7nbxk\"}"`
	ByHand     map[string]string     `json:"by_hand,omitempty" doc:"For each member that is set by hand the value that this hides, as text; empty if the records say nothing, left out if none is." example:"{\"bestof\":\"3\"}"`
	Life
}

// MatchTeam is one side of a canonical match.
type MatchTeam struct {
	Ref
	Result
}

// Result is what a side scored.
type Result struct {
	Score  *float64 `json:"score,omitempty" doc:"What it scored." example:"2"`
	Winner *bool    `json:"winner,omitempty" doc:"Whether it won." example:"true"`
}

// Start is when a match starts.
type Start struct {
	DateStart          *time.Time        `json:"date_start,omitempty" doc:"When it starts; of a day that is known without a clock, its 00:00 UTC." example:"2015-08-01T14:30:00Z"`
	DateStartPrecision resolve.Precision `json:"date_start_precision,omitempty" enum:"day,minute,second" doc:"How finely the start is known." example:"minute"`
	DateStartText      string            `json:"date_start_text,omitempty" doc:"The start as sent." example:"2015-08-01 16:30"`
}

// Life is when a canonical thing came to be and changed.
type Life struct {
	CreatedAt time.Time `json:"created_at" doc:"When it came to be." example:"2015-07-30T09:12:44Z"`
	UpdatedAt time.Time `json:"updated_at" doc:"When it last changed." example:"2015-08-01T18:02:10Z"`
	Version   int64     `json:"version" doc:"The change that it now follows, as /v1/changes numbers it." example:"4217"`
}

// MatchDetail is a canonical match with the evidence on which its records are one.
type MatchDetail struct {
	Match
	Links []Link `json:"links" nullable:"false" doc:"Pairs of records, of which one at least is its own, with their evidence, heaviest first; 500 at most."`
	Curated
}

// Curated is what people say of a canonical thing.
type Curated struct {
	Overridden []Overridden `json:"overridden" nullable:"false" doc:"The members that are set by hand, the last one first, with the values that they hide."`
	Judgements []Judgement  `json:"judgements" nullable:"false" doc:"The judgements in force on its records, newest first; 100 at most."`
}

// MatchRecord is a match as one source tells it.
type MatchRecord struct {
	RecordRef
	Title      *RecordRef    `json:"title,omitempty" doc:"The game or sport."`
	Tournament *RecordRef    `json:"tournament,omitempty" doc:"The tournament."`
	Teams      [2]RecordTeam `json:"teams" nullable:"false" doc:"The two sides, in the source's order."`
	State      *int          `json:"state,omitempty" doc:"1 scheduled, 2 finished; another number is as sent." example:"2"`
	BestOf     *int          `json:"bestof,omitempty" doc:"The most maps or games that it can have." example:"3"`
	Start
	Message      int64 `json:"message" doc:"The message that it now follows." example:"1204"`
	FirstMessage int64 `json:"first_message" doc:"The message that first told it." example:"311"`
	Withdrawn    bool  `json:"withdrawn,omitempty" doc:"The source has taken it back." example:"true"`
	Flipped      bool  `json:"flipped,omitempty" doc:"Its first side is the second one of its entity." example:"true"`
}

// RecordTeam is one side of a match as a source tells it.
type RecordTeam struct {
	RecordRef
	Result
}

// Named is a canonical title, tournament or team.
type Named struct {
	ID         resolve.ID            `json:"id" doc:"Its id, for ever." example:"tem_3k9x0m2vqc41ahzt"`
	Kind       resolve.Kind          `json:"kind" enum:"title,tournament,team" doc:"What it is." example:"team"`
	Href       string                `json:"href" doc:"Where it is." example:"/v1/teams/tem_3k9x0m2vqc41ahzt"`
	Name       string                `json:"name" doc:"Its name." example:"fnatic"`
	Title      *Ref                  `json:"title,omitempty" doc:"Of a tournament or team: the game or sport."`
	Matches    int                   `json:"matches" doc:"How many canonical matches it plays in, or has." example:"212"`
	Sources    []string              `json:"sources" nullable:"false" doc:"Who tells it, the oldest record's source first." example:"[\"hltv\",\"csgolounge\"]"`
	Records    []RecordRef           `json:"records" nullable:"false" doc:"What its sources told, oldest first."`
	Provenance map[string]resolve.ID `json:"provenance" doc:"For each member the record that it was taken from." example:"{\"name\":\"tem_3k9x0m2vqc41ahzt\"}"`
	ByHand     map[string]string     `json:"by_hand,omitempty" doc:"For each member that is set by hand the value that this hides, as text; empty if the records say nothing, left out if none is." example:"{\"name\":\"Fnatic Team\"}"`
	Life
}

// NamedDetail is a canonical title, tournament or team with the evidence on which its records are one.
type NamedDetail struct {
	Named
	Names []NameSpan `json:"names,omitempty" nullable:"false" doc:"Of a team: what each of its records was called, and when; those of no known day first, the newest last."`
	Links []Link     `json:"links" nullable:"false" doc:"Pairs of records, of which one at least is its own, with their evidence, heaviest first; 500 at most."`
	Curated
}

// NameSpan is a name that a source used for a team, and when.
type NameSpan struct {
	Name    string     `json:"name" doc:"The name as sent." example:"mousesports"`
	Source  string     `json:"source" doc:"The source." example:"hltv"`
	Record  resolve.ID `json:"record" doc:"Umpire's id of the record." example:"tem_3k9x0m2vqc41ahzt"`
	First   string     `json:"first,omitempty" doc:"The day of the first match in which the source used it, in UTC; left out if none has a start." example:"2012-08-19"`
	Last    string     `json:"last,omitempty" doc:"The day of the last." example:"2015-06-28"`
	Matches int        `json:"matches" doc:"In how many matches the source uses it." example:"212"`
}

// Link is a pair of records with the evidence for and against their being one.
type Link struct {
	Kind    resolve.Kind    `json:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"match"`
	A       RecordRef       `json:"a" doc:"One record."`
	B       RecordRef       `json:"b" doc:"The other."`
	Verdict resolve.Verdict `json:"verdict" enum:"joined,suggested,refused" doc:"joined: one entity. suggested: two, and the evidence neither joins nor parts them. refused: the evidence would join them, but a rule keeps them apart." example:"joined"`
	Rule    string          `json:"rule,omitempty" doc:"Why they are not joined." example:"too little evidence"`
	Weight  float64         `json:"weight" doc:"The match weight in bits, log2 of a Bayes factor: the sum of the lines' weights." example:"18.5"`
	Lines   []Line          `json:"lines" nullable:"false" doc:"The evidence, a line a comparison."`
}

// Line is one line of evidence.
type Line struct {
	Comparison string       `json:"comparison" doc:"What is compared." example:"team 1"`
	A          string       `json:"a,omitempty" doc:"The value of one record." example:"fnatic"`
	B          string       `json:"b,omitempty" doc:"The value of the other." example:"Team fnatic"`
	Level      string       `json:"level" doc:"How far they agree or differ." example:"all tokens but common ones"`
	Weight     float64      `json:"weight" doc:"What that is worth, in bits." example:"6.25"`
	Lines      []Line       `json:"lines,omitempty" nullable:"false" doc:"Its own sum, where the weight is itself a result."`
	Records    []resolve.ID `json:"records,omitempty" nullable:"false" doc:"Of the vote of a match, which only why tells: the two match records that it rests on." example:"[\"mch_5f0yq8c3t1v7nbxk\",\"mch_7d2mbh90wzr4cs6e\"]"`
}

// Why is what became of two records, and why.
type Why struct {
	Kind    resolve.Kind    `json:"kind" enum:"title,tournament,team,match" doc:"What the records speak of." example:"match"`
	A       WhyRecord       `json:"a" doc:"One record."`
	B       WhyRecord       `json:"b" doc:"The other."`
	Verdict resolve.Verdict `json:"verdict,omitempty" enum:"joined,suggested,refused" doc:"As of a link; left out of a pair that is not worth keeping." example:"joined"`
	Rule    string          `json:"rule,omitempty" doc:"As of a link." example:"too little to join, too much to drop"`
	Weight  float64         `json:"weight" doc:"The match weight in bits: the sum of the lines' weights, as at every level." example:"18.5"`
	Lines   []Line          `json:"lines" nullable:"false" doc:"The evidence, a line a comparison; votes one by one, the loudest first, of which the most are cut short to a sum."`
	Apart   *WhyApart       `json:"apart,omitempty" doc:"What keeps them apart; left out if they are one."`
	EntityA WhyEntity       `json:"entity_a" doc:"What A belongs to."`
	EntityB WhyEntity       `json:"entity_b" doc:"What B belongs to."`
	Pairs   []WhyPair       `json:"pairs" nullable:"false" doc:"The candidate pairs that their entity rests on or, if they are apart, that there are between the two; heaviest first."`
}

// WhyRecord is a record in a few words.
type WhyRecord struct {
	Record resolve.ID `json:"record" doc:"Umpire's id of the record." example:"mch_5f0yq8c3t1v7nbxk"`
	Source string     `json:"source" doc:"The source." example:"hltv"`
	Name   string     `json:"name" doc:"What it is called; of a match its teams and start." example:"fnatic – NiP, 2015-08-01 14:30"`
}

// WhyEntity is a canonical thing and all of its records.
type WhyEntity struct {
	ID      resolve.ID  `json:"id" doc:"Its id." example:"mch_5f0yq8c3t1v7nbxk"`
	Href    string      `json:"href" doc:"Where it is." example:"/v1/matches/mch_5f0yq8c3t1v7nbxk"`
	Records []WhyRecord `json:"records" nullable:"false" doc:"Its records, oldest first."`
}

// WhyPair is a candidate pair and its weight.
type WhyPair struct {
	A      resolve.ID `json:"a" doc:"One record." example:"mch_5f0yq8c3t1v7nbxk"`
	B      resolve.ID `json:"b" doc:"The other." example:"mch_7d2mbh90wzr4cs6e"`
	Weight float64    `json:"weight" doc:"Its match weight in bits." example:"18.5"`
}

// WhyApart is what keeps two records apart.
type WhyApart struct {
	Cause   resolve.Cause `json:"cause" enum:"rule,linkage,doubt,partner,no candidate" doc:"rule: one that holds between the two, or their entities. linkage: what their entities weigh together is too little. doubt: another reading is as good. partner: one of them has a better partner. no candidate: they were never looked at beside each other." example:"partner"`
	Text    string        `json:"text" doc:"The cause in words." example:"a better partner is in its place"`
	Records []WhyRecord   `json:"records,omitempty" nullable:"false" doc:"Those between which the rule holds; or the one that has another reading, or partner, and that."`
	Weight  *float64      `json:"weight,omitempty" doc:"What these weigh, in bits; or the linkage." example:"21.25"`
	Lines   []Line        `json:"lines,omitempty" nullable:"false" doc:"What would have had to be more alike."`
}

// Change is one thing that happened to an entity.
type Change struct {
	Seq     int64        `json:"seq" doc:"Its number in the one sequence of changes, in the order in which they were committed." example:"4217"`
	At      time.Time    `json:"at" doc:"When." example:"2015-08-01T18:02:10Z"`
	Kind    resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What the entity is." example:"match"`
	Entity  resolve.ID   `json:"entity" doc:"The entity." example:"mch_5f0yq8c3t1v7nbxk"`
	Act     resolve.Act  `json:"act" enum:"created,updated,merged,split,retired" doc:"What happened. merged: records of the others joined it. split: records left it for the others. retired: it is no more, and the others are its heirs." example:"merged"`
	Others  []resolve.ID `json:"others" nullable:"false" doc:"The other entities that it concerns." example:"[\"mch_7d2mbh90wzr4cs6e\"]"`
	Records []resolve.ID `json:"records" nullable:"false" doc:"The entity's records after it." example:"[\"mch_5f0yq8c3t1v7nbxk\",\"mch_7d2mbh90wzr4cs6e\"]"`
	Cause   string       `json:"cause" doc:"What brought it about." example:"messages 1190 to 1204 under model 2"`
	Fields  *Fields      `json:"fields,omitempty" doc:"The entity's canonical fields after it; left out if it is no more."`
}

// Fields is what an entity says; what refers to an entity is its id.
type Fields struct {
	Name       string       `json:"name,omitempty" doc:"Of a title, tournament or team: its name." example:"fnatic"`
	Title      resolve.ID   `json:"title,omitempty" doc:"The game or sport." example:"ttl_2pcgb3s84xpbed8a"`
	Tournament resolve.ID   `json:"tournament,omitempty" doc:"Of a match: the tournament." example:"trn_kwbd6rh34ghf69fd"`
	Teams      []FieldsTeam `json:"teams,omitempty" nullable:"false" doc:"Of a match: the two sides."`
	State      *int         `json:"state,omitempty" doc:"Of a match: 1 scheduled, 2 finished; another number is as a source sent it." example:"2"`
	BestOf     *int         `json:"bestof,omitempty" doc:"Of a match: the most maps or games that it can have." example:"3"`
	Start
}

// FieldsTeam is one side of a match.
type FieldsTeam struct {
	ID resolve.ID `json:"id" doc:"The team." example:"tem_3k9x0m2vqc41ahzt"`
	Result
}

// Feed is what has changed since.
type Feed struct {
	Items []Change `json:"items" nullable:"false" doc:"The changes, oldest first."`
	Last  int64    `json:"last" doc:"The number to go on from: that of the last change here, or the one that was asked for." example:"4217"`
	Next  string   `json:"next" doc:"Where what comes after is, now or later." example:"/v1/changes?after=4217"`
}

// Source is a feed, its profile, and what it has sent.
type Source struct {
	Name      string       `json:"name" doc:"The name that its messages carry; empty for messages that name no source." example:"hltv"`
	Href      string       `json:"href,omitempty" doc:"Where it is; left out for the source without a name." example:"/v1/sources/hltv"`
	CreatedAt time.Time    `json:"created_at" doc:"When it was first heard of." example:"2015-07-30T09:12:44Z"`
	LastSeq   int64        `json:"last_seq" doc:"The number of its last message, in the order in which they arrived." example:"13022"`
	Counts    SourceCounts `json:"counts" doc:"What it has sent."`
	Profile
}

// Profile is how to read what a source sends.
type Profile struct {
	Zone string            `json:"zone" required:"false" doc:"The IANA time zone of its clock; UTC if left out." example:"Europe/Copenhagen"`
	IDs  map[string]string `json:"ids" required:"false" doc:"What its ids of a kind (match, team, tournament) mean: title, its own within a title (if left out); source, its own across titles; none, nothing, so that teams and tournaments are known by name." example:"{\"team\":\"source\"}"`
}

// SourceCounts is what a source has sent.
type SourceCounts struct {
	Messages      int64                  `json:"messages" doc:"Messages." example:"13022"`
	Quarantined   int64                  `json:"quarantined" doc:"Messages that could not be understood." example:"3"`
	Duplicates    int64                  `json:"duplicates" doc:"Messages that repeat one." example:"12"`
	Matches       int64                  `json:"matches" doc:"Match records." example:"6500"`
	Teams         int64                  `json:"teams" doc:"Team records." example:"611"`
	Tournaments   int64                  `json:"tournaments" doc:"Tournament records." example:"140"`
	Merged        int64                  `json:"merged" doc:"Match records that are one with another source's." example:"5100"`
	Twice         map[resolve.Kind]int64 `json:"twice" doc:"Of each kind, how much it tells more than once: things of which it has several records, as a list with twice=true has them." example:"{\"match\":12,\"team\":3,\"title\":0,\"tournament\":1}"`
	FirstReceived *time.Time             `json:"first_received,omitempty" doc:"When its first message came." example:"2015-07-30T09:12:44Z"`
	LastReceived  *time.Time             `json:"last_received,omitempty" doc:"When its last message came." example:"2015-08-01T18:02:09Z"`
}

// Outcome is what became of a message.
type Outcome struct {
	ID       int64      `json:"id" doc:"The message's number, in the order in which messages arrived." example:"1204"`
	Href     string     `json:"href" doc:"Where the message is." example:"/v1/messages/1204"`
	Source   string     `json:"source" doc:"The source; empty if it names none." example:"hltv"`
	Seq      int64      `json:"seq" doc:"Its number among the source's messages." example:"402"`
	Fate     store.Fate `json:"fate" enum:"applied,duplicate,quarantined" doc:"applied: it is in effect. duplicate: it repeats one. quarantined: it could not be understood; it is kept, and can be replayed." example:"quarantined"`
	Field    string     `json:"field,omitempty" doc:"The field at fault." example:"data.date_start_text"`
	Reason   string     `json:"reason,omitempty" doc:"What is wrong with it, or which message it repeats." example:"the 31st of February does not exist"`
	Warnings []string   `json:"warnings,omitempty" nullable:"false" doc:"What is odd about a message that is applied all the same." example:"[\"a team plays itself\"]"`
	Record   resolve.ID `json:"record,omitempty" doc:"The match record that it tells or takes back." example:"mch_5f0yq8c3t1v7nbxk"`
}

// Outcomes is what became of messages, in their order.
type Outcomes struct {
	Outcomes    []Outcome `json:"outcomes" nullable:"false" doc:"What became of each, in the order in which they were sent."`
	Applied     int       `json:"applied" doc:"How many were applied." example:"1"`
	Duplicate   int       `json:"duplicate" doc:"How many repeat another." example:"0"`
	Quarantined int       `json:"quarantined" doc:"How many could not be understood." example:"0"`
}

// Message is a delivery as it was kept.
type Message struct {
	Outcome
	MessageID  string    `json:"message_id,omitempty" doc:"The sender's identity of the message." example:"9b1d3c0e-17"`
	Act        string    `json:"act" enum:"tell,withdraw" doc:"Whether it tells a match or takes one back." example:"tell"`
	Size       int       `json:"size" doc:"How many bytes it has." example:"812"`
	SHA256     string    `json:"sha256" doc:"The SHA-256 of its bytes." example:"9f3a61d20c77b1e0f5d0a1c2f4a7b8890c1d2e3f405162738495a6b7c8d9e0f1"`
	ReceivedAt time.Time `json:"received_at" doc:"When it came." example:"2015-08-01T18:02:09Z"`
	Via        string    `json:"via" doc:"How it came." example:"rabbit:feeds"`
}

// MessageDetail is a delivery with its bytes.
type MessageDetail struct {
	Message
	Body     string `json:"body" doc:"Its bytes, exactly as they came." example:"{\"source\":\"hltv\",\"data\":{\"id\":1}}"`
	Encoding string `json:"encoding" enum:"utf-8,base64" doc:"How body stands for the bytes: as the text that they are, or in base64 where they are none." example:"utf-8"`
}

// Asked is a record to look up, as a client knows it.
type Asked struct {
	Source string       `json:"source" maxLength:"1000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"The source." example:"hltv"`
	Kind   resolve.Kind `json:"kind" enum:"title,tournament,team,match" doc:"What it speaks of." example:"team"`
	ID     string       `json:"id" maxLength:"1000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"The source's own id, or the name where it sends none." example:"4991"`
	Title  string       `json:"title,omitempty" maxLength:"1000" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"The title in which the source uses the id; left out: any." example:"CS:GO"`
}

// Questions is what to look up.
type Questions struct {
	Records  []Asked      `json:"records,omitempty" nullable:"false" maxItems:"1000" doc:"Records, to find the entities that they belong to."`
	Entities []resolve.ID `json:"entities,omitempty" nullable:"false" maxItems:"1000" maxLength:"100" pattern:"^[^\\x00]*$" patternDescription:"text" doc:"Ids of entities, present or former, to find their records." example:"[\"tem_3k9x0m2vqc41ahzt\"]"`
}

// Answers is what was found, in the order in which it was asked.
type Answers struct {
	Records  []FoundRecords `json:"records" nullable:"false" doc:"For each record that was asked for, those that fit."`
	Entities []FoundEntity  `json:"entities" nullable:"false" doc:"For each entity that was asked for, what it now is."`
}

// FoundRecords is the records that fit one question.
type FoundRecords struct {
	Asked Asked       `json:"asked" doc:"The question."`
	Found []RecordRef `json:"found" nullable:"false" doc:"The records that fit, each with its entity: none if it is unknown, several if the source uses the id in several titles, or also as a name."`
}

// FoundEntity is what the entity of an id now is.
type FoundEntity struct {
	Asked   resolve.ID  `json:"asked" doc:"The id that was asked for." example:"tem_3k9x0m2vqc41ahzt"`
	Entity  resolve.ID  `json:"entity,omitempty" doc:"The id by which it is now called; left out if it is unknown or gone." example:"tem_3k9x0m2vqc41ahzt"`
	Records []RecordRef `json:"records" nullable:"false" doc:"Its records, oldest first."`
}

// Stats is what there is.
type Stats struct {
	Messages    map[store.Fate]int64   `json:"messages" doc:"Messages by fate." example:"{\"applied\":33022}"`
	Records     map[resolve.Kind]int64 `json:"records" doc:"Records by kind." example:"{\"match\":16511}"`
	Entities    map[resolve.Kind]int64 `json:"entities" doc:"Canonical things by kind." example:"{\"match\":9120}"`
	Merged      int64                  `json:"merged" doc:"Canonical matches that two sources or more tell." example:"5033"`
	Suggestions int64                  `json:"suggestions" doc:"Pairs that the evidence neither joins nor parts." example:"87"`
	Dirty       int64                  `json:"dirty" doc:"Match records that are not resolved yet." example:"0"`
	LastChange  int64                  `json:"last_change" doc:"The number of the last change." example:"41870"`
	LastMessage *time.Time             `json:"last_message,omitempty" doc:"When the last message came." example:"2015-08-01T18:02:09Z"`
	Model       string                 `json:"model" doc:"The version of the model that is in use." example:"2+trained.9f86d081"`
}

// Health is whether the process can do its work.
type Health struct {
	Status string            `json:"status"`           // "ok" or "unavailable"
	Checks map[string]string `json:"checks,omitempty"` // by name: "ok" or what is amiss
}
