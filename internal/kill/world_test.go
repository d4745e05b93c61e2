package kill

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"lintel/internal/app"
	"lintel/internal/core/access"
	"lintel/internal/features/customer"
	"lintel/internal/features/organisation"
	"lintel/internal/features/project"
	"lintel/internal/platform/clock"
	"lintel/internal/platform/config"
	"lintel/internal/platform/mail"
)

// writers is how many people send and approve at the same time.
const writers = 4

// place is where a program works: its folder, its database and the firm in it.
type place struct {
	Folder   string
	Database string // empty: SQLite in the folder
	Org      access.OrgID
	Owner    access.PersonID
	Clients  []client
	Maria    access.PersonID // whose access the hub's test uses; empty for the other
}

// client is a customer with a project and two contacts: one signs, one only reads.
type client struct {
	Customer, Project string
	Signer, Reader    string
}

func (p place) open(ctx context.Context, c clock.Clock) (*app.App, error) {
	settings := config.Defaults()
	settings.BaseURL, settings.DataDir, settings.DatabaseURL = "https://portal.example", p.Folder, config.Secret(p.Database)
	settings.Incoming.Address, settings.Incoming.Server = "reply@portal.example", "mx.portal.example"
	sender, err := mail.OpenFolder(p.mails())
	if err != nil {
		return nil, err
	}
	return app.New(ctx, app.Options{Config: settings, Clock: c, Log: slog.New(slog.DiscardHandler), Sender: sender})
}

func (p place) mails() string { return filepath.Join(p.Folder, "mails") }

func (p place) owner() access.Actor {
	return access.NewActor(access.Identity{Org: p.Org, Person: p.Owner, Kind: access.Staff, Role: access.Owner, Name: "Dana Hartwell",
		Email: "dana@hartwell.example", Proof: access.SignedIn, Session: "kill"})
}

func (p place) signer(person access.PersonID) access.Actor {
	return access.NewActor(access.Identity{Org: p.Org, Person: person, Kind: access.Customer, Modules: access.EveryModule, Name: "Maria Ruiz", Email: "maria@example.com",
		Proof: access.ConfirmedBrowser, Session: "kill"})
}

// found makes the firm and its customers before anything is killed.
func found(t *testing.T, folder, database string) place {
	t.Helper()
	ctx := context.Background()
	p := place{Folder: folder, Database: database}
	a, err := p.open(ctx, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	firm, err := a.Organisations.Found(ctx, organisation.Founding{Slug: "hartwell", Firm: organisation.FirmDetails{Name: "Hartwell & Sons", Email: "office@hartwell.example"},
		Owner: organisation.Owner{Name: "Dana Hartwell", Email: "dana@hartwell.example"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Org = firm.ID
	p.Owner = access.PersonID(text(t, a, "select person from memberships where org = $1 and kind = 'staff'", string(p.Org)))
	for i := range writers {
		p.Clients = append(p.Clients, p.newClient(t, a, i))
	}
	return p
}

func (p place) newClient(t *testing.T, a *app.App, number int) client {
	t.Helper()
	ctx := context.Background()
	must := func(id string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	c := client{Customer: must(a.Customers.Create(ctx, p.owner(), customer.Details{Name: fmt.Sprint("Family ", number)}, customer.ContactDetails{}))}
	contact := func(name string) string {
		return must(a.Customers.AddContact(ctx, p.owner(), c.Customer, customer.ContactDetails{Name: name, Email: fmt.Sprintf("%s.%d@example.com", name, number)}))
	}
	c.Signer, c.Reader = contact("maria"), contact("joe")
	made, err := a.Projects.Create(ctx, p.owner(), project.Draft{Name: "Kitchen", Customer: c.Customer})
	c.Project = must(made.ID, err)
	return c
}

// The child reads its place from the environment.
const placeVariable = "LINTEL_KILL_PLACE"

func (p place) environment() string {
	raw, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return placeVariable + "=" + string(raw)
}

func placeFromEnvironment() (p place, wanted bool, err error) {
	raw := os.Getenv(placeVariable)
	if raw == "" {
		return p, false, nil
	}
	return p, true, json.Unmarshal([]byte(raw), &p)
}
