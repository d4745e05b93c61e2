create function lintel_thread() returns trigger language plpgsql as $$ begin
  insert into threads (org, project, thread) values (new.org, new.project, new.thread) on conflict do nothing;
  return null;
end $$;
create trigger messages_threaded after insert on messages for each row when (new.project <> '') execute function lintel_thread();
alter table threads enable row level security;
alter table threads force row level security;
create policy tenant on threads using (org = current_setting('lintel.organisation', true) or current_setting('lintel.organisation', true) = '*');
