-- The plan of a project, what of it is published to the customer, daily logs, and calendar
-- feeds. Days are text, YYYY-MM-DD.

create table schedules (
  org text not null, project text not null, customer text not null, revision integer not null default 0,
  published_at bigint, published_by text not null default '', publisher_name text not null default '', published_revision integer not null default 0,
  primary key (org, project)
);
create table tasks (
  org text not null, id text not null, project text not null, customer text not null, name text not null, kind text not null check (kind in ('task', 'milestone')),
  starts text not null, ends text not null, progress integer not null default 0, who text not null default '', person text not null default '', note text not null default '',
  customer_task boolean not null default false, position integer not null, revision integer not null default 1, done_at bigint, done_by text not null default '', done_name text not null default '',
  changed_name text not null default '', created_at bigint not null, updated_at bigint not null, archived boolean not null default false,
  primary key (org, id)
);
create index tasks_project on tasks (org, project, archived, position, id);
create table task_dependencies (
  org text not null, task text not null, follows text not null, project text not null,
  primary key (org, task, follows)
);
create index task_dependencies_project on task_dependencies (org, project);
-- The plan as it was at the last publish: what customers see. What is ticked stands in tasks.
-- reminded is the day that the customer was reminded of.
create table published_tasks (
  org text not null, id text not null, project text not null, customer text not null, name text not null, kind text not null, starts text not null, ends text not null, progress integer not null default 0,
  who text not null default '', person text not null default '', note text not null default '', customer_task boolean not null default false, position integer not null, revision integer not null,
  follows text not null default '[]', reminded text not null default '',
  primary key (org, id)
);
create index published_tasks_project on published_tasks (org, project, position, id);
create index published_tasks_customer on published_tasks (org, customer, ends, id);
create index published_tasks_ends on published_tasks (org, ends, id);

create table daily_logs (
  org text not null, id text not null, project text not null, customer text not null, day text not null, weather text not null default '', temperature text not null default '',
  on_site text not null default '', notes text not null default '', shared_at bigint, shared_by text not null default '', author text not null default '', author_name text not null default '',
  revision integer not null default 1, created_at bigint not null, updated_at bigint not null, archived boolean not null default false,
  primary key (org, id)
);
create index daily_logs_project on daily_logs (org, project, archived, day, id);
-- The photos of a log that the customer sees once the log is shared. A photo without a row is internal.
create table daily_log_photos (
  org text not null, log text not null, file text not null,
  primary key (org, log, file)
);

-- Calendar feeds: one secret address for each, of which only the hash is kept.
create table calendar_feeds (
  org text not null, id text not null, person text not null, kind text not null check (kind in ('staff', 'customer')), scope text not null default 'mine', token_hash text not null unique,
  created_at bigint not null, revoked_at bigint,
  primary key (org, id)
);
create index calendar_feeds_person on calendar_feeds (org, person, created_at);
