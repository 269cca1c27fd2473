package rabbit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// DefaultQueue is where messages wait if no other name is given.
const DefaultQueue = "umpire.messages"

// ErrOtherQueue says that a queue or exchange of the name exists, and is not such as is
// needed here: to be settled by an operator, by deleting it or by another name.
var ErrOtherQueue = errors.New("exists with other properties; delete it or choose another name")

// declare makes sure that the queue is there, and where its dead letters go.
func declare(ch *amqp.Channel, queue, version string) error {
	dead := queue + ".dead"
	if err := ch.ExchangeDeclare(dead, amqp.ExchangeFanout, durable, !autoDelete, !internal, wait, nil); err != nil {
		return other("exchange", dead, err)
	}
	if _, err := ch.QueueDeclare(dead, durable, !autoDelete, !exclusive, wait, arguments(version)); err != nil {
		return other("queue", dead, err)
	}
	if err := ch.QueueBind(dead, "", dead, wait, nil); err != nil {
		return fmt.Errorf("bind queue %q: %w", dead, err)
	}
	args := arguments(version)
	args["x-single-active-consumer"] = true
	args["x-dead-letter-exchange"] = dead
	args["x-dead-letter-strategy"] = "at-least-once"
	args["x-overflow"] = "reject-publish" // without it, at-least-once is not to be had
	if _, err := ch.QueueDeclare(queue, durable, !autoDelete, !exclusive, wait, args); err != nil {
		return other("queue", queue, err)
	}
	return nil
}

// The switches of AMQP's methods, by name.
const (
	durable    = true
	autoDelete = true
	exclusive  = true
	internal   = true
	autoAck    = true
	noLocal    = true
	mandatory  = true
	immediate  = true
	multiple   = true
	requeue    = true
	wait       = false // for the broker's answer
)

// arguments are those of any queue here, on a broker of this version. From RabbitMQ 4
// queues limit deliveries unless told otherwise; before, the word for "no limit" would
// have meant none at all.
func arguments(version string) amqp.Table {
	args := amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeQuorum}
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil && n >= 4 {
		args["x-delivery-limit"] = -1
	}
	return args
}

func other(what, name string, err error) error {
	if broker, ok := errors.AsType[*amqp.Error](err); ok && broker.Code == amqp.PreconditionFailed {
		return fmt.Errorf("%s %q %w: %s", what, name, ErrOtherQueue, broker.Reason)
	}
	return fmt.Errorf("declare %s %q: %w", what, name, err)
}
