-- What can be found: no text, only where it stands and whose business it is. What people are shown is read from its owner.
create table search_entries (
  row bigint generated always as identity, org text not null, kind text not null, id text not null, customer text not null default '', project text not null default '', item text not null default '',
  module text not null default '', office boolean not null default true, mark text not null default '',
  primary key (org, kind, id)
);
create unique index search_entries_row on search_entries (org, row);
create index search_entries_newest on search_entries (org, kind, row);
-- Words come with the mark of their organisation or customer before them (internal/features/search/words.go). This table has
-- no row-level security: under it PostgreSQL never asks the index, because @@ is not leakproof. It holds no text, and it is
-- read together with search_entries only, which has it.
create table search_words (
  org text not null, row bigint not null, words tsvector not null,
  primary key (org, row)
);
create index search_words_words on search_words using gin (words);
do $$ declare name text; begin
  foreach name in array array['search_entries', 'search_rounds'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (org = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name);
  end loop;
end $$;
