package openid

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"lintel/internal/platform/fault"
	"lintel/internal/platform/httpclient"
)

var reachable = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func started(t *testing.T) (*mockoidc.MockOIDC, *Client, Provider) {
	t.Helper()
	server, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Shutdown() })
	client := New(httpclient.New(httpclient.Options{AllowPrivate: reachable}))
	return server, client, Provider{Issuer: server.Issuer(), ClientID: server.ClientID, Secret: server.ClientSecret, Return: "http://127.0.0.1/back"}
}

// visit opens the provider's page and gives the code that it sends back.
func visit(t *testing.T, address string) url.Values {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		t.Fatalf("the provider answered %s without a way back", answer.Status)
	}
	return back.Query()
}

func TestAProviderSaysWhoCameBack(t *testing.T) {
	server, client, provider := started(t)
	server.QueueUser(&mockoidc.MockUser{Subject: "s-17", Email: "jon@hartwell.example", EmailVerified: true})
	login := Login{State: "state", Nonce: "nonce", Verifier: "0123456789012345678901234567890123456789012"}
	address, err := client.Leave(context.Background(), provider, login)
	if err != nil {
		t.Fatal(err)
	}
	query := visit(t, address)
	if query.Get("state") != "state" {
		t.Errorf("the state came back as %q", query.Get("state"))
	}
	person, err := client.Return(context.Background(), provider, login, query.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if person.Subject != "s-17" || person.Email != "jon@hartwell.example" || !person.EmailVerified || person.Issuer != server.Issuer() {
		t.Errorf("the provider said %+v", person)
	}
}

func TestAnAnswerToAnotherLoginIsRefused(t *testing.T) {
	asked := Login{State: "state", Nonce: "nonce", Verifier: "0123456789012345678901234567890123456789012"}
	cases := map[string]func(server *mockoidc.MockOIDC, p *Provider, login *Login, code *string){
		"a nonce of another login":    func(_ *mockoidc.MockOIDC, _ *Provider, l *Login, _ *string) { l.Nonce = "another" },
		"a verifier of another login": func(_ *mockoidc.MockOIDC, _ *Provider, l *Login, _ *string) { l.Verifier = asked.Verifier + "x" },
		"a code that was made up":     func(_ *mockoidc.MockOIDC, _ *Provider, _ *Login, code *string) { *code = "made-up" },
		"another client's secret":     func(_ *mockoidc.MockOIDC, p *Provider, _ *Login, _ *string) { p.Secret = "wrong" },
		"a token that has ended":      func(s *mockoidc.MockOIDC, _ *Provider, _ *Login, _ *string) { s.AccessTTL = -time.Hour },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			server, client, provider := started(t)
			address, err := client.Leave(context.Background(), provider, asked)
			if err != nil {
				t.Fatal(err)
			}
			code, login := visit(t, address).Get("code"), asked
			spoil(server, &provider, &login, &code)
			if person, err := client.Return(context.Background(), provider, login, code); !fault.Is(err, fault.Denied) {
				t.Errorf("it was taken for %+v, %v", person, err)
			}
		})
	}
}

func TestAnAddressThatIsNoProviderIsNamedAtItsField(t *testing.T) {
	_, client, provider := started(t)
	provider.Issuer += "/elsewhere"
	f := fault.As(client.Check(context.Background(), provider))
	if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "issuer" {
		t.Errorf("the answer is %v", f)
	}
	private := New(httpclient.New(httpclient.Options{}))
	if err := private.Check(context.Background(), provider); err == nil {
		t.Error("a provider on the own machine was asked")
	}
}
