-- What must still be granted to whom a notice tells of it: the inbox of a customer asks for it in each of its rows, and found it
-- in the event before. The oldest notices have no activity.
alter table notices add column module text not null default '';
alter table notices add column about_customer text not null default '';
alter table notices add column about_project text not null default '';
alter table notices add column about_item text not null default '';
update notices set about_customer = e.customer, about_project = e.project, about_item = e.subject,
  module = case when notices.activity in ('messages', 'mentions') then 'messages' when notices.activity in ('files', 'schedule') then notices.activity
    when notices.activity in ('daily-logs', 'projects', 'access') then 'projects' when notices.activity = 'requests' then 'add-job'
    when e.kind like 'message.%' then 'messages' else 'documents' end
  from events e where e.org = notices.org and e.id = notices.event;
drop index notices_unread;
create index notices_unread on notices (org, person, created_at) where read_at is null and hidden = false;
