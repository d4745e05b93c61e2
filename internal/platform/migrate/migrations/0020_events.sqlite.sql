drop trigger events_keep;
create trigger events_keep before update on events begin select raise(abort, 'events are append-only'); end;
