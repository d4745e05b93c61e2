-- What somebody has not read is counted thread by thread: from one thread of a project to the next, and in each from
-- where they had read to, however long the conversations are.
create index messages_unread on messages (org, project, thread, created_at);
drop index messages_project;
create index thread_reads_person on thread_reads (org, person, kind, thread, seen_at);
