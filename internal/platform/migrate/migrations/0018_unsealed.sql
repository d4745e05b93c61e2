-- Signatures whose sealed copy is still to be made: a job looks for them.
create index signatures_unsealed on signatures (org, signed_at) where sealed_file = '';
