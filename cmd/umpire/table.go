package main

import (
	"io"
	"reflect"

	"github.com/jedib0t/go-pretty/v6/table"

	"umpire/resolve/text"
)

// tamed is a table in which no name steers the terminal.
type tamed struct{ table.Writer }

// newTable is how every command prints a table.
func newTable(w io.Writer) table.Writer {
	t := tamed{table.NewWriter()}
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleRounded)
	t.Style().Format.Header = 0
	return t
}

// AppendHeader adds a line to the head.
func (t tamed) AppendHeader(row table.Row, config ...table.RowConfig) {
	t.Writer.AppendHeader(tame(row), config...)
}

// AppendRow adds a line.
func (t tamed) AppendRow(row table.Row, config ...table.RowConfig) {
	t.Writer.AppendRow(tame(row), config...)
}

// tame draws what would steer the terminal in all that is a text.
func tame(row table.Row) table.Row {
	drawn := make(table.Row, len(row))
	for i, cell := range row {
		if v := reflect.ValueOf(cell); v.Kind() == reflect.String {
			cell = text.Tame(v.String())
		}
		drawn[i] = cell
	}
	return drawn
}
