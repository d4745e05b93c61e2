package signing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
	"lintel/internal/ui"
)

// CheckPath is where anybody checks a sealed PDF.
const CheckPath = "/verify"

const (
	largestChecked = 20 << 20  // bytes of a PDF
	largestRead    = 100 << 20 // bytes of a request: what is too large is still heard out, so that the browser shows the answer
	patience       = 5 * time.Minute
)

// Pages are the pages about seals: the public one on which a sealed PDF is checked.
type Pages struct {
	service   *Service
	frame     *organisation.Frame
	turnstile *turnstile
}

// NewPages makes the pages.
func NewPages(service *Service, frame *organisation.Frame) *Pages {
	return &Pages{service: service, frame: frame, turnstile: newTurnstile()}
}

// Routes adds the address of the page "Check a document".
func (p *Pages) Routes(t *route.Table) {
	rule := access.Anyone("says what a handed in PDF proves by itself; keeps nothing of it and is throttled")
	t.Get(CheckPath, rule, p.ask)
	t.Post(CheckPath, rule, p.check)
}

func (p *Pages) ask(r *route.Request) (web.Reply, error) { return p.form(r, ""), nil }

// form is the page before a check, with what was wrong with the file handed in.
func (p *Pages) form(r *route.Request, problem string) web.Reply {
	title := i18n.T(r.Context(), "Check a document")
	return p.frame.Gate(r, organisation.GateInfo{Title: title, Icon: "shield-check", Foot: checkFoot()}, checkPage(problem))
}

func (p *Pages) check(r *route.Request) (web.Reply, error) {
	gone, err := p.turnstile.arrive(r.Browser.Address, p.service.clock.Now())
	if err != nil {
		return web.Reply{}, err
	}
	defer gone()
	waiting, err := os.CreateTemp("", "lintel-check-*.pdf")
	if err != nil {
		return web.Reply{}, fmt.Errorf("make room for a file to check: %w", err)
	}
	defer func() { _ = waiting.Close(); _ = os.Remove(waiting.Name()) }()
	name, err := handedIn(r, p.service.clock, waiting)
	if err != nil {
		return p.again(r, err)
	}
	leave, err := p.turnstile.enter(r.Context())
	if err != nil {
		return web.Reply{}, err
	}
	defer leave()
	file, err := os.ReadFile(waiting.Name())
	if err != nil {
		return web.Reply{}, fmt.Errorf("read a file to check: %w", err)
	}
	outcome, err := p.service.Check(r.Context(), file)
	if err != nil {
		return p.again(r, err)
	}
	v := verdict{Outcome: outcome, file: name, words: outcome.verdictWords()}
	return p.frame.Gate(r, organisation.GateInfo{Title: i18n.T(r.Context(), v.words.title), Wide: true, Foot: verdictFoot()}, verdictPage(v)), nil
}

// again shows the form with what was wrong with the file.
func (p *Pages) again(r *route.Request, err error) (web.Reply, error) {
	refusal := fault.As(err)
	switch {
	case refusal == nil:
		return web.Reply{}, err
	case refusal.Kind != fault.Invalid && refusal.Kind != fault.TooLarge:
		return web.Reply{}, err
	}
	problem := refusal.Message
	if len(refusal.Fields) > 0 {
		problem = refusal.Fields[0].Message
	}
	return p.form(r, i18n.T(r.Context(), problem)).WithStatus(route.Status(refusal.Kind)), nil
}

var (
	nothingHandedIn = fault.ForField("file", "Choose the PDF that you want to check.")
	tooLargeToCheck = fault.New(fault.TooLarge, "This file is too large. A PDF of up to 20 MB can be checked here.")
)

// handedIn writes the uploaded file into a place that is emptied right after the check: only
// what has arrived whole takes memory, so that slow senders keep nobody out.
func handedIn(r *route.Request, c clock.Clock, into io.Writer) (name string, err error) {
	r.Body = http.MaxBytesReader(r.Stream(), r.Body, largestRead)
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nothingHandedIn
	}
	until := c.Now().Add(patience)
	for {
		part, err := parts.NextPart()
		if err != nil {
			return "", unreadable(err)
		}
		if part.FormName() != "file" {
			continue
		}
		source := &patient{part, c, until}
		size, err := io.Copy(into, io.LimitReader(source, largestChecked+1))
		switch {
		case err != nil:
			return "", unreadable(err)
		case size > largestChecked:
			_, _ = io.Copy(io.Discard, source) // an answer before the end of the file is lost on browsers
			return "", tooLargeToCheck
		case size == 0:
			return "", nothingHandedIn
		}
		return part.FileName(), nil
	}
}

func unreadable(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, io.EOF):
		return nothingHandedIn
	case errors.As(err, &large):
		return tooLargeToCheck
	case fault.As(err) != nil:
		return err
	}
	return fault.Wrap(fault.Invalid, "The file did not arrive whole. Please try again.", err)
}

