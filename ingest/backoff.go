package ingest

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff spaces attempts: each wait is about twice the one before, up to Longest. Half of
// a wait is chance, so that many who failed at once do not come back at once.
type Backoff struct {
	First, Longest time.Duration
	last           time.Duration
}

// Next returns how long to wait before the next attempt.
func (b *Backoff) Next() time.Duration {
	b.last = min(max(2*b.last, b.First), b.Longest)
	return b.last/2 + rand.N(b.last/2+1)
}

// Reset begins anew, after an attempt that went well.
func (b *Backoff) Reset() { b.last = 0 }

// Sleep waits, or returns the context's error if it ends before.
func Sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
