package mail

import (
	"errors"
	"fmt"
)

// Temporary means that the message was not taken now and the same bytes should be sent
// again later: no connection, wrong settings, a 4xx answer. When the connection was lost
// after the last byte, the server may have taken it all the same; its Message-ID then
// tells the two copies apart.
type Temporary struct {
	Code   int    // of the server's answer, 0 without one
	Reason string // plain words, and the server's own
	Cause  error
}

func (e *Temporary) Error() string { return "mail not taken for now: " + describe(e.Code, e.Reason) }

// Unwrap gives the cause, if there is one besides the answer.
func (e *Temporary) Unwrap() error { return e.Cause }

// Permanent means that the server will never take this message for this recipient: a 5xx
// answer about the recipient or the content. It is recorded like a bounce.
type Permanent struct {
	Code   int
	Status string // enhanced status, like 5.1.1, "" without one
	Reason string // the server's words
}

func (e *Permanent) Error() string { return "mail refused: " + describe(e.Code, e.Reason) }

// IsPermanent tells whether sending again is useless.
func IsPermanent(err error) bool {
	var permanent *Permanent
	return errors.As(err, &permanent)
}

func describe(code int, reason string) string {
	if code == 0 {
		return reason
	}
	return fmt.Sprintf("%d %s", code, reason)
}
