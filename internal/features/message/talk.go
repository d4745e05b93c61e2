package message

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lintel/internal/core/access"
)

// Talk is a message with the answers to it, the oldest first.
type Talk struct {
	Root    Message
	Replies []Message
}

// talksOf puts each answer under its message. One whose message is not in the list, because
// the list shows the end of a long conversation, stands alone.
func talksOf(list []Message) (talks []Talk) {
	at := map[string]int{}
	for _, m := range list {
		if place, found := at[m.Parent]; m.Parent != "" && found {
			talks[place].Replies = append(talks[place].Replies, m)
			continue
		}
		at[m.ID] = len(talks)
		talks = append(talks, Talk{Root: m})
	}
	return talks
}

// Last is the newest message of the conversation.
func (t Talk) Last() Message {
	last := t.Root
	for _, m := range t.Replies {
		if cmp.Or(m.PostedAt.Compare(last.PostedAt), strings.Compare(m.ID, last.ID)) > 0 {
			last = m
		}
	}
	return last
}

// newest is when the last of some messages was written.
func newest(list []Message) (at time.Time) {
	for _, m := range list {
		if m.PostedAt.After(at) {
			at = m.PostedAt
		}
	}
	return at
}

// unseen reports whether somebody else has written the message since the viewer has looked.
func unseen(m Message, upTo time.Time, viewer access.Actor) bool {
	return !m.Removed() && m.PostedAt.After(upTo) && !(m.Author == viewer.Person() && m.AuthorKind == viewer.Kind())
}

func (t Talk) unseen(upTo time.Time, viewer access.Actor) bool {
	return unseen(t.Root, upTo, viewer) || slices.ContainsFunc(t.Replies, func(m Message) bool { return unseen(m, upTo, viewer) })
}

// mark is how far a thread of a feed is shown, and how far it was seen before.
type mark struct {
	view         View
	where        Where
	upTo, before time.Time
}

// marksOf gives one mark for each thread of some conversations.
func marksOf(cards []TalkProps) (marks []mark) {
	for _, c := range cards {
		at := slices.IndexFunc(marks, func(m mark) bool { return m.where == c.where() })
		if at < 0 {
			at = len(marks)
			marks = append(marks, mark{view: c.View, where: c.where(), before: seenUpTo(c.readers, c.Viewer)})
		}
		if last := newest(append(slices.Clone(c.Talk.Replies), c.Talk.Root)); last.After(marks[at].upTo) {
			marks[at].upTo = last
		}
	}
	return marks
}
