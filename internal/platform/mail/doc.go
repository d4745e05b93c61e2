// Package mail writes e-mail and hands it to a mail server: a letter becomes HTML and
// text, those become a raw RFC 5322 message, and a Sender delivers its bytes.
//
// The caller's queue stores the raw message in its outbox and sends those same bytes on
// every try, so the Message-ID stays the same and a receiver can drop a second copy.
// Sender says whether a failure is Temporary (try again later) or Permanent (a bounce).
// The other way round it reads what comes: answers by people, parted from what they quote,
// delivery reports and complaints; and it tells whether a sender is proven.
// Nothing here keeps a queue, and nothing here translates: texts come in the reader's language.
package mail
