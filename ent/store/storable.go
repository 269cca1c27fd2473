package store

// What text can be stored. PostgreSQL takes neither NUL, nor what is not UTF-8, nor what is
// too long for an index. SQLite would, but a message must not fare differently there.

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"umpire/resolve"
)

// MaxText is how many bytes a name or id may have: of PostgreSQL's 2,704 for a row of an
// index, which may be over four of them.
const MaxText = 512

// storable returns the batch with such text around the messages that can be stored: what
// cannot is replaced. What the messages tell is not touched: ErrPoison if it cannot be stored.
func storable(batch []Delivery) ([]Delivery, error) {
	batch = slices.Clone(batch)
	for i, d := range batch {
		if err := d.unstorable(); err != nil {
			return nil, fmt.Errorf("%w: delivery %d of %d: %w", ErrPoison, i+1, len(batch), err)
		}
		batch[i] = d.cleaned()
	}
	return batch, nil
}

// unstorable returns an error that names a text which the delivery tells and that cannot
// be stored.
func (d Delivery) unstorable() error {
	var indexed, others []string
	switch {
	case d.Match != nil:
		indexed = append(keyTexts(d.Match.Key), d.Source)
		for n := range namedOf(*d.Match) {
			indexed = append(append(indexed, keyTexts(n.Key)...), n.Name)
		}
		others = []string{d.Match.URL, d.Match.Start.Raw}
	case d.Withdraw != nil:
		indexed = append(keyTexts(*d.Withdraw), d.Source)
	}
	for _, text := range indexed {
		if len(text) > MaxText {
			return fmt.Errorf("the text %.40q… has %d bytes, more than %d", text, len(text), MaxText)
		}
	}
	for _, text := range append(indexed, others...) {
		if clean(text) != text {
			return fmt.Errorf("the text %.40q holds a NUL or is not UTF-8", text)
		}
	}
	return nil
}

func keyTexts(k resolve.Key) []string { return []string{k.Source, k.Scope, k.ID} }

// cleaned returns the delivery with text around it that can be stored.
func (d Delivery) cleaned() Delivery {
	d.Source, d.MessageID, d.Via = identity(d.Source), identity(d.MessageID), clean(d.Via)
	warnings := d.Warnings
	d.Warnings = nil
	for _, w := range warnings {
		d.Warnings = append(d.Warnings, clean(w))
	}
	if d.Fault != nil {
		d.Fault = &resolve.InvalidError{Field: clean(d.Fault.Field), Reason: clean(d.Fault.Reason)}
	}
	return d
}

// clean returns text with U+FFFD in the place of what cannot be stored.
func clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// sumPrefix begins what stands for the bytes of an identity.
const sumPrefix = "bytes:sha256:"

// identity returns bytes by which things are told apart as text that can be stored, and
// different bytes as different text: the sum stands for those that cannot be stored, and
// for those that look like one.
func identity(bytes string) string {
	if len(bytes) <= MaxText && isText(bytes) && !strings.HasPrefix(bytes, sumPrefix) {
		return bytes
	}
	return fmt.Sprintf("%s%x", sumPrefix, sha256.Sum256([]byte(bytes)))
}
