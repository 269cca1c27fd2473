package ingest

import (
	"iter"
	"runtime"
	"strings"
)

// FileReading is what one message of a file is understood to say.
type FileReading struct {
	Line int // where the message begins, from 1
	Reading
}

// Decoded yields what the messages say, in the order of the file and with the one error
// that Messages would end with. It reads ahead on all processors: profileOf is called by
// several goroutines at once. None is left when it ends, however it ends.
func (f *File) Decoded(profileOf func(source string) Profile) iter.Seq2[FileReading, error] {
	return func(yield func(FileReading, error) bool) {
		ahead := make(chan chan []FileReading, runtime.GOMAXPROCS(0))
		stop := make(chan struct{})
		var ended error
		go func() {
			defer close(ahead)
			ended = f.batches(func(b *batch) bool {
				read := make(chan []FileReading, 1)
				select {
				case ahead <- read:
				case <-stop:
					return false
				}
				go func() { read <- b.decode(profileOf) }()
				return true
			})
		}()
		defer func() {
			close(stop)
			for read := range ahead {
				<-read
			}
		}()
		for read := range ahead {
			for _, r := range <-read {
				if !yield(r, nil) {
					return
				}
			}
		}
		if ended != nil {
			yield(FileReading{}, ended)
		}
	}
}

// batchSize is the bytes that are decoded in one go: some hundred messages.
const batchSize = 128 << 10

// batch is messages that follow each other in a file.
type batch struct {
	text  strings.Builder // all of them
	ends  []int           // of each in the text
	lines []int           // where each begins in the file
}

// batches calls do with all messages, a batch at a time, until it returns false. Its
// error is that of each.
func (f *File) batches(do func(*batch) bool) error {
	b := new(batch)
	more := true
	err := f.each(func(message []byte, n int) bool {
		if len(b.ends) > 0 && b.text.Len()+len(message) > batchSize {
			more = do(b)
			b = new(batch)
		}
		b.add(message, n)
		return more
	})
	if more && len(b.ends) > 0 {
		do(b)
	}
	return err
}

func (b *batch) add(message []byte, line int) {
	if len(b.ends) == 0 {
		b.text.Grow(max(batchSize, len(message)))
	}
	b.text.Write(message)
	b.ends, b.lines = append(b.ends, b.text.Len()), append(b.lines, line)
}

func (b *batch) decode(profileOf func(source string) Profile) []FileReading {
	readings := make([]FileReading, len(b.ends))
	text, from := b.text.String(), 0
	for i, end := range b.ends {
		readings[i] = FileReading{b.lines[i], decodeText(text[from:end], profileOf)}
		from = end
	}
	return readings
}
