// Package ingest is the way in: it reads what sources send, and hands it to the store.
//
// Decode understands one message under its source's Profile; File finds the messages in a
// file, and decodes them on all processors if asked; Intake takes deliveries in, however
// they came: it decodes them, has the store keep each micro-batch in one transaction,
// tries again while the database is away, and finds the one message that the database
// refuses. Package rabbit feeds it from a queue. What is the same record or the same match
// is not known here.
//
// # How a message is read
//
// The shape is {"source": …, "data": {"id": …, "teams": [two], …}}. Where senders are
// sloppy and the meaning is plain, the message is read; where the meaning is at stake, it
// is at fault, and is kept aside with the field and the reason.
//
//	what            is read                                     is read with a warning          is a fault
//	the whole       JSON, a BOM, comments, trailing commas      -                               no JSON, not UTF-8, two values, over 1 MiB, nested over 64
//	any field       unknown ones: left; null or blank: not told -                               told twice, not the same; a NUL; over 200 characters or 512 bytes
//	source          a text, trimmed                             -                               missing, no text
//	data.id, ids    7, 7.0, 7e0, "7", " 7 " are one id;         -                               missing (of the match), 7.5, true
//	                "7.0" and "07" are others
//	title           a text                                      -                               no text
//	tournament      {id, name}, a name                          an id without a name            anything else
//	teams           two of {id, name}, or of a name             an id without a name;           one team, three; neither id nor name
//	                                                            a team that plays itself
//	scores          by the team's id, else by its name; if it   two winners                     a team that does not play; two scores of a side
//	                plays itself, in the order of the sides
//	score           2, "2", 2.5                                 -                               "two", "Inf", 1e400
//	winner          true, "true"                                -                               1
//	state           1, "1"                                      -                               "soon", 1.5
//	bestof          3, "3", "bo3", "Best of 3", "2 Maps Series" anything else: not told         -
//	url             a text                                      anything else: not told         -
//	date_start_text see resolve.ParseTime                       -                               the 31st of February, "soon"
package ingest
