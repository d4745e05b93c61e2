-- People and access: what a person may see, by which module, in which capacity, and how
-- they prove who they are.

alter table memberships add column modules text not null default '*';
alter table organisations add column modules text not null default '*';
alter table organisations add column staff_factor text not null default 'one' check (staff_factor in ('one', 'two'));
-- seen_by is the member of staff who looks at the portal as the person of the entry. It is
-- part of the key: a browser keeps its own entry while somebody looks.
create table session_entries_new (
  session text not null, org text not null, person text not null, kind text not null default '', proof text not null, item text not null default '',
  link text not null default '', created_at bigint not null, confirmed_at bigint, seen_by text not null default '',
  primary key (session, org, seen_by)
);
insert into session_entries_new (session, org, person, kind, proof, item, link, created_at, confirmed_at)
  select session, org, person, kind, proof, item, link, created_at, confirmed_at from session_entries;
drop table session_entries;
alter table session_entries_new rename to session_entries;
create index session_entries_person on session_entries (person, org);

-- Roles of staff that an organisation has made itself. memberships.role holds their id.
create table roles (
  org text not null, id text not null, name text not null, permissions text not null, created_at bigint not null, created_by text not null default '', removed_at bigint,
  primary key (org, id)
);
create table api_tokens (
  org text not null, id text not null, person text not null, name text not null, token_hash text not null unique, scopes text not null,
  created_at bigint not null, expires_at bigint, last_used_at bigint, last_address text not null default '', revoked_at bigint, revoked_by text not null default '',
  primary key (org, id)
);
create index api_tokens_person on api_tokens (org, person, created_at);
-- Requests to the API that must not happen twice. Written with what they made, in the same
-- transaction; kept for a day.
create table api_requests (
  org text not null, token text not null, mark text not null, body_hash text not null, request text not null, made text not null, created_at bigint not null,
  primary key (org, token, mark)
);
create index api_requests_age on api_requests (created_at);

-- More ways to prove who one is. Secrets are sealed with the installation's key.
-- second_factor: the person has a passkey or an authenticator app.
alter table people add column second_factor boolean not null default false;
alter table people add column username text not null default '';
alter table people add column username_folded text;
create unique index people_username on people (username_folded);
create table passkeys (
  id text primary key, person text not null, credential text not null, credential_id text not null unique, name text not null, created_at bigint not null, last_used_at bigint, sign_count bigint not null default 0
);
create index passkeys_person on passkeys (person, created_at);
create table authenticators (
  person text primary key, secret_sealed text not null, confirmed_at bigint, last_step bigint not null default 0, created_at bigint not null
);
create table recovery_codes (
  person text not null, code_hash text not null, created_at bigint not null, used_at bigint,
  primary key (person, code_hash)
);
-- A challenge is answered once: passkey ceremonies, second steps of a sign-in, OpenID logins.
create table challenges (
  id text primary key, purpose text not null, person text not null default '', browser_hash text not null, sealed text not null, tries integer not null default 0, created_at bigint not null, expires_at bigint not null, used_at bigint
);
create index challenges_expiry on challenges (expires_at);
create table openid_accounts (
  org text not null, issuer text not null, subject text not null, person text not null, created_at bigint not null, last_used_at bigint,
  primary key (org, issuer, subject)
);
create index openid_accounts_person on openid_accounts (org, person);
create table openid_providers (
  org text primary key, issuer text not null, client_id text not null, secret_sealed text not null, label text not null default '', updated_at bigint not null
);

-- Invitations to a portal: none → invited → opened → active; resent, revoked, run out.
create table invitations (
  org text not null, id text not null, person text not null, kind text not null check (kind in ('staff', 'customer', 'contractor', 'technician')), customer text not null default '', contractor text not null default '',
  contact text not null default '', email text not null, name text not null, modules text not null default '*', invited_by text not null, invited_by_kind text not null default 'staff', created_at bigint not null,
  sent_at bigint, sent_count integer not null default 0, link text not null default '', opened_at bigint, accepted_at bigint, expires_at bigint not null, revoked_at bigint, revoked_by text not null default '',
  primary key (org, id)
);
create index invitations_person on invitations (org, person, created_at);
create index invitations_sent on invitations (org, sent_at);
create index invitations_customer on invitations (org, customer, created_at);
create index invitations_contractor on invitations (org, contractor, created_at);

-- Contractor firms, the people at their desk and their technicians.
create table contractors (
  org text not null, id text not null, name text not null, folded text not null, address text not null default '', email text not null default '', phone text not null default '', trade text not null default '',
  notes text not null default '', created_at bigint not null, updated_at bigint not null, archived boolean not null default false,
  primary key (org, id)
);
create index contractors_name on contractors (org, archived, folded, id);
create table contractor_people (
  org text not null, id text not null, contractor text not null, kind text not null check (kind in ('contractor', 'technician')), person text not null, name text not null, folded text not null,
  email text not null, phone text not null default '', administrator boolean not null default false, signature_file text not null default '', signature_name text not null default '', signature_at bigint,
  created_at bigint not null, created_by text not null default '', archived boolean not null default false,
  primary key (org, id),
  foreign key (org, contractor) references contractors (org, id)
);
create unique index contractor_people_person on contractor_people (org, person, contractor, kind);
create index contractor_people_contractor on contractor_people (org, contractor, archived, folded, id);
