-- What somebody has not read is counted in the index alone: a busy project has a hundred new messages, and to look at each of
-- them in the table cost more than the rest of a list.
drop index messages_unread;
create index messages_unread on messages (org, project, thread, created_at, visibility, author_kind, author, item, removed_at);
