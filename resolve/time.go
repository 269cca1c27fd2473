package resolve

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The years in which a start may lie. Outside them it is a slip or a sentinel, such as
// the year 1 of an unset field.
const (
	firstYear = 1800
	lastYear  = 2299
)

// ParseTime tells what a source's text of a start means.
//
//	2020-01-07                                     a day; the zone does not matter
//	2020-01-07 14:30                               a minute, in the source's zone
//	2020-01-07 14:30:00, 2020-01-07T14:30:00.250   a second, in the source's zone; fractions are dropped
//	2020-01-07T14:30:00Z, … +02:00, … +0200, … UTC the same with its own zone
//	1578407400, 1578407400000                      seconds, milliseconds since 1970
//
// An empty or blank text is a start that was not told: a Time with no precision. Anything
// else is an *InvalidError with no Field, which the caller names. Raw is always the text as sent.
//
// Whether a text is a time never depends on the zone. A clock time that the zone skips is
// read by the offset before the gap (the clock that was not put forward yet); of one that
// the zone repeats, the first is meant. A nil zone is UTC.
func ParseTime(raw string, zone *time.Location) (Time, error) {
	text := strings.TrimSpace(raw)
	if text == "" {
		return Time{Raw: raw}, nil
	}
	if at, ok := parseEpoch(text); ok {
		return Time{Raw: raw, At: at, Precision: PrecisionSecond}, nil
	}
	wall, rest, err := parseDay(text)
	if err != nil {
		return Time{}, err
	}
	if rest == "" {
		return Time{Raw: raw, At: wall, Precision: PrecisionDay}, nil
	}
	clock, precision, rest, err := parseClock(text, rest)
	if err != nil {
		return Time{}, err
	}
	wall = wall.Add(clock)
	if rest = strings.TrimSpace(rest); rest == "" {
		return Time{Raw: raw, At: instantOf(wall, zone), Precision: precision}, nil
	}
	offset, err := parseOffset(text, rest)
	if err != nil {
		return Time{}, err
	}
	return Time{Raw: raw, At: wall.Add(-offset), Precision: precision}, nil
}

// parseEpoch reads ten digits as seconds, thirteen as milliseconds: the lengths that they have
// between 2001 and 2286, which no date shares.
func parseEpoch(text string) (time.Time, bool) {
	n, ok := parseDigits(text)
	switch {
	case ok && len(text) == 10:
		return time.Unix(int64(n), 0).UTC(), true
	case ok && len(text) == 13:
		return time.Unix(int64(n)/1000, 0).UTC(), true
	}
	return time.Time{}, false
}

// parseDay reads YYYY-MM-DD, and returns what follows it.
func parseDay(text string) (time.Time, string, error) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return time.Time{}, "", noTime(text)
	}
	year, ok1 := parseDigits(text[:4])
	month, ok2 := parseDigits(text[5:7])
	day, ok3 := parseDigits(text[8:10])
	if !ok1 || !ok2 || !ok3 {
		return time.Time{}, "", noTime(text)
	}
	wall := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case year < firstYear || year > lastYear:
		return time.Time{}, "", invalidTime("the year %d is not one of %d to %d", year, firstYear, lastYear)
	case month < 1 || month > 12:
		return time.Time{}, "", invalidTime("there is no month %d", month)
	case wall.Day() != day:
		return time.Time{}, "", invalidTime("there is no day %d in %s %d", day, time.Month(month), year)
	}
	return wall, text[10:], nil
}

// parseClock reads what follows the day: a T or blanks, then HH:MM or HH:MM:SS with or
// without a fraction. It returns the time since midnight and what follows it.
func parseClock(text, rest string) (time.Duration, Precision, string, error) {
	clock := strings.TrimLeft(rest, " ")
	if len(clock) == len(rest) {
		clock = strings.TrimLeft(rest[1:], " ")
		if rest[0] != 'T' && rest[0] != 't' {
			return 0, "", "", noTime(text)
		}
	}
	if len(clock) < 5 || clock[2] != ':' {
		return 0, "", "", noTime(text)
	}
	hour, ok1 := parseDigits(clock[:2])
	minute, ok2 := parseDigits(clock[3:5])
	second, precision, clock, ok3 := parseSeconds(clock[5:])
	switch {
	case !ok1 || !ok2 || !ok3:
		return 0, "", "", noTime(text)
	case hour > 23 || minute > 59 || second > 59:
		return 0, "", "", invalidTime("there is no time %02d:%02d:%02d in a day", hour, minute, second)
	}
	since := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return since, precision, clock, nil
}

// parseSeconds reads :SS with or without a fraction, if it is there.
func parseSeconds(clock string) (int, Precision, string, bool) {
	if clock == "" || clock[0] != ':' {
		return 0, PrecisionMinute, clock, true
	}
	if len(clock) < 3 {
		return 0, "", "", false
	}
	second, ok := parseDigits(clock[1:3])
	clock = clock[3:]
	if clock != "" && (clock[0] == '.' || clock[0] == ',') {
		fraction := clock[1:]
		clock = strings.TrimLeft(fraction, "0123456789")
		ok = ok && len(clock) < len(fraction)
	}
	return second, PrecisionSecond, clock, ok
}

// parseOffset reads Z, UTC, GMT, +HH, +HHMM or +HH:MM.
func parseOffset(text, zone string) (time.Duration, error) {
	switch strings.ToUpper(zone) {
	case "Z", "UTC", "GMT":
		return 0, nil
	}
	hours, minutes := zone[1:], "00"
	if len(zone) == 6 && zone[3] == ':' {
		hours, minutes = zone[1:3], zone[4:]
	} else if len(zone) == 5 {
		hours, minutes = zone[1:3], zone[3:]
	}
	h, ok1 := parseDigits(hours)
	m, ok2 := parseDigits(minutes)
	switch {
	case !ok1 || !ok2 || len(hours) != 2 || (zone[0] != '+' && zone[0] != '-'):
		return 0, noTime(text)
	case h > 14 || m > 59:
		return 0, invalidTime("no zone is %s off UTC", zone)
	}
	offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if zone[0] == '-' {
		return -offset, nil
	}
	return offset, nil
}

// instantOf is when a clock in the zone shows the wall time, which is given as if it were UTC.
func instantOf(wall time.Time, zone *time.Location) time.Time {
	if zone == nil || zone == time.UTC {
		return wall
	}
	// Some offset held a day and more before; no zone changes its own twice within that span.
	_, before := wall.Add(-26 * time.Hour).In(zone).Zone()
	first := wall.Add(-time.Duration(before) * time.Second)
	_, after := first.In(zone).Zone()
	then := wall.Add(-time.Duration(after) * time.Second)
	if _, offset := then.In(zone).Zone(); offset != after {
		return first // skipped
	}
	return then
}

// parseDigits reads a text of nothing but digits.
func parseDigits(s string) (int, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func noTime(text string) error {
	return invalidTime("%.40q is no time such as 2020-01-07 14:30:00", text)
}

func invalidTime(format string, args ...any) error {
	return &InvalidError{Reason: fmt.Sprintf(format, args...)}
}
