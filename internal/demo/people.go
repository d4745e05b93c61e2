package demo

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/core/route"
	"lintel/internal/features/identity"
	"lintel/internal/platform/mail"
)

// guest is somebody in a browser: the way every actor of the sample world comes about.
type guest struct {
	actor   access.Actor
	visit   identity.Visit
	slug    string
	email   string
	sure    bool // the browser was confirmed with a code
	browser route.Browser
}

// browsers that the people of the sample world use, by turns.
var browsers = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
}

// letters is what a person has in the mail, the newest of each kind.
type letters struct{ token, code, join string }

var (
	linkInMail = regexp.MustCompile(`/l/to/([a-z0-9]+)`)
	joinInMail = regexp.MustCompile(`/join/to/([a-z0-9]+)`)
	codeInMail = regexp.MustCompile(`(?m)^\s*(\d{3} ?\d{3})\s*$`)
)

// enterStaff lets a colleague in by a link of the demo.
func (s *stage) enterStaff(org access.Organisation, person access.PersonID, number int) (*guest, error) {
	var path string
	err := s.app.Store.Change(s.ctx, access.NewSystem(org.ID, "the demo lets its staff in"), access.SystemWork, func(tx *guard.Tx) (err error) {
		path, err = s.app.Identity.MakeDemoLink(tx, person)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a link for staff: %w", err)
	}
	return s.enter(org.Slug, strings.TrimPrefix(path, "/l/to/"), number)
}

// enterCustomer lets a contact in by the newest link in their mail.
func (s *stage) enterCustomer(slug, email string, number int) (*guest, error) {
	found, err := s.mailOf(email)
	if err != nil {
		return nil, err
	}
	if found.token == "" {
		return nil, fmt.Errorf("%s has no link in the mail", email)
	}
	g, err := s.enter(slug, found.token, number)
	if err == nil {
		g.email = email
	}
	return g, err
}

func (s *stage) enter(slug, token string, number int) (*guest, error) {
	g := &guest{slug: slug, browser: route.Browser{Address: fmt.Sprintf("203.0.113.%d", 10+number%240), Agent: browsers[number%len(browsers)]}}
	g.visit = identity.Visit{Address: g.browser.Address, Agent: g.browser.Agent}
	entered, err := s.app.Identity.Enter(s.ctx, token, g.visit)
	if err != nil {
		return nil, fmt.Errorf("enter by a link: %w", err)
	}
	g.visit.Session, g.visit.Browser = entered.Session, entered.Browser
	return g, s.authenticate(g, entered.To)
}

// authenticate asks whose the browser's cookies are, as every request does.
func (s *stage) authenticate(g *guest, path string) (err error) {
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.app.Config.BaseURL+path, nil)
	if err != nil {
		return err
	}
	prefix := ""
	if strings.HasPrefix(s.app.Config.BaseURL, "https:") {
		prefix = "__Host-"
	}
	r.AddCookie(&http.Cookie{Name: prefix + "lintel", Value: g.visit.Session})
	r.AddCookie(&http.Cookie{Name: prefix + "lintel-browser", Value: g.visit.Browser})
	g.actor, _, err = s.app.Identity.Authenticate(s.ctx, r, g.slug)
	if err == nil && g.actor.Zero() {
		err = errors.New("the link let nobody in")
	}
	return err
}

// confirm types the code from the mail, which signing asks for the first time in a browser.
func (s *stage) confirm(g *guest) error {
	if g.sure {
		return nil
	}
	if err := s.app.Identity.SendConfirmCode(s.ctx, g.actor, g.visit); err != nil {
		return fmt.Errorf("ask for a code: %w", err)
	}
	found, err := s.mailOf(g.email)
	if err != nil {
		return err
	}
	if g.visit.Session, err = s.app.Identity.Confirm(s.ctx, g.actor, found.code, true, g.visit); err != nil {
		return err
	}
	g.sure = true
	return s.authenticate(g, "/"+g.slug+"/home")
}

// mailOf lets the mails leave and reads those that are new.
func (s *stage) mailOf(email string) (letters, error) {
	if err := s.work(); err != nil {
		return letters{}, err
	}
	numbers, err := s.inbox.List()
	if err != nil {
		return letters{}, err
	}
	slices.Reverse(numbers) // the oldest first, so that newer links and codes take the place of older ones
	for _, number := range numbers {
		if number <= s.read {
			continue
		}
		s.read = number
		raw, err := s.inbox.Read(number)
		if err != nil {
			return letters{}, err
		}
		if err := s.keepLetter(raw); err != nil {
			return letters{}, err
		}
	}
	return s.letters[email], nil
}

// keepLetter notes what a message gives its reader.
func (s *stage) keepLetter(raw []byte) error {
	parsed, err := mail.Parse(raw)
	if err != nil {
		return err
	}
	address := parsed.To
	for _, header := range parsed.Headers {
		if header.Name == "Delivered-To" {
			address = header.Value
		}
	}
	known := s.letters[address]
	if found := linkInMail.FindStringSubmatch(parsed.Text); found != nil {
		known.token = found[1]
	}
	if found := joinInMail.FindStringSubmatch(parsed.Text); found != nil {
		known.join = found[1]
	}
	if found := codeInMail.FindStringSubmatch(parsed.Text); found != nil {
		known.code = found[1]
	}
	s.letters[address] = known
	return nil
}
