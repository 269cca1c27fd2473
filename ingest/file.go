package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"strconv"
	"sync/atomic"
)

// maxLine bounds what is read as one message of a file, in bytes, with its line feed. What
// is longer is no message, and would be too much to hold: it is skipped.
const maxLine = 64 << 20

// File is a file of messages: a JSON message of one or many lines, or NDJSON; packed by
// gzip or not.
type File struct {
	Name string
	Size int64 // bytes of the file, packed if it is

	content *os.File
	read    atomic.Int64
}

// FileMessage is one message of a file.
type FileMessage struct {
	Body []byte // exactly as in the file, without the line feed that ends a line of NDJSON
	Line int    // where it begins, from 1
	// ID is derived from the bytes of the whole file and the line: the same file's messages
	// have the same ids whenever they are read, and no other's have.
	ID string
}

// Open opens a file of messages. "-" is stdin, which is read to its end into a temporary
// file first, so that its messages have ids too.
func Open(path string, stdin io.Reader) (*File, error) {
	if path == "-" {
		return spool("stdin", stdin)
	}
	content, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return newFile(path, content)
}

// spool copies a stream into a file that is gone when it is closed.
func spool(name string, stream io.Reader) (*File, error) {
	content, err := os.CreateTemp("", "umpire-")
	if err != nil {
		return nil, fmt.Errorf("spool %s: %w", name, err)
	}
	_, err = io.Copy(content, stream)
	if err := errors.Join(err, os.Remove(content.Name())); err != nil {
		return nil, errors.Join(fmt.Errorf("spool %s: %w", name, err), content.Close())
	}
	return newFile(name, content)
}

func newFile(name string, content *os.File) (*File, error) {
	info, err := content.Stat()
	if err == nil {
		_, err = content.ReadAt(make([]byte, 1), 0) // what cannot be read twice is refused here
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("read %s: %w", name, err), content.Close())
	}
	return &File{Name: name, Size: info.Size(), content: content}, nil
}

// Close lets go of the file.
func (f *File) Close() error { return f.content.Close() }

// Read is how many of the file's Size bytes the present pass has read so far; any goroutine may ask.
func (f *File) Read() int64 { return f.read.Load() }

// Messages yields the messages in the order of the file, which it reads once before for
// their ids; each body is the caller's to keep. At most one error is yielded, and it is
// the last that is: it tells of all lines too long to be messages, which are skipped, and
// of the fault by which the file ended early. All that was yielded before it is good.
func (f *File) Messages() iter.Seq2[FileMessage, error] {
	return func(yield func(FileMessage, error) bool) {
		digest, err := f.digest()
		if err != nil {
			yield(FileMessage{}, fmt.Errorf("read %s: %w", f.Name, err))
			return
		}
		err = f.each(func(line []byte, n int) bool {
			return yield(FileMessage{bytes.Clone(line), n, digest + ":" + strconv.Itoa(n)}, nil)
		})
		if err != nil {
			yield(FileMessage{}, err)
		}
	}
}

// digest is what tells the file from all others.
func (f *File) digest() (string, error) {
	hash := sha256.New()
	_, err := io.Copy(hash, io.NewSectionReader(f.content, 0, math.MaxInt64))
	return hex.EncodeToString(hash.Sum(nil)[:16]), err
}

// each calls do with each message and the line where it begins, from 1, until it returns
// false; the next call has the message's memory. What error it returns, Messages tells;
// none if do returned false.
func (f *File) each(do func(message []byte, n int) bool) error {
	lines, err := f.open()
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	var faults []error
	var message []byte
	for n := 1; ; n++ {
		message, err = lines.next(message[:0])
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("read %s, line %d: %w", f.Name, n, err))
		}
		if err != nil && !errors.Is(err, errTooLong) {
			break
		}
		if len(bytes.TrimSpace(message)) > 0 && !do(message, n) {
			return nil
		}
	}
	return errors.Join(faults...)
}

// open begins a pass through the file: it unpacks it, and looks at its beginning to see
// whether each line of it is a message, or all of it is one.
func (f *File) open() (splitter, error) {
	if _, err := f.content.Seek(0, io.SeekStart); err != nil {
		return splitter{}, err
	}
	f.read.Store(0)
	r := bufio.NewReader(counter{f.content, &f.read})
	if magic, _ := r.Peek(2); string(magic) != "\x1f\x8b" {
		return newSplitter(r)
	}
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return splitter{}, err
	}
	return newSplitter(unpacked)
}

// counter counts what is read through it.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// splitter parts a stream into messages.
type splitter struct {
	*bufio.Reader
	whole bool // the stream is one message
}

func newSplitter(r io.Reader) (splitter, error) {
	b := bufio.NewReaderSize(r, MaxBody+1)
	begin, err := b.Peek(MaxBody + 1)
	if err != nil && len(begin) == 0 && err != io.EOF {
		return splitter{}, err
	}
	return splitter{b, isOneMessage(begin, err == io.EOF)}, nil
}

// errTooLong is about a line that was skipped; others may follow.
var errTooLong = fmt.Errorf("is longer than %d bytes; skipped", maxLine)

// next returns the next line, or all there is if it is one message, in the memory given;
// io.EOF at the end. It holds no more of a line than may be a message: errTooLong and
// none of it if there was more.
func (s splitter) next(body []byte) ([]byte, error) {
	size := 0
	for {
		part, err := s.ReadSlice('\n')
		if size += len(part); size <= maxLine {
			body = append(body, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull) || err == nil && s.whole:
			continue
		case err != nil && (!errors.Is(err, io.EOF) || size == 0):
			return nil, err
		case size > maxLine:
			return nil, errTooLong
		case err != nil:
			return body, nil
		}
		return bytes.TrimSuffix(body, []byte("\n")), nil
	}
}

// isOneMessage tells from its beginning whether a stream is one message over many lines,
// or a message a line. A line that is an object by itself makes it NDJSON, so that a
// broken message, even the first, spoils no other; unless all of it is one value. Where
// no line is whole, messages a line begin each with a brace.
func isOneMessage(begin []byte, complete bool) bool {
	lines := completeLines(begin, complete)
	if len(lines) < 2 {
		return false
	}
	if _, err := new(scanner).parse(string(begin)); complete && err == nil {
		return true
	}
	braced := true
	for _, line := range lines {
		if v, err := new(scanner).parse(string(line)); err == nil && v.kind == '{' {
			return false
		}
		braced = braced && line[0] == '{'
	}
	return !braced
}

// completeLines are the lines that are not blank, without the last if it may go on.
func completeLines(begin []byte, complete bool) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(bytes.TrimPrefix(begin, []byte("\ufeff"))) {
		if (complete || line[len(line)-1] == '\n') && len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}
