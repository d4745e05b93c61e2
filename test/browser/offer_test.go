package browser

import (
	"time"

	"github.com/mxschmitt/playwright-go"

	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/platform/id"
	"lintel/internal/platform/money"
)

// offer is the kitchen's proposal, made by the services behind the pages and sent to Maria.
type offer struct {
	*portal
	id   string
	path string // of the customer's page
	link string // from Maria's mail
}

// sends makes and sends a proposal with a choice that must be made, extras, terms, a photo, a PDF
// and a film.
func (p *portal) sends() *offer {
	p.t.Helper()
	o := p.drafts()
	o.change(func(c *proposal.Content) {
		c.CoverNote = "Dear Maria,\n\nthis is the kitchen as we planned it together."
	})
	o.send("")
	o.link = p.link(p.mailTo(mariasAddress, "Kitchen"))
	return o
}

func (p *portal) drafts() *offer {
	p.t.Helper()
	ctx := p.t.Context()
	made, err := p.app.Documents.Create(ctx, p.ruth, p.project, "Kitchen & ground-floor refit")
	p.must(err, "begin the proposal")
	o := &offer{portal: p, id: made, path: document.CustomerPath(p.firm.Slug, made)}
	o.change(o.fill)
	p.must(p.app.Documents.SetRecipient(ctx, p.ruth, o.id, p.contact, true), "address the proposal")
	return o
}

func (o *offer) desk() document.Desk {
	o.t.Helper()
	desk, err := o.app.Documents.Desk(o.t.Context(), o.ruth, o.id, 0)
	o.must(err, "open the proposal")
	return desk
}

// change rewrites the draft.
func (o *offer) change(rewrite func(*proposal.Content)) {
	o.t.Helper()
	desk := o.desk()
	content := desk.Version.Content
	rewrite(&content)
	_, err := o.app.Documents.SaveDraft(o.t.Context(), o.ruth, o.id, desk.Version.Revision, content)
	o.must(err, "write the proposal")
}

func (o *offer) send(changeNote string) {
	o.t.Helper()
	o.must(o.app.Documents.Send(o.t.Context(), o.ruth, o.id, o.desk().Version.Revision, changeNote), "send the proposal")
}

// revise sends a next version in which the plastering costs more.
func (o *offer) revise() {
	o.t.Helper()
	o.must(o.app.Documents.Revise(o.t.Context(), o.ruth, o.id), "begin the next version")
	o.change(func(c *proposal.Content) { c.Groups[0].Lines[1].UnitPrice = 5_000 })
	o.send("The ceiling needs two coats more.")
}

func (o *offer) fill(c *proposal.Content) {
	c.ValidUntil = o.clock.Now().AddDate(0, 0, 60).Format(time.DateOnly)
	c.Deposit, c.Pricing = money.Whole(30), proposal.TaxIncluded
	line := func(name, quantity, unit string, price int64, photos ...string) proposal.Line {
		return proposal.Line{ID: id.New(), Kind: proposal.Item, Name: name, Quantity: money.MustDecimal(quantity), Unit: unit, UnitPrice: price, TaxPercent: money.Whole(20), Photos: o.hang(photos...)}
	}
	c.Groups = []proposal.Group{
		{ID: id.New(), Name: "Preparation and structure", Kind: proposal.Fixed, Lines: []proposal.Line{
			line("Strip out the old kitchen", "1", "lump sum", 288_000, "kitchen-before.jpg"), line("Plaster and make good", "46", "m²", 4_200)}},
		{ID: id.New(), Name: "Worktop", Kind: proposal.Option, Min: 1, Max: 1, Lines: []proposal.Line{
			line("Laminate worktop", "1", "piece", 62_000, "worktop-laminate.jpg"), line("Quartz worktop", "1", "piece", 200_000, "worktop-quartz.jpg")}},
		{ID: id.New(), Name: "Extras", Kind: proposal.Option, Lines: []proposal.Line{line("Light under the cabinets", "1", "set", 46_000)}},
	}
	c.Terms = []proposal.Term{{ID: id.New(), Title: "Payment", Body: "You pay as the work goes on.\n\n- **When you sign:** 30 %"}, {ID: id.New(), Title: "Warranty", Body: "Five years on our work."}}
	c.Attachments = o.hang("kitchen-sage.jpg", "kitchen-walk-round.mp4", "kitchen-plan.pdf")
	c.Cover = c.Attachments[0].FileID
}

func (o *offer) hang(names ...string) (refs []proposal.AttachmentRef) {
	o.t.Helper()
	for _, name := range names {
		on := file.Hang{Kind: "proposal", On: o.id, Item: o.id, Customer: o.customer, Project: o.project, Visibility: file.Office, Quiet: true}
		hung, err := o.app.Files.Save(o.t.Context(), o.ruth, on, name, "", sample(o.t, name))
		o.must(err, "hang "+name)
		refs = append(refs, proposal.AttachmentRef{FileID: hung.ID})
	}
	return refs
}

// reads enters by the link of the mail and comes to the proposal.
func (o *offer) reads(who *Person) {
	o.t.Helper()
	if who.options.WithoutJavaScript {
		o.enters(who, o.link, "Maria Ruiz")
	} else {
		answered(who, "/viewed", func() { o.enters(who, o.link, "Maria Ruiz") })
	}
	who.Arrives(o.path)
}

// choosesAll does on the page what must be done before one can sign.
func (o *offer) choosesAll(who *Person) {
	o.t.Helper()
	saves(who, func() { who.Click(who.Page.Locator("label.opt").Filter(hasText("Quartz worktop"))) })
	closed := who.Page.Locator("details.term:not([data-opened]) summary")
	for {
		n, err := closed.Count()
		who.must(err, "count the terms")
		if n == 0 {
			return
		}
		opens(who, closed.First())
	}
}

// opens opens a term and waits until the server knows.
func opens(who *Person, term playwright.Locator) {
	who.t.Helper()
	answered(who, "/terms", func() { who.Click(term) })
}

// saves waits until a choice is kept.
func saves(who *Person, choose func()) {
	who.t.Helper()
	answered(who, "/choices", choose)
}

// confirms types the code from the mail, which a browser is asked for the first time.
func (o *offer) confirms(who *Person, sofar int) {
	o.t.Helper()
	who.See(who.Heading("Enter the 6-digit code"), "the question for the code")
	code := o.code(o.mailAfter(sofar, mariasAddress, "code"))
	who.Fill("Code from the e-mail", code)
	who.Click(who.Button("Confirm"))
}

// provesTheMailbox answers the page that comes before anything that outlives a link.
func (o *offer) provesTheMailbox(who *Person) {
	o.t.Helper()
	sofar := o.post.count()
	who.See(who.Heading("Check that it is you"), "the page before the code")
	who.Click(who.Button("Send the code"))
	o.confirms(who, sofar)
}

// comesToSign goes from the proposal to the signature, by way of the code.
func (o *offer) comesToSign(who *Person) {
	o.t.Helper()
	sofar := o.post.count()
	who.Click(reviewAndSign(who))
	o.confirms(who, sofar)
	who.See(who.Heading("Sign the proposal"), "the signature")
}

// signatures is how many signatures stand under the proposal.
func (o *offer) signatures() int {
	o.t.Helper()
	return len(o.desk().Signatures)
}
