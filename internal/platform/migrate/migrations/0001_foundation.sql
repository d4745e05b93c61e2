-- One dialect for both engines. Every tenant table leads its key with org. Times are
-- microseconds since 1970 in UTC, money is in minor units, JSON is text, and columns
-- named folded hold case-folded text made in Go.

create table installation (name text primary key, value text not null);

create table organisations (
  id text primary key,
  slug text not null unique,
  name text not null,
  address text not null default '',
  phone text not null default '',
  email text not null default '',
  website text not null default '',
  trade text not null default 'builder',
  language text not null default 'en',
  zone text not null default 'UTC',
  currency text not null default 'EUR',
  tax_name text not null default 'VAT',
  tax_percent text not null default '20',
  colour text not null default '#00835a',
  logo text not null default '',
  theme text not null default '',
  link_days integer not null default 30,
  confirm_policy text not null default 'first' check (confirm_policy in ('first', 'always', 'never')),
  link_policy text not null default 'portal' check (link_policy in ('portal', 'item')),
  signed_stage text not null default '',
  margin_floor text not null default '',
  timestamps boolean not null default true,
  created_at bigint not null
);
create table organisation_seals (
  org text not null, id text not null, certificate text not null, key_sealed text not null, origin text not null,
  created_at bigint not null, retired_at bigint,
  primary key (org, id)
);
create table stages (
  org text not null, id text not null, name text not null, position integer not null,
  bucket text not null check (bucket in ('pending', 'current', 'completed', 'hidden')),
  customer_visible boolean not null default true,
  primary key (org, id)
);
create table terms_templates (
  org text not null, id text not null, title text not null, body text not null, position integer not null,
  standard boolean not null default false, archived_at bigint,
  primary key (org, id)
);
create table numbers (org text not null, kind text not null, last bigint not null, primary key (org, kind));

-- People are the same in every organisation; memberships say what they are in one.
create table people (
  id text primary key,
  email text not null,
  email_folded text not null unique,
  password text not null default '',
  password_at bigint,
  language text not null default '',
  zone text not null default '',
  created_at bigint not null
);
create table memberships (
  org text not null, person text not null, kind text not null check (kind in ('staff', 'customer', 'contractor', 'technician')),
  role text not null default '', name text not null, email text not null, title text not null default '', phone text not null default '',
  state text not null default 'active' check (state in ('invited', 'active', 'suspended', 'removed')),
  created_at bigint not null, last_seen_at bigint, removed_at bigint,
  primary key (org, person, kind)
);
create index memberships_person on memberships (person, org);
create index memberships_kind on memberships (org, kind, name);
create table grants (
  org text not null, id text not null, person text not null, customer text not null, project text not null default '', module text not null default '*',
  created_at bigint not null, created_by text not null default '', revoked_at bigint, revoked_by text not null default '', reason text not null default '',
  primary key (org, id)
);
create unique index grants_live on grants (org, person, customer, project, module) where revoked_at is null;
create index grants_customer on grants (org, customer, person);
create table sessions (
  id text primary key, token_hash text not null unique, created_at bigint not null, last_seen_at bigint not null, expires_at bigint not null,
  address text not null default '', agent text not null default '', revoked_at bigint
);
-- What a browser may open: by a link one organisation, as one kind of member; by signing in
-- ('*', kind '') every organisation that the person is a member of.
create table session_entries (
  session text not null, org text not null, person text not null, kind text not null default '', proof text not null, item text not null default '',
  link text not null default '', created_at bigint not null, confirmed_at bigint,
  primary key (session, org)
);
create index sessions_expiry on sessions (expires_at);
create index session_entries_person on session_entries (person, org);
create table confirmed_browsers (
  browser_hash text not null, person text not null, id text not null unique, confirmed_at bigint not null, expires_at bigint not null,
  address text not null default '', agent text not null default '', revoked_at bigint,
  primary key (browser_hash, person)
);
create index confirmed_browsers_person on confirmed_browsers (person);
create index confirmed_browsers_expiry on confirmed_browsers (expires_at);
create table links (
  org text not null, id text not null, person text not null, purpose text not null, item_kind text not null default '', item text not null default '',
  token_hash text not null unique, browser_hash text not null default '', sent_to text not null default '', created_by text not null default '', created_at bigint not null, expires_at bigint not null,
  used_at bigint, revoked_at bigint, revoked_by text not null default '', seen_at bigint, entered_at bigint, entered_count bigint not null default 0,
  primary key (org, id)
);
create index links_item on links (org, item, person);
create index links_person on links (org, person, created_at);
create index links_purpose on links (person, purpose);
create index links_expiry on links (expires_at);
create table codes (
  id text primary key, org text not null, person text not null, purpose text not null, browser_hash text not null, code_hash text not null,
  created_at bigint not null, expires_at bigint not null, tries integer not null default 0, used_at bigint
);
create index codes_person on codes (person, purpose, created_at);
create index codes_expiry on codes (expires_at);
create table throttles (mark text primary key, ready_at bigint not null);
create index throttles_ready on throttles (ready_at);

