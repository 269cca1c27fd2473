package web

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"umpire/resolve"
)

func TestNameOf(t *testing.T) {
	long := strings.Repeat("ä", 10_000)
	for _, c := range []struct {
		why, sent string
		want      name
	}{
		{"an ordinary name is left alone", "Ninjas in Pyjamas", name{Text: "Ninjas in Pyjamas"}},
		{"so is one in another script, with marks", "प्रो टीम", name{Text: "प्रो टीम"}},
		{"nothing is told as nothing", "", name{Text: "no name", Odd: true}},
		{"what cannot be seen is told by its numbers", "\u200b\u202e", name{Text: "U+200B U+202E", Odd: true}},
		{"a mark with no letter under it cannot be seen", "\u0301", name{Text: "U+0301", Odd: true}},
		{"a blank with a breadth cannot either", "\u3164\u2003", name{Text: "U+3164 U+2003", Odd: true}},
		{"what would turn the text round is drawn, not obeyed", "\u202eabc\u2066", name{Text: "‹U+202E›abc‹U+2066›"}},
		{"so are a line's end and a bell", "a\r\n\ab", name{Text: "a‹␍›‹␊›‹␇›b"}},
		{"what joins letters stays", "\U0001F469\u200d\U0001F680", name{Text: "\U0001F469\u200d\U0001F680"}},
		{"a long name is cut at a code point, and kept for the hover", long, name{Text: strings.Repeat("ä", nameShown-1) + "…", Full: strings.Repeat("ä", nameKept-1) + "…"}},
	} {
		if diff := cmp.Diff(c.want, nameOf(c.sent)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.why, diff)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ why, got, want string }{
		{"a small number is itself", number(999), "999"},
		{"thousands stand apart", number(1_234_567), "1\u202f234\u202f567"},
		{"a minus is no digit", number(-123_456), "-123\u202f456"},
		{"a weight has its sign", bits(7 * resolve.Bit), "+7.0"},
		{"and all its sixteenths", bits(-resolve.Bit - 1), "−1.0625"},
		{"less than a bit keeps its zero", bits(-8), "−0.5"},
		{"nothing has no sign", bits(0), "0.0"},
		{"a whole score has no point", points(new(16.0)), "16"},
		{"a half has one", points(new(0.5)), "0.5"},
		{"no score is a dash", points(nil), "–"},
		{"one", plural(1, "match", "matches"), "1 match"},
		{"many", plural(2000, "match", "matches"), "2\u202f000 matches"},
		{"a share is rounded", share(2, 3), "67\u202f%"},
		{"a share of nothing is none", share(0, 0), ""},
		{"two units of a span", span(26*time.Hour + 5*time.Minute + time.Second), "1 d 2 h"},
		{"one where that is all", span(90 * time.Second), "1 min 30 s"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, c.got, c.want)
		}
	}
}

func TestExternal(t *testing.T) {
	for _, c := range []struct{ why, address, want string }{
		{"a page of the web", "https://www.hltv.org/matches/1", "https://www.hltv.org/matches/1"},
		{"without a lock too", "http://hltv.org", "http://hltv.org"},
		{"a script is none", "javascript:alert(1)", ""},
		{"nor with a host", "javascript://hltv.org/%0aalert(1)", ""},
		{"nor data", "data:text/html,x", ""},
		{"nor this site's own paths", "/matches", ""},
		{"nor whatever scheme this page has", "//hltv.org/x", ""},
		{"nor what is no address", "https://[::1", ""},
		{"nor a host alone", "hltv.org", ""},
	} {
		if got := external(c.address); got != c.want {
			t.Errorf("%s: external(%q) = %q, want %q", c.why, c.address, got, c.want)
		}
	}
}

func TestStartOf(t *testing.T) {
	at := time.Date(2015, 3, 14, 18, 30, 15, 0, time.UTC)
	for _, c := range []struct {
		why  string
		told resolve.Time
		want *moment
	}{
		{"not told", resolve.Time{}, nil},
		{"told, and not understood", resolve.Time{Raw: "soon"}, &moment{Raw: "soon"}},
		{"a day has no clock", resolve.Time{Raw: "2015-03-14", At: at.Truncate(24 * time.Hour), Precision: resolve.PrecisionDay}, &moment{Machine: "2015-03-14", Day: "Sat 14 Mar 2015", Raw: "2015-03-14"}},
		{"a minute", resolve.Time{At: at.Truncate(time.Minute), Precision: resolve.PrecisionMinute}, &moment{Machine: "2015-03-14T18:30:00Z", Day: "Sat 14 Mar 2015", Clock: "18:30"}},
		{"seconds, where there are any", resolve.Time{At: at, Precision: resolve.PrecisionSecond}, &moment{Machine: "2015-03-14T18:30:15Z", Day: "Sat 14 Mar 2015", Clock: "18:30:15"}},
		{"whatever zone it comes in", resolve.Time{At: at.In(time.FixedZone("", 3600)), Precision: resolve.PrecisionMinute}, &moment{Machine: "2015-03-14T18:30:15Z", Day: "Sat 14 Mar 2015", Clock: "18:30"}},
	} {
		if diff := cmp.Diff(c.want, startOf(c.told)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.why, diff)
		}
	}
}

func TestFragments(t *testing.T) {
	for _, c := range []struct {
		why, sent string
		want      []fragment
	}{
		{"plain text is one piece, lines and tabs and all", "{\n\t\"a\": 1}", []fragment{{Text: "{\n\t\"a\": 1}"}}},
		{"a carriage return is drawn", "a\r\n", []fragment{{Text: "a"}, {Text: "␍", Hidden: true}, {Text: "\n"}}},
		{"what turns the text round is told, not obeyed", "\ufeff\u202eb", []fragment{{Text: "U+FEFF", Hidden: true}, {Text: "U+202E", Hidden: true}, {Text: "b"}}},
		{"nothing", "", nil},
	} {
		if diff := cmp.Diff(c.want, fragments(c.sent)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.why, diff)
		}
	}
}

func TestTrimPartial(t *testing.T) {
	whole := "aé€😀"
	for cut := range len(whole) + 1 {
		got := string(trimPartial([]byte(whole[:cut])))
		if !strings.HasPrefix(whole, got) || strings.ContainsRune(got, '\ufffd') || cut-len(got) > 3 {
			t.Errorf("cut at %d: %q", cut, got)
		}
	}
	if got := trimPartial([]byte("a\xff")); string(got) != "a\xff" {
		t.Errorf("what is no code point at all was taken for a part of one: %q", got)
	}
}
