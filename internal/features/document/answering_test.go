package document_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/event"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/document"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/identity"
	"lintel/internal/features/signing"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/pdf"
)

// signRoom is a kitchen proposal that was sent to Maria, who signs, and to Tom, who gets a copy.
type signRoom struct {
	*office
	maria, tom, stranger access.Actor
}

func inSignRoom(t *testing.T, run func(s *signRoom)) {
	t.Helper()
	inOffice(t, func(o *office) { run(sendKitchen(o)) })
}

func sendKitchen(o *office) *signRoom {
	o.Helper()
	s := &signRoom{office: o}
	content := worktop()
	content.ValidUntil, content.Terms = "2026-12-18", []proposal.Term{{ID: "t1", Title: "Payment", Body: "In **four** parts."}, {ID: "t2", Title: "Warranty", Body: "Five years."}}
	_, err := o.service.SaveDraft(o.Context(), o.actors["jon"], o.document, 1, content)
	o.must(err)
	o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.maria, true))
	o.must(o.service.SetRecipient(o.Context(), o.actors["jon"], o.document, o.tom, false))
	o.must(o.service.Send(o.Context(), o.actors["jon"], o.document, 2, ""))
	seal, err := o.service.Seals().PrepareSeal("Hartwell & Sons")
	o.must(err)
	o.must(o.store.Change(o.Context(), access.NewSystem(o.actors["jon"].Org(), "give the test's firm a seal"), access.SystemWork, func(tx *guard.Tx) error {
		if err := seal(tx); err != nil {
			return err
		}
		recipients, err := document.LoadRecipients(tx, o.document)
		for _, r := range recipients {
			actor := access.NewActor(access.Identity{Org: tx.Org(), Person: r.Person, Kind: access.Customer, Modules: access.EveryModule, Name: r.Name, Email: r.Email, Proof: access.ConfirmedBrowser, Session: "browser of " + r.Name})
			if r.Signs {
				s.maria = actor
			} else {
				s.tom = actor
			}
		}
		s.stranger, err = s.strangerTo(tx, err)
		return err
	}))
	return s
}

// strangerTo is a contact of another customer of the same firm.
func (s *signRoom) strangerTo(tx *guard.Tx, err error) (access.Actor, error) {
	if err != nil {
		return access.Actor{}, err
	}
	person, err := identity.EnsureContactPerson(tx, "Ada Okafor", "ada@okafor.example")
	return access.NewActor(access.Identity{Org: tx.Org(), Person: person, Kind: access.Customer, Modules: access.EveryModule, Name: "Ada Okafor", Proof: access.ConfirmedBrowser}), err
}

// approval is what Maria's browser sends when everything is as it should be.
func (s *signRoom) approval() document.Approval {
	s.Helper()
	r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
	s.must(err)
	return document.Approval{Document: s.document, Version: r.Version.Number, ShownSHA256: r.Version.SHA256, Total: r.Totals.Total, Progress: document.Progress{Terms: []string{"t1", "t2"}},
		ConsentVersion: signing.CurrentConsent("en").Version, Method: signing.Typed, Typed: "Maria Ruiz", Browser: route.Browser{Address: "192.0.2.7", Agent: "Test"}}
}

// nothingSigned holds what every refusal must leave behind: no signature, the state as it was.
func (s *signRoom) nothingSigned() {
	s.Helper()
	w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 1)
	s.must(err)
	if len(w.Signatures) != 0 || w.Version.State != proposal.Sent {
		s.Errorf("after a refusal there are %d signatures and version 1 is %s", len(w.Signatures), w.Version.State)
	}
}

func TestApprovingSignsSealsAndBindsToWhatWasShown(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		a.Progress.Choices = proposal.Choices{Selected: map[string]bool{"e1": false, "e2": false, "e3": true}}
		a.Total.Minor += 383000 - 245000
		signed, err := s.service.Approve(s.Context(), s.maria, a)
		s.must(err)
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if r.Version.State != proposal.Approved || r.Signature == nil || !r.Signature.Sealed() || r.Answerable() || signed.Total != a.Total {
			s.Fatalf("after approving: state %s, signature %+v", r.Version.State, r.Signature)
		}
		_, sealed, err := s.files.Bytes(s.Context(), s.maria, r.Signature.SealedFile)
		s.must(err)
		report, err := pdf.Verify(sealed)
		s.must(err)
		if !report.Sealed || !report.Intact || len(report.Problems) > 0 || report.SHA256 != r.Signature.SealedSHA256 {
			s.Errorf("the sealed copy: %+v", report)
		}
		var evidence signing.Evidence
		s.must(json.Unmarshal(report.Attachments["evidence.json"], &evidence))
		if got := proposal.SHA256(report.Attachments["content.json"]); got != signed.ContentSHA256 || evidence.ContentSHA256 != got || evidence.Address != "192.0.2.7" || evidence.Signer != "Maria Ruiz" {
			s.Errorf("the evidence names %s from %s, the content has %s, the signature %s", evidence.Signer, evidence.Address, got, signed.ContentSHA256)
		}
		if strings.Contains(string(report.Attachments["content.json"]), "office only") || strings.Contains(string(report.Attachments["content.json"]), "unitCost") {
			s.Error("A14: the sealed copy carries what only the office may know")
		}
		sealed[len(sealed)/3] ^= 1
		if report, err := pdf.Verify(sealed); err == nil && report.Intact {
			s.Error("a flipped byte was not found")
		}
	})
}