create table customers (
  org text not null, id text not null, name text not null, folded text not null, address text not null default '', email text not null default '',
  phone text not null default '', notes text not null default '', created_at bigint not null, updated_at bigint not null, archived boolean not null default false,
  primary key (org, id)
);
create index customers_name on customers (org, archived, folded, id);
create index customers_recent on customers (org, archived, updated_at, id);
create table contacts (
  org text not null, id text not null, customer text not null, person text not null default '', name text not null, folded text not null,
  email text not null default '', email_folded text not null default '', phone text not null default '', title text not null default '',
  bounced_at bigint, bounce_reason text not null default '', created_at bigint not null, archived boolean not null default false,
  primary key (org, id),
  foreign key (org, customer) references customers (org, id)
);
create index contacts_customer on contacts (org, customer, folded);
create index contacts_email on contacts (org, email_folded);
create index contacts_person on contacts (org, person);
create index contacts_bounced on contacts (org, bounced_at) where bounced_at is not null;
create table properties (
  org text not null, id text not null, customer text not null, name text not null, line1 text not null default '', line2 text not null default '',
  city text not null default '', postcode text not null default '', country text not null default '', reference text not null default '',
  access_notes text not null default '', place text not null default '', folded text not null, created_at bigint not null, archived boolean not null default false,
  primary key (org, id),
  foreign key (org, customer) references customers (org, id)
);
create index properties_customer on properties (org, customer, folded);
create index properties_name on properties (org, archived, folded, id);

-- number is serial as people read it; serial is what lists sort by.
create table projects (
  org text not null, id text not null, number text not null, serial bigint not null, name text not null, folded text not null, customer text not null, property text not null default '',
  stage text not null, bucket text not null, description text not null default '', cover text not null default '', lead text not null default '',
  created_at bigint not null, updated_at bigint not null, archived boolean not null default false,
  primary key (org, id),
  foreign key (org, customer) references customers (org, id),
  foreign key (org, stage) references stages (org, id)
);
create unique index projects_number on projects (org, number);
create index projects_recent on projects (org, archived, updated_at, id);
create index projects_bucket_recent on projects (org, archived, bucket, updated_at, id);
create index projects_stage_recent on projects (org, archived, stage, updated_at, id);
create index projects_customer_recent on projects (org, customer, archived, updated_at, id);
create index projects_customer_bucket on projects (org, customer, archived, bucket, updated_at, id);
create index projects_name on projects (org, archived, folded, id);
create index projects_bucket_name on projects (org, archived, bucket, folded, id);
create index projects_stage_name on projects (org, archived, stage, folded, id);
create index projects_serial on projects (org, archived, serial);
create index projects_bucket_serial on projects (org, archived, bucket, serial);
create index projects_stage_serial on projects (org, archived, stage, serial);
create index projects_property on projects (org, property);

create table files (
  org text not null, id text not null, name text not null, media_type text not null, size bigint not null, sha256 text not null, blob text not null,
  preview text not null default '', width integer not null default 0, height integer not null default 0,
  hangs_kind text not null, hangs_on text not null, item text not null default '', customer text not null default '', project text not null default '',
  visibility text not null check (visibility in ('office', 'shared')), state text not null default 'stored' check (state in ('stored', 'waiting', 'refused')),
  uploaded_by text not null default '', uploader_name text not null default '', created_at bigint not null, archived_at bigint,
  primary key (org, id)
);
create index files_hang on files (org, hangs_kind, hangs_on, created_at);
create index files_customer on files (org, customer, created_at);
create index files_item on files (org, item);
create index files_blob on files (blob);
create index files_archived on files (archived_at) where archived_at is not null;
create table uploads (
  org text not null, id text not null, person text not null, name text not null, media_type text not null, size bigint not null,
  hangs_kind text not null, hangs_on text not null, item text not null default '', customer text not null default '', project text not null default '', visibility text not null,
  created_at bigint not null, expires_at bigint not null, finished_as text not null default '',
  primary key (org, id)
);
create index uploads_expiry on uploads (expires_at);
create index uploads_person on uploads (org, person);
-- The bytes that an organisation has stored or announced; one row, so that parallel uploads cannot pass the limit.
create table file_storage (org text primary key, bytes bigint not null);

create table messages (
  org text not null, id text not null, thread_kind text not null, thread text not null, item text not null default '', customer text not null default '', project text not null default '',
  author text not null, author_kind text not null, author_name text not null, body text not null, mentions text not null default '[]',
  visibility text not null check (visibility in ('office', 'shared')), created_at bigint not null, edited_at bigint, removed_at bigint,
  primary key (org, id)
);
create index messages_thread on messages (org, thread_kind, thread, created_at, id);
create index messages_customer on messages (org, customer, created_at);

