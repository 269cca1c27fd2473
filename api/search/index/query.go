package index

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"umpire/api/search"
	"umpire/resolve"
)

// clause is a query, or a part of one, as the server takes it.
type clause map[string]any

// body is that of a search for candidates. That of a part of a name is in one as it stands; else each word of the text is a name's word, or nearly,
// or its beginning, or a short form, or of a title that the entity belongs to. The whole
// without its spaces may be one, too. What has a name itself comes before matches. A wide
// search, for where that finds nothing, takes what is within a word, and lets one be missing.
func body(q search.Query, most int, titles map[string][]resolve.ID, w width) ([]byte, error) {
	words := strings.Fields(q.Text)
	must := clause{"match_all": clause{}}
	if q.Part {
		must = clause{"wildcard": clause{"names.whole": clause{"value": "*" + q.Text + "*"}}} // a folded text has no wildcards
	} else if len(words) > 0 {
		each := make([]clause, len(words))
		for i, word := range words {
			each[i] = anyOf(word, titles[word], w)
		}
		least := len(words)
		if w == wide {
			least = max(1, least-1)
		}
		must = clause{"bool": clause{"should": each, "minimum_should_match": least}}
		if len(words) > 1 {
			joined := strings.Join(words, "")
			must = clause{"bool": clause{"should": []clause{must, scored("short", joined, 3), scored("names", joined, 3)}}}
		}
	}
	return json.Marshal(clause{
		"size": most, "_source": false, "track_total_hits": false,
		"query": clause{"bool": clause{"must": must, "filter": filters(q), "should": []clause{namedFirst}}},
	})
}

// width is how much is taken for a word.
type width string

const (
	narrow width = "narrow"
	wide   width = "wide" // it goes through all words that there are, which takes its time
)

// namedFirst outweighs all that a match can score by its words.
var namedFirst = clause{"constant_score": clause{"boost": 1000, "filter": clause{"terms": clause{
	"kind": []resolve.Kind{resolve.KindTitle, resolve.KindTournament, resolve.KindTeam},
}}}}

// anyOf finds a word, in the way that fits best; titles are those that it may name.
func anyOf(word string, titles []resolve.ID, w width) clause {
	ways := []clause{scored("names", word, 4), scored("short", word, 3)}
	if beginning := []rune(word); len(beginning) <= longestBeginning {
		ways = append(ways, scored("names.begin", word, 1))
	}
	if _, err := strconv.Atoi(word); err != nil && len(word) > 2 { // another number is another thing
		ways = append(ways, clause{"fuzzy": clause{"names": clause{
			"value": word, "fuzziness": "AUTO", "prefix_length": 0, "max_expansions": 30, "boost": 0.5,
		}}})
	}
	if w == wide && len(word) > 2 {
		ways = append(ways, clause{"wildcard": clause{"names": clause{"value": "*" + word + "*", "boost": 0.1}}})
	}
	if len(titles) > 0 {
		ways = append(ways, clause{"terms": clause{"title": titles, "boost": 0.5}})
	}
	return clause{"dis_max": clause{"queries": ways}}
}

func scored(field, word string, boost float64) clause {
	return clause{"term": clause{field: clause{"value": word, "boost": boost}}}
}

// filters select what is searched; they also leave out what is no more, which has no kind.
func filters(q search.Query) []clause {
	kinds := q.Kinds
	if len(kinds) == 0 {
		kinds = resolve.Kinds[:]
	}
	where := []clause{{"terms": clause{"kind": kinds}}}
	within := func(field string, ids []resolve.ID) {
		if ids != nil {
			where = append(where, clause{"bool": clause{"should": []clause{{"terms": clause{field: ids}}, {"terms": clause{"_id": ids}}}}})
		}
	}
	within("title", q.Titles)
	within("tournament", q.Tournaments)
	if q.Source != "" {
		where = append(where, clause{"term": clause{"sources": q.Source}})
	}
	if q.State != nil {
		where = append(where, clause{"term": clause{"state": *q.State}})
	}
	span := clause{}
	if q.From != nil { // a day's start stands at its beginning
		span["gte"] = q.From.UTC().Truncate(24 * time.Hour).Format(timeFormat)
	}
	if q.To != nil {
		span["lte"] = q.To.UTC().Format(timeFormat)
	}
	if len(span) > 0 {
		where = append(where, clause{"range": clause{"start": span}})
	}
	return where
}

const timeFormat = "2006-01-02T15:04:05.000Z"
