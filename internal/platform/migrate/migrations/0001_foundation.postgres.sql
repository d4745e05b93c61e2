-- Lists are walked by folded names and searched by their beginnings; both want the order
-- of bytes, as on SQLite, whatever language the server was set up in.
alter table customers alter column folded type text collate "C";
alter table contacts alter column folded type text collate "C";
alter table properties alter column folded type text collate "C";
alter table projects alter column folded type text collate "C", alter column number type text collate "C";

-- What was signed, sent or logged never changes; the database holds that itself.
create function lintel_keep() returns trigger language plpgsql as $$ begin raise exception '% is append-only', tg_table_name; end $$;
create trigger events_keep before update on events for each row when (old.body <> '' and new.body <> '' or old.hash <> new.hash or old.seq <> new.seq or old.previous <> new.previous
  or old.body_hash <> new.body_hash or old.kind <> new.kind or old.at <> new.at or old.person <> new.person or old.subject <> new.subject) execute function lintel_keep();
create trigger events_stay before delete on events for each row execute function lintel_keep();
create trigger versions_keep before update on document_versions for each row when (old.frozen and (old.content <> new.content or old.shown <> new.shown or old.sha256 <> new.sha256 or not new.frozen or old.total <> new.total))
  execute function lintel_keep();
create trigger versions_stay before delete on document_versions for each row when (old.frozen) execute function lintel_keep();
create trigger signatures_keep before update on signatures for each row when (old.sealed_file <> '' or old.mark <> new.mark or old.content_sha256 <> new.content_sha256 or old.name <> new.name
  or old.total <> new.total or old.choices <> new.choices or old.signed_at <> new.signed_at or old.person <> new.person) execute function lintel_keep();
create trigger signatures_stay before delete on signatures for each row execute function lintel_keep();

-- The fourth lock: row-level security on the organisation that guard set for this
-- transaction. "*" is set by the few transactions across organisations.
do $$ declare name text; declare tenant text; begin
  foreach name in array array['organisation_seals', 'stages', 'terms_templates', 'numbers', 'memberships', 'grants', 'links', 'customers', 'contacts', 'properties',
    'projects', 'files', 'uploads', 'file_storage', 'messages', 'documents', 'document_versions', 'document_recipients', 'document_progress', 'signatures', 'mails', 'notices',
    'events', 'event_heads', 'organisations'] loop
    tenant := case name when 'organisations' then 'id' else 'org' end;
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant on %I using (%I = current_setting(''lintel.organisation'', true) or current_setting(''lintel.organisation'', true) = ''*'')', name, tenant);
  end loop;
end $$;
