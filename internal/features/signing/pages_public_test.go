package signing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/db"
	"lintel/internal/platform/db/dbtest"
	"lintel/internal/platform/httpclient"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/migrate"
	"lintel/internal/platform/money"
	"lintel/internal/platform/pdf"
	"lintel/internal/platform/secret"
	"lintel/internal/ui"
)

// counter is the page "Check a document" of a server on which Hartwell & Sons seal.
type counter struct {
	*testing.T
	clock   *clock.Fake
	store   *guard.Store
	service *Service
	server  http.Handler
	system  access.Actor
}

func atCounter(t *testing.T, run func(c *counter)) {
	t.Helper()
	dbtest.OnBoth(t, func(t *testing.T, database *db.DB) { run(openCounter(t, database)) })
}

// atOneCounter is for what asks nothing of the database but whose seal it is.
func atOneCounter(t *testing.T, run func(c *counter)) {
	t.Helper()
	run(openCounter(t, dbtest.SQLite(t)))
}

func openCounter(t *testing.T, database *db.DB) *counter {
	t.Helper()
	c := &counter{T: t, clock: clock.NewFake(time.Date(2026, 11, 22, 18, 42, 0, 0, time.UTC))}
	_, err := migrate.Up(t.Context(), database, c.clock.Now())
	c.must(err)
	quiet := slog.New(slog.DiscardHandler)
	events := event.NewRegistry()
	events.Declare(append(organisation.Events(), Events()...)...)
	c.store = guard.New(database, events, c.clock, quiet, func() {})
	box, err := secret.OpenOrCreateKey(filepath.Join(t.TempDir(), "key"))
	c.must(err)
	c.service = New(c.store, box, c.clock, httpclient.New(httpclient.Options{}), "")
	firm, err := organisation.New(c.store, nil, organisation.Ports{}).Found(t.Context(), organisation.Founding{Firm: organisation.FirmDetails{Name: "Hartwell & Sons"}})
	c.must(err)
	c.system = access.NewSystem(firm.ID, "a test seals")
	give, err := c.service.PrepareSeal("Hartwell & Sons")
	c.must(err)
	c.must(c.store.Change(t.Context(), c.system, access.SystemWork, give))
	frame := organisation.NewFrame(nil)
	table := &route.Table{}
	NewPages(c.service, frame).Routes(table)
	c.server = table.Handler(route.Edge{
		Authenticate: func(context.Context, *http.Request, string) (access.Actor, access.Organisation, error) {
			return access.Actor{}, access.Organisation{}, nil
		},
		Reader: func(ctx context.Context, _ *route.Request) context.Context {
			ctx = i18n.WithReader(ctx, i18n.Reader{Language: "en", Now: c.clock.Now()})
			return ui.WithWords(ctx, ui.TranslateWords(func(s string) string { return i18n.T(ctx, s) }))
		},
		Trouble: frame.Trouble, SignIn: func(*route.Request) string { return "/sign-in" }, Log: quiet,
		Address: func(r *http.Request) string { return strings.TrimSuffix(r.RemoteAddr, ":1234") }})
	return c
}

func (c *counter) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// agreement is a drawn proposal that Maria signed; it is not sealed yet.
func (c *counter) agreement() []byte {
	c.Helper()
	ctx := i18n.WithReader(c.Context(), i18n.Reader{Language: "en"})
	document := pdf.New(pdf.Options{Title: "P-0142 Kitchen", At: c.clock.Now()})
	document.Paragraph("Underfloor heating, 38 m²")
	c.must(Draw(ctx, document, "Hartwell & Sons", Signature{ID: "s1", Document: "kitchen", Version: 2, Name: "Maria Ruiz", Email: "maria@ruiz.example", Method: Typed, Mark: "Maria Ruiz",
		Consent: CurrentConsent("en"), Choices: json.RawMessage(`{}`), Total: money.New(4069400, "EUR"), SignedAt: c.clock.Now(), Title: "Kitchen", Number: "P-0142"}, []byte(`{}`), nil))
	drawn, err := document.Bytes()
	c.must(err)
	return drawn
}

func (c *counter) sealed() []byte {
	c.Helper()
	file, err := c.service.Apply(c.Context(), c.system, c.agreement(), "P-0142 Kitchen", false)
	c.must(err)
	return file
}

// sealedElsewhere is the same agreement under a certificate that anybody could make.
func (c *counter) sealedElsewhere(name string) []byte {
	c.Helper()
	seal, err := pdf.NewSeal(name, c.clock.Now())
	c.must(err)
	file, err := pdf.Sign(c.agreement(), seal, pdf.SignOptions{Name: name, At: c.clock.Now()})
	c.must(err)
	return file
}

