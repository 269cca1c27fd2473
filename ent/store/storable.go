package store

// What text can be stored. PostgreSQL takes neither NUL nor what is not UTF-8; SQLite would,
// but a message must not fare differently there.

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"umpire/resolve"
)

// storable returns the batch with such text around the messages that can be stored: what
// cannot is replaced. What the messages tell is not touched: ErrPoison if it cannot be stored.
func storable(batch []Delivery) ([]Delivery, error) {
	batch = slices.Clone(batch)
	for i, d := range batch {
		if text, ok := d.text(); !ok {
			return nil, fmt.Errorf("%w: delivery %d of %d: the text %q holds a NUL or is not UTF-8", ErrPoison, i+1, len(batch), text)
		}
		batch[i] = d.cleaned()
	}
	return batch, nil
}

// text returns a text that the delivery tells and that cannot be stored, or true.
func (d Delivery) text() (string, bool) {
	var told []string
	switch {
	case d.Match != nil:
		told = append(told, d.Source, d.Match.URL, d.Match.Start.Raw)
		told = append(told, keyTexts(d.Match.Key)...)
		for n := range namedOf(*d.Match) {
			told = append(told, n.Name)
			told = append(told, keyTexts(n.Key)...)
		}
	case d.Withdraw != nil:
		told = append(told, d.Source)
		told = append(told, keyTexts(*d.Withdraw)...)
	}
	for _, text := range told {
		if clean(text) != text {
			return text, false
		}
	}
	return "", true
}

func keyTexts(k resolve.Key) []string { return []string{k.Source, k.Scope, k.ID} }

// cleaned returns the delivery with text around it that can be stored.
func (d Delivery) cleaned() Delivery {
	d.Source, d.MessageID, d.Via = clean(d.Source), clean(d.MessageID), clean(d.Via)
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
