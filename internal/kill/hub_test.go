package kill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
	"lintel/internal/features/request"
	"lintel/internal/features/schedule"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/id"
	"lintel/internal/platform/mailbox"
)

// Faults 1, 3, 12 and 22 in the project hub: the program is killed while messages with files are posted, schedules published,
// requests made and accepted, answers taken by mail, and notices mailed. What was acknowledged is there, once.
func TestNothingAcknowledgedOfTheHubIsLostWhenTheProgramIsKilledOnSQLite(t *testing.T) {
	killTheHub(t, hubIn(t, found(t, t.TempDir(), "")), rounds(15))
}

func TestNothingAcknowledgedOfTheHubIsLostWhenTheProgramIsKilledOnPostgreSQL(t *testing.T) {
	killTheHub(t, hubIn(t, found(t, t.TempDir(), dbtest.URL(t))), rounds(6))
}

// hubIn gives the first client's signer an access to the portal with everything.
func hubIn(t *testing.T, p place) place {
	t.Helper()
	ctx := context.Background()
	a, err := p.open(ctx, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	err = a.Store.Change(ctx, access.NewSystem(p.Org, "the test gives access"), access.SystemWork, func(tx *guard.Tx) (err error) {
		if p.Maria, err = identity.EnsureContactPerson(tx, "Maria Ruiz", "maria.0@example.com"); err != nil {
			return err
		}
		return identity.SetModules(tx, p.Maria, identity.Scope{Customer: p.Clients[0].Customer}, access.EveryModule, "a test")
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func killTheHub(t *testing.T, p place, count int) {
	said, round := newLedger(), 0
	for ; round < count || len(said.hub) < len(hubKinds) && round < count+maxExtraRounds; round++ {
		after := time.Duration(60+rand.IntN(500)) * time.Millisecond
		if round >= count {
			after += time.Duration(round-count+1) * 400 * time.Millisecond
		}
		runAndKill(t, p, after, said)
	}
	later := clock.NewFake(time.Now().Add(time.Hour))
	a, err := p.open(context.Background(), later)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	finishJobs(t, a)
	later.Advance(time.Hour) // what waited for a burst leaves
	finishJobs(t, a)
	lost, total := 0, 0
	for _, kind := range hubKinds {
		if len(said.hub[kind]) == 0 {
			t.Errorf("nothing was ever acknowledged as %s", kind)
		}
		for _, name := range said.hub[kind] {
			total++
			if got := text(t, a, hubChecks[kind], name); got != "1" {
				lost++
				t.Errorf("%s %s was acknowledged and is there %s times", kind, name, got)
			}
		}
	}
	for what, query := range hubInvariants {
		if wrong, err := column(a, query); err != nil || len(wrong) > 0 {
			t.Errorf("%s: %v, %v", what, wrong, err)
		}
	}
	audit, err := a.Store.VerifyChain(context.Background(), p.Org)
	if err != nil || audit.Broken != nil {
		t.Errorf("the event log: %+v, %v", audit, err)
	}
	checkFiles(t, a, p)
	checkMailbox(t, a, p)
	t.Logf("kills survived: %d, acknowledged in the hub: %d, lost: %d", round, total, lost)
}

// hubKinds are what the program says that it has done.
var hubKinds = []string{"posted", "published", "asked", "accepted", "mailed"}

// hubChecks count what was acknowledged; each is there once.
var hubChecks = map[string]string{
	"posted":    "select count(*) from messages m where m.id = $1 and (select count(*) from files f where f.hangs_kind = 'message' and f.hangs_on = m.id and f.state = 'stored') = 1",
	"published": "select count(*) from published_tasks where id = $1",
	"asked":     "select count(*) from requests where id = $1",
	"accepted":  "select count(*) from requests r join projects p on p.org = r.org and p.id = r.project where r.id = $1 and r.state = 'accepted'",
	"mailed":    "select count(*) from messages where via = 'mail' and body = 'Answer ' || $1",
}

// hubInvariants hold for everything, acknowledged or not; each finds nothing.
var hubInvariants = map[string]string{
	"mails that nobody has read":        "select id from incoming_mails where state = 'received'",
	"mails that were not posted":        "select id || ' ' || state || ' ' || reason || ' ' || detail from incoming_mails where state <> 'posted'",
	"answers that were posted twice":    "select body from messages where via = 'mail' group by body having count(*) > 1",
	"projects of no request":            "select p.id from projects p where p.name = 'Asked for' and not exists (select 1 from requests r where r.project = p.id)",
	"requests answered without project": "select id from requests where state = 'accepted' and project = ''",
	"messages that nobody was told of":  "select m.id from messages m where m.author_kind = 'staff' and m.body like 'Note %' and not exists (select 1 from notices n join events e on e.org = n.org and e.id = n.event where e.kind = 'message.posted' and e.subject = m.thread and n.created_at >= m.created_at)",
	"letters that still wait":           "select id from held_letters",
	"mails that did not leave":          "select id || ' ' || state from mails where state <> 'sent'",
	"people told twice of one event":    "select person || ' ' || event from notices group by person, event having count(*) > 1",
	"tasks published and not planned":   "select p.id from published_tasks p left join tasks t on t.org = p.org and t.id = p.id where t.id is null",
}

// runHub works in the hub until it is killed.
func runHub(ctx context.Context, a *app.App, p place) error {
	var all sync.WaitGroup
	failed := make(chan error, 4)
	for _, work := range []func(context.Context, *app.App, place) error{talkOnce, planOnce, askOnce, answerOnce} {
		all.Go(func() {
			for {
				if err := work(ctx, a, p); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	return <-failed
}

func (p place) maria() access.Actor { return p.signer(p.Maria) }

// talkOnce posts a message of the office with a file.
func talkOnce(ctx context.Context, a *app.App, p place) error {
	thread := message.Thread{Kind: "project", ID: p.Clients[0].Project}
	content := strings.Repeat("x", 40_000)
	u, err := a.Files.Begin(ctx, p.owner(), file.NewUpload{Kind: file.Composer, On: "project:" + thread.ID, Name: "plan.txt", Size: int64(len(content))})
	if err != nil {
		return fmt.Errorf("begin an upload: %w", err)
	}
	if _, err := a.Files.Append(ctx, p.owner(), u.ID, 0, strings.NewReader(content)); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	posted, err := a.Messages.Post(ctx, p.owner(), thread, message.Draft{ID: id.New(), Body: "Note " + u.ID, Files: []string{u.ID}})
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	say("posted", posted.ID)
	return nil
}

// planOnce adds a task to a plan and publishes it; a plan that is full begins anew.
func planOnce(ctx context.Context, a *app.App, p place) error {
	project := p.Clients[1].Project
	plan, err := a.Schedules.Get(ctx, p.owner(), project)
	if err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	if len(plan.Tasks) > 400 { // what was acknowledged stays
		project = p.Clients[2].Project
	}
	task, err := a.Schedules.Add(ctx, p.owner(), project, schedule.Draft{Name: "Tiles", Kind: schedule.Work, Starts: "2026-10-05", Ends: "2026-10-09"})
	if err != nil {
		return fmt.Errorf("add a task: %w", err)
	}
	if plan, err = a.Schedules.Get(ctx, p.owner(), project); err == nil {
		err = a.Schedules.Publish(ctx, p.owner(), project, plan.State.Revision)
	}
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	say("published", task.ID)
	return nil
}

// askOnce asks for work and has it accepted.
func askOnce(ctx context.Context, a *app.App, p place) error {
	made, err := a.Requests.Make(ctx, p.maria(), request.Draft{ID: id.New(), Title: "Window", Description: "In wood", Place: "8 Orchard Row"})
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	say("asked", made.ID)
	if _, err := a.Requests.Accept(ctx, p.owner(), made.ID, request.Acceptance{Name: "Asked for"}); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	say("accepted", made.ID)
	return nil
}

// answerOnce takes a mail in, as a mail server hands it over. 250 means that it is stored. A person writes thirty an hour in a
// conversation, so that each goes to another one.
func answerOnce(ctx context.Context, a *app.App, p place) error {
	asked, err := column(a, "select id from requests where state = 'accepted' order by created_at desc limit 1")
	if err != nil || len(asked) == 0 {
		time.Sleep(5 * time.Millisecond)
		return err
	}
	to, name := a.Incoming.ReplyAddress(p.Org, p.Maria, "request:"+asked[0]), id.New()
	raw := "Authentication-Results: mx.portal.example; dmarc=pass header.from=example.com\r\nFrom: maria.0@example.com\r\nTo: " + to + "\r\nSubject: Re: x\r\nMessage-ID: <" + name + "@example.com>\r\n\r\nAnswer " + name + "\r\n"
	if err := a.Incoming.Keep(ctx, mailbox.Arrived{From: "maria.0@example.com", To: []string{to}, Raw: []byte(raw)}); err != nil {
		return fmt.Errorf("keep a mail: %w", err)
	}
	say("mailed", name)
	return nil
}

// note keeps what the hub has acknowledged.
func (l *ledger) noteHub(words []string) {
	if slices.Contains(hubKinds, words[0]) {
		l.hub[words[0]] = append(l.hub[words[0]], words[1])
	}
}
