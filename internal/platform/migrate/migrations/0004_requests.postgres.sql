alter table requests enable row level security;
alter table requests force row level security;
create policy tenant on requests using (org = current_setting('lintel.organisation', true) or current_setting('lintel.organisation', true) = '*');
