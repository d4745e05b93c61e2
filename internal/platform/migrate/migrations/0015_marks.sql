-- How many proposals of a project wait for a signature and how many are signed: lists show it for each of their rows. Triggers
-- keep it, so that no change of a document can forget to.
alter table projects add column to_sign integer not null default 0;
alter table projects add column signed integer not null default 0;
alter table projects drop column proposed_at;
update projects set
  to_sign = (select count(*) from documents d where d.org = projects.org and d.project = projects.id and d.archived = false and d.sent_version > 0 and d.state = 'sent'),
  signed = (select count(*) from documents d where d.org = projects.org and d.project = projects.id and d.archived = false and d.sent_version > 0 and d.state = 'approved');
