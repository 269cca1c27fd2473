package text

import (
	"cmp"
	"strconv"
	"strings"
)

// Number is a number in a name, without leading zeros: "II", "B" and "reserves" read "2".
type Number struct {
	Text string
	// Later is set for 2 to 9 behind a word: a second team, a sequel, a later edition. A year,
	// such as "Schalke 04" has, and a number that comes first, as in "4 Anders", are not.
	Later bool
}

// numerals are the words that say a number, unless they come first.
var numerals = map[string]string{
	"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
	"xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15",
	"b": "2", "second": "2", "reserve": "2", "reserves": "2", // of a team what "II" says
}

// numberOf reads a word as a number: digits, or a Roman numeral or a word for a second that
// is not the first word. What is no number has no text.
func numberOf(word string, place int) Number {
	if isDigits(word) {
		number := cmp.Or(strings.TrimLeft(word, "0"), "0")
		return Number{number, place > 0 && len(word) == 1 && number > "1"}
	}
	if place == 0 {
		return Number{}
	}
	number := numerals[word]
	return Number{number, len(number) == 1 && number > "1"}
}

func isDigits(word string) bool {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return true
}

// endsSeason tells whether a word is the second year of a season, and the one before it the
// first: such a season, "2014/15" or "2014-2015", is called by its first year.
func endsSeason(first, second string) bool {
	if len(first) != len("2014") || !isDigits(first) || (first[:2] != "19" && first[:2] != "20") {
		return false
	}
	year, err := strconv.Atoi(first)
	next := strconv.Itoa(year + 1)
	return err == nil && (second == next || second == next[len("20"):])
}

// number enters a number, once.
func (n *Name) number(number Number) {
	for i := range n.Numbers {
		if n.Numbers[i].Text == number.Text {
			n.Numbers[i].Later = n.Numbers[i].Later || number.Later
			return
		}
	}
	n.Numbers = append(n.Numbers, number)
}

// further counts the numbers that others lack, and tells whether one of them is a second one's.
func further(numbers, others []Number) (int, bool) {
	count, later := 0, false
	for _, n := range numbers {
		if !isIn(n.Text, others) {
			count++
			later = later || n.Later
		}
	}
	return count, later
}

func isIn(number string, others []Number) bool {
	for i := range others {
		if others[i].Text == number {
			return true
		}
	}
	return false
}