// keep notes the file as the sealed copy of a signature.
func (c *counter) keep(file []byte) {
	c.Helper()
	sum := sha256.Sum256(file)
	maria := access.NewActor(access.Identity{Org: c.system.Org(), Person: "maria", Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.SignedIn})
	c.must(c.store.Change(c.Context(), maria, access.ProposalsAnswer, func(tx *guard.Tx) error {
		wide := tx.OnBehalfOf("a test grants")
		if _, err := wide.Exec(grantForTest, guard.Args{}); err != nil {
			return err
		}
		signed, _, err := Sign(tx, Signature{Document: "kitchen", Version: 2, Customer: "ruiz", Project: "refit", Contact: "c", Name: "Maria Ruiz", Email: "maria@ruiz.example", Method: Typed,
			Mark: "Maria Ruiz", Consent: CurrentConsent("en"), Choices: json.RawMessage(`{}`), Total: money.New(1, "EUR"), Proof: access.SignedIn, Title: "Kitchen", Number: "P-0142"})
		if err != nil {
			return err
		}
		_, err = MarkSealed(wide, signed.ID, "file", hex.EncodeToString(sum[:]))
		return err
	}))
}

var grantForTest = guard.SQL("test: grant to maria", `insert into grants (org, id, person, customer, created_at) values (:org, 'g', 'maria', 'ruiz', :now)`)

func (c *counter) hand(in []byte, from string) *httptest.ResponseRecorder {
	c.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "kitchen, signed.pdf")
	c.must(err)
	_, err = part.Write(in)
	c.must(err)
	c.must(form.Close())
	return c.post(&body, form.FormDataContentType(), from)
}

func (c *counter) post(body io.Reader, kind, from string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, CheckPath, body)
	r.Header.Set("Content-Type", kind)
	r.RemoteAddr = from + ":1234"
	answer := httptest.NewRecorder()
	c.server.ServeHTTP(answer, r)
	return answer
}

func (c *counter) says(page *httptest.ResponseRecorder, want ...string) {
	c.Helper()
	if page.Code != http.StatusOK {
		c.Fatalf("answer %d: %s", page.Code, page.Body)
	}
	for _, words := range want {
		if !strings.Contains(page.Body.String(), words) {
			c.Errorf("the page does not say %q:\n%s", words, page.Body)
		}
	}
}

const home = "192.0.2.7"

func TestASealedAgreementIsFoundUnchangedByAnybody(t *testing.T) {
	atCounter(t, func(c *counter) {
		file := c.sealed()
		page := c.hand(file, home)
		c.says(page, `class="note ok"`, "Unchanged since it was sealed", "as Hartwell &amp; Sons (hartwell-sons) sealed it", "Nov 22, 2026, 6:42", "UTC",
			"No. This exact file is not kept here.", "None: the time is what", "kitchen, signed.pdf")
		report, err := pdf.Verify(file)
		c.must(err)
		c.says(page, report.Signer.Fingerprint, report.SHA256)
		c.keep(file)
		c.says(c.hand(file, home), "Yes, byte for byte: P-0142 Kitchen", "P-0142: Kitchen, version 2", "Maria Ruiz")
	})
}

func TestEveryChangedFileIsRefusedInWords(t *testing.T) {
	atCounter(t, func(c *counter) {
		file := c.sealed()
		c.keep(file)
		for what, changed := range map[string]func([]byte) []byte{
			"a flipped byte":   func(b []byte) []byte { b[len(b)/3] ^= 1; return b },
			"something added":  func(b []byte) []byte { return append(b, "\n% more\n"...) },
			"the end cut off":  func(b []byte) []byte { return b[:len(b)-40] },
			"the first letter": func(b []byte) []byte { b[0] = 'X'; return b },
		} {
			page := c.hand(changed(bytes.Clone(file)), home)
			c.says(page, `class="note bad"`, "Do not rely on this document")
			for _, never := range []string{`class="note ok"`, "Signed by", "Sealed by", "Yes, byte for byte"} {
				if strings.Contains(page.Body.String(), never) {
					t.Errorf("%s: the page says %q", what, never)
				}
			}
		}
	})
}

func TestASealWithAFirmsNameFromElsewhereIsNotGreen(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		page := c.hand(c.sealedElsewhere("Hartwell & Sons"), home)
		c.says(page, `class="note warn"`, "sealed by somebody unknown here", "belongs to no firm on this server")
		for _, never := range []string{`class="note ok"`, "Signed by"} {
			if strings.Contains(page.Body.String(), never) {
				t.Errorf("the page says %q of a certificate that anybody could make", never)
			}
		}
	})
}

