//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/demo"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/file"
	"lintel/internal/features/identity"
	"lintel/internal/platform/db"
	"lintel/internal/platform/money"
)

const slug = "hartwell"

// approvals is how many proposals wait to be signed.
const approvals = 40

// world is a data folder, or a database, with the sample firm and rows beside it.
type world struct {
	job                      // where it is
	Staff, Client     string // Cookie headers
	Broad             string // of somebody who is granted 1,000 customers
	LinkToken         string
	ProposalPath      string
	ProposalID, Draft string
}

// build makes the sample firm by its own services.
func (w *world) build(ctx context.Context) error {
	moving := &demo.Clock{}
	a, inbox, err := openApp(ctx, w.job, moving, true)
	if err != nil {
		return err
	}
	defer a.Close()
	people, err := demo.Build(ctx, a, moving, inbox, slug)
	if err != nil {
		return err
	}
	moving.BackToNow()
	for _, p := range people.People {
		switch {
		case p.Role == string(access.Owner):
			_, err = w.enter(ctx, a, p.URL, &w.Staff)
		case p.Role == "customer" && p.Name == "Odette Marsh":
			_, err = w.enter(ctx, a, p.URL, &w.Broad)
		case p.Role == "customer" && p.Name == "Maria Ruiz":
			w.LinkToken = p.URL[strings.LastIndex(p.URL, "/")+1:]
			w.ProposalPath, err = w.enter(ctx, a, p.URL, &w.Client)
		}
		if err != nil {
			return fmt.Errorf("enter as %s: %w", p.Name, err)
		}
	}
	if w.Staff == "" || w.Client == "" || w.Broad == "" {
		return errors.New("the sample world has no owner, no Maria Ruiz or no Odette Marsh")
	}
	w.ProposalID = w.ProposalPath[strings.LastIndex(w.ProposalPath, "/")+1:]
	return w.addProposals(ctx, a)
}

func (w *world) enter(ctx context.Context, a *app.App, url string, cookies *string) (to string, err error) {
	entered, err := a.Identity.Enter(ctx, url[strings.LastIndex(url, "/")+1:], identity.Visit{Address: "203.0.113.7", Agent: "Mozilla/5.0 (bench)"})
	*cookies = "lintel=" + entered.Session + "; lintel-browser=" + entered.Browser
	return entered.To, err
}

// addProposals writes and sends the proposals that will be approved: a photo, two groups,
// six lines, like most of a small firm.
func (w *world) addProposals(ctx context.Context, a *app.App) error {
	w.Org = one(a, "select id from organisations where slug = $1", slug)
	owner := access.NewActor(access.Identity{Org: access.OrgID(w.Org), Person: access.PersonID(one(a, "select person from memberships where org = $1 and role = 'owner'", w.Org)),
		Kind: access.Staff, Role: access.Owner, Name: "Ruth Hartwell", Email: "ruth@hartwell.example", Proof: access.SignedIn})
	w.Person = one(a, "select person from contacts where org = $1 and name = 'Maria Ruiz'", w.Org)
	contact := one(a, "select id from contacts where org = $1 and name = 'Maria Ruiz'", w.Org)
	project := one(a, "select project from documents where org = $1 and id = $2", w.Org, w.ProposalID)
	for i := range approvals + 1 {
		id, err := a.Documents.Create(ctx, owner, project, fmt.Sprint("Gutter repair ", i))
		if err != nil {
			return err
		}
		if i == approvals { // stays a draft, for uploads
			w.Draft = id
			return nil
		}
		if err := w.send(ctx, a, owner, id, contact); err != nil {
			return fmt.Errorf("send a proposal: %w", err)
		}
		w.Approve = append(w.Approve, id)
	}
	return nil
}

func (w *world) send(ctx context.Context, a *app.App, owner access.Actor, id, contact string) error {
	shop, err := a.Documents.Workshop(ctx, owner, id, 0)
	if err != nil {
		return err
	}
	kept, err := a.Files.Save(ctx, owner, file.Hang{Kind: "proposal", On: id, Item: id, Customer: shop.Document.Customer, Project: shop.Document.Project}, "gutter.jpg", "image/jpeg", photo())
	if err != nil {
		return err
	}
	content := shop.Version.Content
	content.Cover = kept.ID
	content.Groups = []proposal.Group{{ID: "g1", Name: "Gutters", Kind: proposal.Fixed}, {ID: "g2", Name: "Paint", Kind: proposal.Fixed}}
	for i := range 6 {
		content.Groups[i/3].Lines = append(content.Groups[i/3].Lines, proposal.Line{ID: fmt.Sprint("l", i), Kind: proposal.Item, Name: "Take down the old gutter", Description: "Includes disposal at the transfer station.",
			Quantity: money.Whole(int32(i + 1)), Unit: "m", UnitPrice: 18_500, TaxPercent: money.Whole(20)})
	}
	saved, err := a.Documents.SaveDraft(ctx, owner, id, shop.Version.Revision, content)
	if err != nil {
		return err
	}
	if err := a.Documents.SetRecipient(ctx, owner, id, contact, true); err != nil {
		return err
	}
	return a.Documents.Send(ctx, owner, id, saved.Revision, "")
}

// copyTo is the same world in another folder.
func (w *world) copyTo(folder string) (*world, error) {
	if out, err := exec.Command("cp", "-r", w.Folder, folder).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copy the sample world: %w: %s", err, out)
	}
	twin := *w
	twin.Folder = folder
	return &twin, nil
}

