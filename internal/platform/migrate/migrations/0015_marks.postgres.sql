-- The project is locked first: who waited for it counts what the one before has done, and not what stood there when they began.
create function lintel_mark() returns trigger language plpgsql as $$ begin
  perform 1 from projects where org = new.org and id = new.project for update;
  update projects set
    to_sign = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'sent'),
    signed = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'approved')
  where org = new.org and id = new.project;
  return null;
end $$;
create trigger documents_marked after insert on documents for each row when (new.sent_version > 0) execute function lintel_mark();
create trigger documents_remarked after update of state, sent_version, archived on documents for each row
  when (old.state <> new.state or old.sent_version <> new.sent_version or old.archived <> new.archived) execute function lintel_mark();
