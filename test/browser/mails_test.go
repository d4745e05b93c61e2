package browser

import (
	"fmt"
	"strings"
	"testing"

	"lintel/internal/platform/id"
	"lintel/internal/platform/mailbox"
)

// CT-10: a mail that answers nothing waits in the office's list; a colleague reads it as text, puts
// it into the project as the customer's message, and sets another one aside on the phone.
func TestAMailWaitsForTheOfficeAndIsPutIntoItsProject(t *testing.T) {
	o := openPortal(t).sends()
	maria := chromium.NewPerson(t, Phone, Options{})
	o.reads(maria)
	o.writes("The parking permit", "It is good for two weeks.\r\n\r\n<b>Not bold</b>")
	o.writes("Thank you", "Just thank you.")
	ruth := chromium.NewPerson(t, Desktop, Options{})
	o.signIn(ruth, ownersAddress)
	ruth.Open(o.url + "/hartwell/office/mails")
	ruth.Sees("The parking permit")
	ruth.LooksGood("mails")
	ruth.Click(ruth.Page.Locator("a.grow").Filter(hasText("The parking permit")))
	ruth.Sees("<b>Not bold</b>")
	ruth.Sees("plan.csv")
	ruth.LooksGood("mail")
	ruth.Click(ruth.Button("Put it there"))
	ruth.Sees("The e-mail stands in the messages of the project now.")
	ruth.Open(o.url + "/hartwell/office/mails?state=posted")
	ruth.Sees("The parking permit")

	phone := chromium.NewPerson(t, Phone, Options{})
	o.signIn(phone, ownersAddress)
	phone.Open(o.url + "/hartwell/office/mails")
	phone.LooksGood("mails-phone")
	phone.Click(phone.Page.Locator("a.grow").Filter(hasText("Thank you")))
	phone.LooksGood("mail-phone")
	phone.Click(phone.Button("Set aside"))
	phone.Sees("The e-mail was set aside.")
	phone.Sees("No e-mails here")

	maria.Open(o.url + "/hartwell/home/projects")
	maria.Click(maria.Page.Locator("a[href*='/home/projects/']").First())
	maria.Sees("It is good for two weeks.")
	maria.Sees("By e-mail")
}

// writes brings in a mail by Maria, and waits until it is in the list.
func (o *offer) writes(subject, text string) {
	o.t.Helper()
	to := "reply@" + o.app.Incoming.Domain()
	raw := fmt.Sprintf("From: Maria Ruiz <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@elsewhere.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n"+
		"--b\r\nContent-Type: text/csv; name=plan.csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n--b--\r\n", mariasAddress, to, subject, id.New(), text)
	o.must(o.app.Incoming.Keep(o.t.Context(), mailbox.Arrived{From: mariasAddress, To: []string{to}, Raw: []byte(raw)}), "bring a mail in")
	o.mailTo(ownersAddress, "belongs to no conversation: "+strings.TrimSpace(subject))
}
