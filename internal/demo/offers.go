package demo

import (
	"context"
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/demo/pictures"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/features/signing"
	"lintel/internal/platform/money"
)

// offer is a proposal that is being played.
type offer struct {
	*order
	plan *offerPlan
	id   string
}

func (o *order) playOffer(plan *offerPlan) {
	f, p := o.firm, &offer{order: o, plan: plan}
	f.at(plan.sent, "09:15", p.write)
	if plan.ends == stillDraft {
		return
	}
	f.at(plan.sent, "10:40", func() error { return p.send("") })
	if second := plan.second; second != nil {
		if second.asked != "" {
			f.at(second.askDay, "18:20", func() error { return f.andTell(p.refuse(f.app.Documents.AskForChanges, second.asked)) })
		}
		f.at(second.days, "14:05", func() error { return p.revise(second) })
	}
	for _, remark := range plan.talk {
		f.at(remark.days, remark.at, func() error { return f.andTell(p.say(remark)) })
	}
	p.playEnd()
}

func (p *offer) playEnd() {
	f, day := p.firm, p.plan.answered
	switch p.plan.ends {
	case viewed:
		f.at(day, "19:05", p.look)
	case changesAsked:
		f.at(day, "19:30", func() error { return f.andTell(p.refuse(f.app.Documents.AskForChanges, p.plan.reason)) })
	case declined:
		f.at(day, "20:10", func() error { return f.andTell(p.refuse(f.app.Documents.Decline, p.plan.reason)) })
	case approved:
		f.at(day, "18:42", func() error { return f.andTell(p.approve()) })
	case lapsed:
		f.at(p.plan.sent-p.plan.validDays-1, "07:00", f.work)
	case withdrawn:
		f.at(day, "12:00", func() error { return f.app.Documents.Void(f.ctx, p.author(), p.id, p.plan.reason) })
	}
}

func (p *offer) author() access.Actor { return p.firm.staff[p.plan.by].actor }

// write drafts the proposal with its files, and names who gets it.
func (p *offer) write() (err error) {
	f, author := p.firm, p.author()
	if p.id, err = f.app.Documents.Create(f.ctx, author, p.order.id, p.plan.title); err != nil {
		return fmt.Errorf("begin %s: %w", p.plan.title, err)
	}
	desk, err := f.app.Documents.Workshop(f.ctx, author, p.id, 0)
	if err != nil {
		return err
	}
	content, err := p.fill(desk.Version.Content)
	if err != nil {
		return err
	}
	if _, err := f.app.Documents.SaveDraft(f.ctx, author, p.id, desk.Version.Revision, content); err != nil {
		return fmt.Errorf("write %s: %w", p.plan.title, err)
	}
	for i, contact := range p.contacts {
		if i > 0 && !p.plan.readers {
			break
		}
		if err := f.app.Documents.SetRecipient(f.ctx, author, p.id, contact, i == 0); err != nil {
			return fmt.Errorf("address %s: %w", p.plan.title, err)
		}
	}
	return nil
}

func (p *offer) fill(content proposal.Content) (proposal.Content, error) {
	content.CoverNote, content.OfficeNote, content.Pricing = p.plan.note, p.plan.officeNote, proposal.TaxIncluded
	content.ValidUntil = dayAhead(p.firm.clock.Now(), p.plan.validDays)
	if p.plan.deposit != "" {
		content.Deposit = money.MustDecimal(p.plan.deposit)
	}
	content.Groups = nil
	for _, g := range p.plan.groups {
		filled := g.group
		for _, l := range g.lines {
			photos, err := p.attach(l.photos)
			if err != nil {
				return content, err
			}
			l.line.Photos = photos
			filled.Lines = append(filled.Lines, l.line)
		}
		content.Groups = append(content.Groups, filled)
	}
	cover := []string{}
	if p.plan.cover != "" {
		cover = []string{p.plan.cover}
	}
	covers, err := p.attach(cover)
	if err != nil {
		return content, err
	}
	for _, c := range covers {
		content.Cover = c.FileID
	}
	content.Attachments, err = p.attach(p.plan.attachments)
	return content, err
}

func (p *offer) attach(names []string) (refs []proposal.AttachmentRef, err error) {
	on := file.Hang{Kind: "proposal", On: p.id, Item: p.id, Customer: p.client.id, Project: p.order.id, Visibility: file.Office, Quiet: true}
	for _, name := range names {
		hung, err := p.firm.hang(p.author(), on, name)
		if err != nil {
			return nil, err
		}
		refs = append(refs, proposal.AttachmentRef{FileID: hung})
	}
	return refs, nil
}

func (p *offer) send(changeNote string) error {
	f, author := p.firm, p.author()
	desk, err := f.app.Documents.Workshop(f.ctx, author, p.id, 0)
	if err != nil {
		return err
	}
	if err := f.app.Documents.Send(f.ctx, author, p.id, desk.Version.Revision, changeNote); err != nil {
		return fmt.Errorf("send %s: %w", p.plan.title, err)
	}
	return nil
}

