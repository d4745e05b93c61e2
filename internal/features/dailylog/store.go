package dailylog

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
)

const logColumns = `l.id, l.project, l.customer, l.day, l.weather, l.temperature, l.on_site, l.notes, l.shared_at, l.author, l.author_name, l.revision, l.updated_at`

const fromLogs = ` from daily_logs l where l.org = :org and l.archived = false`

// inSight is the condition under which a customer reads a log: it is shared, their grant
// covers it, and its project is in a stage that customers see.
var inSight = ` and l.shared_at is not null and ` + guard.Granted(access.Projects, "l.customer", "l.project", "''") + ` and exists (select 1 from projects j join stages s on s.org = j.org and s.id = j.stage
	where j.org = :org and j.id = l.project and s.customer_visible = true and s.bucket <> 'hidden')`

const page = ` and l.project = :project and (l.day, l.id) <= (:from_day, :from_id)`

const newest = ` order by l.day desc, l.id desc limit :limit`

var (
	logsOf     = guard.SQL("daily logs of project", `select `+logColumns+fromLogs+page+newest)
	logsSeen   = guard.SQL("daily logs of project a customer reads", `select `+logColumns+fromLogs+page+inSight+newest)
	logByID    = guard.SQL("daily log by id", `select `+logColumns+fromLogs+` and l.id = :id`)
	logSeen    = guard.SQL("daily log a customer reads by id", `select `+logColumns+fromLogs+` and l.id = :id`+inSight)
	insertLog  = guard.SQL("insert daily log", `insert into daily_logs (org, id, project, customer, day, author, author_name, created_at, updated_at) values (:org, :id, :project, :customer, :day, :by, :name, :now, :now)`)
	saveLog    = guard.SQL("save daily log", `update daily_logs set day = :day, weather = :weather, temperature = :temperature, on_site = :on_site, notes = :notes, revision = revision + 1, updated_at = :now where org = :org and id = :id and revision = :revision and archived = false`)
	shareLog   = guard.SQL("share daily log", `update daily_logs set shared_at = :now, shared_by = :by, updated_at = :now where org = :org and id = :id and shared_at is null and archived = false`)
	unshareLog = guard.SQL("take a shared daily log back", `update daily_logs set shared_at = null, updated_at = :now where org = :org and id = :id and shared_at is not null`)
	archiveLog = guard.SQL("put a daily log away", `update daily_logs set archived = true, updated_at = :now where org = :org and id = :id and archived = false`)

	photosGoing = guard.SQL("photos of a daily log that go along", `select f.file from daily_log_photos f where f.org = :org and f.log = :log order by f.file`)
	sharePhoto  = guard.SQL("let a photo go along", `insert into daily_log_photos (org, log, file) values (:org, :log, :file) on conflict (org, log, file) do nothing`)
	hidePhoto   = guard.SQL("keep a photo inside", `delete from daily_log_photos where org = :org and log = :log and file = :file`)
)

func targets(l *Log) []any {
	return []any{&l.ID, &l.Project, &l.Customer, &l.Day, &l.Weather, &l.Temperature, &l.OnSite, &l.Notes, &l.SharedAt, &l.Author, &l.AuthorName, &l.Revision, &l.UpdatedAt}
}

// pick gives the statement that the actor may run.
func pick(tx *guard.Tx, office, customer *guard.Statement) *guard.Statement {
	if tx.Actor().SeesWholeOrganisation() {
		return office
	}
	return customer
}

func loadLogs(tx *guard.Tx, project, fromDay, fromID string, limit int) (list []Log, err error) {
	err = tx.Each(pick(tx, logsOf, logsSeen), guard.Args{"project": project, "from_day": fromDay, "from_id": fromID, "limit": limit}, func(row guard.Row) error {
		var l Log
		err := row(targets(&l)...)
		list = append(list, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load daily logs: %w", err)
	}
	return list, nil
}

func loadLog(tx *guard.Tx, id string) (l Log, err error) {
	if err = tx.One(pick(tx, logByID, logSeen), guard.Args{"id": id}, targets(&l)...); err != nil {
		return Log{}, fmt.Errorf("load daily log: %w", err)
	}
	return l, nil
}

// loadGoing tells which of a log's photos go along. The office only.
func loadGoing(tx *guard.Tx, log string) (map[string]bool, error) {
	going := map[string]bool{}
	err := tx.Each(photosGoing, guard.Args{"log": log}, func(row guard.Row) error {
		var one string
		err := row(&one)
		going[one] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load photos of a daily log: %w", err)
	}
	return going, nil
}
