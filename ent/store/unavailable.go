package store

// Which errors say that the database is away, and nothing of what was asked of it.

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/lib/pq"
)

// unanswered adds ErrUnavailable to an error by which the database does not answer: it
// cannot be reached, hung up, starts or shuts down. Where the caller gave up, it is the
// caller's error.
func unanswered(err error) error {
	gaveUp := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if gaveUp || !away(err) || errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func away(err error) bool {
	if fault, ok := errors.AsType[*pq.Error](err); ok {
		switch fault.Code {
		case "57P01", "57P02", "57P03": // shut down; crashed; cannot connect now
			return true
		}
		return fault.Code.Class() == "08" // connection exception
	}
	_, link := errors.AsType[*net.OpError](err)
	hungUp := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) // amid the handshake
	return link || hungUp || errors.Is(err, driver.ErrBadConn)
}
