// Package rabbit brings messages in over RabbitMQ, and sends them there.
//
// Messages wait in one durable quorum queue, declared by whoever comes first: Publisher or
// Consumer. They are published to it by its name, over the default exchange. It has a
// single active consumer, so that messages take effect in the order of the queue however
// many processes stand by. There is no limit to deliveries: a message that the database
// refuses is found and put aside by ingest.Intake, and one that is merely unlucky must not
// leave the queue, since that would change the order. What an operator's policy drops from
// the queue goes to the queue NAME.dead.
//
// A connection is used for one session: dialled, with one channel, until the first error.
// Then another is dialled, with growing waits, until the context ends. What was not
// acknowledged comes again; what was taken already is told by its message id.
package rabbit