func TestC01WhatChangedMeanwhileIsNotSigned(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
		if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Conflict) {
			s.Errorf("while the office works on version 2: %v", err)
		}
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 0)
		s.must(err)
		w.Version.Content.Groups[0].Lines[0].UnitPrice += 10000
		_, err = s.service.SaveDraft(s.Context(), s.actors["jon"], s.document, w.Version.Revision, w.Version.Content)
		s.must(err)
		s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, w.Version.Revision+1, "The skip costs more"))
		if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Conflict) {
			s.Errorf("after version 2 was sent: %v", err)
		}
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if r.Version.Number != 2 || len(r.Changes) != 1 || r.Changes[0].Effect.Minor != 10000 || r.Signature != nil {
			s.Errorf("version %d shows the changes %+v", r.Version.Number, r.Changes)
		}
		wrong := s.approval()
		wrong.ShownSHA256 = a.ShownSHA256
		if _, err := s.service.Approve(s.Context(), s.maria, wrong); !fault.Is(err, fault.Conflict) {
			s.Errorf("bytes that were not shown: %v", err)
		}
		wrong = s.approval()
		wrong.Total.Minor--
		if _, err := s.service.Approve(s.Context(), s.maria, wrong); !fault.Is(err, fault.Conflict) {
			s.Errorf("a total that was not shown: %v", err)
		}
	})
}

func TestC03ParallelApprovalsMakeOneSignature(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		const presses = 20
		results := make([]signing.Signature, presses)
		var all sync.WaitGroup
		for i := range presses {
			all.Go(func() {
				signed, err := s.service.Approve(s.Context(), s.maria, a)
				if err != nil {
					s.Errorf("press %d: %v", i, err)
				}
				results[i] = signed
			})
		}
		all.Wait()
		for _, r := range results[1:] {
			if r.ID != results[0].ID {
				s.Fatalf("two signatures: %s and %s", results[0].ID, r.ID)
			}
		}
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 1)
		s.must(err)
		if len(w.Signatures) != 1 {
			s.Errorf("%d signatures are stored", len(w.Signatures))
		}
	})
}

func TestC04C06C07C09WhoMayNotSign(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		forwarded := access.NewActor(access.Identity{Org: s.maria.Org(), Person: s.maria.Person(), Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.HoldsLink, Session: "another browser"})
		elsewhere := access.NewActor(access.Identity{Org: s.maria.Org(), Person: s.maria.Person(), Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Proof: access.ConfirmedBrowser, Item: "another proposal"})
		for who, attempt := range map[string]struct {
			actor access.Actor
			want  fault.Kind
		}{
			"C04 the co-owner with a copy to read":    {s.tom, fault.Denied},
			"C04 another customer":                    {s.stranger, fault.NotFound},
			"C06 the firm's owner":                    {s.actors["jon"], fault.Denied},
			"C06 a job":                               {access.NewSystem(s.maria.Org(), "try to sign"), fault.Denied},
			"C09 a forwarded link without a code":     {forwarded, fault.Denied},
			"a link that opens another document only": {elsewhere, fault.NotFound},
			"nobody":                   {access.Actor{}, fault.Unauthenticated},
			"A01 another firm's owner": {s.actors["rival jon"], fault.Denied},
		} {
			if _, err := s.service.Approve(s.Context(), attempt.actor, a); !fault.Is(err, attempt.want) {
				s.Errorf("%s got %v, want %s", who, err, attempt.want)
			}
		}
		s.nothingSigned()
	})
}

