package cli

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lintel/internal/app"
	"lintel/internal/demo"
	"lintel/internal/demo/mailbox"
	"lintel/internal/platform/clock"
)

// showDemo runs the command until the test ends and gives the people it printed.
func showDemo(t *testing.T, folder string) (people []demo.Person, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe()
	errs := &page{}
	ended := make(chan error, 1)
	go func() {
		err := demoCommand{Addr: "127.0.0.1:0", Data: folder, JSON: true, LogLevel: "error"}.Run(&terminal{ctx, write, errs})
		write.Close()
		ended <- err
	}()
	decoder := json.NewDecoder(read)
	if err := decoder.Decode(&people); err != nil {
		t.Fatalf("no JSON came: %v %s", err, errs)
	}
	rest := make(chan string, 1)
	go func() {
		more, _ := io.ReadAll(io.MultiReader(decoder.Buffered(), read))
		rest <- strings.TrimSpace(string(more))
	}()
	return people, func() error {
		cancel()
		err := <-ended
		if more := <-rest; more != "" {
			t.Errorf("more than the array was printed: %q", more)
		}
		if errs.String() != "" {
			t.Errorf("the error output says %q", errs)
		}
		return err
	}
}

func browse(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second}
}

func open(t *testing.T, client *http.Client, address string) (*http.Response, string) {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestTheDemoLetsEverybodyInShowsTheirMailAndKeepsItsWorld(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "world")
	people, stop := showDemo(t, folder)
	base, _, _ := strings.Cut(strings.TrimPrefix(people[0].URL, "http://"), "/")
	for _, p := range people {
		client := browse(t)
		_, landing := open(t, client, p.URL)
		if !strings.Contains(landing, p.Name) {
			t.Fatalf("the landing page of %s does not name them", p.Name)
		}
		answer, err := client.PostForm("http://"+base+"/l", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.Request.URL.Path == "/l" || strings.HasPrefix(answer.Request.URL.Path, "/sign-in") {
			t.Errorf("%s (%s) ended on %s", p.Name, p.Role, answer.Request.URL)
		}
	}
	readMail(t, "http://"+base)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	again, stop := showDemo(t, folder)
	if len(again) != len(people) {
		t.Errorf("%d people at first, %d on the second start", len(people), len(again))
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func readMail(t *testing.T, base string) {
	t.Helper()
	client := browse(t)
	_, list := open(t, client, base+mailbox.Path)
	first := regexp.MustCompile(`/dev/mail/(\d+)`).FindString(list)
	if first == "" {
		t.Fatal("the mailbox is empty")
	}
	_, shown := open(t, client, base+first)
	if !strings.Contains(shown, `sandbox="allow-same-origin`) || strings.Contains(shown, "allow-scripts") {
		t.Error("the mail is not shown in a sandbox without scripts")
	}
	answer, html := open(t, client, base+first+"/html")
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'; style-src 'unsafe-inline'") {
		t.Errorf("the mail's own policy is %q", policy)
	}
	if answer.Header.Get("X-Frame-Options") != "SAMEORIGIN" || !strings.Contains(html, `<base target="_top">`) {
		t.Error("the mail's links do not lead out of its frame")
	}
	if answer, eml := open(t, client, base+first+"/eml"); answer.Header.Get("Content-Type") != "message/rfc822" || !strings.Contains(eml, "Message-ID:") && !strings.Contains(eml, "Message-Id:") {
		t.Error("the message cannot be saved")
	}
}

func TestTheMailboxIsNowhereButInTheDemo(t *testing.T) {
	c := settings(t)
	if err := makeDataFolder(c.DataDir); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: c, Clock: clock.System(), Log: quiet, Sender: noMailServer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, r := range a.Table.Routes() {
		if strings.HasPrefix(r.Pattern, "/dev") {
			t.Errorf("serve has the route %s", r.Pattern)
		}
	}
}

func TestTheDemoLeavesOtherDataAlone(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "lintel.db"), []byte("a firm's own"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := demoCommand{Addr: "127.0.0.1:0", Data: folder, LogLevel: "error"}.Run(&terminal{t.Context(), io.Discard, io.Discard})
	if err == nil || !strings.Contains(err.Error(), "did not make") {
		t.Errorf("the demo started on other data: %v", err)
	}
}

func TestATakenPortIsSaidPlainly(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, err = demoCommand{Addr: taken.Addr().String()}.listen(io.Discard)
	if err == nil || !strings.Contains(err.Error(), "another program listens") {
		t.Errorf("got %v", err)
	}
}
