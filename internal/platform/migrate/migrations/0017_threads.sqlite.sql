create trigger messages_threaded after insert on messages when new.project <> '' begin
  insert into threads (org, project, thread) values (new.org, new.project, new.thread) on conflict do nothing;
end;
