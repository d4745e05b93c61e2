package message

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/blob"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/id"
	"lintel/internal/platform/jobs"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/web"
)

// world is a firm with two customers and a proposal of each that people talk about.
type world struct {
	*testing.T
	database *db.DB
	store    *guard.Store
	clock    *clock.Fake
	files    *file.Service
	messages *Service
	server   http.Handler
	actors   map[string]access.Actor
}

func actor(org, person string, kind access.Kind, item string) access.Actor {
	role := access.Role("")
	if kind == access.Staff {
		role = access.Member
	}
	return access.NewActor(access.Identity{Org: access.OrgID(org), Person: access.PersonID(person), Kind: kind, Role: role, Modules: access.EveryModule, Name: strings.ToUpper(person[:1]) + person[1:],
		Proof: access.SignedIn, Item: item})
}

func onBoth(t *testing.T, test func(w *world)) {
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) {
		if _, err := migrate.Up(t.Context(), database, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.OpenDisk(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { blobs.Close() })
		quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
		dbtest.Organisations(t, database, "org1", "org2")
		w := &world{T: t, database: database, clock: clock.NewFake(time.Date(2026, 9, 29, 19, 12, 0, 0, time.UTC))}
		registry := event.NewRegistry()
		registry.Declare(Events()...)
		registry.Declare(file.Events()...)
		w.store = guard.New(database, registry, w.clock, quiet, func() {})
		w.files = file.New(w.store, blobs, quiet, 0)
		w.messages = New(w.store, w.files, organisation.NewFrame(nil))
		w.messages.Register("proposal", w.findProposal)
		w.files.Jobs(jobs.New(database, w.clock, quiet))
		w.actors = map[string]access.Actor{
			"staff": actor("org1", "jon", access.Staff, ""), "staff2": actor("org1", "dana", access.Staff, ""), "owner2": actor("org2", "olga", access.Staff, ""),
			"A1": actor("org1", "ada", access.Customer, ""), "A2": actor("org1", "abe", access.Customer, ""), "B": actor("org1", "bob", access.Customer, ""),
			"A1 by a link": actor("org1", "ada", access.Customer, "proposalX"),
		}
		for person, customer := range map[string]string{"ada": "customerA", "abe": "customerA", "bob": "customerB"} {
			w.exec(`insert into grants (org, id, person, customer, created_at) values ('org1', $1, $2, $3, 0)`, "grant-"+person, person, customer)
		}
		w.serve(quiet)
		test(w)
	})
}

// findProposal stands in for the feature that owns proposals. It is careless on purpose:
// it shows the proposals of customer A to everybody in the organisation, so that the tests
// see whether the messages' own statements hold.
func (w *world) findProposal(tx *guard.Tx, proposal string) (Thread, error) {
	customer, found := strings.CutPrefix(proposal, "proposal")
	if !found || tx.Org() != "org1" {
		return Thread{}, fault.New(fault.NotFound, "This proposal was not found.")
	}
	return Thread{Customer: "customer" + customer, Project: "project" + customer, Item: proposal, Title: "Kitchen refit", OfficeURL: "/org1/office/proposals/" + proposal,
		CustomerURL: "/org1/home/proposals/" + proposal, People: func(*guard.Tx) ([]Person, error) {
			return []Person{{ID: "dana", Name: "Dana Kowal", Kind: access.Staff}}, nil
		}}, nil
}

func (w *world) serve(quiet *slog.Logger) {
	table := &route.Table{}
	w.files.Routes(table)
	w.messages.Routes(table)
	w.server = table.Handler(route.Edge{
		Authenticate: func(_ context.Context, r *http.Request, slug string) (access.Actor, access.Organisation, error) {
			who := w.actors[r.Header.Get("Test-Actor")]
			if string(who.Org()) != slug {
				who = access.Actor{}
			}
			return who, access.Organisation{ID: access.OrgID(slug), Slug: slug, Name: "Hartwell & Sons", Zone: time.UTC}, nil
		},
		Reader:  func(ctx context.Context, _ *route.Request) context.Context { return ctx },
		Trouble: func(_ *route.Request, f *fault.Fault, _ int) web.Reply { return web.Data(f.Message) },
		SignIn:  func(*route.Request) string { return "/sign-in" },
		Address: func(*http.Request) string { return "192.0.2.1" },
		Log:     quiet,
	})
}

