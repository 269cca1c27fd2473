package resolve

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseTime(t *testing.T) {
	utc := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := []struct {
		why, raw, zone string
		want           Time
	}{
		{"nothing was told", "", "UTC", Time{}},
		{"blanks tell nothing", "  ", "UTC", Time{}},
		{"a day is its 00:00 UTC", "2015-03-01", "UTC", Time{At: utc("2015-03-01 00:00:00"), Precision: PrecisionDay}},
		{"a day has no clock, so no zone", "2015-03-01", "America/New_York", Time{At: utc("2015-03-01 00:00:00"), Precision: PrecisionDay}},
		{"29 February of a leap year", "2016-02-29", "UTC", Time{At: utc("2016-02-29 00:00:00"), Precision: PrecisionDay}},
		{"blanks around are slips", " 2015-03-01\n", "UTC", Time{At: utc("2015-03-01 00:00:00"), Precision: PrecisionDay}},
		{"as the challenge writes it", "2020-01-07 14:30:00", "UTC", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionSecond}},
		{"midnight is a clock time too", "2020-01-07 00:00:00", "UTC", Time{At: utc("2020-01-07 00:00:00"), Precision: PrecisionSecond}},
		{"to the minute", "2020-01-07 14:30", "UTC", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionMinute}},
		{"in the source's zone", "2020-01-07 14:30", "Europe/Berlin", Time{At: utc("2020-01-07 13:30:00"), Precision: PrecisionMinute}},
		{"in its summer", "2020-07-07T14:30:00", "Europe/Berlin", Time{At: utc("2020-07-07 12:30:00"), Precision: PrecisionSecond}},
		{"RFC 3339", "2020-01-07T14:30:00Z", "Europe/Berlin", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionSecond}},
		{"its own zone beats the source's", "2020-01-07T14:30:00+02:00", "Asia/Tokyo", Time{At: utc("2020-01-07 12:30:00"), Precision: PrecisionSecond}},
		{"a zone west of UTC, without a colon", "2020-01-07 20:30 -0530", "UTC", Time{At: utc("2020-01-08 02:00:00"), Precision: PrecisionMinute}},
		{"a zone of hours", "2020-01-07 14:30+02", "UTC", Time{At: utc("2020-01-07 12:30:00"), Precision: PrecisionMinute}},
		{"a zone by name", "2020-01-07 14:30:00 UTC", "Asia/Tokyo", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionSecond}},
		{"fractions are dropped", "2020-01-07T14:30:59.999Z", "UTC", Time{At: utc("2020-01-07 14:30:59"), Precision: PrecisionSecond}},
		{"seconds since 1970", "1578407400", "Asia/Tokyo", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionSecond}},
		{"milliseconds since 1970", "1578407400123", "Asia/Tokyo", Time{At: utc("2020-01-07 14:30:00"), Precision: PrecisionSecond}},
		{"skipped: the clock was not put forward yet", "2020-03-29 02:30", "Europe/Berlin", Time{At: utc("2020-03-29 01:30:00"), Precision: PrecisionMinute}},
		{"just before the gap", "2020-03-29 01:59", "Europe/Berlin", Time{At: utc("2020-03-29 00:59:00"), Precision: PrecisionMinute}},
		{"just after the gap", "2020-03-29 03:00", "Europe/Berlin", Time{At: utc("2020-03-29 01:00:00"), Precision: PrecisionMinute}},
		{"repeated: the first is meant", "2020-10-25 02:30", "Europe/Berlin", Time{At: utc("2020-10-25 00:30:00"), Precision: PrecisionMinute}},
		{"just after what is repeated", "2020-10-25 03:00", "Europe/Berlin", Time{At: utc("2020-10-25 02:00:00"), Precision: PrecisionMinute}},
		{"repeated, west of UTC", "2020-11-01 01:30", "America/New_York", Time{At: utc("2020-11-01 05:30:00"), Precision: PrecisionMinute}},
		{"a day that Samoa skipped whole", "2011-12-30 12:00", "Pacific/Apia", Time{At: utc("2011-12-30 22:00:00"), Precision: PrecisionMinute}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := ParseTime(tt.raw, zoneOf(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Raw = tt.raw
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestParseTimeRefuses(t *testing.T) {
	tests := []struct{ why, raw, reason string }{
		{"no such day", "2020-02-31", "there is no day 31 in February 2020"},
		{"not a leap year", "2019-02-29 10:00:00", "there is no day 29 in February 2019"},
		{"no day 0", "2020-01-00", "there is no day 0 in January 2020"},
		{"no such month", "2020-13-01", "there is no month 13"},
		{"no such hour", "2020-01-07 24:00", "there is no time 24:00:00 in a day"},
		{"no such minute", "2020-01-07 23:60:00", "there is no time 23:60:00 in a day"},
		{"an unset field of a database", "0000-00-00 00:00:00", "the year 0 is not one of 1800 to 2299"},
		{"an unset field of a program", "0001-01-01T00:00:00Z", "the year 1 is not one of 1800 to 2299"},
		{"no such zone", "2020-01-07 10:00 +25:00", "no zone is +25:00 off UTC"},
		{"words", "tomorrow", `"tomorrow" is no time such as 2020-01-07 14:30:00`},
		{"another order", "07.01.2020 14:30", `"07.01.2020 14:30" is no time such as 2020-01-07 14:30:00`},
		{"a day and more", "2020-01-07x", `"2020-01-07x" is no time such as 2020-01-07 14:30:00`},
		{"half a clock", "2020-01-07 14:3", `"2020-01-07 14:3" is no time such as 2020-01-07 14:30:00`},
		{"no digits after the dot", "2020-01-07 14:30:00.", `"2020-01-07 14:30:00." is no time such as 2020-01-07 14:30:00`},
		{"a year alone", "2020", `"2020" is no time such as 2020-01-07 14:30:00`},
		{"a sign is no digit", "2020-+1-07", `"2020-+1-07" is no time such as 2020-01-07 14:30:00`},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := ParseTime(tt.raw, time.UTC)
			var invalid *InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v, %v; want an InvalidError", got, err)
			}
			if diff := cmp.Diff(&InvalidError{Reason: tt.reason}, invalid); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestParseTimeProperties: what a zone's clock shows at an instant is read back as that
// instant, save where the zone repeats it; Raw is kept, At is UTC, and each precision
// cuts exactly what it does not tell.
func TestParseTimeProperties(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"}
	rapid.Check(t, func(t *rapid.T) {
		zone := zoneOf(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		shown := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "instant"), 0).In(zone)
		layout := rapid.SampledFrom([]string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04:05", time.RFC3339}).Draw(t, "layout")
		raw := rapid.SampledFrom([]string{"", " "}).Draw(t, "blank") + shown.Format(layout)

		got, err := ParseTime(raw, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got.Raw != raw || got.At.Location() != time.UTC {
			t.Fatalf("got %+v", got)
		}
		switch got.Precision {
		case PrecisionDay:
			y, m, d := shown.Date()
			if want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); layout != "2006-01-02" || !got.At.Equal(want) {
				t.Fatalf("%q: got %v, want %v", raw, got.At, want)
			}
		case PrecisionMinute:
			if want := shown.Format("2006-01-02 15:04:00"); layout != "2006-01-02 15:04" || got.At.In(zone).Format(time.DateTime) != want {
				t.Fatalf("%q: got %v, want %v", raw, got.At, want)
			}
		case PrecisionSecond:
			// Of a repeated time the first is meant: at most three hours earlier, and shown the same.
			back := shown.Sub(got.At)
			if back < 0 || back > 3*time.Hour || (layout == time.RFC3339 && back != 0) {
				t.Fatalf("%q: got %v, want %v", raw, got.At, shown.UTC())
			}
			if got.At.In(zone).Format(time.DateTime) != shown.Format(time.DateTime) {
				t.Fatalf("%q: got %v, want %v", raw, got.At, shown.UTC())
			}
		default:
			t.Fatalf("precision %q", got.Precision)
		}
	})
}

// FuzzParseTime: no text makes it panic; whether it is a time does not depend on the
// zone; a time is UTC and told with its text; a fault has no field.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"", "2020-01-07", "2020-01-07 14:30:00", "2020-01-07T14:30:00.25+02:00", "1578407400", "2020-02-31", "2020-01-07 1", "2020-01-07 14:30 +"} {
		f.Add(s)
	}
	berlin := zoneOf(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, raw string) {
		here, err := ParseTime(raw, nil)
		_, err2 := ParseTime(raw, berlin)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%q is a time in one zone and not in another: %v, %v", raw, err, err2)
		}
		var invalid *InvalidError
		switch {
		case err != nil && (!errors.As(err, &invalid) || invalid.Field != ""):
			t.Fatalf("%q: %v", raw, err)
		case err == nil && (here.Raw != raw || here.At.Location() != time.UTC):
			t.Fatalf("%q: %+v", raw, here)
		case err == nil && (here.Precision == "") != (strings.TrimSpace(raw) == ""):
			t.Fatalf("%q: %+v", raw, here)
		}
	})
}

func zoneOf(t interface{ Fatal(args ...any) }, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
