-- How far the last round over everything that can be found has come, for each kind of thing.
create table search_rounds (
  org text not null, kind text not null, reached text not null default '', finished_at bigint, language integer not null default 0,
  primary key (org, kind)
);
