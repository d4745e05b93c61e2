package demo

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/features/identity"
	"lintel/internal/features/portalaccess"
)

// accessPlan is portal access that the office sends to one of its contacts.
type accessPlan struct {
	contact int // which of the customer's contacts
	sent    int // days ago
	modules []access.Module
	joined  bool // the contact has made an account the day after
}

// accountsPassword opens the accounts that customers of the sample world have made.
const accountsPassword = "velvet-anchor-meadow"

func (c *client) playAccess(plan accessPlan) {
	c.firm.at(plan.sent, "10:40", func() error { return c.firm.andTell(c.sendAccess(plan)) })
	if plan.joined {
		c.firm.at(plan.sent-1, "18:25", func() error { return c.joins(plan) })
	}
}

func (c *client) sendAccess(plan accessPlan) error {
	owner := c.firm.staff[c.firm.plan.owner.key].actor
	_, err := c.firm.app.PortalAccess.Send(c.firm.ctx, owner, c.id, portalaccess.Sending{Contact: c.contacts[plan.contact], Modules: access.NewModuleSet(plan.modules...), Word: "Confirm"})
	if err != nil {
		return fmt.Errorf("send portal access to a contact of %s: %w", c.plan.name, err)
	}
	return nil
}

// joins makes an account by the invitation in the mail.
func (c *client) joins(plan accessPlan) error {
	f, email := c.firm, c.plan.contacts[plan.contact].email
	found, err := f.mailOf(email)
	if err != nil {
		return err
	}
	page, err := f.app.Identity.Joining(f.ctx, found.join)
	if err != nil {
		return fmt.Errorf("open the invitation of %s: %w", email, err)
	}
	if err := f.app.Identity.OpenInvitation(f.ctx, found.join); err != nil {
		return err
	}
	_, err = f.app.Identity.Join(f.ctx, found.join, identity.JoinDetails{Name: page.Name, Email: page.Email, Password: accountsPassword}, identity.Visit{Address: "203.0.113.77", Agent: browsers[0]})
	return err
}
