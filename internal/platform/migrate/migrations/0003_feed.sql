-- Conversations: replies below a message, the folded rest of a mail, how a message came in,
-- and how far each person has read.

-- parent is the message that a reply stands under; replies have none of their own. via is
-- 'mail' for what came as an answer to a mail.
alter table messages add column parent text not null default '';
alter table messages add column quoted text not null default '';
alter table messages add column via text not null default '';
create index messages_replies on messages (org, parent, created_at, id) where parent <> '';
create index messages_project on messages (org, project, created_at);
create index messages_of_customers on messages (org, created_at) where author_kind = 'customer';
-- seen_at is when the newest message that the person has had on the screen was written.
create table thread_reads (
  org text not null, thread_kind text not null, thread text not null, person text not null, kind text not null, item text not null default '', customer text not null default '', project text not null default '',
  seen_at bigint not null,
  primary key (org, thread, thread_kind, person, kind)
);
