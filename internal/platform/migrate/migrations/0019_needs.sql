-- The office's home shows what waits for somebody: answers of customers by when they came, drafts by whose they are, and
-- proposals by their last day.
create index documents_answered on documents (org, state, answered_at) where answered_at is not null;
create index documents_drafts on documents (org, owner, updated_at) where state = 'draft';
create index documents_ending on documents (org, state, valid_until) where valid_until <> '';