func (w *world) exec(text string, args ...any) {
	w.Helper()
	if err := w.database.Write(context.Background(), "*", func(tx *db.Tx) error { _, err := tx.Exec(text, args...); return err }); err != nil {
		w.Fatal(err)
	}
}

// column reads one text column of a statement.
func (w *world) column(text string) (out []string) {
	w.Helper()
	err := w.database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(text)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value string
			if err := rows.Scan(&value); err != nil {
				return err
			}
			out = append(out, value)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return out
}

func (w *world) do(who, method, address string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, address, body)
	r.Header.Set("Test-Actor", who)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, r)
	return answer
}

func (w *world) send(who, address string, fields url.Values, headers ...string) *httptest.ResponseRecorder {
	w.Helper()
	return w.do(who, "POST", address, strings.NewReader(fields.Encode()), append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
}

// card is the conversation as somebody's page shows it.
func (w *world) card(who, proposal string) string {
	w.Helper()
	answer := w.do(who, "GET", "/org1/messages/proposal/"+proposal, nil, "HX-Request", "true")
	if answer.Code != http.StatusOK {
		w.Fatalf("%s sees no conversation: %d %s", who, answer.Code, answer.Body)
	}
	return answer.Body.String()
}

func (w *world) post(who, proposal string, d Draft) Message {
	w.Helper()
	m, err := w.messages.Post(w.Context(), w.actors[who], Thread{Kind: "proposal", ID: proposal}, d)
	if err != nil {
		w.Fatalf("%s posts on %s: %v", who, proposal, err)
	}
	return m
}

// upload sends a file to a composer and gives its id.
func (w *world) upload(who, proposal, name string, content []byte) string {
	w.Helper()
	address := file.UploadURL("org1", file.Composer, composerOf("proposal", proposal))
	begun := w.do(who, "POST", address, nil, "Upload-Length", fmt.Sprint(len(content)), "X-File-Name", url.PathEscape(name))
	location := begun.Header().Get("Location")
	if location == "" {
		w.Fatalf("%s uploads %s: %d %s", who, name, begun.Code, begun.Body)
	}
	sent := w.do(who, "PATCH", location, bytes.NewReader(content), "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	if sent.Code != http.StatusNoContent {
		w.Fatalf("%s uploads %s: %d %s", who, name, sent.Code, sent.Body)
	}
	return location[strings.LastIndexByte(location, '/')+1:]
}

func (w *world) want(answer *httptest.ResponseRecorder, status int, what string) {
	w.Helper()
	if answer.Code != status {
		w.Errorf("%s: got %d, want %d: %.200s", what, answer.Code, status, answer.Body)
	}
}

var pdfBytes = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

func TestACustomerAsksWithAFileAndTheOfficeAnswers(t *testing.T) {
	onBoth(t, func(w *world) {
		fileID := w.upload("A1", "proposalA", "socket window.pdf", pdfBytes)
		w.want(w.do("A2", "GET", "/org1/files/"+fileID, nil), http.StatusNotFound, "a colleague before it is posted")
		question := id.New()
		asked := w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"Can the socket stay?\r\n\r\nPhoto attached."}, "file": {fileID}, "id": {question}})
		if asked.Code != http.StatusSeeOther || asked.Header().Get("Location") != "/org1/home/proposals/proposalA#message-"+question {
			w.Fatalf("after posting: %d to %q", asked.Code, asked.Header().Get("Location"))
		}
		w.clock.Advance(time.Hour)
		answered := w.send("staff", "/org1/messages/proposal/proposalA", url.Values{"text": {"Yes, @Dana Kowal makes it a double one."}}, "HX-Request", "true", "HX-Target", "ol#conversation-list")
		if answered.Code != http.StatusOK || !strings.Contains(answered.Body.String(), "makes it a double one") {
			w.Errorf("the answer in place: %d %s", answered.Code, answered.Body)
		}
		if body := answered.Body.String(); strings.Contains(body, "Can the socket stay?") || !strings.Contains(body, "2 comments") || !strings.Contains(body, `id="conversation-form"`) {
			w.Errorf("the answer in place is not the new message, the number and an empty field: %s", body)
		}
		for _, who := range []string{"A1", "A2", "staff"} {
			card := w.card(who, "proposalA")
			first, second := strings.Index(card, "Can the socket stay?"), strings.Index(card, "makes it a double one")
			if first < 0 || second < first || !strings.Contains(card, "socket window.pdf") || !strings.Contains(card, "2 comments") {
				w.Errorf("%s sees %s", who, card)
			}
			w.want(w.do(who, "GET", "/org1/files/"+fileID, nil), http.StatusOK, who+" opens the file")
		}
		if card := w.card("A1", "proposalA"); !strings.Contains(card, "<b>You</b>") || !strings.Contains(card, "Hartwell &amp; Sons") || !strings.Contains(card, `<span class="mention">@Dana Kowal</span>`) {
			w.Errorf("the asker sees %s", card)
		}
		events := w.column(`select kind || ' ' || subject_kind || ' ' || subject || ' ' || customer || ' ' || body from events order by seq`)
		if len(events) != 2 || !strings.HasPrefix(events[0], "message.posted proposal proposalA customerA ") || !strings.Contains(events[0], `"files":1`) ||
			!strings.Contains(events[0], `"title":"Kitchen refit"`) || !strings.Contains(events[1], `"mentions":["dana"]`) {
			w.Errorf("events: %v", events)
		}
	})
}

