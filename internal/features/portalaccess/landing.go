package portalaccess

import (
	"context"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/project"
	"lintel/internal/platform/fault"
)

// Landing says what the landing page of a link to a project shows: its name, among the
// words of the portal. NotFound when the project is gone.
func (s *Service) Landing(ctx context.Context, organisation access.Organisation, person access.PersonID, projectID string) (identity.LandingItem, error) {
	var of project.Line
	system := access.NewSystem(organisation.ID, "say which project a link opens")
	err := s.store.View(ctx, system, access.ProjectsRead, func(tx *guard.Tx) (err error) {
		if of, err = project.LineByID(tx, projectID); err != nil {
			return err
		}
		sees, err := identity.Holds(tx, person, identity.Scope{Customer: of.Customer, Project: of.ID}, access.NewModuleSet(access.Projects))
		if err == nil && !sees {
			err = fault.New(fault.NotFound, "This project was not found.")
		}
		return err
	})
	return identity.LandingItem{Kind: "project", Place: of.Name, URL: project.CustomerURL(organisation.Slug, projectID)}, err
}
