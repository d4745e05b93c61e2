package phone

import (
	"context"
	"image"
	"sync"

	"lintel/internal/core/access"
	"lintel/internal/ui"
)

// Ports are what the app asks of the features above.
type Ports struct {
	// Looks gives a firm's colour and its logo, nil without one.
	Looks func(ctx context.Context, org access.OrgID) (colour string, logo image.Image, err error)
	// ComesBack reports whether the actor can come in again by themselves on a new device: by a
	// password, a passkey or the firm's sign-in service.
	ComesBack func(ctx context.Context, actor access.Actor) (bool, error)
}

// Service draws the icons and remembers them.
type Service struct {
	ports Ports
	mu    sync.Mutex
	drawn map[string][]byte // by address
}

// mostDrawn bounds the memory for icons: about 10 KB each.
const mostDrawn = 600

// New makes the service.
func New(ports Ports) *Service { return &Service{ports: ports, drawn: map[string][]byte{}} }

// Icon gives a firm's icon as PNG. Icons are drawn once; those of a firm that has changed its
// looks have another address.
func (s *Service) icon(ctx context.Context, o access.Organisation, i icon) ([]byte, error) {
	address := IconURL(o, i.name)
	s.mu.Lock()
	known := s.drawn[address]
	s.mu.Unlock()
	if known != nil {
		return known, nil
	}
	colour, logo, err := s.ports.Looks(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	ground, ink, err := ui.BrandColours(colour)
	if err != nil {
		return nil, err
	}
	made, err := paint(i, looks{ground: ground, words: ink, letters: initials(o.Name), logo: logo})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.drawn) >= mostDrawn {
		clear(s.drawn)
	}
	s.drawn[address] = made
	return made, nil
}

// App is what pages of a firm name in their head. The logo is fetched once, in the size in
// which the corner of the page and the browser's tab show it.
func App(o access.Organisation) ui.App {
	app := ui.App{Scope: scopeOf(o.Slug), ManifestURL: "/" + o.Slug + "/manifest.webmanifest", TouchURL: IconURL(o, "touch-180.png"), IconURL: IconURL(o, "48.png")}
	if o.Logo != "" {
		app.MarkURL = IconURL(o, "mark-72.png")
		app.IconURL = app.MarkURL
	}
	return app
}
