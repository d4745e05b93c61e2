package apptest

import (
	"context"
	"net"
	"strings"
	"sync"
)

// Names is a DNS in memory: incoming mail is checked by it.
type Names struct {
	mu   sync.Mutex
	txt  map[string]string
	away bool
}

// Set adds a TXT record.
func (n *Names) Set(name, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.txt == nil {
		n.txt = map[string]string{}
	}
	n.txt[name] = text
}

// Away makes it answer nothing, or answer again.
func (n *Names) Away(away bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.away = away
}

// LookupTXT implements mail.Resolver.
func (n *Names) LookupTXT(_ context.Context, name string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.away {
		return nil, &net.DNSError{Err: "no answer", Name: name, IsTimeout: true, IsTemporary: true}
	}
	if text, known := n.txt[strings.TrimSuffix(name, ".")]; known {
		return []string{text}, nil
	}
	return nil, absent(name)
}

// LookupMX, LookupIPAddr and LookupAddr implement mail.Resolver; nothing asks for them.
func (n *Names) LookupMX(_ context.Context, name string) ([]*net.MX, error) { return nil, absent(name) }

// LookupIPAddr implements mail.Resolver.
func (n *Names) LookupIPAddr(_ context.Context, host string) ([]net.IPAddr, error) {
	return nil, absent(host)
}

// LookupAddr implements mail.Resolver.
func (n *Names) LookupAddr(_ context.Context, address string) ([]string, error) {
	return nil, absent(address)
}

func absent(name string) error {
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}
