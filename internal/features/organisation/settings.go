package organisation

import (
	"time"

	"lintel/internal/core/access"
	"lintel/internal/platform/clock"
)

// Settings is all that an organisation has chosen.
type Settings struct {
	ID       access.OrgID
	Slug     string // in every address: /{slug}/…
	Name     string
	Address  string // several lines
	Phone    string
	Email    string // where customers may write to, and who mails are from by name
	Website  string
	Trade    string // builder, integrator, compliance or landlord
	Language string
	Zone     string // IANA name
	Currency string // ISO 4217

	TaxName    string // "VAT"
	TaxPercent string // a decimal, as "20" or "7.7"

	Colour string // as chosen, "#00835a"
	Theme  string // version of the style sheet made from it
	Logo   string // version of the logo, empty without one

	LinkDays      int    // how long a personal link works
	ConfirmPolicy string // ConfirmFirst, ConfirmAlways or ConfirmNever
	LinkPolicy    string // LinkPortal or LinkItem
	SignedStage   string // where a project moves when its proposal is signed; empty: it stays
	MarginFloor   string // percent under which the editor warns the office; empty: no warning
	Timestamps    bool   // seals carry RFC 3161 time when the installation has a service
	CreatedAt     time.Time
}

// When a person has to type the code from the e-mail before signing.
const (
	ConfirmFirst  = "first" // the first time in a browser
	ConfirmAlways = "always"
	ConfirmNever  = "never"
)

// What the browser of somebody who came by a link may open.
const (
	LinkPortal = "portal" // everything granted to the person
	LinkItem   = "item"   // only the document that the link is for
)

// The trades, which choose words and the demo's world.
const (
	Builder    = "builder"
	Integrator = "integrator"
	Compliance = "compliance"
	Landlord   = "landlord"
)

// Location is the organisation's time zone, UTC when it cannot be loaded.
func (s Settings) Location() *time.Location { return clock.ZoneOrUTC(s.Zone) }

// Brief is the part that every page needs.
func (s Settings) Brief() access.Organisation {
	return access.Organisation{ID: s.ID, Slug: s.Slug, Name: s.Name, Language: s.Language, Zone: s.Location(),
		Currency: s.Currency, Theme: s.Theme, Logo: s.Logo}
}

// Bucket is the group of a stage that customers see their projects in.
type Bucket string

// The buckets. Projects in a hidden stage are not shown to customers.
const (
	Pending   Bucket = "pending"
	Current   Bucket = "current"
	Completed Bucket = "completed"
	Hidden    Bucket = "hidden"
)

// Buckets lists the buckets in the order of a project's life.
var Buckets = []Bucket{Pending, Current, Completed, Hidden}

// Stage is one step of a project's life.
type Stage struct {
	ID              string
	Name            string
	Position        int
	Bucket          Bucket
	CustomerVisible bool // customers see projects in this stage
}

// Terms is a template of contract terms. Body is text in the markdown subset of ParseTerms.
type Terms struct {
	ID       string
	Title    string
	Body     string
	Position int
	Standard bool // comes into every new proposal
}
