package mail

import (
	"strings"

	"github.com/emersion/go-message"
)

var (
	absence = lazily(`(?i)^\s*((re|aw|sv|ré|rif)\s*:\s*)?(out of (the )?office|automatic (reply|response)|auto(-|matic )?reply|autoreply|autoresponse|auto\s*:|vacation( reply| notice)?\b|away from (my|the) (desk|office)|` +
		`automatische (antwort|abwesenheitsnotiz)|abwesenheits(notiz|nachricht|meldung|benachrichtigung|assistent)?\b|abwesend\b|nicht im (büro|haus)\b|ich bin (im urlaub|nicht im büro)|` +
		`réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|risposta automatica|fuori sede|automatisch antwoord|afwezig|autosvar|automatiskt svar|odpowiedź automatyczna|resposta automática)`)
	robot = lazily(`(?i)^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|noreply.*|bounces?([+-].*)?|auto-?reply|autoresponder)@`)
)

// automatic says why a mail is not by a person: an absence notice, a list, a robot (RFC 3834).
// Delivery reports and complaints are automatic too; whoever wants them asks before.
func automatic(entity *message.Entity) string {
	header := func(name string) string { return strings.ToLower(strings.TrimSpace(entity.Header.Get(name))) }
	if submitted, _, _ := strings.Cut(header("Auto-Submitted"), ";"); submitted != "" && strings.TrimSpace(submitted) != "no" {
		return "an automatic answer (Auto-Submitted: " + oneLine(strings.TrimSpace(submitted)) + ")"
	}
	switch precedence := header("Precedence"); precedence {
	case "bulk", "junk", "list", "auto_reply", "auto-reply":
		return "an automatic mail (Precedence: " + precedence + ")"
	}
	for _, name := range []string{"X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Autoreply-From", "X-Mail-Autoreply"} {
		if value := header(name); value != "" && value != "none" {
			return "an automatic answer (" + name + ")"
		}
	}
	if header("List-Id") != "" || header("List-Unsubscribe") != "" {
		return "a mail of a mailing list"
	}
	if kind, _, _ := entity.Header.ContentType(); kind == "multipart/report" {
		return "a report of a mail server"
	}
	if returnPath := header("Return-Path"); returnPath == "<>" {
		return "an automatic mail (without a sender)"
	}
	if absence().MatchString(headerText(entity, "Subject")) {
		return "an absence notice"
	}
	if sender := strings.Trim(header("From"), "<>"); robot().MatchString(sender[strings.LastIndexByte(sender, '<')+1:]) {
		return "a mail of a robot"
	}
	return ""
}
