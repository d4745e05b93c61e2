-- What was signed, sent or logged never changes; the database holds that itself.
create trigger events_keep before update on events when old.body <> '' and new.body <> '' or old.hash <> new.hash or old.seq <> new.seq or old.previous <> new.previous
  or old.body_hash <> new.body_hash or old.kind <> new.kind or old.at <> new.at or old.person <> new.person or old.subject <> new.subject
  begin select raise(abort, 'events are append-only'); end;
create trigger events_stay before delete on events begin select raise(abort, 'events are append-only'); end;
create trigger versions_keep before update on document_versions when old.frozen and (old.content <> new.content or old.shown <> new.shown or old.sha256 <> new.sha256 or not new.frozen or old.total <> new.total)
  begin select raise(abort, 'a sent version never changes'); end;
create trigger versions_stay before delete on document_versions when old.frozen begin select raise(abort, 'a sent version never goes'); end;
create trigger signatures_keep before update on signatures when old.sealed_file <> '' or old.mark <> new.mark or old.content_sha256 <> new.content_sha256 or old.name <> new.name
  or old.total <> new.total or old.choices <> new.choices or old.signed_at <> new.signed_at or old.person <> new.person
  begin select raise(abort, 'a signature never changes'); end;
create trigger signatures_stay before delete on signatures begin select raise(abort, 'a signature never goes'); end;
