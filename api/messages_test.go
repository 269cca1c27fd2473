package api

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"umpire/ent/store"
)

func TestMessagesComeIn(t *testing.T) {
	good, bad := `{"source":"s","id":"1"}`, `{"source":"s",`
	line := func(id int) string { return fmt.Sprintf(`{"source":"s","id":"%d"}`, id) }
	for _, test := range []struct {
		why, contentType, id, body string
		status                     int
		fates                      string
	}{
		{"one message", "application/json", "", good, 201, "applied"},
		{"one that nobody can read is kept all the same", "application/json", "", bad, 202, "quarantined"},
		{"no content type is JSON", "", "", good, 201, "applied"},
		{"the charset that it is", "application/json; charset=utf-8", "", good, 201, "applied"},
		{"the charset in other letters", `application/json; Charset="UTF-8"`, "", good, 201, "applied"},
		{"many", "application/x-ndjson", "", line(1) + "\n" + line(2) + "\n", 201, "applied applied"},
		{"the last line without its end", "application/x-ndjson", "", line(1) + "\r\n\n" + line(2), 201, "applied applied"},
		{"fates that differ", "application/x-ndjson", "", line(1) + "\n" + bad + "\n", 207, "applied quarantined"},
		{"with ids", "application/x-ndjson", "batch-1", line(1) + "\n" + line(1), 201, "applied applied"},
	} {
		w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
		header := http.Header{}
		if test.contentType != "" {
			header.Set("Content-Type", test.contentType)
		}
		if test.id != "" {
			header.Set("Message-Id", test.id)
		}
		answer, told := fetch(t, w.api, "POST", "/v1/messages", header, test.body)
		body := decoded(t, told)
		fates := column(body, "outcomes", "fate")
		same(t, test.why, answer.StatusCode, test.status)
		same(t, test.why, strings.Join(fates, " "), test.fates)
		if len(fates) == 1 {
			same(t, test.why, answer.Header.Get("Location"), "/v1/messages/1")
		}
		if test.id == "" {
			continue
		}
		again, _ := fetch(t, w.api, "POST", "/v1/messages", header, test.body)
		same(t, test.why+", sent again", again.StatusCode, 200)
	}
}

func TestMessagesAreKeptByteForByte(t *testing.T) {
	w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	for _, sent := range []string{
		"\xef\xbb\xbf{\"source\":\"s\",\r\n\"id\":\"1\"}\r\n", "no JSON at all", "\xff\xfe\x00", "<script>&amp;\u2028", "",
	} {
		if sent == "" {
			continue // there is no message without a byte
		}
		answer, _ := fetch(t, w.api, "POST", "/v1/messages", nil, sent)
		where := answer.Header.Get("Location")
		raw, got := fetch(t, w.api, "GET", where+"/body", nil)
		same(t, where, string(got), sent)
		same(t, where, raw.Header.Get("Content-Type"), "application/octet-stream")
		same(t, where, raw.Header.Get("X-Content-Type-Options"), "nosniff")

		_, told := fetch(t, w.api, "GET", where, nil)
		body := decoded(t, told)
		kept, _ := at(body, "body").(string)
		if at(body, "encoding") == "base64" {
			bytes, err := base64.StdEncoding.DecodeString(kept)
			check(t, err)
			kept = string(bytes)
		}
		sum := sha256.Sum256([]byte(sent))
		same(t, where, kept, sent)
		same(t, where, at(body, "sha256"), any(hex.EncodeToString(sum[:])))
		same(t, where, at(body, "size"), any(float64(len(sent))))
		same(t, where, at(body, "via"), any("http"))
	}
}

