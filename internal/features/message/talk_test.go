package message

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/db"
)

func TestJT31AnAnswerStandsUnderWhatItAnswersOneLevelDeep(t *testing.T) {
	onBoth(t, func(w *world) {
		asked := w.post("A1", "proposalA", Draft{Body: "Can the socket stay?"})
		w.clock.Advance(time.Minute)
		other := w.post("staff", "proposalA", Draft{Body: "Another matter"})
		w.clock.Advance(time.Minute)
		target := "li#" + talkID(asked.ID)
		answer := w.send("staff", "/org1/messages/proposal/proposalA", url.Values{"text": {"Yes, it can."}, "parent": {asked.ID}}, "HX-Request", "true", "HX-Target", target)
		if body := answer.Body.String(); answer.Code != http.StatusOK || strings.Index(body, "Can the socket stay?") > strings.Index(body, "Yes, it can.") || strings.Contains(body, "Another matter") {
			t.Errorf("the answer in place is not the one conversation: %d %s", answer.Code, body)
		}
		w.clock.Advance(time.Minute)
		replies := w.column(`select id from messages where body = 'Yes, it can.'`)
		w.post("A1", "proposalA", Draft{Body: "Thank you.", Parent: replies[0]})
		if parents := w.column(`select parent from messages where body = 'Thank you.'`); parents[0] != asked.ID {
			t.Errorf("an answer to an answer stands under %q", parents[0])
		}
		card := w.card("A2", "proposalA")
		last := -1
		for _, text := range []string{"Can the socket stay?", "Yes, it can.", "Thank you.", "Another matter"} {
			if at := strings.Index(card, text); at < last {
				t.Errorf("%q stands in the wrong place", text)
			} else {
				last = at
			}
		}
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"x"}, "parent": {"nothing"}}), http.StatusUnprocessableEntity, "an answer to nothing")
		foreign := w.post("B", "proposalB", Draft{Body: "Of another customer"})
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"x"}, "parent": {foreign.ID}}), http.StatusUnprocessableEntity, "an answer to a message of another thread")
		_ = other
	})
}

