do $$ declare name text; begin
  foreach name in array array['notification_settings', 'notification_defaults', 'muted_projects', 'held_letters', 'suppressed_addresses', 'push_devices'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (org = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name);
  end loop;
end $$;
