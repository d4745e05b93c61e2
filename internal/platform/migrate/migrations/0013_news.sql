-- When a project was last talked in, last got a file and last a proposal: lists ask for the marks of those projects alone in
-- which there can be any. A lively project is not written for each message: talked_at is up to an hour ahead.
alter table projects add column talked_at bigint;
alter table projects add column filed_at bigint;
alter table projects add column proposed_at bigint;
update projects set
  talked_at = (select max(m.created_at) from messages m where m.org = projects.org and m.project = projects.id),
  filed_at = (select max(f.created_at) from files f where f.org = projects.org and f.project = projects.id and f.archived_at is null and f.superseded_at is null),
  proposed_at = (select max(d.sent_at) from documents d where d.org = projects.org and d.project = projects.id);
-- No statement looks for all messages or events of a customer; each index is a page more for every message to write.
drop index messages_customer;
drop index events_customer;