func TestC10NothingThatWasSentOrSignedChanges(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		_, err := s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		if _, err := s.service.SaveDraft(s.Context(), s.actors["jon"], s.document, 2, worktop()); !fault.Is(err, fault.Conflict) {
			s.Errorf("editing a sent version: %v", err)
		}
		if err := s.service.Void(s.Context(), s.actors["jon"], s.document, "changed my mind"); !fault.Is(err, fault.Conflict) {
			s.Errorf("withdrawing a signed proposal: %v", err)
		}
		for _, attack := range []*guard.Statement{attackVersion, attackSignature, attackGone} {
			err := s.store.Change(s.Context(), access.NewSystem(s.maria.Org(), "attack the stored agreement"), access.SystemWork, func(tx *guard.Tx) error {
				_, err := tx.Exec(attack, guard.Args{"document": s.document})
				return err
			})
			if !fault.Is(err, fault.Conflict) {
				s.Errorf("the database let through %q: %v", attack.Name, err)
			}
		}
	})
}

var (
	attackVersion   = guard.SQL("attack: rewrite a sent version", `update document_versions set shown = '{}' where org = :org and document = :document and version = 1`)
	attackSignature = guard.SQL("attack: rewrite a signature", `update signatures set name = 'Somebody Else' where org = :org and document = :document`)
	attackGone      = guard.SQL("attack: remove a signature", `delete from signatures where org = :org and document = :document`)
)

func TestC13OnlyADrawingOrANameIsASignature(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		for what, drawn := range map[string]string{
			"nothing":          "",
			"an empty canvas":  drawing(600, 200, 0),
			"one dot":          drawing(600, 200, 3),
			"an SVG":           "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte("<svg onload=alert(1)>")),
			"no picture":       "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte("GIF89a<script>")),
			"too many pixels":  hugePNG(20_000, 20_000),
			"too many bytes":   "data:image/png;base64," + strings.Repeat("A", 2_000_000),
			"not even base64":  "data:image/png;base64,%%%",
			"a link elsewhere": "https://evil.example/signature.png",
		} {
			a := s.approval()
			a.Method, a.Drawn = signing.Drawn, drawn
			if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Invalid) {
				s.Errorf("%s as a drawing: %v", what, err)
			}
		}
		for _, typed := range []string{"", " ", "M", strings.Repeat("x", 200)} {
			a := s.approval()
			a.Typed = typed
			if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Invalid) {
				s.Errorf("%q as a name: %v", typed, err)
			}
		}
		s.nothingSigned()
		a := s.approval()
		a.Method, a.Drawn = signing.Drawn, drawing(600, 200, 400)
		if _, err := s.service.Approve(s.Context(), s.maria, a); err != nil {
			s.Errorf("a real drawing: %v", err)
		}
	})
}

// drawing is a transparent PNG with a line of so many dark pixels.
func drawing(width, height, dark int) string {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range dark {
		picture.Set(20+i%500, 40+i/500, color.NRGBA{A: 255})
	}
	var out bytes.Buffer
	_ = png.Encode(&out, picture)
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())
}

// hugePNG is a small file that says it has very many pixels.
func hugePNG(width, height int) string {
	var out bytes.Buffer
	_ = png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1)))
	raw := out.Bytes()
	for i, shift := range []int{24, 16, 8, 0} {
		raw[16+i], raw[20+i] = byte(width>>shift), byte(height>>shift)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(raw)
}

func TestC15NothingIsSignedWithoutConsentChoicesAndOpenedTerms(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		for what, change := range map[string]func(*document.Approval){
			"no consent":                func(a *document.Approval) { a.ConsentVersion = "" },
			"an older consent":          func(a *document.Approval) { a.ConsentVersion = "2019-01" },
			"a term that is not opened": func(a *document.Approval) { a.Progress.Terms = []string{"t1"} },
			"no worktop":                func(a *document.Approval) { a.Progress.Choices.Selected = map[string]bool{"e2": false} },
		} {
			a := s.approval()
			change(&a)
			if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Precondition) {
				s.Errorf("%s: %v", what, err)
			}
		}
		for what, selected := range map[string]map[string]bool{"two worktops": {"e1": true, "e2": true}, "a line that is no option": {"a1": true}, "a line of nowhere": {"zzz": true}} {
			a := s.approval()
			a.Progress.Choices.Selected = selected
			if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Invalid) {
				s.Errorf("%s: %v", what, err)
			}
		}
		s.nothingSigned()
	})
}

// Who looks for the version before a huge number must not keep the database busy until it is found.
func TestAVersionThatWasNeverSentIsNotFoundAtOnce(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		ctx, cancel := context.WithTimeout(s.Context(), 5*time.Second)
		defer cancel()
		for _, version := range []int{2, math.MaxInt32, -1} {
			if _, err := s.service.Read(ctx, s.maria, s.document, version); !fault.Is(err, fault.NotFound) {
				s.Errorf("version %d: %v", version, err)
			}
		}
	})
}

