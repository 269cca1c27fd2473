package main

import (
	"io"
	"slices"

	"umpire/ingest"
	"umpire/resolve"
)

// readRecords returns what each match record of a stream says in the end, oldest first.
// Messages that cannot be understood are left out.
func readRecords(path string, stdin io.Reader) ([]resolve.Match, error) {
	file, err := ingest.Open(path, stdin)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []resolve.Match
	at := map[resolve.ID]int{}
	arrival := int64(0)
	for read, err := range file.Decoded(ingest.Defaults) {
		if err != nil {
			return nil, err
		}
		arrival++
		if read.Match == nil {
			continue
		}
		if i, known := at[read.Match.ID]; known {
			read.Match.Arrival = records[i].Arrival
			records[i] = *read.Match
			continue
		}
		read.Match.Arrival = arrival
		at[read.Match.ID] = len(records)
		if len(records) == cap(records) {
			records = slices.Grow(records, expected(len(records), file))
		}
		records = append(records, *read.Match)
	}
	return records, nil
}

// expected is how many more records a file may tell that has told some already, and some
// room: to move them as often as append would takes longer, and twice the memory.
func expected(told int, file *ingest.File) int {
	rest := float64(file.Size-file.Read()) / float64(file.Read()+1)
	return 1 + told/8 + int(float64(told)*max(0, rest)) // a file may grow while it is read
}
