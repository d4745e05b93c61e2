package api

import "lintel/internal/core/guard"

var (
	requestByMark = guard.SQL("request that was done", `select q.body_hash, q.made from api_requests q
		where q.org = :org and q.token = :token and q.mark = :mark and q.created_at > :since`)
	keepRequest = guard.SQL("keep a request that was done", `insert into api_requests (org, token, mark, body_hash, request, made, created_at)
		select :org, :token, :mark, :hash, :request, :made, :now where :org <> ''
		on conflict (org, token, mark) do update set body_hash = excluded.body_hash, request = excluded.request, made = excluded.made, created_at = excluded.created_at
		where api_requests.request = excluded.request or api_requests.created_at <= :since`)
	purgeRequests = guard.AcrossSQL("purge requests that were done", `delete from api_requests where created_at < :before`)
)
