package api

// What stands between a request and its handler, whoever asks: what browsers are told of
// every answer, and the bounds of what one client may take up.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/httprate"
)

// policy is the content security policy of what is no page: it loads nothing, and nobody
// frames it. Pages set their own.
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// warned tells browsers to take an answer for no more than it says it is, to run nothing of
// it, to show it in no frame, to tell others nothing of where the reader was, and, once they
// came by TLS, to come by nothing else.
func warned(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			w.Header().Set(name, value)
		}
		if r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses what a browser would have done here for the page of another site. Who
// is no browser says nothing of an origin, and is not concerned.
func sameOrigin(next http.Handler) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, http.StatusForbidden, "a page of another origin may not write here")
	}))
	return p.Handler(next)
}

// mostBody is more than any operation takes; each has its own bound below it.
const mostBody = mostBytes + 1<<10

// bounded refuses a body that is too long for any operation: at once where it says so, else
// when it has become so.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > mostBody {
			writeProblem(w, r, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is of more than %d bytes", mostBytes))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		next.ServeHTTP(w, r)
	})
}

// The bounds of how slowly a client may take its answer: so much of it in such a time.
const (
	stall  = 20 * time.Second
	piece  = 64 << 10
	unread = 2 * time.Second // for the rest of a body that its handler had no use for, before the answer goes
)

// patient cuts a client that does not take its answer, which may be long in coming. The time
// counts for each piece of it, so that what is long, or long waited for, goes on as long as it is taken.
func patient(wait, stall time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p := &patience{w, http.NewResponseController(w), stall}
			p.extend(wait + stall) // what an earlier request on this connection left counts no more
			next.ServeHTTP(p, r)
			p.extend(stall) // for what is not sent yet
			_ = p.control.SetReadDeadline(time.Now().Add(unread))
		})
	}
}

type patience struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

// extend gives the client so much more time. Where there is no connection there is no deadline.
func (p *patience) extend(by time.Duration) { _ = p.control.SetWriteDeadline(time.Now().Add(by)) }

// Unwrap is for http.ResponseController.
func (p *patience) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// Write writes piece by piece.
func (p *patience) Write(b []byte) (int, error) {
	written := 0
	for {
		p.extend(p.stall)
		n, err := p.ResponseWriter.Write(b[:min(len(b), piece)])
		written += n
		if b = b[n:]; err != nil || len(b) == 0 {
			return written, err
		}
	}
}

// The rate is counted over a window, so that a burst is let pass. One address may have
// several callers behind it, but not without bound: who it is that bears a credential is
// not known here yet.
const (
	window     = 10 * time.Second
	neighbours = 8
)

// limited refuses a caller who asks more often than so many times a second; 0 is no bound.
// Whether the process lives may always be asked.
func limited(rate int) func(http.Handler) http.Handler {
	if rate <= 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	refuse := httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, http.StatusTooManyRequests, fmt.Sprintf("more than %d requests a second; wait as Retry-After says", rate))
	})
	perWindow := rate * int(window/time.Second)
	each := httprate.LimitBy(perWindow, window, keyed(caller), refuse)
	all := httprate.LimitBy(perWindow*neighbours, window, keyed(address), refuse, httprate.WithResponseHeaders(httprate.ResponseHeaders{RetryAfter: "Retry-After"}))
	return func(next http.Handler) http.Handler {
		bound := all(each(next))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/healthz" {
				next.ServeHTTP(w, r)
				return
			}
			bound.ServeHTTP(w, r)
		})
	}
}

func keyed(by func(*http.Request) string) httprate.KeyFunc {
	return func(r *http.Request) (string, error) { return by(r), nil }
}

// caller tells the requests of one client from those of others: by the credential that it
// bears, valid or not, else by its address.
func caller(r *http.Request) string {
	credential := r.Header.Get("Authorization")
	if credential == "" {
		return address(r)
	}
	sum := sha256.Sum256([]byte(credential))
	return hex.EncodeToString(sum[:])
}

// callerOf is the caller of the request that is being answered.
func callerOf(ctx context.Context) string {
	who, _ := ctx.Value(callerKey{}).(string)
	return who
}

// address is where a request comes from; of IPv6 its network, since a client has all of it.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return httprate.CanonicalizeIP(host)
}

// How many may wait for changes at once: each holds a connection and asks the database
// four times a second.
const (
	mostWaiting     = 128
	mostWaitingEach = 16
)

var errCrowded = errors.New("too many requests wait for changes already; come again, or do not wait")

// waiting counts those who wait for changes, by their caller. The zero value is ready.
type waiting struct {
	mu  sync.Mutex
	all int
	by  map[string]int
}

// enter lets one more wait until leave, or returns errCrowded.
func (w *waiting) enter(who string) (func(), error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= mostWaiting || w.by[who] >= mostWaitingEach {
		return nil, errCrowded
	}
	if w.by == nil {
		w.by = map[string]int{}
	}
	w.all++
	w.by[who]++
	return func() { w.leave(who) }, nil
}

func (w *waiting) leave(who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if w.by[who]--; w.by[who] == 0 {
		delete(w.by, who)
	}
}

// retryLater is after how many seconds it is worth while to come again where it was crowded.
var retryLater = strconv.Itoa(int(window / time.Second))

// guards are what each request passes, in this order.
func (a *API) guards() chi.Middlewares {
	return chi.Middlewares{patient(deadline, stall), a.trace, catch, warned, limited(a.Rate), sameOrigin, bounded}
}
