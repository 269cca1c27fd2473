package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ownership is what makes a store's process the one resolver of its database: a lock that
// ends with the process, and a term, which is what Apply checks. The lock keeps a second
// resolver out; the term stops one that has lost its lock without knowing, since the next
// owner's term is a greater one.
type ownership struct {
	mu   sync.Mutex
	term int64     // 0: not owner
	lock io.Closer // held until it is closed, or its connection or process is gone
}

// Own makes this process the one resolver of the database until release, or returns
// ErrConflict. Ownership that is lost in between (its connection broke, and another took
// over) shows in the next Apply, which returns ErrStale: release, own again, rebuild.
func (s *Store) Own(ctx context.Context) (func(), error) {
	s.owned.mu.Lock()
	defer s.owned.mu.Unlock()
	if s.owned.term != 0 {
		return nil, fmt.Errorf("%w: this process resolves the database already", ErrConflict)
	}
	held, err := s.lockResolver(ctx)
	if err != nil {
		return nil, err
	}
	term, err := s.nextTerm(ctx)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	s.owned.term, s.owned.lock = term, held
	return func() { s.owned.release(term) }, nil
}

// release ends a term, unless it has ended.
func (o *ownership) release(term int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if term == 0 || o.term != term {
		return
	}
	_ = o.lock.Close() // what it holds ends with its connection in any case
	o.term, o.lock = 0, nil
}

// current returns the term, 0 when the store is not owner.
func (o *ownership) current() int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.term
}

// nextTerm begins a term. It waits for the transactions of the term before.
func (s *Store) nextTerm(ctx context.Context) (int64, error) {
	var term int64
	err := s.write(ctx, func(tx *tx) error {
		var err error
		term, err = tx.count(ctx, terms, 1)
		return err
	})
	return term, err
}

// lockResolver takes the lock that the database's resolver holds.
func (s *Store) lockResolver(ctx context.Context) (io.Closer, error) {
	switch {
	case s.dialect == dialect.Postgres:
		return lockSession(ctx, s.db)
	case s.url == "": // in memory: no other process can reach it
		return unlocked{}, nil
	default:
		return lockFile(ctx, s.url+"-resolver", doNotWait)
	}
}

type unlocked struct{}

func (unlocked) Close() error { return nil }

// resolverLock is the advisory lock's key: "umpire" in ASCII.
const resolverLock = 0x756d70697265

// lockSession takes PostgreSQL's advisory lock on a connection of its own.
func lockSession(ctx context.Context, db *sql.DB) (io.Closer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect for the resolver's lock: %w", err)
	}
	var locked bool
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", resolverLock).Scan(&locked)
	if err == nil && !locked {
		err = fmt.Errorf("%w: another process resolves the database", ErrConflict)
	}
	if err != nil {
		return nil, errors.Join(err, session{conn}.Close())
	}
	return session{conn}, nil
}

// session is a connection that holds an advisory lock.
type session struct{ conn *sql.Conn }

// Close lets go of the lock at once, if the connection still stands: the server may be slow
// to notice that it is gone.
func (s session) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = s.conn.ExecContext(ctx, "SELECT pg_advisory_unlock_all()")
	drop(s.conn)
	return nil
}

// drop closes a connection instead of giving it back to its pool.
func drop(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// How long lockFile waits for another process.
const (
	doNotWait   = 0
	waitForLock = time.Minute
)

// lockFile locks a file beside a SQLite database in the way in which SQLite locks one: the
// system lets go of it when the process ends. ErrConflict: another holds it.
func lockFile(ctx context.Context, path string, wait time.Duration) (io.Closer, error) {
	db, err := sql.Open("sqlite", fmt.Sprintf("%s?_pragma=busy_timeout(%d)", path, wait.Milliseconds()))
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the lock file: %w", err), db.Close())
	}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		if fault, ok := errors.AsType[*sqlite.Error](err); ok && fault.Code()&0xff == sqlite3.SQLITE_BUSY {
			err = fmt.Errorf("%w: another process holds %s", ErrConflict, path)
		}
		return nil, errors.Join(err, fileLock{db, conn}.Close())
	}
	return fileLock{db, conn}, nil
}

type fileLock struct {
	db   *sql.DB
	conn *sql.Conn
}

func (l fileLock) Close() error {
	drop(l.conn)
	return l.db.Close()
}
