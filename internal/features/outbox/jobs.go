package outbox

// sendJob is the kind of the job that sends one mail.
const sendJob = "send mail"

// sending is what such a job carries. Attempt is the number of attempts before it: a job
// that runs a second time finds that the mail has gone on.
type sending struct {
	Mail    string `json:"mail"`
	Attempt int    `json:"attempt,omitempty"`
}
