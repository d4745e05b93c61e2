package apptest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"

	"lintel/internal/core/access"
	"lintel/internal/demo"
)

// Client is one person's browser.
type Client struct {
	portal *Portal
	jar    http.CookieJar
	// Header goes with every request.
	Header http.Header
}

// Answer is what the portal said.
type Answer struct {
	Status   int
	Body     string
	Header   http.Header
	Location string // of a redirect
	Path     string // that was asked for
}

// Browser is a browser that nobody has entered in yet.
func (p *Portal) Browser() *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &Client{portal: p, jar: jar, Header: http.Header{}}
	p.mu.Lock()
	p.clients = append(p.clients, c)
	p.mu.Unlock()
	return c
}

// As lets a person in by their link: the landing page, then its button.
func (p *Portal) As(person demo.Person) *Client {
	p.t.Helper()
	c := p.Browser()
	landing := c.Visit(strings.TrimPrefix(person.URL, BaseURL))
	if landing.Status != http.StatusOK || landing.Path != "/l" {
		p.t.Fatalf("the link of %s leads to %s, %d", person.Email, landing.Path, landing.Status)
	}
	if entered := c.Post("/l", nil); entered.Status != http.StatusSeeOther || strings.HasPrefix(entered.Location, "/sign-in") {
		p.t.Fatalf("Continue answers %s %d %s", person.Email, entered.Status, entered.Location)
	}
	return c
}

// Get asks for a page and follows nothing.
func (c *Client) Get(path string) Answer { return c.Do(http.MethodGet, path, "", nil) }

// Post sends a form and follows nothing.
func (c *Client) Post(path string, form url.Values) Answer {
	return c.Do(http.MethodPost, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

// Visit asks for a page and follows redirects to its end.
func (c *Client) Visit(path string) Answer {
	for range 10 {
		answer := c.Get(path)
		if answer.Location == "" {
			return answer
		}
		path = answer.Location
	}
	c.portal.t.Fatalf("%s redirects without end", path)
	return Answer{}
}

// Do sends any request, each from another address, so that no throttle stands between a
// test and what it asks.
func (c *Client) Do(method, path, contentType string, body []byte) Answer {
	c.portal.t.Helper()
	target, err := url.Parse(BaseURL + path)
	if err != nil {
		c.portal.t.Fatalf("%s is no address: %v", path, err)
	}
	r := httptest.NewRequest(method, target.String(), bytes.NewReader(body))
	r.RemoteAddr = c.portal.nextAddress()
	for name, values := range c.Header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/144.0")
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for _, cookie := range c.jar.Cookies(target) {
		r.AddCookie(cookie)
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	w := cut{httptest.NewRecorder(), end}
	c.portal.App.Handler.ServeHTTP(w, r.WithContext(ctx))
	result := w.Result()
	defer result.Body.Close()
	c.jar.SetCookies(target, result.Cookies())
	c.portal.noteHeaders(r, result.StatusCode, result.Header)
	read, err := io.ReadAll(result.Body)
	if err != nil {
		c.portal.t.Fatal(err)
	}
	return Answer{result.StatusCode, string(read), result.Header, result.Header.Get("Location"), target.RequestURI()}
}

// Actor is whom the portal takes the browser for in a firm.
func (c *Client) Actor(slug, path string) access.Actor {
	c.portal.t.Helper()
	r := httptest.NewRequest(http.MethodGet, BaseURL+path, nil)
	for _, cookie := range c.cookies() {
		r.AddCookie(cookie)
	}
	actor, _, err := c.portal.App.Identity.Authenticate(r.Context(), r, slug)
	if err != nil {
		c.portal.t.Fatal(err)
	}
	return actor
}

func (c *Client) cookies() []*http.Cookie {
	target, _ := url.Parse(BaseURL + "/")
	return c.jar.Cookies(target)
}

func (p *Portal) nextAddress() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	return fmt.Sprintf("10.%d.%d.%d:40000", p.requests>>16&255, p.requests>>8&255, p.requests&255)
}