func TestAnAnswerToAnInternalNoteIsOneAndNoCustomerFindsIt(t *testing.T) {
	onBoth(t, func(w *world) {
		note := w.post("staff", "proposalA", Draft{Body: "canary-noted", Internal: true})
		w.post("staff2", "proposalA", Draft{Body: "canary-answer", Parent: note.ID})
		shared := w.post("A1", "proposalA", Draft{Body: "Hello"})
		w.post("staff", "proposalA", Draft{Body: "canary-aside", Parent: shared.ID, Internal: true})
		if card := w.card("A1", "proposalA"); strings.Contains(card, "canary") || !strings.Contains(card, "1 comment") {
			t.Errorf("a customer sees %s", card)
		}
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"x"}, "parent": {note.ID}}), http.StatusUnprocessableEntity, "a customer answers a note")
		kinds := w.column(`select kind from events order by seq`)
		if strings.Join(kinds, " ") != "message.noted message.noted message.posted message.noted" {
			t.Errorf("events: %v", kinds)
		}
		if err := w.store.View(t.Context(), w.actors["A1"], access.MessagesRead, func(tx *guard.Tx) error {
			talks, err := w.messages.Talks(tx, []string{note.ID, shared.ID})
			if len(talks) != 1 || len(talks[0].Replies) != 0 {
				t.Errorf("a customer is given %d conversations: %+v", len(talks), talks)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// member gives somebody a name that is looked up.
func (w *world) member(person, kind, name string) {
	w.Helper()
	w.exec(`insert into memberships (org, person, kind, name, email, created_at) values ('org1', $1, $2, $3, $4, 0)`, person, kind, name, person+"@example.com")
}

func (w *world) see(who, proposal string, m Message) {
	w.Helper()
	w.want(w.send(who, "/org1/messages/proposal/"+proposal+"/seen", url.Values{"up_to": {strconv.FormatInt(m.PostedAt.UnixMicro(), 10)}}), http.StatusNoContent, who+" sees the conversation")
}

func TestWhoHasSeenAMessageStandsUnderIt(t *testing.T) {
	onBoth(t, func(w *world) {
		for person, name := range map[string]string{"ada": "Ada Lane", "abe": "Abe Lane"} {
			w.member(person, "customer", name)
		}
		w.member("jon", "staff", "Jon Sato")
		w.member("dana", "staff", "Dana Kowal")
		m := w.post("staff", "proposalA", Draft{Body: "The kitchen comes on Friday."})
		if card := w.card("A1", "proposalA"); !strings.Contains(card, "<seen-mark") || strings.Contains(card, "Seen by") {
			t.Errorf("before: %s", card)
		}
		before := len(w.column(`select person from thread_reads`)) // reading a page writes nothing
		w.see("A1", "proposalA", m)
		w.see("A1", "proposalA", m)
		if after := w.column(`select person from thread_reads`); before != 0 || len(after) != 1 {
			t.Errorf("marks: %d before, then %v", before, after)
		}
		if card := w.card("staff", "proposalA"); !strings.Contains(card, "Seen by Ada Lane") || strings.Contains(card, "Seen by Ada Lane,") {
			t.Errorf("the office sees %s", card)
		}
		if card := w.card("A1", "proposalA"); strings.Contains(card, "<seen-mark") || strings.Contains(card, "Seen by") {
			t.Error("who has seen it is asked again, or told of themselves")
		}
		w.clock.Advance(time.Minute)
		note := w.post("staff", "proposalA", Draft{Body: "Between us", Internal: true})
		w.clock.Advance(time.Minute)
		shared := w.post("staff2", "proposalA", Draft{Body: "And on Monday the worktop."})
		w.see("A1", "proposalA", shared)
		w.see("staff2", "proposalA", shared)
		card := w.card("staff", "proposalA")
		if _, below, _ := strings.Cut(card, "Between us"); !strings.Contains(below[:strings.Index(below, "And on Monday")], "Seen by Dana Kowal") || strings.Contains(below[:strings.Index(below, "And on Monday")], "Ada") {
			t.Error("an internal note says that a customer has seen it, or that no colleague has")
		}
		w.see("A1", "proposalA", m) // a slow browser does not take back what was seen
		if got := w.column(`select cast(seen_at as text) from thread_reads where person = 'ada'`); got[0] != strconv.FormatInt(shared.PostedAt.UnixMicro(), 10) {
			t.Errorf("seen up to %s", got[0])
		}
		w.want(w.send("A1 by a link", "/org1/messages/proposal/proposalA/seen", url.Values{"up_to": {"1"}}), http.StatusNoContent, "a link for another document")
		w.want(w.send("B", "/org1/messages/proposal/proposalA/seen", url.Values{"up_to": {"1"}}), http.StatusNoContent, "another customer")
		if n := w.column(`select person from thread_reads where person = 'bob'`); len(n) != 0 {
			t.Error("somebody else's conversation is noted as seen by another customer")
		}
		if card := w.card("B", "proposalA"); strings.Contains(card, "Seen by") {
			t.Error("another customer is told who reads")
		}
		w.want(w.send("A1", "/org1/messages/proposal/proposalA/seen", url.Values{"up_to": {"tomorrow"}}), http.StatusUnprocessableEntity, "an instant that is none")
		_ = note
	})
}

func TestALineStandsAboveWhatIsNew(t *testing.T) {
	onBoth(t, func(w *world) {
		w.member("ada", "customer", "Ada Lane")
		first := w.post("staff", "proposalA", Draft{Body: "First"})
		if strings.Contains(w.card("A1", "proposalA"), "New messages") {
			t.Error("everything is new to somebody who was never here")
		}
		w.see("A1", "proposalA", first)
		w.clock.Advance(time.Minute)
		w.post("A1", "proposalA", Draft{Body: "My own"})
		w.clock.Advance(time.Minute)
		w.post("staff", "proposalA", Draft{Body: "Second"})
		card := w.card("A1", "proposalA")
		line, own, second := strings.Index(card, "New messages"), strings.Index(card, "My own"), strings.Index(card, "Second")
		if line < own || line > second {
			t.Errorf("the line stands at %d, between %d and %d is right", line, own, second)
		}
	})
}

func TestThePageOfAnAuthorAloneHearsThatAMessageWasSeen(t *testing.T) {
	onBoth(t, func(w *world) {
		var heard []string
		w.store.OnCommit(func(hints []guard.Hint) {
			for _, h := range hints {
				if strings.HasPrefix(h.Topic, receipts) {
					heard = append(heard, h.Topic)
				}
			}
		})
		said := func(who string, m Message) string {
			heard = nil
			w.see(who, "proposalA", m)
			slices.Sort(heard)
			return strings.Join(heard, " ")
		}
		first := w.post("staff", "proposalA", Draft{Body: "one"})
		w.clock.Advance(time.Second)
		w.post("staff2", "proposalA", Draft{Body: "a note", Internal: true})
		w.clock.Advance(time.Second)
		own := w.post("A1", "proposalA", Draft{Body: "mine"})
		if got := said("A1", own); got != Receipts("jon", "projectA") {
			t.Errorf("of what Ada has seen is told %q: want the author of the message, not herself and not the author of a note that she does not see", got)
		}
		if got := said("A1", own) + said("A1", first); got != "" {
			t.Errorf("seen again is told %q", got)
		}
		if got := said("staff2", own); got != Receipts("ada", "projectA")+" "+Receipts("jon", "projectA") {
			t.Errorf("of what Dana has seen is told %q", got)
		}
		w.clock.Advance(time.Second)
		last := w.post("staff2", "proposalA", Draft{Body: "two"})
		if got := said("A1", last); got != Receipts("dana", "projectA") {
			t.Errorf("after one more message is told %q: nobody whose messages were seen before", got)
		}
		if got := said("B", last); got != "" {
			t.Errorf("of a customer who does not see the conversation is told %q", got)
		}
		for person, want := range map[string]bool{"ada": true, "abe": false, "": false} {
			err := w.store.View(t.Context(), w.actors["A1"], access.MessagesRead, func(tx *guard.Tx) error { return OwnReceipts(tx, person+"/projectA") })
			if (err == nil) != want {
				t.Errorf("Ada may hear of what was seen of %q: %v", person, err)
			}
		}
	})
}

func TestUnreadMessagesAreCountedForEachProject(t *testing.T) {
	onBoth(t, func(w *world) {
		w.exec(`insert into customers (org, id, name, folded, created_at, updated_at) values ('org1', 'customerA', 'A', 'a', 0, 0), ('org1', 'customerB', 'B', 'b', 0, 0)`)
		w.exec(`insert into stages (org, id, name, bucket, position) values ('org1', 's', 'Current', 'current', 1)`)
		for _, c := range []string{"A", "B"} {
			w.exec(`insert into projects (org, id, number, serial, name, folded, customer, stage, bucket, created_at, updated_at) values ('org1', $1, $2, $3, 'P', 'p', $4, 's', 'current', 0, 0)`, "project"+c, c, int(c[0]), "customer"+c)
		}
		w.member("ada", "customer", "Ada Lane")
		w.member("jon", "staff", "Jon Sato")
		joined := time.UnixMicro(0)
		unread := func(who string) (counts map[string]int) {
			err := w.store.View(t.Context(), w.actors[who], access.MessagesRead, func(tx *guard.Tx) (err error) {
				counts, err = Unread(tx, []string{"projectA", "projectB", "nothing"}, joined)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return counts
		}
		w.post("staff", "proposalA", Draft{Body: "one"})
		w.post("staff", "proposalA", Draft{Body: "a note", Internal: true})
		w.clock.Advance(time.Minute)
		m := w.post("staff2", "proposalA", Draft{Body: "two"})
		w.clock.Advance(time.Minute)
		w.post("A1", "proposalA", Draft{Body: "her own"})
		w.post("B", "proposalB", Draft{Body: "of B"})
		if got := unread("A1"); len(got) != 1 || got["projectA"] != 2 {
			t.Errorf("a customer has unread %v, want two of project A: no note, nothing of her own, nothing of B", got)
		}
		if got := unread("staff"); got["projectA"] != 2 || got["projectB"] != 1 {
			t.Errorf("the office has unread %v", got)
		}
		w.see("A1", "proposalA", m)
		if got := unread("A1"); len(got) != 0 {
			t.Errorf("after seeing them she has unread %v", got)
		}
		if got := unread("A1 by a link"); len(got) != 0 {
			t.Errorf("a link for another document counts %v", got)
		}
		for range 40 {
			w.clock.Advance(time.Second)
			m = w.post("staff", "proposalA", Draft{Body: "more"})
		}
		if got := unread("A1"); got["projectA"] != 40 {
			t.Errorf("of many are counted %v", got)
		}
		w.written("proposal", "proposalA0", 70, m.PostedAt) // an older conversation of the same project that she has not opened
		w.see("A1", "proposalA", m)
		if got := unread("A1"); got["projectA"] != 70 {
			t.Errorf("of a conversation never opened beside one read are counted %v", got)
		}
		joined = w.clock.Now()
		if got := unread("A1"); len(got) != 0 {
			t.Errorf("of what was written before she came are counted %v", got)
		}
		joined = time.UnixMicro(0)
		w.written("project", "projectA", 70, m.PostedAt)
		if got := unread("A1"); got["projectA"] != mostUnread {
			t.Errorf("of very many are counted %v, want %d, which is shown as 99+", got, mostUnread)
		}
	})
}

// written puts messages of the office into a conversation of project A, one each microsecond up to an instant.
func (w *world) written(kind, thread string, n int, upTo time.Time) {
	w.Helper()
	w.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < cast($1 as integer))
		insert into messages (org, id, thread_kind, thread, customer, project, author, author_kind, author_name, body, visibility, created_at)
		select 'org1', 'written-' || cast($2 as text) || '-' || i, cast($3 as text), cast($2 as text), 'customerA', 'projectA', 'dana', 'staff', 'Dana', 'B', 'shared', cast($4 as bigint) - i from n`, n, thread, kind, upTo.UnixMicro())
}

func TestWhatWasReadCostsNothingWhenUnreadMessagesAreCounted(t *testing.T) {
	onBoth(t, func(w *world) {
		w.written("proposal", "proposalA", 100_000, w.clock.Now())
		if w.database.Engine() == db.PostgreSQL {
			w.exec(`analyze messages`)
		}
		for _, s := range []*guard.Statement{unreadForOffice, unreadForCustomer} {
			plan := strings.Join(w.plan(s), "\n")
			for engine, wanted := range map[db.Engine]string{db.SQLite: "COVERING INDEX messages_unread (org=? AND project=? AND thread=? AND created_at>?)", db.PostgreSQL: "AND (thread = marked.thread) AND (created_at > marked.since)"} {
				if w.database.Engine() == engine && !strings.Contains(plan, wanted) {
					t.Errorf("%s: no index finds what is unread\n%s", s.Name, plan)
				}
			}
			if strings.Contains(plan+"\n", "SCAN m\n") || strings.Contains(plan, "Seq Scan on messages") {
				t.Errorf("%s reads all messages\n%s", s.Name, plan)
			}
		}
	})
}

// plan asks the database how it would run a statement.
func (w *world) plan(s *guard.Statement) (lines []string) {
	w.Helper()
	err := w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
		s, _ := s.On(tx.Engine(), nil)
		prefix, args := "explain query plan ", make([]any, len(s.Parameters()))
		for i, name := range s.Parameters() {
			args[i] = "org1"
			if name == "joined" {
				args[i] = 0
			}
			if tx.Engine() == db.PostgreSQL && slices.Contains(s.Lists(), name) {
				args[i] = []string{"org1"}
			}
		}
		if tx.Engine() == db.PostgreSQL {
			prefix = "explain "
		}
		rows, err := tx.Query(prefix+s.Text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			line := ""
			if tx.Engine() == db.PostgreSQL {
				err = rows.Scan(&line)
			} else {
				err = rows.Scan(new(any), new(any), new(any), &line)
			}
			if err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return lines
}

func TestJT29WhomOneMayMentionIsFoundByTheBeginningsOfNames(t *testing.T) {
	people := []Person{{ID: "1", Name: "Amir Lahti"}, {ID: "2", Name: "Jon Sato"}, {ID: "3", Name: "Lara Amann"}, {ID: "4", Name: "Álvaro Ruiz"}}
	for text, want := range map[string]string{"": "1234", "am": "13", "lah": "1", "jon s": "2", "x": "", "AMI": "1", "a": "13"} {
		got := ""
		for _, p := range beginningWith(people, text) {
			got += string(p.ID)
		}
		if got != want {
			t.Errorf("%q finds %s, want %s", text, got, want)
		}
	}
}

func TestJT29CustomersMentionThePeopleOfTheThreadAndNotesMentionTheOfficeAlone(t *testing.T) {
	onBoth(t, func(w *world) {
		list := w.do("A1", "GET", "/org1/messages/proposal/proposalA/people?q=dan", nil)
		if body := list.Body.String(); list.Code != http.StatusOK || !strings.Contains(body, `role="listbox"`) || !strings.Contains(body, `data-value="Dana Kowal"`) {
			t.Errorf("suggestions: %d %s", list.Code, body)
		}
		w.want(w.do("owner2", "GET", "/org2/messages/proposal/proposalA/people", nil), http.StatusNotFound, "another firm asks")
		w.post("A1", "proposalA", Draft{Body: "What does @Dana Kowal say? @Dana Kowalski is somebody else."})
		if events := w.column(`select body from events`); !strings.Contains(events[0], `"mentions":["dana"]`) {
			t.Errorf("the event names %s", events[0])
		}
		w.post("A1", "proposalA", Draft{Body: "@Dana Kowalski alone"})
		if events := w.column(`select body from events order by seq`); strings.Contains(events[1], "mentions") {
			t.Errorf("the beginning of a longer name is a mention: %s", events[1])
		}
		w.post("staff", "proposalA", Draft{Body: "@Ada Lane pays late", Internal: true})
		if events := w.column(`select body from events order by seq`); strings.Contains(events[2], "mentions") {
			t.Errorf("a note mentions a customer: %s", events[2])
		}
		_, err := w.messages.Post(t.Context(), w.actors["staff"], Thread{Kind: "proposal", ID: "proposalA"}, Draft{Body: "note", Internal: true, Mentions: []access.PersonID{"ada"}})
		if err == nil {
			t.Error("a customer was chosen for an internal note")
		}
	})
}

func TestWhatAMailRepeatsIsFolded(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post("A1", "proposalA", Draft{Body: "Yes please.", Quoted: "On Monday Jon wrote:\r\n> Shall we?\x07<script>", Via: ByMail})
		card := w.card("staff", "proposalA")
		folded, _, _ := strings.Cut(card[strings.Index(card, `<details class="quoted`):], "</details>")
		if !strings.Contains(folded, "Shall we?&lt;script&gt;") && !strings.Contains(folded, "&gt; Shall we?&lt;script&gt;") {
			t.Errorf("the folded part is %s", folded)
		}
		if !strings.Contains(card, "By e-mail") || strings.Contains(card, "\x07") {
			t.Errorf("the card is %s", card)
		}
	})
}

func TestTheOfficeSeesWhatWaitsForAnAnswer(t *testing.T) {
	onBoth(t, func(w *world) {
		w.post("A1", "proposalA", Draft{Body: "A question"})
		w.clock.Advance(time.Minute)
		w.post("B", "proposalB", Draft{Body: "Another question"})
		w.clock.Advance(time.Minute)
		w.post("staff", "proposalA", Draft{Body: "Let me ask", Internal: true})
		waiting := func() (texts string) {
			err := w.store.View(t.Context(), w.actors["staff"], access.MessagesRead, func(tx *guard.Tx) error {
				list, err := WaitingForAnswer(tx, 5)
				for _, m := range list {
					texts += m.Excerpt + ";"
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return texts
		}
		if got := waiting(); got != "Another question;A question;" {
			t.Errorf("waiting: %s", got)
		}
		w.post("staff", "proposalB", Draft{Body: "Answered"})
		if got := waiting(); got != "A question;" {
			t.Errorf("after an answer: %s", got)
		}
	})
}
