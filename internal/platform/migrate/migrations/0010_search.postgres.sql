-- A list of what waits to be indexed would be read by every search. The words keep standing until the round has written them anew.
alter index search_words_words set (fastupdate = off);
select gin_clean_pending_list('search_words_words');
-- What is frequent is known from the statistics: as many words as there may be in the index of a large firm.
alter table search_words alter column words set statistics 300;
-- A customer's newest things are walked like the organisation's.
create index search_entries_customer on search_entries (org, customer, kind, row);
