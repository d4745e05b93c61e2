-- Answers by mail. An address names a person and a conversation; it is derived from both, so
-- that every mail to the person about the conversation carries the same one.
create table reply_addresses (
  org text not null, id text not null, person text not null, thread_kind text not null, thread text not null, internal boolean not null default false,
  created_at bigint not null,
  primary key (org, id)
);
create unique index reply_addresses_id on reply_addresses (id);

-- Every mail that came in, as it came. org is empty for mail of which nobody knows whose it is.
-- mark is the same for a mail that comes twice. raw is the place of its bytes, empty when they
-- were forgotten. The thread and the person are those of the address that it came to.
create table incoming_mails (
  org text not null, id text not null, mark text not null unique,
  state text not null check (state in ('received', 'posted', 'unmatched', 'aside', 'dropped', 'bounced')), reason text not null default '', detail text not null default '',
  recipient text not null, envelope_from text not null default '', remote text not null default '', helo text not null default '', cut boolean not null default false,
  person text not null default '', thread_kind text not null default '', thread text not null default '', internal boolean not null default false,
  sender text not null default '', sender_name text not null default '', subject text not null default '', excerpt text not null default '', proof text not null default '',
  files integer not null default 0, raw text not null, size bigint not null, message text not null default '', handled_by text not null default '',
  created_at bigint not null, settled_at bigint,
  primary key (org, id)
);
create unique index incoming_mails_id on incoming_mails (id);
create index incoming_mails_state on incoming_mails (org, state, created_at, id);
create index incoming_mails_person on incoming_mails (org, person, thread, created_at);
create index incoming_mails_kept on incoming_mails (created_at) where raw <> '';
create index contacts_address on contacts (email_folded) where email_folded <> '';
