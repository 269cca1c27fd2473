package api

// Messages: what was delivered, and the way in for more.

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"umpire/api/access"
	"umpire/ent/store"
	"umpire/resolve"
)

// The bounds of what one POST brings.
const (
	mostBytes    = 8 << 20
	mostMessages = 10_000
)

// viaHTTP is how a message that comes here came.
const viaHTTP = "http"

var errNoIntake = errors.New("this process takes no messages in")

func (a *API) routeMessages() {
	const tag = "Messages"
	handle(a, access.Read, get("/v1/messages", tag, "listMessages", "List messages",
		"Newest first, without their bytes."), a.listMessages)
	handle(a, access.Read, get("/v1/messages/{id}", tag, "getMessage", "Read a message",
		"With its bytes, exactly as they came.", 404), a.getMessage)
	handle(a, access.Read, bytesOnly(get("/v1/messages/{id}/body", tag, "getMessageBody", "Read a message's bytes",
		"Nothing but them, exactly as they came.", 404)), a.getMessageBody)
	handle(a, access.PublishOwn, postOperation(tag), a.postMessages)
}

type listMessagesInput struct {
	Fate   store.Fate `query:"fate" enum:"applied,duplicate,quarantined" doc:"What became of them." example:"quarantined"`
	Source string     `query:"source" maxLength:"1000" doc:"The source, exactly. Empty: messages that name no source." example:"hltv"`
	Record resolve.ID `query:"record" maxLength:"100" doc:"The match record that they tell or take back." example:"mch_5f0yq8c3t1v7nbxk"`
	Paging
}

func (a *API) listMessages(ctx context.Context, in *listMessagesInput) (*body[Page[Message]], error) {
	f := store.MessageFilter{Fate: in.Fate, Record: in.Record, Cursor: in.Cursor, Limit: in.Limit}
	if in.url.Query().Has("source") {
		f.Source = &in.Source
	}
	messages, err := a.Store.Messages(ctx, f)
	return page(&in.Paging, messages, messageOf), err
}

// MessageNumber is the path of one message.
type MessageNumber struct {
	ID int64 `path:"id" minimum:"1" doc:"The message's number." example:"1204"`
}

func (a *API) getMessage(ctx context.Context, in *MessageNumber) (*body[MessageDetail], error) {
	m, err := a.Store.Message(ctx, in.ID)
	told := MessageDetail{Message: messageOf(m), Body: string(m.Body), Encoding: "utf-8"}
	if !utf8.Valid(m.Body) {
		told.Body, told.Encoding = base64.StdEncoding.EncodeToString(m.Body), "base64"
	}
	return &body[MessageDetail]{told}, err
}

func messageOf(m store.Message) Message {
	return Message{
		Outcome: outcomeOf(m.Outcome), MessageID: m.MessageID, Act: m.Act, Size: m.Size,
		SHA256: hex.EncodeToString(m.SHA256[:]), ReceivedAt: m.ReceivedAt.UTC(), Via: m.Via,
	}
}

// rawBody answers with bytes that are to be kept, and never to be shown by a browser.
type rawBody struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" doc:"The name of a file for it." example:"attachment; filename=message-1204"`
	Body        []byte
}

func bytesOnly(op huma.Operation) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The bytes.",
		Content:     map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	return op
}

func (a *API) getMessageBody(ctx context.Context, in *MessageNumber) (*rawBody, error) {
	m, err := a.Store.Message(ctx, in.ID)
	return &rawBody{"application/octet-stream", "attachment; filename=message-" + strconv.FormatInt(in.ID, 10), m.Body}, err
}

