package main

import (
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
)

// newTable is how every command prints a table.
func newTable(w io.Writer) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleRounded)
	t.Style().Format.Header = 0
	return t
}