create table documents (
  org text not null, id text not null, kind text not null, number text not null, project text not null, customer text not null, title text not null, folded text not null,
  state text not null check (state in ('draft', 'sent', 'changes requested', 'approved', 'declined', 'expired', 'void', 'superseded')),
  version integer not null, sent_version integer not null default 0, owner text not null default '',
  total bigint not null default 0, currency text not null, valid_until text not null default '', answer_reason text not null default '',
  created_at bigint not null, updated_at bigint not null, sent_at bigint, viewed_at bigint, answered_at bigint, archived boolean not null default false,
  primary key (org, id),
  foreign key (org, project) references projects (org, id),
  foreign key (org, customer) references customers (org, id)
);
create unique index documents_number on documents (org, kind, number);
create index documents_project on documents (org, project, updated_at);
create index documents_customer on documents (org, customer, updated_at);
create index documents_recent on documents (org, archived, updated_at, id);
create index documents_state_recent on documents (org, archived, state, updated_at, id);
create table document_versions (
  org text not null, document text not null, version integer not null, state text not null default 'draft', frozen boolean not null default false, content text not null,
  shown text not null default '', revision integer not null default 1, sha256 text not null default '', total bigint not null default 0, created_at bigint not null, updated_at bigint not null, updated_by text not null default '',
  sent_at bigint, sent_by text not null default '', change_note text not null default '', answered_at bigint, answered_by text not null default '', answer_reason text not null default '',
  primary key (org, document, version),
  foreign key (org, document) references documents (org, id)
);
create table document_recipients (
  org text not null, document text not null, contact text not null, person text not null default '', signs boolean not null default true,
  mailed_version integer not null default 0, viewed_at bigint, viewed_version integer not null default 0,
  primary key (org, document, contact)
);
create index document_recipients_person on document_recipients (org, person, document);
create table document_progress (
  org text not null, document text not null, version integer not null, person text not null, choices text not null default '{}', terms text not null default '[]',
  updated_at bigint not null,
  primary key (org, document, version, person)
);
create table signatures (
  org text not null, id text not null, document text not null, version integer not null, customer text not null, project text not null,
  person text not null, contact text not null, name text not null, email text not null, method text not null check (method in ('drawn', 'typed')), mark text not null,
  content_sha256 text not null, consent_version text not null, consent_sha256 text not null, choices text not null, total bigint not null, currency text not null,
  proof text not null, address text not null, agent text not null, browser text not null, signed_at bigint not null, title text not null, number text not null,
  sealed_file text not null default '', sealed_sha256 text not null default '', sealed_at bigint,
  primary key (org, id)
);
create unique index signatures_once on signatures (org, document, version);
create index signatures_customer on signatures (org, customer, signed_at);
create index signatures_sealed on signatures (sealed_sha256);

create table mails (
  org text not null, id text not null, person text not null default '', recipient text not null, subject text not null, sealed text not null, message_id text not null,
  state text not null check (state in ('queued', 'sent', 'failed', 'bounced', 'expired')), attempts integer not null default 0, last_error text not null default '',
  about_kind text not null default '', about text not null default '', mark text not null, created_at bigint not null, good_until bigint, sent_at bigint, bounced_at bigint,
  primary key (org, id)
);
create unique index mails_mark on mails (org, mark);
create unique index mails_message_id on mails (message_id);
create index mails_recent on mails (org, created_at);
create index mails_about on mails (org, about, created_at);
create index mails_to_forget on mails (created_at) where sealed <> '';
create table notices (
  org text not null, id text not null, person text not null, event text not null, title text not null, url text not null, icon text not null default '',
  created_at bigint not null, read_at bigint,
  primary key (org, id)
);
create unique index notices_once on notices (org, person, event);
create index notices_person on notices (org, person, created_at);

create table events (
  org text not null, id text not null, seq bigint not null, kind text not null, at bigint not null, actor_kind text not null, person text not null,
  subject_kind text not null, subject text not null, customer text not null, project text not null, body text not null, salt text not null,
  body_hash text not null, previous text not null, hash text not null,
  primary key (org, id)
);
create unique index events_chain on events (org, seq);
create index events_subject on events (org, subject, seq);
create index events_project on events (org, project, seq);
create index events_customer on events (org, customer, seq);
create table event_heads (org text primary key, seq bigint not null, hash text not null);

create table jobs (
  id text primary key, kind text not null, org text not null, arguments text not null, run_at bigint not null, unique_mark text,
  attempt integer not null default 0, max_attempts integer not null, state text not null check (state in ('ready', 'running', 'dead')),
  lease_until bigint, last_error text not null default '', created_at bigint not null
);
create unique index jobs_unique on jobs (unique_mark) where unique_mark is not null and state in ('ready', 'running');
create index jobs_due on jobs (run_at, id) where state = 'ready';
create index jobs_turns on jobs (org, run_at, id) where state = 'ready';
create index jobs_leases on jobs (lease_until) where state = 'running';
create table timetable (name text primary key, next_at bigint not null);