func TestAnsweringEndsWithTheLastValidDay(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		a := s.approval()
		s.clock.Advance(30 * 24 * time.Hour)
		if _, err := s.service.Approve(s.Context(), s.maria, a); !fault.Is(err, fault.Conflict) {
			s.Errorf("approving a past proposal: %v", err)
		}
		s.must(s.service.ExpireAll(s.Context(), s.maria.Org()))
		r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
		s.must(err)
		if r.Version.State != proposal.Expired || r.Answerable() {
			s.Errorf("after its last day it is %s", r.Version.State)
		}
	})
}

func TestDecliningAndAskingForChangesNeedAReasonAndHappenOnce(t *testing.T) {
	for name, verb := range map[string]struct {
		do   func(*signRoom) func(context.Context, access.Actor, document.Refusal) error
		want proposal.State
	}{
		"decline": {func(s *signRoom) func(context.Context, access.Actor, document.Refusal) error {
			return s.service.Decline
		}, proposal.Declined},
		"ask for changes": {func(s *signRoom) func(context.Context, access.Actor, document.Refusal) error {
			return s.service.AskForChanges
		}, proposal.ChangesRequested},
	} {
		t.Run(name, func(t *testing.T) {
			inSignRoom(t, func(s *signRoom) {
				refusal := document.Refusal{Document: s.document, Version: 1, ShownSHA256: s.approval().ShownSHA256}
				if err := verb.do(s)(s.Context(), s.maria, refusal); !fault.Is(err, fault.Invalid) {
					s.Errorf("without a reason: %v", err)
				}
				refusal.Reason = "Too dear for us"
				for _, who := range []access.Actor{s.tom, s.stranger, s.actors["jon"]} {
					if err := verb.do(s)(s.Context(), who, refusal); err == nil {
						s.Errorf("%s %s did it for Maria", who.Kind(), who.Name())
					}
				}
				s.must(verb.do(s)(s.Context(), s.maria, refusal))
				if err := verb.do(s)(s.Context(), s.maria, refusal); !fault.Is(err, fault.Conflict) {
					s.Errorf("a second time: %v", err)
				}
				if _, err := s.service.Approve(s.Context(), s.maria, s.approval()); !fault.Is(err, fault.Conflict) {
					s.Errorf("approving afterwards: %v", err)
				}
				r, err := s.service.Read(s.Context(), s.maria, s.document, 0)
				s.must(err)
				if r.Version.State != verb.want || r.Version.Reason != "Too dear for us" {
					s.Errorf("it is %s, because %q", r.Version.State, r.Version.Reason)
				}
			})
		})
	}
}

func TestASignatureStaysWithItsVersion(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		_, err := s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 0)
		s.must(err)
		w.Version.Content.Title, w.Version.Content.ValidUntil = "Kitchen, with island", "2026-12-20"
		_, err = s.service.SaveDraft(s.Context(), s.actors["jon"], s.document, w.Version.Revision, w.Version.Content)
		s.must(err)
		s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, w.Version.Revision+1, ""))
		first, err := s.service.Read(s.Context(), s.maria, s.document, 1)
		s.must(err)
		second, err := s.service.Read(s.Context(), s.maria, s.document, 2)
		s.must(err)
		if first.Signature == nil || first.Version.State != proposal.Approved || second.Signature != nil || !second.Answerable() {
			s.Errorf("version 1: %v, %s; version 2: %v, %s", first.Signature != nil, first.Version.State, second.Signature != nil, second.Version.State)
		}
	})
}

func TestViewedIsNotedOnceForEachRecipientAndVersion(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		for range 3 {
			s.must(s.service.Viewed(s.Context(), s.maria, s.document, 1))
		}
		if err := s.service.Viewed(s.Context(), s.stranger, s.document, 1); !fault.Is(err, fault.NotFound) {
			s.Errorf("a stranger: %v", err)
		}
		seen := 0
		s.must(s.store.View(s.Context(), s.actors["jon"], access.ProposalsRead, func(tx *guard.Tx) error {
			recipients, err := document.LoadRecipients(tx, s.document)
			for _, r := range recipients {
				if r.Viewed == 1 {
					seen++
				}
			}
			return err
		}))
		if seen != 1 {
			s.Errorf("%d recipients have opened it", seen)
		}
	})
}

