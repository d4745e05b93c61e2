-- What can be found: no text, only where it stands and whose business it is. The words are in the full-text index, which
-- keeps no text either; row is its number there. What people are shown is read from its owner.
create table search_entries (
  row integer primary key, org text not null, kind text not null, id text not null, customer text not null default '', project text not null default '', item text not null default '',
  module text not null default '', office boolean not null default true, mark text not null default ''
);
create unique index search_entries_thing on search_entries (org, kind, id);
-- Words come with the mark of their organisation or customer before them (internal/features/search/words.go), of 8
-- letters: prefixes of one to three letters of a word are kept ready.
create virtual table search_words using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='9 10 11');
