// Package message is conversations: messages with photos and files on any thing, between a
// firm's office and its customer, and internal notes that only the office sees. Floor 7.
//
// Which things take messages, and who sees them, their features say through a Finder. A
// message is posted; its author may edit it or take it back for 15 minutes, which is marked.
// It is plain text: nothing in it is read as HTML or Markdown.
//
// Who is told of a message is not decided here: "message.posted" is recorded, and the
// features that tell people subscribe to it.
package message
