package resolve

// list is a slice in chunks, so that one more never costs a copy of all.
type list[T any] struct {
	chunks [][]T
	n      int32
}

// chunk is how many a chunk holds.
const chunk = 1 << 8

// at gives a place. It stays where it is.
func (l *list[T]) at(i int32) *T { return &l.chunks[i/chunk][i%chunk] }

// add appends one and gives its place.
func (l *list[T]) add(x T) int32 {
	if l.n%chunk == 0 {
		l.chunks = append(l.chunks, make([]T, 0, chunk))
	}
	last := &l.chunks[l.n/chunk]
	*last = append(*last, x)
	l.n++
	return l.n - 1
}