func TestMessagesAreRefused(t *testing.T) {
	w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	for _, test := range []struct {
		why    string
		header http.Header
		body   string
		status int
		says   string
	}{
		{"nothing in it", nil, "", 400, "body is required"},
		{"nothing but blank lines", http.Header{"Content-Type": {"application/x-ndjson"}}, "\n \n", 400, "no message"},
		{"what a form sends", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "{}", 415, "application/x-ndjson"},
		{"a content type that is none", http.Header{"Content-Type": {";"}}, "{}", 415, "application/json"},
		{"a content type cut short", http.Header{"Content-Type": {"application/json; charset"}}, "{}", 415, "application/json"},
		{"another charset", http.Header{"Content-Type": {"application/json; charset=utf-16"}}, "{\x00}\x00", 415, "UTF-8"},
		{"another charset of many", http.Header{"Content-Type": {"application/x-ndjson; charset=ISO-8859-1"}}, "{}\n", 415, "UTF-8"},
		{"packed by what is not known here", http.Header{"Content-Encoding": {"br"}}, "\x0b\x00\x80{}\x03", 415, "Content-Encoding is gzip"},
		{"packed twice", http.Header{"Content-Encoding": {"gzip, gzip"}}, gzipped(t, gzipped(t, "{}")), 415, "Content-Encoding is gzip"},
		{"not packed, as is said", http.Header{"Content-Encoding": {"gzip"}}, "{}", 400, "not packed"},
		{"packed and cut short", http.Header{"Content-Encoding": {"gzip"}}, gzipped(t, "{}")[:20], 400, "cut short"},
		{"packed, and nothing in it", http.Header{"Content-Encoding": {"gzip"}}, gzipped(t, ""), 400, "no message"},
		{"packed, and too many bytes", http.Header{"Content-Encoding": {"gzip"}}, gzipped(t, strings.Repeat(" ", mostBytes+1)), 413, "more than 8388608 bytes"},
		{"too many bytes", nil, strings.Repeat(" ", mostBytes+1), 413, "too large"},
		{"too many messages", http.Header{"Content-Type": {"application/x-ndjson"}}, strings.Repeat("{}\n", mostMessages+1), 413, "10000"},
		{"two ids", http.Header{"Message-Id": {"a"}, "Idempotency-Key": {"b"}}, "{}", 422, "Idempotency-Key"},
		{"an id with a space", http.Header{"Message-Id": {"a b"}}, "{}", 422, "Message-Id"},
	} {
		answer, told := fetch(t, w.api, "POST", "/v1/messages", test.header, test.body)
		body := decoded(t, told)
		same(t, test.why, answer.StatusCode, test.status)
		isProblem(t, answer, body)
		if detail, _ := at(body, "detail").(string); !strings.Contains(detail, test.says) {
			t.Errorf("%s: %q does not say %q", test.why, detail, test.says)
		}
	}
	answer, told := fetch(t, New(Config{Store: w.Store}), "POST", "/v1/messages", nil, "{}")
	same(t, "without an intake", answer.StatusCode, 503)
	isProblem(t, answer, decoded(t, told))
	all, err := w.Messages(t.Context(), store.MessageFilter{})
	check(t, err)
	same(t, "kept of what was refused", len(all.Items), 0)
}

// TestMessagesComePacked: what is in the packing is the message, and is kept.
func TestMessagesComePacked(t *testing.T) {
	w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	for _, test := range []struct{ why, encoding, contentType, body, fates string }{
		{"one", "gzip", "application/json", gzipped(t, `{"source":"s","id":"1"}`), "applied"},
		{"many, in other letters", "GZIP", "application/x-ndjson", gzipped(t, "{\"source\":\"s\",\"id\":\"2\"}\n{\n"), "applied quarantined"},
		{"many packings, one after the other", "gzip", "application/x-ndjson", gzipped(t, "{\"source\":\"s\"") + gzipped(t, ",\"id\":\"3\"}\n"), "applied"},
		{"not packed, as is said", "identity", "application/json", `{"source":"s","id":"4"}`, "applied"},
	} {
		_, told := fetch(t, w.api, "POST", "/v1/messages", http.Header{"Content-Type": {test.contentType}, "Content-Encoding": {test.encoding}}, test.body)
		same(t, test.why, strings.Join(column(decoded(t, told), "outcomes", "fate"), " "), test.fates)
	}
	_, kept := fetch(t, w.api, "GET", "/v1/messages/1/body", nil)
	same(t, "kept", string(kept), `{"source":"s","id":"1"}`)
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(text))
	check(t, err)
	check(t, w.Close())
	return packed.String()
}

func TestMostBytesAreTaken(t *testing.T) {
	w := empty(t, "sqlite:"+filepath.Join(t.TempDir(), "umpire.db"))
	answer, _ := fetch(t, w.api, "POST", "/v1/messages", nil, strings.Repeat(" ", mostBytes))
	same(t, "8 MiB and no more", answer.StatusCode, 202)
}

func TestMessagesAreSelected(t *testing.T) {
	w := onSQLite(t)
	fetch(t, w.api, "POST", "/v1/messages", nil, `{"fault":"names no source"}`)
	fetch(t, w.api, "POST", "/v1/messages", nil, `{"source":"alpha","fault":"is odd"}`)
	for _, test := range []struct{ why, query, want string }{
		{"newest first", "limit=3", "quarantined quarantined applied"},
		{"by fate", "fate=quarantined", "quarantined quarantined"},
		{"of a source", "source=beta", "applied applied applied"},
		{"of no source", "source=", "quarantined"},
		{"of a record", "record={X}", "applied applied"},
		{"of fate and source", "fate=quarantined&source=alpha", "quarantined"},
	} {
		_, body := w.read(t, "GET", "/v1/messages?"+test.query)
		same(t, test.why, strings.Join(column(body, "items", "fate"), " "), test.want)
	}
	answer, body := w.read(t, "GET", "/v1/messages/1000")
	same(t, "a message that never came", answer.StatusCode, 404)
	isProblem(t, answer, body)
}
