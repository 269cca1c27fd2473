package api

// Conditional reading. What is told may be kept but is to be asked for again, and costs
// nothing when it is still so: each reading has an ETag that is a digest of all that it
// tells, since a match changes what it shows when a team of it gets another name.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// revalidate gives readings their ETag, and answers 304 to who has them already.
func revalidate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		held := &held{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(held, r)
		held.release(r)
	})
}

// held is an answer that is held back until all of it is known.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int)            { h.status = status }
func (h *held) Write(b []byte) (int, error)       { return h.body.Write(b) }
func (h *held) Unwrap() http.ResponseWriter       { return h.ResponseWriter }
func (h *held) WriteString(s string) (int, error) { return h.body.WriteString(s) }

func (h *held) release(r *http.Request) {
	header := h.Header()
	if h.status == http.StatusOK {
		header.Set("ETag", etag(header.Get("ETag"), h.body.Bytes()))
		if matches(r.Header.Values("If-None-Match"), header.Get("ETag")) {
			header.Del("Content-Type")
			h.ResponseWriter.WriteHeader(http.StatusNotModified)
			return
		}
	}
	header.Set("Content-Length", strconv.Itoa(h.body.Len()))
	h.ResponseWriter.WriteHeader(h.status)
	h.ResponseWriter.Write(h.body.Bytes()) // a client that is gone is the only fault
}

// etag is a digest of a body behind the version that its handler gave, if any.
func etag(version string, body []byte) string {
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:6])
	if version != "" {
		digest = version + "-" + digest
	}
	return `"` + digest + `"`
}

// matches tells whether one of the tags in If-None-Match is this one.
func matches(fields []string, etag string) bool {
	for tag := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == etag || tag == "*" {
			return true
		}
	}
	return false
}
