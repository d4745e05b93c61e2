alter table contractors alter column folded type text collate "C";
alter table contractor_people alter column folded type text collate "C";

do $$ declare name text; begin
  foreach name in array array['roles', 'api_tokens', 'api_requests', 'openid_accounts', 'openid_providers', 'invitations', 'contractors', 'contractor_people'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (org = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name);
  end loop;
end $$;