func postOperation(tag string) huma.Operation {
	outcomes := func(means string) *huma.Response {
		return &huma.Response{Description: means, Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Ref: "#/components/schemas/Outcomes"}},
		}}
	}
	return huma.Operation{
		Method: http.MethodPost, Path: "/v1/messages", Tags: []string{tag},
		OperationID: "postMessages", Summary: "Send messages in",
		Description:   "One message as JSON, or many as NDJSON, one a line, of 8 MiB and 10,000 messages at most, in UTF-8, packed by gzip or not. They are taken in their order, together, and kept before the answer comes. What cannot be understood is kept as well, in quarantine; to send it again as it is would not help.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: mostBytes + 1, BodyReadTimeout: deadline, SkipValidateBody: true,
		Errors: []int{400, 413, 415},
		RequestBody: &huma.RequestBody{Required: true, Description: "The message, or messages.", Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, Description: "A message of a source.", Examples: []any{exampleMessage}}},
		}},
		Responses: map[string]*huma.Response{
			"200": outcomes("Nothing new: each message repeats one that was taken before."),
			"202": outcomes("Kept, but none is in effect: none could be understood."),
			"207": outcomes("Their fates differ; see each."),
		},
	}
}

// exampleMessage shows the form that sources send.
var exampleMessage = map[string]any{
	"source": "source1",
	"data": map[string]any{
		"id": 1, "url": "https://www.source1.org/matches/1/", "state": 1, "bestof": "3",
		"teams":           []any{map[string]any{"id": 1, "name": "Team 1"}, map[string]any{"id": 2, "name": "Team 2"}},
		"scores":          []any{map[string]any{"team": 1, "score": nil, "winner": nil}, map[string]any{"team": 2, "score": nil, "winner": nil}},
		"tournament":      map[string]any{"id": 15, "name": "Season 1"},
		"date_start_text": "2020-01-07 14:30:00", "title": "Overcooked",
	},
}

type postMessagesInput struct {
	ContentType    string `header:"Content-Type" hidden:"true"`
	Encoding       string `header:"Content-Encoding" doc:"gzip if the body is packed; the bounds are those of what is in it." example:"gzip"`
	MessageID      string `header:"Message-Id" maxLength:"255" pattern:"^[!-~]*$" patternDescription:"visible ASCII" doc:"The sender's identity of the message: another message of the source with the same one is a duplicate. Of NDJSON each line has it with its number behind a colon. Without one, messages are never duplicates: a source may say A, then B, then A again." example:"9b1d3c0e-17"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"255" pattern:"^[!-~]*$" patternDescription:"visible ASCII" doc:"Another name for Message-Id." example:"9b1d3c0e-17"`
	RawBody        []byte `contentType:"application/x-ndjson"`
}

// postMessagesOutput answers with what became of each message.
type postMessagesOutput struct {
	Status   int
	Location string `header:"Location" doc:"Of a single message: where it is." example:"/v1/messages/1204"`
	Body     Outcomes
}

func (a *API) postMessages(ctx context.Context, in *postMessagesInput) (*postMessagesOutput, error) {
	if a.Intake == nil {
		return nil, errNoIntake
	}
	deliveries, err := in.deliveries(time.Now())
	if err != nil {
		return nil, err
	}
	if err := a.mayPublish(ctx, deliveries); err != nil {
		return nil, err
	}
	outcomes, err := a.Intake.Take(ctx, deliveries)
	if err != nil {
		return nil, err
	}
	return postAnswer(outcomes), nil
}

