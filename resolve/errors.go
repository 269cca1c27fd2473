package resolve

import "errors"

// ErrUnknown is told of an id that is no live record's.
var ErrUnknown = errors.New("there is no such record")

// InvalidError says which field of an input cannot be accepted, and why. It is the one
// form in which bad input is told, from a message's field to a request's parameter.
type InvalidError struct {
	Field  string // such as "data.date_start_text" or "date_start__gte"; "" if it is the whole
	Reason string // a clause for people, such as "the 31st of February does not exist"
}

func (e *InvalidError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}
