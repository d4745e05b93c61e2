create trigger documents_marked after insert on documents when new.sent_version > 0 begin
  update projects set
    to_sign = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'sent'),
    signed = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'approved')
  where org = new.org and id = new.project;
end;
create trigger documents_remarked after update of state, sent_version, archived on documents when old.state <> new.state or old.sent_version <> new.sent_version or old.archived <> new.archived begin
  update projects set
    to_sign = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'sent'),
    signed = (select count(*) from documents d where d.org = new.org and d.project = new.project and d.archived = false and d.sent_version > 0 and d.state = 'approved')
  where org = new.org and id = new.project;
end;
