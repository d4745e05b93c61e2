-- Notifications: what each person wants to be told, on which ways, and when.

-- hidden: the person does not want such lines in the inbox; the row still says that they
-- were told of the event.
alter table notices add column activity text not null default '';
alter table notices add column project text not null default '';
alter table notices add column hidden boolean not null default false;
create index notices_unread on notices (org, person, created_at) where read_at is null;

-- choices is a list as "messages:portal+email": an activity that is not in it follows the
-- organisation's defaults. Hours are minutes after midnight where the person is.
create table notification_settings (
  org text not null, person text not null, own boolean not null default false, choices text not null default '',
  rhythm text not null default '' check (rhythm in ('', 'daily', 'weekly')), quiet_from integer not null default 0, quiet_until integer not null default 0, updated_at bigint not null,
  primary key (org, person)
);
create table notification_defaults (
  org text not null, kind text not null check (kind in ('staff', 'customer')), choices text not null, updated_at bigint not null,
  primary key (org, kind)
);
create table muted_projects (
  org text not null, person text not null, project text not null, created_at bigint not null,
  primary key (org, person, project)
);

-- Mails that wait a little, so that a burst of events becomes one; sealed as in mails.
create table held_letters (
  org text not null, id text not null, person text not null, kind text not null, event text not null, activity text not null, project text not null default '',
  bundle text not null, sealed text not null, due_at bigint not null, created_at bigint not null,
  primary key (org, id)
);
create unique index held_letters_once on held_letters (org, person, event);
create index held_letters_burst on held_letters (org, person, bundle, due_at);
create index held_letters_due on held_letters (org, due_at);
create index held_letters_late on held_letters (due_at);

-- Addresses that gave mail back or complained of it.
create table suppressed_addresses (
  org text not null, folded text not null, why text not null check (why in ('bounced', 'complained')), reason text not null default '', since bigint not null,
  primary key (org, folded)
);

-- The address and the keys are sealed: with them anybody could write to the device.
create table push_devices (
  org text not null, id text not null, person text not null, kind text not null, endpoint_hash text not null, sealed text not null, name text not null default '',
  created_at bigint not null, last_used_at bigint,
  primary key (org, id)
);
create unique index push_devices_endpoint on push_devices (org, person, endpoint_hash);
