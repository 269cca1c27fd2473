package ingest

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// NewBackoff spaces attempts: the waits grow from the first to the longest, unevenly, so
// that many who failed at once do not come back at once.
func NewBackoff(first, longest time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = first, longest
	b.Reset()
	return b
}

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