// Names can be taken twice: a second firm may call itself as the first, and write into its own
// file whom it likes.
func TestAnotherFirmOfTheSameNameIsToldApart(t *testing.T) {
	atCounter(t, func(c *counter) {
		firm, err := organisation.New(c.store, nil, organisation.Ports{}).Found(c.Context(), organisation.Founding{Slug: "other-firm", Firm: organisation.FirmDetails{Name: "Hartwell & Sons"}})
		c.must(err)
		c.system = access.NewSystem(firm.ID, "a test seals")
		give, err := c.service.PrepareSeal("Hartwell & Sons")
		c.must(err)
		c.must(c.store.Change(c.Context(), c.system, access.SystemWork, give))
		page := c.hand(c.sealed(), home)
		c.says(page, "Hartwell &amp; Sons ("+firm.Slug+")", "Fingerprint of the certificate")
		for _, never := range []string{"(hartwell-sons)", "Signed by", "Maria Ruiz"} {
			if strings.Contains(page.Body.String(), never) {
				t.Errorf("the page says %q of another firm's file", never)
			}
		}
	})
}

func TestADocumentWithoutASealIsNamedSo(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		page := c.hand(c.agreement(), home)
		c.says(page, `class="note bad"`, "This document carries no seal", "It proves nothing by itself")
		if strings.Contains(page.Body.String(), "Sealed by") {
			t.Error("the page names who sealed it")
		}
	})
}

func TestAFileThatIsNoneIsRefusedWhereItWasChosen(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		empty := "multipart/form-data; boundary=x"
		for what, test := range map[string]struct {
			answer *httptest.ResponseRecorder
			status int
			words  string
		}{
			"a text":            {c.hand([]byte("hello"), home), http.StatusUnprocessableEntity, "This is not a PDF file."},
			"an empty file":     {c.hand(nil, home), http.StatusUnprocessableEntity, "Choose the PDF"},
			"no file":           {c.post(strings.NewReader("--x--\r\n"), empty, home), http.StatusUnprocessableEntity, "Choose the PDF"},
			"another form":      {c.post(strings.NewReader("a=b"), "application/x-www-form-urlencoded", home), http.StatusUnprocessableEntity, "Choose the PDF"},
			"a broken transfer": {c.post(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n%PDF-"), empty, home), http.StatusUnprocessableEntity, "did not arrive whole"},
			"too much":          {c.hand(make([]byte, largestChecked+1), home), http.StatusRequestEntityTooLarge, "A PDF of up to 20 MB"},
		} {
			if test.answer.Code != test.status || !strings.Contains(test.answer.Body.String(), test.words) || !strings.Contains(test.answer.Body.String(), `aria-invalid="true"`) {
				t.Errorf("%s: %d, want %d with %q beside the field:\n%s", what, test.answer.Code, test.status, test.words, test.answer.Body)
			}
		}
	})
}

func TestF02NamesInAFileStayText(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		page := c.hand(c.sealedElsewhere(`<script>alert(1)</script>`), home)
		c.says(page, "&lt;script&gt;")
		if strings.Contains(page.Body.String(), "<script>alert") {
			t.Error("the name in a certificate became a script")
		}
	})
}

func TestOneNetworkCannotKeepTheServerBusy(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		for range checksPerMinute {
			c.hand([]byte("hello"), "2001:db8::1")
		}
		if answer := c.hand([]byte("hello"), "2001:db8::ffff"); answer.Code != http.StatusTooManyRequests {
			t.Errorf("one more check from the same network: %d, want 429", answer.Code)
		}
		if answer := c.hand([]byte("hello"), home); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("a check from elsewhere: %d", answer.Code)
		}
		c.clock.Advance(time.Minute)
		if answer := c.hand([]byte("hello"), "2001:db8::ffff"); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("a check in the next minute: %d", answer.Code)
		}
	})
}

func TestAFileThatDribblesInIsGivenUp(t *testing.T) {
	now := clock.NewFake(time.Date(2026, 11, 22, 18, 42, 0, 0, time.UTC))
	slow := &patient{strings.NewReader("%PDF"), now, now.Now().Add(patience)}
	if _, err := slow.Read(make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	now.Advance(patience + time.Second)
	if _, err := slow.Read(make([]byte, 2)); err == nil {
		t.Error("it is still waited for")
	}
}

func TestThePageNeverTellsMoreThanTheFileAndItsSealer(t *testing.T) {
	atOneCounter(t, func(c *counter) {
		c.keep(c.sealed())
		ask := httptest.NewRecorder()
		c.server.ServeHTTP(ask, httptest.NewRequest(http.MethodGet, CheckPath, nil))
		c.says(ask, "Choose a signed PDF", `enctype="multipart/form-data"`)
		for _, page := range []string{ask.Body.String(), c.hand(c.agreement(), home).Body.String()} {
			if strings.Contains(page, "Hartwell") || strings.Contains(page, "P-0142") {
				t.Errorf("a page without a sealed file names a firm or a document:\n%s", page)
			}
		}
	})
}