// fill adds projects to the firm until it has that many, with customers, proposals and
// messages in proportion, by the database itself.
func (w *world) fill(ctx context.Context, projects int) error {
	if err := os.MkdirAll(w.Folder, 0o700); err != nil {
		return err
	}
	database, err := db.Open(ctx, w.Database, w.Folder)
	if err != nil {
		return err
	}
	defer database.Close()
	numbers := fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) ", projects)
	now := time.Now().UnixMicro()
	at := fmt.Sprintf("%d - i * cast(1000000 as bigint)", now)
	family := fmt.Sprintf("'bc' || (i %% %d + 1)", max(1, projects/10))
	few := fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) ", max(1, projects/10))
	stages, err := w.stages(ctx, database)
	if err != nil {
		return err
	}
	stage := func(column int) string { // spread over all stages
		choice := "case i % " + fmt.Sprint(len(stages))
		for i, s := range stages {
			choice += fmt.Sprintf(" when %d then '%s'", i, s[column])
		}
		return choice + " end"
	}
	maria := fmt.Sprintf("(select customer from contacts where org = '%s' and name = 'Maria Ruiz')", w.Org)
	odette := fmt.Sprintf("(select person from contacts where org = '%s' and name = 'Odette Marsh')", w.Org)
	granted := fmt.Sprintf("with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) ", min(1000, max(1, projects/10)))
	statements := []string{
		few + fmt.Sprintf("insert into customers (org, id, name, folded, created_at, updated_at) select '%s', 'bc' || i, 'Family ' || i, 'family ' || i, %s, %s from n", w.Org, at, at),
		few + fmt.Sprintf("insert into properties (org, id, customer, name, line1, city, folded, created_at) select '%s', 'bp' || i, 'bc' || i, '', i || ' Orchard Row', 'Elmsbury', i || ' orchard row', %s from n", w.Org, at),
		numbers + fmt.Sprintf(`insert into projects (org, id, number, serial, name, folded, customer, property, stage, bucket, created_at, updated_at)
			select '%s', 'bj' || i, 'B-' || i, 1000000 + i, 'Kitchen and hall ' || (i * 7919 %% %d), 'kitchen and hall ' || (i * 7919 %% %d), %s, 'bp' || (i %% %d + 1), %s, %s, %s, %s from n`,
			w.Org, projects, projects, family, max(1, projects/10), stage(0), stage(1), at, at),
		numbers + fmt.Sprintf(`insert into documents (org, id, kind, number, project, customer, title, folded, state, version, sent_version, currency, total, created_at, updated_at, sent_at)
			select '%s', 'bd' || i, 'proposal', 'PB-' || i, 'bj' || i, %s, 'Kitchen and hall', 'kitchen and hall', 'sent', 1, 1, 'EUR', 123400, %s, %s, %s from n`, w.Org, family, at, at, at),
		numbers + fmt.Sprintf(`insert into messages (org, id, thread_kind, thread, customer, project, author, author_kind, author_name, body, visibility, created_at)
			select '%s', 'bm' || i, 'proposal', 'bd' || i, %s, 'bj' || i, 'nobody', 'staff', 'Jon Sato', 'We come on Tuesday at nine.', 'shared', %s from n`, w.Org, family, at),
		// Maria is a customer with many projects, and sees all of them.
		fmt.Sprintf("update projects set customer = %s, property = '' where org = '%s' and serial between 1000001 and 1000048", maria, w.Org),
		fmt.Sprintf("update documents set customer = %s where org = '%s' and id in (select 'bd' || (serial - 1000000) from projects where org = '%s' and serial between 1000001 and 1000048)", maria, w.Org, w.Org),
		granted + fmt.Sprintf("insert into grants (org, id, person, customer, created_at) select '%s', 'bgo' || i, %s, 'bc' || i, %d from n", w.Org, odette, now),
		fmt.Sprintf("insert into grants (org, id, person, customer, created_at) select '%s', 'bg1', '%s', %s, %d", w.Org, w.Person, maria, now),
	}
	statements = append(statements, fmt.Sprintf("update projects set talked_at = %[1]s where org = '%[2]s' and serial > 1000000", strings.ReplaceAll(at, "i *", "(serial - 1000000) *"), w.Org))
	for _, text := range statements {
		if err := database.Write(ctx, "*", func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err != nil {
			return fmt.Errorf("%.90s: %w", text, err)
		}
	}
	if projects >= 100_000 {
		if err := w.fillHub(ctx, database); err != nil {
			return err
		}
	}
	if database.Engine() == db.SQLite {
		return nil // Lintel never analyses SQLite: with samples there, each binding plans its statement anew
	}
	return onServer(w.Database, "vacuum analyze") // as the server itself does within minutes
}

// stages lists the firm's stages with their buckets.
func (w *world) stages(ctx context.Context, database *db.DB) (list [][2]string, err error) {
	err = database.Read(ctx, "*", func(tx *db.Tx) error {
		rows, err := tx.Query("select id, bucket from stages where org = $1 and customer_visible = true order by position", w.Org)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s [2]string
			if err := rows.Scan(&s[0], &s[1]); err != nil {
				return err
			}
			list = append(list, s)
		}
		return rows.Err()
	})
	return list, err
}

// one reads a single text; the sample world has it, or the bench is of no use.
func one(a *app.App, query string, args ...any) (text string) {
	err := a.Database.Read(context.Background(), "*", func(tx *db.Tx) error {
		rows, err := tx.Query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		if rows.Next() {
			return rows.Scan(&text)
		}
		return errors.New("no row")
	})
	if err != nil {
		panic(query + ": " + err.Error())
	}
	return text
}
