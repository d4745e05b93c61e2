package db

import (
	"context"
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"zombiezen.com/go/sqlite"

	"lintel/internal/platform/fault"
)

// asFault turns the engines' errors into Lintel's, so that nothing above knows engines.
func asFault(err error) error {
	var f *fault.Fault
	if err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	if code := sqlite.ErrCode(err); code != sqlite.ResultError { // which it also says of errors that are not SQLite's
		return sqliteFault(code, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return postgresFault(pg, err)
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, errClosed) {
		return fault.Wrap(fault.Unavailable, "The database cannot be reached just now. Please try again in a moment.", err)
	}
	return err
}

func sqliteFault(code sqlite.ResultCode, err error) error {
	switch code {
	case sqlite.ResultConstraintUnique, sqlite.ResultConstraintPrimaryKey:
		return fault.Wrap(fault.Conflict, "This already exists.", err)
	case sqlite.ResultConstraintTrigger: // one that protects rows which never change
		return fault.Wrap(fault.Conflict, "This record is kept as it is and cannot be changed.", err)
	}
	switch code.ToPrimary() {
	case sqlite.ResultFull:
		return fault.Wrap(fault.NoSpace, "There is no room left on the server. Nothing was saved.", err)
	case sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultReadOnly, sqlite.ResultIOErr:
		return fault.Wrap(fault.Unavailable, "The database cannot be written just now. Please try again in a moment.", err)
	}
	return err
}

// Codes of postgresql.org/docs/current/errcodes-appendix.html.
func postgresFault(pg *pgconn.PgError, err error) error {
	switch pg.Code {
	case "23505":
		return fault.Wrap(fault.Conflict, "This already exists.", err)
	case "P0001":
		return fault.Wrap(fault.Conflict, "This record is kept as it is and cannot be changed.", err)
	case "53100":
		return fault.Wrap(fault.NoSpace, "There is no room left on the server. Nothing was saved.", err)
	case "25006", "57P01", "57P02", "57P03", "53300":
		return fault.Wrap(fault.Unavailable, "The database cannot be reached just now. Please try again in a moment.", err)
	}
	return err
}

func isSerialization(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