// patient reads until it has waited long enough.
type patient struct {
	source io.Reader
	clock  clock.Clock
	until  time.Time
}

// Read is as of io.Reader; Unavailable when the time is over.
func (p *patient) Read(into []byte) (int, error) {
	if p.clock.Now().After(p.until) {
		return 0, fault.New(fault.Unavailable, "The file arrived too slowly. Please try again with a better connection.")
	}
	return p.source.Read(into)
}

// verdict is what the page says of a file.
type verdict struct {
	Outcome
	file  string
	words verdictWords
}

type verdictWords struct {
	tone        ui.Tone
	icon        string
	title, text string // English, translated when shown
}

// verdictWords puts the outcome into words. Green is only what a firm of this server sealed:
// anybody can make a certificate with any name in it.
func (o Outcome) verdictWords() verdictWords {
	switch {
	case o.Good() && (o.OnFile || o.KnownOrganisation != ""):
		return verdictWords{ui.ToneOK, "shield-check", i18n.Mark("Unchanged since it was sealed"),
			i18n.Mark("Every byte of this file is as {name} sealed it.")}
	case o.Good():
		return verdictWords{ui.ToneWarn, "shield-alert", i18n.Mark("Unchanged, but sealed by somebody unknown here"),
			i18n.Mark("The file is as it was sealed. But the seal belongs to no firm on this server: its certificate calls itself {name}, which anybody could write. Ask them for the fingerprint of their certificate and compare it.")}
	case !o.Sealed:
		return verdictWords{ui.ToneBad, "circle-x", i18n.Mark("This document carries no seal"),
			i18n.Mark("It proves nothing by itself. If you expected a signed agreement, download it again from the portal, or from the e-mail that brought it.")}
	}
	return verdictWords{ui.ToneBad, "circle-x", i18n.Mark("Do not rely on this document"),
		i18n.Mark("It is not as it was sealed. Ask for the original, or download it again from the portal.")}
}

// sealer is the name of who sealed the file, as far as it can be told; a firm of this server
// with its address here, since another firm may call itself the same.
func (v verdict) sealer() string {
	if v.KnownOrganisation != "" {
		return v.KnownOrganisation + " (" + v.Slug + ")"
	}
	return v.Signer.Name
}

// facts lists what was found, in plain words.
func (v verdict) facts(ctx context.Context) []ui.Line {
	var facts []ui.Line
	add := func(label, value string) {
		if value != "" {
			facts = append(facts, ui.Line{Label: label, Amount: value})
		}
	}
	if v.OnFile {
		add(i18n.T(ctx, "Document"), i18n.T(ctx, "{number}: {title}, version {version}", "number", v.Number, "title", v.Title, "version", v.Version))
		add(i18n.T(ctx, "Signed by"), v.SignedBy)
		add(i18n.T(ctx, "Signed at"), inUTC(ctx, v.ApprovedAt))
	}
	if v.Sealed {
		add(v.sealedBy(ctx), v.sealer())
		add(i18n.T(ctx, "Sealed at"), inUTC(ctx, v.SignedAt))
		add(i18n.T(ctx, "Time stamp"), v.timestamp(ctx))
	}
	return append(facts, ui.Line{Label: i18n.T(ctx, "Kept on this server"), Amount: v.onFile(ctx)})
}

// sealedBy is the label of the sealer's name; in a changed file it is only what stands there.
func (v verdict) sealedBy(ctx context.Context) string {
	if v.Good() {
		return i18n.T(ctx, "Sealed by")
	}
	return i18n.T(ctx, "The seal names")
}

func (v verdict) timestamp(ctx context.Context) string {
	if v.Timestamp == nil {
		return i18n.T(ctx, "None: the time is what the firm's server said.")
	}
	if !v.OnFile {
		return i18n.T(ctx, "{time}, from an authority that is not known here and calls itself {authority}", "time", inUTC(ctx, *v.Timestamp), "authority", v.Authority)
	}
	return i18n.T(ctx, "{time}, confirmed by {authority}", "time", inUTC(ctx, *v.Timestamp), "authority", v.Authority)
}

func (v verdict) onFile(ctx context.Context) string {
	if !v.OnFile {
		return i18n.T(ctx, "No. This exact file is not kept here.")
	}
	return i18n.T(ctx, "Yes, byte for byte: {number} {title}", "number", v.Number, "title", v.Title)
}

// inUTC writes a moment for people anywhere: the page belongs to no firm and knows no zone.
func inUTC(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	ctx = i18n.WithReader(ctx, i18n.Reader{Language: i18n.LocaleOf(ctx).Language, Zone: time.UTC})
	return i18n.T(ctx, "{time} UTC", "time", i18n.DateTime(ctx, t))
}
