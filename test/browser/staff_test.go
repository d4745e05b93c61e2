package browser

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mxschmitt/playwright-go"
)

const leosAddress = "leo@hartwell.example"

func (p *portal) settingsURL(tab string) string { return p.url + "/hartwell/office/settings/" + tab }

// makesRole makes the role of an estimator out of a team member's.
func (p *portal) makesRole(ruth *Person) {
	p.t.Helper()
	ruth.Open(p.settingsURL("roles"))
	ruth.LooksGood("roles")
	ruth.Click(ruth.Link("Team member"))
	ruth.LooksGood("role")
	ruth.Click(ruth.Link("Make a role from this"))
	ruth.Fill("Name of the role", "Estimator")
	ruth.must(ruth.Field("See cost prices and margins").Check(), "tick the costs")
	ruth.must(ruth.Field("Send proposals to customers").Uncheck(), "untick sending")
	ruth.LooksGood("role-new")
	ruth.Click(ruth.Button("Save the role"))
	ruth.Sees("The role Estimator can now be given to people.")
}

// invites has a colleague invited, who chooses a password from the mail.
func (p *portal) invites(ruth, leo *Person) {
	p.t.Helper()
	ruth.Open(p.settingsURL("people"))
	ruth.Fill("Name", "Leo Brandt")
	ruth.Fill("E-mail", leosAddress)
	ruth.Choose("Role", "Estimator")
	ruth.Click(ruth.Button("Send the invitation"))
	ruth.Sees("The invitation to Leo Brandt is on its way.")
	ruth.LooksGood("people")
	leo.Open(p.link(p.mailTo(leosAddress, "invites you")))
	leo.Fill("New password", staffsPassword)
	leo.Click(leo.Button("Set Password"))
	leo.Arrives("/hartwell/office")
}

// TestColleaguesComeAndGo is the life of a colleague: invited in a role of the firm's own,
// suspended while their browser is open, taken back, removed.
func TestColleaguesComeAndGo(t *testing.T) {
	p := openPortal(t)
	ruth, leo := chromium.NewPerson(t, Desktop, Options{}), chromium.NewPerson(t, Phone, Options{})
	p.signIn(ruth, ownersAddress)
	p.makesRole(ruth)
	p.invites(ruth, leo)
	leo.Gone(leo.Link("Settings"))
	ruth.Reload()
	ruth.Click(ruth.Link("Change: Leo Brandt"))
	ruth.LooksGood("colleague")
	ruth.Click(ruth.Button("Suspend"))
	ruth.must(ruth.Page.Locator("dialog[open]").GetByLabel("Reason, for the log").Fill("on leave"), "give a reason")
	ruth.LooksGood("colleague-suspend")
	ruth.Click(inDialog(ruth, "Suspend"))
	ruth.Sees("Suspended. From now on they can do nothing here.")
	leo.Open(p.url + "/hartwell/office/projects")
	leo.Arrives("/sign-in")
	ruth.Click(ruth.Button("Take back"))
	ruth.Sees("They can work again.")
	leo.Open(p.url + "/hartwell/office/projects")
	leo.Arrives("/hartwell/office/projects")
	ruth.Click(ruth.Button("Remove"))
	ruth.Click(inDialog(ruth, "Remove"))
	ruth.Sees("Removed. Their browsers and tokens open nothing here any more.")
	leo.Open(p.url + "/hartwell/office/projects")
	leo.Arrives("/sign-in")
	ruth.Open(p.settingsURL("audit"))
	ruth.Sees("Ruth Hartwell suspended Leo Brandt. Reason: on leave")
}

// asks is a program that sends a token, and gives what the API answers.
func (p *portal) asks(token, path string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.url+path, nil)
	p.must(err, "make a request")
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	p.must(err, "ask the API")
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	p.must(err, "read the answer")
	return answer.StatusCode, string(body)
}

// TestAProgramComesWithAToken makes an API token with a fresh proof, lets a program use it,
// and revokes it.
func TestAProgramComesWithAToken(t *testing.T) {
	p := openPortal(t)
	ruth := chromium.NewPerson(t, Desktop, Options{})
	p.signIn(ruth, ownersAddress)
	p.clock.moveOn(time.Hour)
	ruth.Open(p.settingsURL("tokens"))
	ruth.Fill("What will use it", "Bookkeeping")
	ruth.must(ruth.Field("See projects").Check(), "tick the projects")
	sofar := p.post.count()
	ruth.Click(ruth.Button("Make the token"))
	ruth.Fill("Code from the e-mail", p.code(p.mailAfter(sofar, ownersAddress, "code")))
	ruth.Click(ruth.Button("Confirm"))
	ruth.Arrives("/hartwell/office/settings/tokens")
	ruth.Click(ruth.Button("Make the token")) // with what was typed before
	ruth.Sees("Your new token for Bookkeeping")
	ruth.LooksGood("token-made")
	token, err := ruth.Page.Locator("#new-token").InnerText()
	p.must(err, "read the token")
	if status, body := p.asks(strings.TrimSpace(token), "/api/v1/projects"); status != http.StatusOK || !strings.Contains(body, `"items":[{`) {
		t.Errorf("the program gets %d %s", status, body)
	}
	if status, _ := p.asks(strings.TrimSpace(token), "/api/v1/customers"); status != http.StatusForbidden {
		t.Errorf("the program gets the customers: %d", status)
	}
	ruth.Open(p.settingsURL("tokens"))
	ruth.Sees("from 127.0.0.1")
	ruth.Click(ruth.Button("Revoke: Bookkeeping"))
	ruth.Click(ruth.Page.Locator("dialog[open]").GetByText("Revoke", exactly).Last())
	ruth.Sees("Revoked. The next request with it is refused.")
	if status, _ := p.asks(strings.TrimSpace(token), "/api/v1/projects"); status != http.StatusUnauthorized {
		t.Errorf("the program still gets %d", status)
	}
}

// inDialog is a button of the dialog that is open.
func inDialog(who *Person, name string) playwright.Locator {
	return who.Page.Locator("dialog[open]").GetByRole("button", playwright.LocatorGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
}
