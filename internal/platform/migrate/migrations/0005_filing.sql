-- The files of a project stand in folders, have versions and captions, and are listed by date, name and size.
alter table files add column folder text not null default '';
alter table files add column folded text not null default '';
alter table files add column caption text not null default '';
-- The versions of a file share a series, which is the id of the first; the newest is the one that nothing has superseded.
alter table files add column series text not null default '';
alter table files add column version integer not null default 1;
alter table files add column replaces text not null default '';
alter table files add column superseded_at bigint;
alter table files add column taken_at bigint not null default 0;
alter table files add column gallery boolean not null default false;
update files set folded = lower(name), series = id, taken_at = created_at, gallery = (preview <> '' or media_type in ('video/mp4', 'video/webm', 'video/quicktime'));
create index files_by_date on files (org, project, folder, created_at, id) where archived_at is null and superseded_at is null;
create index files_by_name on files (org, project, folder, folded, id) where archived_at is null and superseded_at is null;
create index files_by_size on files (org, project, folder, size, id) where archived_at is null and superseded_at is null;
create index files_gallery on files (org, project, gallery, taken_at, id) where archived_at is null and superseded_at is null;
create index files_new on files (org, project, created_at) where archived_at is null and superseded_at is null;
create index files_series on files (org, series, version);
create index files_bin on files (org, project, archived_at) where archived_at is not null;

create table file_folders (
  org text not null, id text not null, project text not null, customer text not null, name text not null, folded text not null,
  visibility text not null check (visibility in ('office', 'shared')), creator_name text not null default '', created_at bigint not null,
  primary key (org, id)
);
create unique index file_folders_name on file_folders (org, project, folded);
-- Two photos of one place, before the work and after it.
create table file_pairs (
  org text not null, id text not null, project text not null, customer text not null, before_file text not null, after_file text not null, title text not null, created_at bigint not null,
  primary key (org, id)
);
create index file_pairs_project on file_pairs (org, project, created_at);
-- When somebody last looked at the files of a project.
create table file_seen (org text not null, person text not null, project text not null, seen_at bigint not null, primary key (org, person, project));
-- Bytes that this organisation may store; 0: as many as the installation allows.
alter table file_storage add column most bigint not null default 0;