// mayPublish refuses messages that are not all of the source that the sender speaks for: what
// names none that can be read is nobody's.
func (a *API) mayPublish(ctx context.Context, deliveries []store.Delivery) error {
	who := access.From(ctx)
	if who.May(access.Publish) {
		return nil
	}
	var faults []*huma.ErrorDetail
	for i, d := range deliveries {
		if !who.SpeaksFor(a.Intake.SourceOf(d.Body)) {
			faults = append(faults, &huma.ErrorDetail{Location: fmt.Sprintf("body[%d].source", i), Message: onlyFor(who)})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	if len(deliveries) == 1 {
		faults[0].Location = "body.source"
	}
	return &huma.ErrorModel{Status: http.StatusForbidden, Errors: faults[:min(len(faults), mostFaults)]}
}

// mostFaults is how many messages at fault an answer names.
const mostFaults = 10

func onlyFor(who access.Principal) string {
	return fmt.Sprintf("is to be %s: this token speaks for no other", who.Source)
}

// deliveries parts the body into messages.
func (in *postMessagesInput) deliveries(now time.Time) ([]store.Delivery, error) {
	if in.MessageID != "" && in.IdempotencyKey != "" && in.MessageID != in.IdempotencyKey {
		return nil, invalid("Idempotency-Key", "is another name for Message-Id; give one of them")
	}
	kind, err := mediaType(in.ContentType)
	if err != nil {
		return nil, err
	}
	sent, err := unpack(in.Encoding, in.RawBody)
	if err != nil {
		return nil, err
	}
	one := store.Delivery{Body: sent, MessageID: firstOf(in.MessageID, in.IdempotencyKey), ReceivedAt: now, Via: viaHTTP}
	if kind == oneMessage && len(sent) > 0 {
		return []store.Delivery{one}, nil
	}
	return lines(one)
}

// form is how messages stand in a body.
type form int

const (
	oneMessage form = iota
	aMessageALine
)

func mediaType(contentType string) (form, error) {
	if contentType == "" {
		return oneMessage, nil
	}
	name, parameters, err := mime.ParseMediaType(contentType)
	if charset, given := parameters["charset"]; given && !strings.EqualFold(charset, "utf-8") {
		return 0, huma.Error415UnsupportedMediaType("messages are in UTF-8, not in another charset")
	}
	switch {
	case err != nil:
	case slices.Contains([]string{"application/json", "text/json"}, name):
		return oneMessage, nil
	case slices.Contains([]string{"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}, name):
		return aMessageALine, nil
	}
	return 0, huma.Error415UnsupportedMediaType("Content-Type is application/json for one message, or application/x-ndjson for a message a line")
}

// unpack undoes the encoding of a body, within the bound that holds for one that has none.
func unpack(encoding string, body []byte) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "", "identity":
		return body, nil
	case "gzip":
	default:
		refusal := huma.Error415UnsupportedMediaType("Content-Encoding is gzip, or left out")
		return nil, huma.ErrorWithHeaders(refusal, http.Header{"Accept-Encoding": {"gzip"}})
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, huma.Error400BadRequest("the body is not packed by gzip, as Content-Encoding says")
	}
	unpacked, err := io.ReadAll(io.LimitReader(packed, mostBytes+1))
	switch {
	case err != nil:
		return nil, huma.Error400BadRequest("the body, packed by gzip, is damaged or cut short")
	case len(unpacked) > mostBytes:
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, fmt.Sprintf("unpacked, these are more than %d bytes", mostBytes))
	}
	return unpacked, nil
}

// lines parts NDJSON, all lines but blank ones, each without the newline that ends it.
func lines(all store.Delivery) ([]store.Delivery, error) {
	var deliveries []store.Delivery
	number := 0
	for line := range bytes.Lines(all.Body) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(deliveries) == mostMessages {
			return nil, huma.NewError(http.StatusRequestEntityTooLarge, fmt.Sprintf("these are more than %d messages", mostMessages))
		}
		one := all
		one.Body = line
		one.Via = viaHTTP + ":" + strconv.Itoa(number)
		if all.MessageID != "" {
			one.MessageID = all.MessageID + ":" + strconv.Itoa(number)
		}
		deliveries = append(deliveries, one)
	}
	if len(deliveries) == 0 {
		return nil, huma.Error400BadRequest("there is no message in the body")
	}
	return deliveries, nil
}

// postAnswer sums outcomes up: the status tells the fate that all share, or that they differ.
func postAnswer(outcomes []store.Outcome) *postMessagesOutput {
	out := &postMessagesOutput{Body: Outcomes{Outcomes: each(outcomes, outcomeOf)}}
	for _, o := range outcomes {
		switch o.Fate {
		case store.Applied:
			out.Body.Applied++
		case store.Duplicate:
			out.Body.Duplicate++
		case store.Quarantined:
			out.Body.Quarantined++
		}
	}
	if len(outcomes) == 1 {
		out.Location = messageHref(outcomes[0].Message)
	}
	switch len(outcomes) {
	case out.Body.Applied:
		out.Status = http.StatusCreated
	case out.Body.Duplicate:
		out.Status = http.StatusOK
	case out.Body.Quarantined:
		out.Status = http.StatusAccepted
	default:
		out.Status = http.StatusMultiStatus
	}
	return out
}
