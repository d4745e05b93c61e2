package kill

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/pdf"
)

// verify opens the data as the next start does, an hour later, lets the jobs finish what
// was cut off, and compares everything with what was acknowledged. It gives the number of
// acknowledged things that are lost.
func verify(t *testing.T, p place, said *ledger) (lost int) {
	t.Helper()
	ctx := context.Background()
	a, err := p.open(ctx, clock.NewFake(time.Now().Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	finishJobs(t, a)
	miss := func(format string, args ...any) {
		t.Helper()
		lost++
		t.Errorf(format, args...)
	}
	for id := range said.sent {
		checkSent(t, a, id, miss)
	}
	for id, signature := range said.approved {
		checkApproved(t, a, p, id, signature, miss)
	}
	for id, safe := range said.parts {
		checkUpload(t, a, p, id, safe, said.uploaded[id], miss)
	}
	checkInvariants(t, a, p)
	checkFiles(t, a, p)
	return lost
}

// finishJobs does what the killed programs left behind: leases end, then all runs.
func finishJobs(t *testing.T, a *app.App) {
	t.Helper()
	if _, err := a.Jobs.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	counts, err := a.Jobs.Counts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if counts["running"] > 0 || counts["dead"] > 0 {
		t.Errorf("jobs left behind: %v", counts)
	}
}

func checkSent(t *testing.T, a *app.App, id string, miss func(string, ...any)) {
	t.Helper()
	if state := one(t, a, "select frozen || ' ' || (sha256 <> '') from document_versions where document = $1 and version = 1", id); state != "1 1" && state != "true true" {
		miss("proposal %s was acknowledged as sent and has no frozen version: %q", id, state)
	}
	mails, err := column(a, "select recipient || ' ' || state from mails where about = $1 and about_kind = 'proposal' and mark like 'proposal %' order by recipient", id)
	if err != nil {
		t.Fatal(err)
	}
	if len(mails) != 2 || !strings.HasPrefix(mails[0], "joe.") || !strings.HasPrefix(mails[1], "maria.") {
		miss("proposal %s was acknowledged as sent and its mails are %v", id, mails)
	}
	for _, m := range mails {
		if !strings.HasSuffix(m, " sent") {
			miss("a mail of proposal %s did not leave: %s", id, m)
		}
	}
}

func checkApproved(t *testing.T, a *app.App, p place, id, signature string, miss func(string, ...any)) {
	t.Helper()
	if found, err := column(a, "select id from signatures where document = $1", id); err != nil || len(found) != 1 || found[0] != signature {
		miss("proposal %s was acknowledged with signature %s and has %v, %v", id, signature, found, err)
		return
	}
	if state := one(t, a, "select d.state || ', ' || v.state from documents d join document_versions v on v.document = d.id where d.id = $1", id); state != "approved, approved" {
		miss("proposal %s was acknowledged as approved and is %s", id, state)
	}
	sealed := one(t, a, "select sealed_file from signatures where id = $1", signature)
	if sealed == "" {
		miss("signature %s has no sealed agreement", signature)
		return
	}
	_, content, err := a.Files.Bytes(context.Background(), access.NewSystem(p.Org, "check a killed program's work"), sealed)
	if err != nil {
		miss("the agreement of signature %s is not on disk: %v", signature, err)
		return
	}
	if report, err := pdf.Verify(content); err != nil || len(report.Problems) > 0 || !report.Sealed || !report.Intact || !report.CoversWholeFile {
		miss("the agreement of signature %s is not in order: %+v, %v", signature, report, err)
	}
}

// checkUpload looks whether what was safe still is, and finishes what was cut off.
func checkUpload(t *testing.T, a *app.App, p place, id string, safe int64, finished bool, miss func(string, ...any)) {
	t.Helper()
	ctx := context.Background()
	u, err := a.Files.Upload(ctx, p.owner(), id)
	if err != nil {
		miss("upload %s is gone: %v", id, err)
		return
	}
	offset, err := a.Files.Offset(ctx, p.Org, u)
	if err != nil || offset < safe {
		miss("%d bytes of upload %s were safe and %d are there, %v", safe, id, offset, err)
		return
	}
	if finished && !u.Finished {
		miss("upload %s was acknowledged as finished and is no file", id)
	}
	if !u.Finished {
		if _, err := a.Files.Append(ctx, p.owner(), id, offset, strings.NewReader(contentOf(id)[offset:])); err != nil {
			miss("upload %s cannot go on at %d: %v", id, offset, err)
			return
		}
	}
	f, content, err := a.Files.Bytes(ctx, p.owner(), id)
	if err != nil || string(content) != contentOf(id) || f.SHA256 != hashOf(contentOf(id)) {
		miss("file %s is not what was uploaded: %d bytes, %v", id, len(content), err)
	}
}

// checkInvariants holds what must be true of everything, acknowledged or not.
func checkInvariants(t *testing.T, a *app.App, p place) {
	t.Helper()
	for what, query := range map[string]string{
		"signatures without an approved version": "select s.id from signatures s join document_versions v on v.org = s.org and v.document = s.document and v.version = s.version where v.state <> 'approved'",
		"approved versions without a signature":  "select v.document from document_versions v left join signatures s on s.document = v.document and s.version = v.version where v.state = 'approved' and s.id is null",
		"signatures without a sealed agreement":  "select id from signatures where sealed_file = ''",
		"sent versions without their two mails":  "select v.document from document_versions v where v.frozen = true and (select count(*) from mails m where m.about = v.document and m.mark like 'proposal %') <> 2",
		"drafts with mails":                      "select v.document from document_versions v where v.frozen = false and exists (select 1 from mails m where m.about = v.document)",
		"mails that did not leave":               "select id from mails where state <> 'sent'",
		"agreements sealed twice":                "select hangs_on from files where hangs_kind = 'agreement' group by hangs_on having count(*) > 1",
	} {
		if found, err := column(a, query); err != nil || len(found) > 0 {
			t.Errorf("%s: %v, %v", what, found, err)
		}
	}
	audit, err := a.Store.VerifyChain(context.Background(), p.Org)
	if err != nil || audit.Broken != nil {
		t.Errorf("the event log: %+v, %v", audit, err)
	}
	checkMailbox(t, a, p)
}

// checkMailbox compares what left with what was to leave: a mail whose note was cut off is
// sent once more, under the same Message-ID.
func checkMailbox(t *testing.T, a *app.App, p place) {
	t.Helper()
	wanted, err := column(a, "select message_id from mails")
	if err != nil {
		t.Fatal(err)
	}
	copies := map[string]int{}
	letters, _ := filepath.Glob(filepath.Join(p.mails(), "*.eml"))
	for _, name := range letters {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(raw), "Message-ID: ")
		if !found {
			_, rest, found = strings.Cut(string(raw), "Message-Id: ")
		}
		if !found {
			t.Fatalf("%s is half a mail:\n%.300s", name, raw)
		}
		id, _, _ := strings.Cut(rest, "\r\n")
		copies[strings.Trim(id, "<> ")]++
	}
	second := 0
	for _, id := range wanted {
		n := copies[strings.Trim(id, "<> ")]
		if n == 0 {
			t.Errorf("mail %s never left", id)
		}
		second += max(0, n-1)
		delete(copies, strings.Trim(id, "<> "))
	}
	if len(copies) > 0 {
		t.Errorf("%d mails left that nobody queued", len(copies))
	}
	t.Logf("%d mails left, %d of them a second time under the same Message-ID", len(wanted), second)
}

// checkFiles reads every file that there is to the end: none may be half.
func checkFiles(t *testing.T, a *app.App, p place) {
	t.Helper()
	ids, err := column(a, "select id from files")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		f, content, err := a.Files.Bytes(context.Background(), access.NewSystem(p.Org, "check a killed program's work"), id)
		if err != nil || int64(len(content)) != f.Size || hashOf(string(content)) != f.SHA256 {
			t.Errorf("file %s (%s) is half: %d of %d bytes, %v", id, f.Name, len(content), f.Size, err)
		}
	}
}

// checkSchema looks whether a start left a database that can be worked with.
func checkSchema(t *testing.T, p place) {
	t.Helper()
	found(t, p.Folder, p.Database)
}

func one(t *testing.T, a *app.App, query string, args ...any) string {
	t.Helper()
	list, err := column(a, query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(list, ", ")
}
