do $$ declare name text; begin
  foreach name in array array['schedules', 'tasks', 'task_dependencies', 'published_tasks', 'daily_logs', 'daily_log_photos', 'calendar_feeds'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (org = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name);
  end loop;
end $$;