func TestA02A08OtherPeoplesConversationsAreNotThere(t *testing.T) {
	onBoth(t, func(w *world) {
		m := w.post("A1", "proposalA", Draft{Body: "canary-7431"})
		fileID := w.upload("A1", "proposalA", "plan.pdf", pdfBytes)
		w.want(w.send("B", "/org1/messages/proposal/proposalA", url.Values{"text": {"hello"}}), http.StatusNotFound, "B posts")
		w.want(w.send("B", "/org1/posts/"+m.ID+"/edit", url.Values{"text": {"changed"}}), http.StatusNotFound, "B edits")
		w.want(w.send("B", "/org1/posts/"+m.ID+"/remove", nil), http.StatusNotFound, "B removes")
		w.want(w.send("A2", "/org1/posts/"+m.ID+"/edit", url.Values{"text": {"changed"}}), http.StatusNotFound, "a colleague edits")
		w.want(w.send("staff", "/org1/posts/"+m.ID+"/remove", nil), http.StatusNotFound, "the office removes a customer's message")
		w.want(w.do("owner2", "GET", "/org2/messages/proposal/proposalA", nil), http.StatusNotFound, "another firm reads")
		w.want(w.send("owner2", "/org2/messages/proposal/proposalA", url.Values{"text": {"hello"}}), http.StatusNotFound, "another firm posts")
		w.want(w.do("nobody", "GET", "/org1/messages/proposal/proposalA", nil), http.StatusSeeOther, "nobody reads")
		w.want(w.send("A1", "/org1/messages/invoice/proposalA", url.Values{"text": {"hello"}}), http.StatusNotFound, "a kind without conversations")
		if card := w.card("B", "proposalA"); strings.Contains(card, "canary-7431") || !strings.Contains(card, "0 comments") {
			w.Errorf("another customer sees %s", card)
		}
		if card := w.card("A1 by a link", "proposalA"); strings.Contains(card, "canary-7431") {
			w.Error("a link for another document shows the conversation")
		}
		stolen := w.send("B", "/org1/messages/proposal/proposalB", url.Values{"text": {"mine"}, "file": {fileID}})
		w.want(stolen, http.StatusUnprocessableEntity, "B attaches a file of A1")
		stolen = w.send("A2", "/org1/messages/proposal/proposalA", url.Values{"text": {"mine"}, "file": {fileID}})
		w.want(stolen, http.StatusUnprocessableEntity, "a colleague attaches a file of A1")
		if bodies := w.column(`select body from messages`); len(bodies) != 1 || bodies[0] != "canary-7431" {
			w.Errorf("messages afterwards: %v", bodies)
		}
		w.exec(`update grants set revoked_at = 1 where person = 'ada'`)
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"still here?"}}), http.StatusNotFound, "after revocation")
		if card := w.card("A1", "proposalA"); strings.Contains(card, "canary-7431") {
			w.Error("the conversation is still shown after revocation")
		}
	})
}

