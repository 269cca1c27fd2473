package resolve

// A link is a candidate pair that is worth keeping: joined, or heavy enough to ask why not.

// matchLink tells what became of a pair of match records, and why.
func (e *Engine) matchLink(x, y int32) Link {
	a, b := &e.matches[x], &e.matches[y]
	weight, flipped := e.weigh(a, b)
	p := e.pairOf(a, b)
	p.flipped = flipped
	l := Link{Kind: KindMatch, A: p.a.told.ID, B: p.b.told.ID, Weight: weight, Lines: p.lines()}
	l.Verdict, l.Rule = e.verdict(weight, e.model.Match.Bars, a.head == b.head, func() string {
		return ruleBetween(e.matches[a.head].members, e.matches[b.head].members, e.matchesApart)
	})
	return l
}

// namedLink tells what became of a pair of records of a roll, and why.
func (e *Engine) namedLink(l *roll, x, y int32) Link {
	p := e.namedPairOf(l, x, y)
	link := Link{Kind: l.kind, A: p.a.id, B: p.b.id, Weight: p.weight(), Lines: p.lines()}
	link.Verdict, link.Rule = e.verdict(link.Weight, e.model.bars(l.kind), p.a.head == p.b.head, func() string {
		return ruleBetween(l.records[p.a.head].members, l.records[p.b.head].members, func(r, s int32) string { return e.apart(l, r, s) })
	})
	return link
}

// verdict judges a pair from its weight, its clusters and the rule that keeps those apart.
// A pair that is too light, or that a better partner explains, gets none.
func (e *Engine) verdict(weight Weight, bars Bars, joined bool, rule func() string) (Verdict, string) {
	if joined {
		return Joined, ""
	}
	if weight < bars.Suggest {
		return "", ""
	}
	switch broken := rule(); {
	case weight >= bars.Merge && broken != "":
		return Refused, broken
	case broken != "":
		return "", ""
	case weight >= bars.Merge:
		return Suggested, ruleAverage
	}
	return Suggested, ruleDoubtful
}

// ruleBetween finds a rule that keeps two clusters apart; of several the first by its letters,
// whatever the order of their records.
func ruleBetween(a, b []int32, apart func(r, s int32) string) string {
	found := ""
	for _, r := range a {
		for _, s := range b {
			if rule := apart(r, s); rule != "" && (found == "" || rule < found) {
				found = rule
			}
		}
	}
	return found
}

// linksOfMatch tells every link of a match record.
func (e *Engine) linksOfMatch(r int32, tell func(Link)) {
	bars := e.model.Match.Bars
	for _, edge := range e.matches[r].edges {
		if edge.weight < bars.Suggest && e.matches[r].head != e.matches[edge.to].head {
			continue
		}
		if link := e.matchLink(r, edge.to); link.Verdict != "" {
			tell(link)
		}
	}
}

// linksOfNamed tells every link of a record of a roll.
func (e *Engine) linksOfNamed(l *roll, r int32, tell func(Link)) {
	bars := e.model.bars(l.kind)
	e.partners(l, r, func(s int32) {
		p := e.namedPairOf(l, r, s)
		if p.weight() < bars.Suggest && p.a.head != p.b.head {
			return
		}
		if link := e.namedLink(l, r, s); link.Verdict != "" {
			tell(link)
		}
	})
}
