do $$ declare name text; begin
  foreach name in array array['reply_addresses', 'incoming_mails'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (org = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name);
  end loop;
end $$;