// Without script the page tells of no reading; the link that somebody continued with does.
func TestFollowingALinkIsNotedAsViewedOnce(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		opened, err := json.Marshal(identity.LinkOpened{Person: s.maria.Person(), Name: "Maria Ruiz", ItemKind: "proposal", Item: s.document})
		s.must(err)
		for range 2 {
			s.must(s.service.Followed(s.Context(), event.Recorded{Org: s.maria.Org(), Kind: "person.link_opened", Data: opened}))
		}
		s.must(s.service.Viewed(s.Context(), s.maria, s.document, 1))
		var told []string
		s.must(s.store.View(s.Context(), s.actors["jon"], access.ProposalsRead, func(tx *guard.Tx) error {
			return tx.History(s.document, func(r event.Recorded, k event.Kind) {
				if r.Kind == "proposal.viewed" {
					told = append(told, k.Sentence(s.Context(), r))
				}
			})
		}))
		if len(told) != 1 || told[0] != "Maria Ruiz opened version 1 of Kitchen & ground-floor refit." {
			s.Errorf("the history says %q", told)
		}
		w, err := s.service.Workshop(s.Context(), s.actors["jon"], s.document, 0)
		s.must(err)
		if w.Document.ViewedAt.IsZero() {
			s.Error("the list does not know that it was opened")
		}
	})
}

var marksOfProject = guard.SQL("test: the marks of a document's project", `select p.to_sign, p.signed from projects p join documents d on d.org = p.org and d.project = p.id where p.org = :org and d.id = :document`)

// marked holds what a list shows beside the project.
func (s *signRoom) marked(when string, toSign, signed int) {
	s.Helper()
	var gotToSign, gotSigned int
	s.must(s.store.View(s.Context(), access.NewSystem(s.maria.Org(), "look at the marks"), access.SystemWork, func(tx *guard.Tx) error {
		return tx.One(marksOfProject, guard.Args{"document": s.document}, &gotToSign, &gotSigned)
	}))
	if gotToSign != toSign || gotSigned != signed {
		s.Errorf("%s the project has %d to sign and %d signed, not %d and %d", when, gotToSign, gotSigned, toSign, signed)
	}
}

// JB-05: whatever happens to a proposal, its project's mark in the lists follows.
func TestJB05TheMarksOfAProjectFollowItsProposals(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		s.marked("sent,", 1, 0)
		_, err := s.service.Approve(s.Context(), s.maria, s.approval())
		s.must(err)
		s.marked("approved,", 0, 1)
	})
	inSignRoom(t, func(s *signRoom) {
		s.must(s.service.Revise(s.Context(), s.actors["jon"], s.document))
		s.marked("while the next version is written,", 0, 0)
		s.must(s.service.Send(s.Context(), s.actors["jon"], s.document, 1, "Another worktop"))
		s.marked("sent again,", 1, 0)
		s.must(s.service.Void(s.Context(), s.actors["jon"], s.document, "changed our mind"))
		s.marked("withdrawn,", 0, 0)
	})
}

var (
	copyOfDocument = guard.SQL("test: one more proposal of the project", `insert into documents (org, id, kind, number, project, customer, title, folded, state, version, sent_version, currency, created_at, updated_at)
		select d.org, :id, d.kind, :id, d.project, d.customer, d.title, d.folded, 'sent', 1, 1, d.currency, d.created_at, d.updated_at from documents d where d.org = :org and d.id = :document`)
	approveCopy = guard.SQL("test: a proposal is approved", `update documents set state = 'approved' where org = :org and id = :id`)
)

// Two people who answer two proposals of a project at the same time are both counted.
func TestJB05ProposalsApprovedAtTheSameTimeAreAllCounted(t *testing.T) {
	inSignRoom(t, func(s *signRoom) {
		const many = 24
		name := func(i int) string { return "copy" + string(rune('a'+i)) }
		system := access.NewSystem(s.maria.Org(), "answer many proposals")
		change := func(statement *guard.Statement, args guard.Args) {
			if err := s.store.Change(s.Context(), system, access.SystemWork, func(tx *guard.Tx) error { _, err := tx.Exec(statement, args); return err }); err != nil {
				s.Error(err)
			}
		}
		for i := range many {
			change(copyOfDocument, guard.Args{"id": name(i), "document": s.document})
		}
		s.marked("with many proposals,", many+1, 0)
		var together sync.WaitGroup
		for i := range many {
			together.Go(func() { change(approveCopy, guard.Args{"id": name(i)}) })
		}
		together.Wait()
		s.marked("after all were approved at once,", 1, many)
	})
}
