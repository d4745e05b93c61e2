package browser

import (
	"strings"
	"sync"
)

// Traffic counts what a page asks of the network.
type Traffic struct {
	mu       sync.Mutex
	requests int
	bytes    int
	asked    map[string]bool
}

// Count starts counting for this person's page, with an empty cache: open the page after it.
func (p *Person) Count() *Traffic {
	p.t.Helper()
	session, err := p.Context.NewCDPSession(p.Page)
	p.must(err, "watch the network")
	traffic := &Traffic{asked: map[string]bool{}}
	session.On("Network.requestWillBeSent", traffic.ask)
	session.On("Network.loadingFinished", traffic.finish)
	_, err = session.Send("Network.enable", map[string]any{})
	p.must(err, "watch the network")
	_, err = session.Send("Network.setCacheDisabled", map[string]any{"cacheDisabled": true})
	p.must(err, "empty the cache")
	return traffic
}

// Requests is how many requests left the browser, redirects included.
func (t *Traffic) Requests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.requests
}

// Bytes is what came over the wire for them: headers and bodies as they were compressed.
func (t *Traffic) Bytes() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

func (t *Traffic) ask(event map[string]any) {
	request, _ := event["request"].(map[string]any)
	url, _ := request["url"].(string)
	id, _ := event["requestId"].(string)
	if !strings.HasPrefix(url, "http") { // data: and blob: cost nothing
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests++
	t.asked[id] = true
	if redirect, ok := event["redirectResponse"].(map[string]any); ok {
		t.bytes += number(redirect["encodedDataLength"])
	}
}

func (t *Traffic) finish(event map[string]any) {
	id, _ := event["requestId"].(string)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked[id] {
		t.bytes += number(event["encodedDataLength"])
	}
}

// number reads a JSON number, which the driver hands over as an int or as a float.
func number(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}
