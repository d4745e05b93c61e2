package outbox

import "lintel/internal/core/guard"

var insertMail = guard.SQL("store a mail", `insert into mails (org, id, person, recipient, subject, sealed, message_id, state, about_kind, about, mark, created_at, good_until)
	values (:org, :id, :person, :recipient, :subject, :sealed, :message_id, 'queued', :about_kind, :about, :mark, :now, :good_until)
	on conflict (org, mark) do nothing`)

var mailsAbout = guard.SQL("mails about a thing", `select id, person, recipient, subject, state, last_error, created_at, sent_at, bounced_at
	from mails where org = :org and about = :about order by created_at desc, id desc`)
