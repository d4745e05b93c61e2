// Package openid signs people in at an OpenID Connect provider: the code flow with PKCE,
// state and nonce (OpenID Connect Core 1.0; RFC 7636). It knows nothing of accounts.
package openid

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/httpclient"
)

// Provider is what an organisation has typed from its provider's pages.
type Provider struct {
	Issuer   string // https://login.example.com, as the provider's tokens name it
	ClientID string
	Secret   string
	Return   string // the address of Lintel that the provider sends people back to
}

// Login is what one attempt keeps between leaving and coming back. It is secret.
type Login struct {
	State    string
	Nonce    string
	Verifier string
}

// Person is what the provider says of who came back.
type Person struct {
	Issuer        string
	Subject       string
	Email         string
	EmailVerified bool
	Name          string
}

// Client talks to providers.
type Client struct {
	http *http.Client
}

// New makes a client that asks through the one outgoing door, with its limits.
func New(outgoing *httpclient.Client) *Client {
	return &Client{http: &http.Client{Transport: door{outgoing}}}
}

// door lets the libraries ask through httpclient.
type door struct{ client *httpclient.Client }

// RoundTrip is http.RoundTripper.
func (d door) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := d.client.Do(r)
	if err != nil {
		return nil, err
	}
	header := answer.Header.Clone()
	header.Del("Content-Encoding") // httpclient has unpacked it
	return &http.Response{StatusCode: answer.Status, Status: http.StatusText(answer.Status), Header: header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body))}, nil
}

// Check asks the provider for its description: what the settings page does before it
// saves. Invalid on the field issuer when the address is not a provider's.
func (c *Client) Check(ctx context.Context, p Provider) error {
	_, err := c.discover(ctx, p)
	return err
}

// Leave gives the provider's address on which the person signs in.
func (c *Client) Leave(ctx context.Context, p Provider, login Login) (string, error) {
	found, err := c.discover(ctx, p)
	if err != nil {
		return "", err
	}
	return config(p, found).AuthCodeURL(login.State, oidc.Nonce(login.Nonce), oauth2.S256ChallengeOption(login.Verifier)), nil
}

// Return changes the code for who it is. Denied when anything about the answer is not as
// this login asked for it: audience, signature, end, nonce.
func (c *Client) Return(ctx context.Context, p Provider, login Login, code string) (Person, error) {
	found, err := c.discover(ctx, p)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := config(p, found).Exchange(ctx, code, oauth2.VerifierOption(login.Verifier))
	if err != nil {
		return Person{}, refused(err)
	}
	raw, given := token.Extra("id_token").(string)
	if !given {
		return Person{}, refused(errors.New("no id_token in the answer"))
	}
	idToken, err := found.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Person{}, refused(err)
	}
	if idToken.Nonce != login.Nonce {
		return Person{}, refused(errors.New("the nonce is another login's"))
	}
	person := Person{Issuer: idToken.Issuer, Subject: idToken.Subject}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := idToken.Claims(&claims); err != nil {
		return Person{}, refused(err)
	}
	person.Email, person.EmailVerified, person.Name = claims.Email, claims.Verified, claims.Name
	return person, nil
}

func (c *Client) discover(ctx context.Context, p Provider) (*oidc.Provider, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), p.Issuer)
	if err != nil {
		wrapped := fault.ForField("issuer", "No sign-in service answers at this address.")
		return nil, fmt.Errorf("ask the provider for its description (%w): %w", err, wrapped)
	}
	return found, nil
}

func config(p Provider, found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, RedirectURL: p.Return, Endpoint: found.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}
}

func refused(err error) error {
	return fault.Wrap(fault.Denied, "The sign-in service did not confirm who you are. Please try again.", err)
}
