package notify

import (
	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

// own is which notices somebody may see: their own, and with a link for one document only
// those that lead to it.
const own = `org = :org and person = :viewer and hidden = false and (:item = '' or url like '%/' || :item || '%')`

// granted is what a notice tells of must be still, for customers; ofGranted is own for them. The module belongs to what it tells
// of, and the organisation has to offer it.
var (
	granted   = ` and ` + guard.GrantedBy("notices.module", "notices.about_customer", "notices.about_project", "notices.about_item")
	ofGranted = own + granted + ` and ` + guard.Offered("notices.module")
)

var (
	// what it tells of is its event's
	insertNotice = guard.SQL("notice insert", `insert into notices (org, id, person, event, title, url, icon, activity, project, hidden, created_at, read_at, module, about_customer, about_project, about_item)
		select :org, :id, :person, :event, :title, :url, :icon, :activity, :project, :hidden, :now, :read_at, case when e.kind like 'message.%' then :saying else :module end, e.customer, e.project, e.subject from events e where e.org = :org and e.id = :event
		on conflict (org, person, event) do nothing`)
	noticesOf    = guard.SQL("notices, own", `select id, event, title, url, icon, created_at, read_at from notices where `+own+` order by created_at desc limit 100`)
	unreadOf     = guard.SQL("notices unread, own", `select count(*) from (select 1 from notices where `+own+` and read_at is null limit 100) as unread`)
	readNotice   = guard.SQL("notice read, own", `update notices set read_at = :now where `+own+` and id = :id and read_at is null`)
	readAll      = guard.SQL("notices read all, own", `update notices set read_at = :now where `+own+` and read_at is null`)
	noticeTarget = guard.SQL("notice target, own", `select url from notices where `+own+` and id = :id`)

	noticesSeen = guard.SQL("notices, customer", `select id, event, title, url, icon, created_at, read_at from notices where `+ofGranted+` order by created_at desc limit 100`)
	// Somebody who never opens the inbox has a hundred, on every page: what the organisation offers is asked once, before them.
	unreadSeen = guard.SQL("notices unread, customer", `select count(*) from (select 1 from organisations offers join notices on notices.org = offers.id
		where offers.id = :org and notices.`+own+` and read_at is null and `+guard.OfferedBy("offers", "notices.module")+granted+` limit 100) as unread`)
	seenTarget = guard.SQL("notice target, customer", `select url from notices where `+ofGranted+` and id = :id`)

	readInProject = guard.SQL("notices read in a project, own", `update notices set read_at = :now where `+own+` and project = :project and activity = :activity and read_at is null`)

	customersGranted = guard.SQL("customers who may use a module", `select distinct g.person from grants g
		join memberships m on m.org = g.org and m.person = g.person and m.kind = 'customer' and m.state = 'active'
		where g.org = :org and g.customer = :customer and (g.project = '' or g.project = :project) and g.module in ('*', :module) and g.revoked_at is null
		and `+guard.Offered(":module")+` order by g.person`)
)

// What is asked before somebody is told.
var (
	personToTell = guard.SQL("person to tell", `select m.name, m.email, p.language, p.zone, coalesce(s.own, false), coalesce(s.choices, ''), coalesce(s.rhythm, ''),
			coalesce(s.quiet_from, 0), coalesce(s.quiet_until, 0),
			(select count(*) from muted_projects x where x.org = m.org and x.person = m.person and x.project = :project),
			(select count(*) from push_devices d where d.org = m.org and d.person = m.person and d.kind = m.kind)
		from memberships m join people p on p.id = m.person left join notification_settings s on s.org = m.org and s.person = m.person
		where m.org = :org and m.person = :person and m.kind = :kind and m.state = 'active'`)
	defaultsOf = guard.SQL("notification defaults", `select choices from notification_defaults where org = :org and kind = :kind`)
)

// Held letters.
var (
	holdLetter = guard.SQL("hold a letter", `insert into held_letters (org, id, person, kind, event, activity, project, bundle, sealed, due_at, created_at)
		values (:org, :id, :person, :kind, :event, :activity, :project, :bundle, :sealed, :due, :now) on conflict (org, person, event) do nothing`)
	burstDue = guard.SQL("when the burst of a person leaves", `select min(h.due_at) from held_letters h
		where h.org = :org and h.person = :person and h.kind = :kind and h.bundle = :bundle and h.due_at > :now and h.due_at <= :latest`)
	lettersDue = guard.SQL("letters that are due", `select h.id, h.person, h.kind, h.event, h.activity, h.project, h.bundle, h.sealed, n.id is not null and n.read_at is not null and n.hidden = false,
			coalesce(e.customer, ''), coalesce(e.project, ''), coalesce(e.kind, ''), coalesce(p.name, '')
		from held_letters h left join notices n on n.org = h.org and n.person = h.person and n.event = h.event
			left join events e on e.org = h.org and e.id = h.event left join projects p on p.org = h.org and p.id = h.project
		where h.org = :org and h.person = :person and h.kind = :kind and h.due_at <= :now order by h.id`)
	peopleDue = guard.SQL("people whose letters are due", `select h.person, h.kind, min(h.due_at) from held_letters h
		where h.org = :org and h.due_at <= :now group by h.person, h.kind order by min(h.due_at) limit 50`)
	dropLetter = guard.SQL("drop a held letter", `delete from held_letters where org = :org and id = :id`)
	lateOrgs   = guard.AcrossSQL("organisations with late letters", `select org from held_letters where due_at < :before order by due_at limit 1000`)
)

// What people and the office choose.
var (
	ownSettings     = guard.SQL("notification settings, own", `select own, choices, rhythm, quiet_from, quiet_until from notification_settings where org = :org and person = :viewer`)
	saveOwnSettings = guard.SQL("save notification settings, own", `insert into notification_settings (org, person, own, choices, rhythm, quiet_from, quiet_until, updated_at)
		values (:org, :viewer, :own, :choices, :rhythm, :from, :until, :now)
		on conflict (org, person) do update set own = excluded.own, choices = excluded.choices, rhythm = excluded.rhythm, quiet_from = excluded.quiet_from,
			quiet_until = excluded.quiet_until, updated_at = excluded.updated_at`)
	saveSettingsOf = guard.SQL("save notification settings of a person", `insert into notification_settings (org, person, own, choices, rhythm, quiet_from, quiet_until, updated_at)
		values (:org, :person, :own, :choices, :rhythm, :from, :until, :now)
		on conflict (org, person) do update set own = excluded.own, choices = excluded.choices, updated_at = excluded.updated_at`)
	saveDefaults = guard.SQL("save notification defaults", `insert into notification_defaults (org, kind, choices, updated_at) values (:org, :kind, :choices, :now)
		on conflict (org, kind) do update set choices = excluded.choices, updated_at = excluded.updated_at`)

	mutedOffice = guard.SQL("projects muted, office", `select p.id, p.name from muted_projects x join projects p on p.org = x.org and p.id = x.project
		where x.org = :org and x.person = :viewer order by p.name, p.id`)
	mutedOwn = guard.SQL("projects muted, customer", `select p.id, p.name from muted_projects x join projects p on p.org = x.org and p.id = x.project
		where x.org = :org and x.person = :viewer and `+guard.Granted(access.Projects, "p.customer", "p.id", "p.id")+` order by p.name, p.id`)
	projectOffice = guard.SQL("project to mute, office", `select count(*) from projects p where p.org = :org and p.id = :project`)
	projectSeen   = guard.SQL("project to mute, customer", `select count(*) from projects p where p.org = :org and p.id = :project and `+
		guard.Granted(access.Projects, "p.customer", "p.id", "p.id"))
	mute    = guard.SQL("mute a project", `insert into muted_projects (org, person, project, created_at) values (:org, :viewer, :project, :now) on conflict (org, person, project) do nothing`)
	unmute  = guard.SQL("unmute a project", `delete from muted_projects where org = :org and person = :viewer and project = :project`)
	isMuted = guard.SQL("whether a project is muted", `select count(*) from muted_projects where org = :org and person = :viewer and project = :project`)
)

// Devices for push.
var (
	devicesOf  = guard.SQL("push devices of a person", `select id from push_devices where org = :org and person = :person and kind = :kind order by id`)
	deviceByID = guard.SQL("push device", `select d.sealed, d.person, d.kind from push_devices d join memberships m on m.org = d.org and m.person = d.person and m.kind = d.kind and m.state = 'active'
		where d.org = :org and d.id = :id`)
	toldByPush = guard.SQL("what a push message tells of", `select n.activity, coalesce(e.customer, ''), coalesce(e.project, '') from notices n left join events e on e.org = n.org and e.id = n.event
		where n.org = :org and n.id = :id`)
	deviceUsed = guard.SQL("push device was used", `update push_devices set last_used_at = :now where org = :org and id = :id`)
	dropDevice = guard.SQL("push device is gone", `delete from push_devices where org = :org and id = :id`)
	ownDevices = guard.SQL("push devices, own", `select id, name, endpoint_hash, created_at, last_used_at from push_devices where org = :org and person = :viewer order by created_at desc, id desc`)
	addDevice  = guard.SQL("add a push device, own", `insert into push_devices (org, id, person, kind, endpoint_hash, sealed, name, created_at)
		values (:org, :id, :viewer, :kind, :hash, :sealed, :name, :now)`)
	removeDevice   = guard.SQL("remove a push device, own", `delete from push_devices where org = :org and person = :viewer and id = :id`)
	freeEndpoint   = guard.SQL("remove a push device by its address", `delete from push_devices where org = :org and endpoint_hash = :hash`)
	forgetEndpoint = guard.SQL("remove a push device by its address, own", `delete from push_devices where org = :org and person = :viewer and endpoint_hash = :hash`)
)

// The installation's key for push messages.
var (
	readPushKey  = guard.AcrossSQL("read the push key", `select value from installation where name = 'push-key'`)
	writePushKey = guard.AcrossSQL("write the push key", `insert into installation (name, value) values ('push-key', :value) on conflict (name) do nothing`)
)