func TestCustomersNeverSeeInternalNotesNorTheirFiles(t *testing.T) {
	onBoth(t, func(w *world) {
		fileID := w.upload("staff", "proposalA", "margin.pdf", pdfBytes)
		answer := w.send("staff", "/org1/messages/proposal/proposalA", url.Values{"text": {"canary-9127 margin is thin"}, "internal": {"1"}, "file": {fileID}, "mention": {"dana"}})
		w.want(answer, http.StatusSeeOther, "an internal note")
		for _, who := range []string{"A1", "A2", "B"} {
			if card := w.card(who, "proposalA"); strings.Contains(card, "canary-9127") || strings.Contains(card, "margin.pdf") || !strings.Contains(card, "0 comments") {
				w.Errorf("%s sees %s", who, card)
			}
			w.want(w.do(who, "GET", "/org1/files/"+fileID, nil), http.StatusNotFound, who+" opens the note's file")
		}
		if card := w.card("staff2", "proposalA"); !strings.Contains(card, "canary-9127") || !strings.Contains(card, "Internal note") {
			w.Errorf("a colleague sees %s", card)
		}
		if kinds := w.column(`select kind from events`); len(kinds) != 1 || kinds[0] != "message.noted" {
			w.Errorf("events: %v", kinds)
		}
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"x"}, "internal": {"1"}}), http.StatusForbidden, "a customer's internal note")
		for _, kind := range Events() {
			if kind.Name == "message.noted" && kind.Visibility != event.OfficeOnly {
				w.Error("the event of a note is shown to customers")
			}
		}
	})
}

func TestAFormSentTwicePostsOnce(t *testing.T) {
	onBoth(t, func(w *world) {
		fields := url.Values{"text": {"Only once"}, "id": {id.New()}}
		for range 3 {
			w.want(w.send("A1", "/org1/messages/proposal/proposalA", fields), http.StatusSeeOther, "posting")
		}
		if n, events := w.column(`select body from messages`), w.column(`select kind from events`); len(n) != 1 || len(events) != 1 {
			w.Errorf("%d messages, %d events", len(n), len(events))
		}
		w.want(w.send("A2", "/org1/messages/proposal/proposalA", fields), http.StatusNotFound, "somebody else with the same id")
		w.want(w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {"x"}, "id": {"short"}}), http.StatusUnprocessableEntity, "a wrong id")
	})
}

func TestBadInputIsSaidWhereItWasTypedAndNothingIsLost(t *testing.T) {
	onBoth(t, func(w *world) {
		fileID := w.upload("A1", "proposalA", "kept.pdf", pdfBytes)
		long := strings.Repeat("word ", 2100)
		for what, c := range map[string]struct {
			fields url.Values
			says   string
		}{
			"nothing":             {url.Values{"text": {"  \n "}}, "Please write something first."},
			"too much":            {url.Values{"text": {long}, "file": {fileID}}, "This is too long."},
			"a foreign person":    {url.Values{"text": {"Hi there"}, "mention": {"olga"}}, "Somebody you mentioned does not see this conversation."},
			"a control character": {url.Values{"text": {"a\x00b"}}, "characters that cannot be read"},
			"a lost file":         {url.Values{"text": {"Hi there"}, "file": {"00000000000000000000000000"}}, "Please attach it again."},
		} {
			for _, way := range [][]string{nil, {"HX-Request", "true"}} {
				answer := w.send("A1", "/org1/messages/proposal/proposalA", c.fields, way...)
				w.want(answer, http.StatusUnprocessableEntity, what)
				body := answer.Body.String()
				if !strings.Contains(body, c.says) || !strings.Contains(body, `role="alert"`) {
					w.Errorf("%s: %q is not said", what, c.says)
				}
				if typed := strings.TrimSpace(c.fields.Get("text")); typed != "" && !strings.Contains(typed, "\x00") && !strings.Contains(body, typed) {
					w.Errorf("%s: what was typed is gone", what)
				}
				if c.fields.Get("file") == fileID && !strings.Contains(body, "kept.pdf") {
					w.Errorf("%s: the attached file is gone", what)
				}
			}
		}
		if n := w.column(`select body from messages`); len(n) != 0 {
			w.Errorf("stored nevertheless: %v", n)
		}
	})
}

