package resolve

import "slices"

// blocks groups live match records by day and by a part of a team's name. Two records are
// a candidate pair if they share such a part on the same or on neighbouring days. A block
// of more than crowd records proposes nothing: its key says too little.
type blocks struct {
	crowd   int
	members map[blockKey][]int32
	crowded int
}

type blockKey struct{ day, key int32 }

func newBlocks(crowd int) blocks {
	return blocks{crowd: crowd, members: map[blockKey][]int32{}}
}

// enter adds a record and returns the records whose candidates change besides: those of a
// block that has just become crowded.
func (b *blocks) enter(k blockKey, r int32) []int32 {
	members := append(b.members[k], r)
	b.members[k] = members
	if len(members) == b.crowd+1 {
		b.crowded++
		return members
	}
	return nil
}

// leave takes a record out and returns the records of a block that is crowded no more.
func (b *blocks) leave(k blockKey, r int32) []int32 {
	members := without(b.members[k], r)
	if len(members) == 0 {
		delete(b.members, k)
		return nil
	}
	b.members[k] = members
	if len(members) == b.crowd {
		b.crowded--
		return members
	}
	return nil
}

// proposed calls visit with every record of a block, unless it is crowded.
func (b *blocks) proposed(k blockKey, visit func(int32)) {
	members := b.members[k]
	if len(members) > b.crowd {
		return
	}
	for _, r := range members {
		visit(r)
	}
}

// keysOf gives the blocking keys of both teams' names.
func (e *Engine) keysOf(r *matchRecord) []int32 {
	if r.told.Start.Precision == "" {
		return nil
	}
	keys := slices.Concat(e.names.keys[r.teamName[0]], e.names.keys[r.teamName[1]])
	slices.Sort(keys)
	return slices.Compact(keys)
}

// candidates calls visit with every other record that shares an uncrowded block with r, on its
// day or a neighbouring one; with some of them several times.
func (e *Engine) candidates(r *matchRecord, visit func(int32)) {
	for _, key := range e.keysOf(r) {
		if len(e.blocks.members[blockKey{r.day, key}]) > e.blocks.crowd {
			continue
		}
		for day := r.day - 1; day <= r.day+1; day++ {
			e.blocks.proposed(blockKey{day, key}, visit)
		}
	}
}

// without removes one occurrence of x, in no order.
func without(list []int32, x int32) []int32 {
	i := slices.Index(list, x)
	if i < 0 {
		return list
	}
	list[i] = list[len(list)-1]
	return list[:len(list)-1]
}
