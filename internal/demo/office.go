package demo

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/staff"
)

// officePlan is how a firm has arranged its office.
type officePlan struct {
	titles map[string]string // by key of a colleague
	role   staff.RoleDraft   // of the firm's own
	away   staffPlan         // suspended since
	why    string
	token  staff.TokenDraft // of the owner's
}

// arrangeOffice gives colleagues their titles, makes a role of the firm's own, suspends
// somebody and makes an API token.
func (f *firm) arrangeOffice(plan officePlan) error {
	owner := f.staff[f.plan.owner.key]
	for key, title := range plan.titles {
		g := f.staff[key]
		if err := f.app.Staff.Change(f.ctx, owner.actor, g.actor.Person(), staff.Change{Role: g.actor.Role(), Title: title}); err != nil {
			return fmt.Errorf("give %s a title: %w", key, err)
		}
	}
	role, err := f.app.Staff.AddRole(f.ctx, owner.actor, plan.role)
	if err != nil {
		return fmt.Errorf("make a role: %w", err)
	}
	if plan.away.email != "" {
		if err := f.suspend(owner.actor, plan.away, role, plan.why); err != nil {
			return err
		}
	}
	entered, err := f.app.Identity.StartSession(f.ctx, owner.actor.Person(), identity.Visit{Address: owner.browser.Address, Agent: owner.browser.Agent})
	if err != nil {
		return fmt.Errorf("the owner signs in: %w", err)
	}
	sure := &guest{slug: f.org.Slug, visit: identity.Visit{Session: entered.Session, Browser: entered.Browser}}
	if err := f.authenticate(sure, "/"+f.org.Slug+"/office"); err != nil {
		return err
	}
	_, err = f.app.Staff.MakeToken(f.ctx, sure.actor, plan.token)
	return err
}

func (f *firm) suspend(owner access.Actor, who staffPlan, role access.Role, why string) error {
	var person access.PersonID
	err := f.app.Store.Change(f.ctx, access.NewSystem(f.org.ID, "the demo adds a colleague who is away"), access.SystemWork, func(tx *guard.Tx) (err error) {
		person, err = staff.Add(tx, who.email, who.name, role)
		return err
	})
	if err != nil {
		return fmt.Errorf("add a colleague who is away: %w", err)
	}
	return f.app.Staff.Suspend(f.ctx, owner, person, why)
}

// hartwellOffice shows each thing that Settings → People, Roles and API tokens can do.
func hartwellOffice() *officePlan {
	return &officePlan{
		titles: map[string]string{"ruth": "Managing director", "jon": "Project manager", "dana": "Site manager", "priya": "Accounts"},
		role: staff.RoleDraft{Name: "Estimator", Permissions: access.NewPermissionSet(access.ProjectsWrite, access.ProposalsWrite, access.CostsRead, access.FilesWrite,
			access.MessagesRead, access.AccessRead), Reason: "writes estimates and does not send them"},
		away:  staffPlan{"leo", "Leo Brandt", "leo@hartwell.example", access.Member},
		why:   "on leave until spring",
		token: staff.TokenDraft{Name: "Bookkeeping", Scopes: access.NewPermissionSet(access.CustomersRead, access.ProjectsRead, access.ProposalsRead), Days: 365},
	}
}
