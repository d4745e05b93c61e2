package project

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/platform/i18n"
)

// News counts what the person who looks has not seen in a project.
type News struct {
	Comments int
	Files    int
}

// Any reports that there is something new.
func (n News) Any() bool { return n.Comments > 0 || n.Files > 0 }

// News counts what is new in each of the projects for the person who looks, with one statement for each kind of mark
// whatever their number.
func (s *Service) News(tx *guard.Tx, projects []string) (map[string]News, error) {
	joined, err := Joined(tx)
	if err != nil {
		return nil, err
	}
	return s.news(tx, projects, projects, joined)
}

func (s *Service) news(tx *guard.Tx, talked, filed []string, joined time.Time) (map[string]News, error) {
	var comments, files map[string]int
	err := tx.Together(
		func() (err error) { comments, err = counted(tx, s.ports.Comments, talked, joined); return err },
		func() (err error) { files, err = counted(tx, s.ports.NewFiles, filed, joined); return err },
	)
	all := map[string]News{}
	for id, n := range comments {
		all[id] = News{Comments: n}
	}
	for id, n := range files {
		all[id] = News{Comments: all[id].Comments, Files: n}
	}
	return all, err
}

// counted asks a port about projects, if there is one and there are any.
func counted(tx *guard.Tx, port CountNew, projects []string, joined time.Time) (map[string]int, error) {
	if port == nil || len(projects) == 0 {
		return nil, nil
	}
	return port(tx, projects, joined)
}

// NewsOf counts what is new in one project for the actor, who sees it.
func (s *Service) NewsOf(ctx context.Context, actor access.Actor, project string) (n News, err error) {
	err = s.store.View(ctx, actor, access.ProjectsRead, func(tx *guard.Tx) error {
		all, err := s.News(tx, []string{project})
		n = all[project]
		return err
	})
	return n, err
}

// mostNews is what marks count to; beyond, they say so.
const mostNews = 99

func newComments(ctx context.Context, n int) string {
	if n > mostNews {
		return i18n.T(ctx, "99+ new comments")
	}
	return i18n.N(ctx, n, "{n} new comment", "{n} new comments")
}

func newFiles(ctx context.Context, n int) string {
	if n > mostNews {
		return i18n.T(ctx, "99+ new files")
	}
	return i18n.N(ctx, n, "{n} new file", "{n} new files")
}

// newsOrNothing is NewsMarks, or nil when there is nothing new: for places that draw a line above it.
func newsOrNothing(url string, n News) templ.Component {
	if !n.Any() {
		return nil
	}
	return NewsMarks(url, n)
}
