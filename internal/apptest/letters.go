package apptest

import (
	"context"

	"lintel/internal/features/incoming"
	"lintel/internal/platform/id"
	"lintel/internal/platform/mailbox"
)

// writes lets the family's first person write a mail that answers nothing, and gives its id in
// the office's list.
func (m *Family) writes() string {
	f, p := m.firm, m.firm.portal
	p.t.Helper()
	raw := "From: " + m.One.Email + "\r\nTo: reply@portal.example\r\nSubject: A letter to " + f.Office + "\r\nMessage-ID: <" + id.New() + "@elsewhere.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNothing but " + f.Office + "\r\n--b\r\nContent-Type: text/csv; name=list.csv\r\nContent-Disposition: attachment\r\n\r\n" +
		f.Office + "\r\n--b--\r\n"
	p.must(p.App.Incoming.Keep(context.Background(), mailbox.Arrived{From: m.One.Email, To: []string{"reply@portal.example"}, Raw: []byte(raw)}))
	p.RunJobs()
	waiting, err := p.App.Incoming.List(context.Background(), f.Owner, incoming.Unmatched)
	p.must(err)
	return waiting[0].ID
}
