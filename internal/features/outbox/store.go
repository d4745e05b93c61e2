package outbox

import "lintel/internal/core/guard"

var (
	insertMail = guard.SQL("store a mail", `insert into mails (org, id, person, recipient, subject, sealed, message_id, state, about_kind, about, mark, created_at, good_until)
		values (:org, :id, :person, :recipient, :subject, :sealed, :message_id, 'queued', :about_kind, :about, :mark, :now, :good_until)
		on conflict (org, mark) do nothing`)
	mailsAbout = guard.SQL("mails about a thing", `select id, person, recipient, subject, state, last_error, created_at, sent_at, bounced_at
		from mails where org = :org and about = :about order by created_at desc, id desc`)
	mailToSend = guard.SQL("mail to send", `select sealed, message_id, created_at, good_until, about_kind, about, person from mails
		where org = :org and id = :id and state = 'queued' and attempts = :attempt`)
	settleMail = guard.SQL("settle a mail", `update mails set state = :state, last_error = :why, sent_at = :sent_at, bounced_at = :bounced_at, attempts = attempts + 1
		where org = :org and id = :id and state = 'queued' and attempts = :attempt`)
	countAttempt = guard.SQL("count an attempt to send", `update mails set attempts = attempts + 1, last_error = :why
		where org = :org and id = :id and state = 'queued' and attempts = :attempt`)
	returnMail = guard.SQL("mark a mail as returned", `update mails set state = 'bounced', last_error = :why, bounced_at = :now
		where org = :org and id = :id and state in ('queued', 'sent')`)

	suppress = guard.SQL("suppress an address", `insert into suppressed_addresses (org, folded, why, reason, since) values (:org, :folded, :why, :reason, :now)
		on conflict (org, folded) do update set why = case when suppressed_addresses.why = 'complained' then 'complained' else excluded.why end, reason = excluded.reason, since = excluded.since`)
	complain = guard.SQL("note a complaint", `insert into suppressed_addresses (org, folded, why, reason, since) values (:org, :folded, 'complained', :reason, :now)
		on conflict (org, folded) do update set why = 'complained', reason = excluded.reason, since = excluded.since where suppressed_addresses.why <> 'complained'`)
	suppression = guard.SQL("whether an address is suppressed", `select count(*) from suppressed_addresses where org = :org and folded = :folded and (why = 'complained' or since > :after)`)

	mailByMessageID = guard.AcrossSQL("mail by message id", `select org, id, person, recipient, subject, about_kind, about from mails where message_id = :message_id`)
	forgetLetters   = guard.AcrossSQL("forget the text of sent mails", `update mails set sealed = '' where sealed <> '' and created_at < :before
		and state <> 'queued' and (sent_at is null or sent_at < :before)`)
)
