drop trigger events_keep on events;
create trigger events_keep before update on events for each row execute function lintel_keep();
