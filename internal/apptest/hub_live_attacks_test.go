package apptest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/features/identity"
	"lintel/internal/features/message"
)

// What a page hears: not by a mark, a topic or a number that no page of ours sends, and no longer than the right lasts.
func TestTheLiveStreamTellsNobodyTooMuch(t *testing.T) {
	underAttack(t, func(x *attacked) {
		x.under("fault 24 no mark leaves anything behind", strangeMarks)
		x.under("A08 topics of others are not heard", foreignTopics)
		x.under("fault 23 one person does not take all streams", manyStreams)
		x.under("A11 a stream ends with its topic", streamAfterTheGrant)
		x.under("A11 a stream ends with the session", streamAfterSigningOut)
	})
}

// No mark that a page brings back stops the stream or leaves a listener behind that nobody ends.
func strangeMarks(x *attacked) {
	topic := "project:" + x.a.Things.Project
	first := x.una.Follow("alder", "", topic)
	first.Close()
	name, _, _ := strings.Cut(first.mark, "-")
	before := x.App.Watch.Open()
	for _, mark := range []string{name + "--5", name + "--1", name + "--9223372036854775808", name + "-9223372036854775807", name + "-", name, "-", strings.Repeat("9", 400), name + "-0x1", "\x00", "%00"} {
		stream := x.una.Follow("alder", mark, topic)
		x.refused(stream.Status == http.StatusOK, "the mark %q: %d", mark, stream.Status)
		stream.Close()
	}
	x.refused(x.App.Watch.Open() == before, "%d listeners stay behind, %d before", x.App.Watch.Open(), before)
}

// Nobody hears of things that are not theirs, by any name; and a page names a few things at most.
func foreignTopics(x *attacked) {
	a, b, f := x.a.Things, x.b.Things, x.birch.A.Things
	own := "project:" + a.Project
	owner := string(x.alder.Owner.Person())
	stream := x.una.Follow("alder", "", own, "project:"+b.Project, "proposal:"+b.Proposal, "proposal:"+a.Draft, "request:"+b.Request, "requests:waiting", "mails:waiting", "person:"+owner, "project:"+f.Project,
		"project:", "", "project:"+a.Project+" project:"+b.Project, "PROJECT:"+b.Project, "project:%", "file:"+b.File, "dailylog:"+b.Log)
	ctx := context.Background()
	for _, project := range []string{b.Project, a.Project} {
		_, err := x.App.Messages.Post(ctx, x.alder.Owner, message.Thread{Kind: "project", ID: project}, message.Draft{Body: "For B and then for A"})
		x.must(err)
		x.must(x.App.Incoming.SetAside(ctx, x.alder.Owner, map[string]string{b.Project: b.Letter, a.Project: a.Letter}[project]))
	}
	heard := ""
	select {
	case heard = <-stream.News:
	case <-x.t.Context().Done():
	}
	x.refused(heard == own, "a customer hears %q", heard)
	stream.Close()
	many := url.Values{}
	for i := range 1000 {
		many.Add("topic", fmt.Sprintf("project:%d", i))
	}
	got := x.una.Get("/alder/live?" + many.Encode())
	x.refused(got.Status == http.StatusUnprocessableEntity, "a thousand topics: %d", got.Status)
}

func manyStreams(x *attacked) {
	before := x.App.Watch.Open()
	var open []*Stream
	var last *Stream
	for range 150 {
		if last = x.bee.Follow("alder", ""); last.Status != http.StatusOK {
			break
		}
		open = append(open, last)
	}
	x.refused(last.Status == http.StatusTooManyRequests && len(open) >= 20, "the stream number %d answers %d", len(open)+1, last.Status)
	other := x.una.Follow("alder", "")
	x.refused(other.Status == http.StatusOK, "and somebody else's then answers %d", other.Status)
	other.Close()
	for _, s := range open {
		s.Close()
	}
	again := x.bee.Follow("alder", "")
	x.refused(again.Status == http.StatusOK, "after they are closed: %d", again.Status)
	again.Close()
	x.refused(x.App.Watch.Open() == before, "%d streams stay open, %d before", x.App.Watch.Open(), before)
}

// Who keeps the portal but loses one customer hears nothing of them any more.
func streamAfterTheGrant(x *attacked) {
	a := x.a.Things
	stream := x.tue.Follow("alder", "", "project:"+a.Project, "proposal:"+a.Proposal)
	person := x.tue.Actor("alder", "/alder/home").Person()
	x.alder.change(func(tx *guard.Tx) error {
		for _, at := range []identity.Scope{{Customer: a.Customer, Project: a.Project}, {Customer: a.Customer}} {
			if err := identity.SetModules(tx, person, at, access.NewModuleSet(access.Projects), "the test trims it"); err != nil {
				return err
			}
		}
		return nil
	})
	x.refused(stream.Hears("person:"+string(person)), "the page does not hear that its reader's rights have changed")
	_, err := x.App.Messages.Post(context.Background(), x.alder.Owner, message.Thread{Kind: "proposal", ID: a.Proposal}, message.Draft{Body: "After the trim"})
	x.must(err)
	_, err = x.App.Messages.Post(context.Background(), x.alder.Owner, message.Thread{Kind: "project", ID: a.Project}, message.Draft{Body: "After the trim"})
	x.must(err)
	news := <-stream.News
	x.refused(!strings.Contains(news, "proposal:"), "without the module of documents they hear %q", news)
	stream.Close()
}

func streamAfterSigningOut(x *attacked) {
	stream := x.bee.Follow("alder", "", "project:"+x.b.Things.Project)
	thief := x.Browser()
	home, err := url.Parse(BaseURL + "/")
	x.must(err)
	thief.jar.SetCookies(home, x.bee.cookies())
	x.bee.Post("/sign-out", nil)
	again := thief.Follow("alder", "", "project:"+x.b.Things.Project)
	x.refused(again.Status != http.StatusOK, "with the cookies of before a new stream answers %d", again.Status)
	stream.Close()
}
