-- The threads in which a project was talked: what somebody has not read is counted thread by thread, and to find the threads
-- among the messages took two steps for each, in every row of a list. Triggers add to it; no message moves to another thread.
create table threads (
  org text not null, project text not null, thread text not null,
  primary key (org, project, thread)
);
insert into threads (org, project, thread) select distinct m.org, m.project, m.thread from messages m where m.project <> '';