// revise makes the next version and sends it.
func (p *offer) revise(second *secondPlan) error {
	f, author := p.firm, p.author()
	if err := f.app.Documents.Revise(f.ctx, author, p.id); err != nil {
		return fmt.Errorf("revise %s: %w", p.plan.title, err)
	}
	desk, err := f.app.Documents.Workshop(f.ctx, author, p.id, 0)
	if err != nil {
		return err
	}
	content := desk.Version.Content
	second.change(&content)
	content.ValidUntil = dayAhead(f.clock.Now(), p.plan.validDays)
	if _, err := f.app.Documents.SaveDraft(f.ctx, author, p.id, desk.Version.Revision, content); err != nil {
		return fmt.Errorf("write the next version of %s: %w", p.plan.title, err)
	}
	return p.send(second.note)
}

// say posts a message; the customer's may carry a photo.
func (p *offer) say(remark remarkPlan) error {
	f := p.firm
	who, err := p.speaker(remark.by)
	if err != nil {
		return err
	}
	draft := message.Draft{Body: remark.text, Internal: remark.internal}
	if remark.file != "" {
		on := file.Hang{Kind: file.Composer, On: "proposal:" + p.id, Item: p.id, Customer: p.client.id, Project: p.order.id, Visibility: file.Office, Quiet: true}
		content, err := pictures.Open(remark.file)
		if err != nil {
			return err
		}
		hung, err := f.app.Files.Save(f.ctx, who, on, f.snapped(remark.file), "", content)
		if err != nil {
			return fmt.Errorf("attach %s: %w", remark.file, err)
		}
		draft.Files = []string{hung.ID}
	}
	if _, err := f.app.Messages.Post(f.ctx, who, message.Thread{Kind: "proposal", ID: p.id}, draft); err != nil {
		return fmt.Errorf("write on %s: %w", p.plan.title, err)
	}
	return nil
}

// look opens the newest version, as the page does when it is shown.
func (p *offer) look() error {
	_, _, err := p.open()
	return err
}

func (p *offer) open() (*guest, document.Reading, error) {
	f := p.firm
	g, err := p.guestOf(0)
	if err != nil {
		return nil, document.Reading{}, err
	}
	r, err := f.app.Documents.Read(f.ctx, g.actor, p.id, 0)
	if err != nil {
		return g, r, fmt.Errorf("open %s: %w", p.plan.title, err)
	}
	return g, r, f.app.Documents.Viewed(f.ctx, g.actor, p.id, r.Version.Number)
}

type refusing = func(ctx context.Context, actor access.Actor, refusal document.Refusal) error

func (p *offer) refuse(answer refusing, reason string) error {
	g, r, err := p.open()
	if err != nil {
		return err
	}
	err = answer(p.firm.ctx, g.actor, document.Refusal{Document: p.id, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Reason: reason})
	if err != nil {
		return fmt.Errorf("answer %s: %w", p.plan.title, err)
	}
	return nil
}

// approve goes the whole way of a customer: chooses, opens the terms, confirms the
// browser with the code from the mail, and signs.
func (p *offer) approve() error {
	f := p.firm
	g, r, err := p.open()
	if err != nil {
		return err
	}
	progress := p.choices(r.Version.Content)
	if _, err := f.app.Documents.SaveProgress(f.ctx, g.actor, p.id, r.Version.Number, progress); err != nil {
		return fmt.Errorf("choose on %s: %w", p.plan.title, err)
	}
	totals, err := r.Version.Content.Totals(progress.Choices)
	if err != nil {
		return err
	}
	if err := f.confirm(g); err != nil {
		return fmt.Errorf("confirm the browser for %s: %w", p.plan.title, err)
	}
	_, err = f.app.Documents.Approve(f.ctx, g.actor, document.Approval{Document: p.id, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Total: totals.Total,
		Progress: progress, ConsentVersion: signing.CurrentConsent("en").Version, Method: signing.Typed, Typed: p.client.plan.contacts[0].name, Browser: g.browser})
	if err != nil {
		return fmt.Errorf("approve %s: %w", p.plan.title, err)
	}
	return nil
}

func (p *offer) choices(content proposal.CustomerContent) document.Progress {
	progress := document.Progress{Choices: proposal.Choices{Selected: map[string]bool{}, Quantities: map[string]money.Decimal{}}}
	wanted := map[string]bool{}
	for _, name := range p.plan.choose {
		wanted[name] = true
	}
	for _, g := range content.Groups {
		for _, l := range g.Lines {
			if g.Kind == proposal.Option && len(wanted) > 0 {
				progress.Choices.Selected[l.ID] = wanted[l.Name]
			}
		}
	}
	for _, term := range content.Terms {
		progress.Terms = append(progress.Terms, term.ID)
	}
	return progress
}
