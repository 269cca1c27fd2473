package resolve

// Contrast holds one partition of records of a kind against another.
type Contrast struct {
	Kind    Kind
	Records int     // in both
	Gained  int     // pairs of records that are one only in the second
	Lost    int     // and only in the first
	B3      float64 // harmonic mean of the two below (Bagga and Baldwin 1998)
	Kept    float64 // of the second's company of a record, the share that the first has as well
	Found   float64 // and of the first's, what the second has
}

// Contrasting compares two partitions of a kind, of which only the records are given that may
// be in other company; so many others are the same in both. A record that only
// one of the two has does not count.
func Contrasting(kind Kind, a, b map[ID]ID, others int) Contrast {
	c := Contrast{Kind: kind, Records: others}
	inA, inB, both := map[ID]int{}, map[ID]int{}, map[[2]ID]int{}
	for record, x := range a {
		y, known := b[record]
		if !known {
			continue
		}
		c.Records++
		inA[x]++
		inB[y]++
		both[[2]ID{x, y}]++
	}
	same := pairsIn(both)
	c.Gained, c.Lost = pairsIn(inB)-same, pairsIn(inA)-same
	c.Kept, c.Found = float64(others), float64(others)
	for k, n := range both {
		c.Kept += float64(n) * float64(n) / float64(inB[k[1]])
		c.Found += float64(n) * float64(n) / float64(inA[k[0]])
	}
	if c.Records == 0 {
		c.Kept, c.Found, c.B3 = 1, 1, 1
		return c
	}
	c.Kept, c.Found = c.Kept/float64(c.Records), c.Found/float64(c.Records)
	c.B3 = 2 * c.Kept * c.Found / (c.Kept + c.Found)
	return c
}

func pairsIn[K comparable](groups map[K]int) int {
	sum := 0
	for _, n := range groups {
		sum += n * (n - 1) / 2
	}
	return sum
}
