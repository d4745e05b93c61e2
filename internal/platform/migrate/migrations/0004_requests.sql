-- What customers would like to have done. A request waits for the office, which makes a project of it, declines it with a
-- reason, or adds it to a project that exists; it stays readable for good. draft is the form that it was posted with, so that
-- posting twice makes one. project is where it went.
create table requests (
  org text not null, id text not null, number text not null, customer text not null, person text not null, person_name text not null, draft text not null,
  title text not null, description text not null, property text not null default '', place text not null default '', wanted text not null default '',
  state text not null default 'submitted' check (state in ('submitted', 'accepted', 'declined', 'merged')),
  project text not null default '', reason text not null default '', answered_by text not null default '', answered_name text not null default '', answered_at bigint,
  created_at bigint not null,
  primary key (org, id),
  foreign key (org, customer) references customers (org, id)
);
create unique index requests_draft on requests (org, person, draft);
create index requests_recent on requests (org, created_at, id);
create index requests_state on requests (org, state, created_at, id);
create index requests_customer on requests (org, customer, created_at, id);
create index requests_project on requests (org, project, created_at);