func TestAuthorsChangeTheirMessagesForAQuarterOfAnHour(t *testing.T) {
	onBoth(t, func(w *world) {
		fileID := w.upload("A1", "proposalA", "wrong.pdf", pdfBytes)
		edited := w.post("A1", "proposalA", Draft{Body: "Frist"})
		removed := w.post("A1", "proposalA", Draft{Body: "canary-5150", Files: []string{fileID}})
		w.clock.Advance(14 * time.Minute)
		w.want(w.send("A1", "/org1/posts/"+edited.ID+"/edit", url.Values{"text": {"First"}}), http.StatusSeeOther, "edit")
		w.want(w.send("A1", "/org1/posts/"+removed.ID+"/remove", nil, "HX-Request", "true"), http.StatusOK, "take back")
		card := w.card("A2", "proposalA")
		for _, want := range []string{"First", "edited", "This message was taken back.", "1 comment"} {
			if !strings.Contains(card, want) {
				w.Errorf("%q is missing in %s", want, card)
			}
		}
		if strings.Contains(card, "Frist") || strings.Contains(card, "canary-5150") || strings.Contains(card, "wrong.pdf") {
			w.Errorf("what was taken back is still shown: %s", card)
		}
		w.want(w.do("staff", "GET", "/org1/files/"+fileID, nil), http.StatusNotFound, "the file of a message taken back")
		w.clock.Advance(2 * time.Minute)
		late := w.send("A1", "/org1/posts/"+edited.ID+"/edit", url.Values{"text": {"Third"}}, "HX-Request", "true")
		if late.Code != http.StatusConflict || !strings.Contains(late.Body.String(), "15 minutes") {
			w.Errorf("a late edit: %d", late.Code)
		}
		w.want(w.send("A1", "/org1/posts/"+edited.ID+"/remove", nil), http.StatusConflict, "a late removal")
		if strings.Contains(w.card("A1", "proposalA"), "Edit or take back") {
			w.Error("an old message offers to be edited")
		}
	})
}

// corpus is what people paste who want their text to run.
var corpus = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `<a href="javascript:alert(1)">x</a>`, `[x](javascript:alert(1))`,
	`[x](data:text/html;base64,PHNjcmlwdD4=)`, `javascript:alert(1)`, `</textarea><script>alert(1)</script>`, `<iframe srcdoc="<script>alert(1)</script>">`,
	`{{constructor.constructor('alert(1)')()}}`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `https://x.example/"onmouseover="alert(1)`,
	`https://x.example/'><script>alert(1)</script>`, `@Dana Kowal<script>alert(1)</script>`, "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)",
}

func TestF02F03F06WhatPeopleTypeIsInert(t *testing.T) {
	onBoth(t, func(w *world) {
		for _, text := range corpus {
			w.post("A1", "proposalA", Draft{Body: text})
		}
		w.actors["evil"] = access.NewActor(access.Identity{Org: "org1", Person: "abe", Kind: access.Customer, Modules: access.EveryModule, Name: `<img src=x onerror=alert(2)>`, Proof: access.SignedIn})
		w.upload("evil", "proposalA", `<img src=x onerror=alert(3)>.pdf`, pdfBytes)
		w.post("evil", "proposalA", Draft{Body: "hello"})
		for _, who := range []string{"staff", "A1"} {
			card := w.card(who, "proposalA")
			for _, bad := range []string{"<script", "<img src=x", "<iframe", "<svg onload", "<math", `href="javascript`, `href="data`, "onerror=alert(1)>", `"onmouseover`} {
				if strings.Contains(card, bad) {
					w.Errorf("%s: the page holds %q", who, bad)
				}
			}
			if !strings.Contains(card, "&lt;script&gt;alert(1)&lt;/script&gt;") {
				w.Errorf("%s does not see the text itself", who)
			}
		}
		again := w.send("A1", "/org1/messages/proposal/proposalA", url.Values{"text": {corpus[7]}, "mention": {"olga"}}, "HX-Request", "true").Body.String()
		if strings.Contains(again, "</textarea><script") {
			w.Error("the form shown again holds a script")
		}
	})
}

func TestOnlyAddressesOfTheWebBecomeLinks(t *testing.T) {
	for text, want := range map[string]string{
		"see https://example.com/a?b=c.":      "https://example.com/a?b=c",
		"(http://example.com/x)":              "http://example.com/x",
		"javascript:alert(1)":                 "",
		"data:text/html,x ftp://example.com/": "",
		"www.example.com":                     "",
	} {
		link, whole := "", ""
		for _, piece := range runsOf(text, nil) {
			whole += piece.text
			if piece.url != "" {
				link = piece.url
			}
		}
		if link != want || whole != text {
			t.Errorf("%q links to %q, want %q; its text is %q", text, link, want, whole)
		}
	}
}

func TestExcerptsEndAtAWord(t *testing.T) {
	long := strings.Repeat("kitchen ", 60)
	if got := excerpt(long); len([]rune(got)) > excerptRunes+1 || !strings.HasSuffix(got, "kitchen…") {
		t.Errorf("excerpt %q", got)
	}
	if got := excerpt("Grüße"); got != "Grüße" {
		t.Errorf("a short text became %q", got)
	}
}
