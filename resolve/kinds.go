package resolve

// Records are known by small numbers, each kind's from 0 on. What is said here of records of any
// kind is said of one roll's, or of matches' where there is no roll.

// find returns a record's number, false if it never was told.
func (e *Engine) find(l *roll, id ID) (int32, bool) {
	index := e.index
	if l != nil {
		index = l.index
	}
	r, found := index[id]
	return r, found
}

// number returns a record's number, a new one if it has none.
func (e *Engine) number(l *roll, id ID) int32 {
	if l != nil {
		return l.number(id)
	}
	return e.matchNumber(id)
}

// numbered counts the records of a kind, live or not.
func (e *Engine) numbered(l *roll) int32 {
	if l != nil {
		return int32(len(l.records))
	}
	return e.matches.n
}

// id is what a record is called by.
func (e *Engine) id(l *roll, r int32) ID {
	if l != nil {
		return l.records[r].id
	}
	return e.matches.at(r).told.id
}

// ids are what some records are called by.
func (e *Engine) ids(l *roll, records []int32) []ID {
	var ids []ID
	for _, r := range records {
		ids = append(ids, e.id(l, r))
	}
	return ids
}

// owner is the oldest record of a record's entity, none if it is in no entity: not live.
func (e *Engine) owner(l *roll, r int32) int32 {
	switch {
	case l != nil && l.records[r].live():
		return l.records[r].head
	case l == nil && e.matches.at(r).live:
		return e.matches.at(r).head
	}
	return none
}

// members are the records of the entity that is called by one, oldest first.
func (e *Engine) members(l *roll, head int32) []int32 {
	if l != nil {
		return l.records[head].members
	}
	return e.matches.at(head).members
}

// source is who tells a record.
func (e *Engine) source(l *roll, r int32) int32 {
	if l != nil {
		return l.records[r].source
	}
	return e.matches.at(r).source
}

func kindOf(l *roll) Kind {
	if l != nil {
		return l.kind
	}
	return KindMatch
}
