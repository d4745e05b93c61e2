package message

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/core/route"
	"lintel/internal/features/file"
	"lintel/internal/features/organisation"
	"lintel/internal/platform/fault"
	"lintel/internal/platform/i18n"
	"lintel/internal/platform/web"
)

// Routes adds the addresses of conversations. Office and customers share them; who sees the
// thing decides its finder.
func (s *Service) Routes(t *route.Table) {
	read, write := access.EitherWith(access.MessagesRead), access.EitherWith(access.MessagesWrite)
	t.Get("/{org}/messages/{kind}/{thread}", read, s.show)
	t.Post("/{org}/messages/{kind}/{thread}", write, s.postForm)
	t.Post("/{org}/messages/{kind}/{thread}/seen", read, s.seen)
	t.Get("/{org}/messages/{kind}/{thread}/people", write, s.people)
	t.Post("/{org}/posts/{message}/edit", write, s.edit)
	t.Post("/{org}/posts/{message}/remove", write, s.remove)
}

// show answers the conversation as a part of a page, and leads everybody else to the page.
func (s *Service) show(r *route.Request) (web.Reply, error) {
	p, err := s.Props(r, r.PathValue("kind"), r.PathValue("thread"))
	if err != nil {
		return web.Reply{}, err
	}
	if !inPlace(r) {
		return web.Redirect(pageOf(r, p.Thread, ElementID)), nil
	}
	return web.Page(Conversation(p)), nil
}

func (s *Service) postForm(r *route.Request) (web.Reply, error) {
	t := Thread{Kind: r.PathValue("kind"), ID: r.PathValue("thread")}
	form, err := s.files.Form(r, func(*web.Form) (string, string) { return file.Composer, composerOf(t.Kind, t.ID) })
	if err != nil {
		return web.Reply{}, err
	}
	d := Draft{ID: form.Line("id"), Body: form.Raw("text"), Files: form.All("file"), Internal: form.Checked("internal"), Parent: form.Line("parent")}
	for _, person := range form.All("mention") {
		d.Mentions = append(d.Mentions, access.PersonID(person))
	}
	if err := form.Err(); err != nil { // of several files one was refused: the others wait beside the text
		return s.again(r, t, d, d.Parent, err)
	}
	m, err := s.postOn(r.Context(), r.Actor, t, d)
	switch {
	case err != nil:
		return s.again(r, t, d, d.Parent, err)
	case !inPlace(r):
		return web.Redirect(pageOf(r, m.thread, "message-"+m.message.ID)), nil
	case m.message.Parent != "":
		return s.one(r, t, m.message.Parent)
	case aimsAt(r, fieldID): // the feed beside it hears of the message
		p, err := s.field(r, m.thread)
		return web.Page(FeedField(p)).WithHeader("HX-Trigger", "message-posted"), err
	case m.before || !aimsAt(r, listID): // posted twice, or the first: there is no end to put it at
		return s.whole(r, t)
	}
	p, count, err := s.after(r, &m)
	return web.Page(justPosted(p, m.message, count)), err
}

// seen notes how far the reader has read; the page's script says so when it is on the screen.
func (s *Service) seen(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	upTo := time.Time{}
	if micros, err := strconv.ParseInt(form.Line("up_to"), 10, 64); err == nil && micros > 0 {
		upTo = time.UnixMicro(micros)
	}
	return web.Empty(), s.MarkSeen(r.Context(), r.Actor, r.PathValue("kind"), r.PathValue("thread"), upTo)
}

// people answers who may be mentioned of those whose names begin like what was typed.
func (s *Service) people(r *route.Request) (web.Reply, error) {
	list, err := s.Mentionable(r.Context(), r.Actor, r.PathValue("kind"), r.PathValue("thread"), r.URL.Query().Get("q"))
	return web.Page(suggestions(list)), err
}

func (s *Service) edit(r *route.Request) (web.Reply, error) {
	form, err := r.Form()
	if err != nil {
		return web.Reply{}, err
	}
	return s.changed(r, s.Edit(r.Context(), r.Actor, r.PathValue("message"), form.Raw("text")))
}

func (s *Service) remove(r *route.Request) (web.Reply, error) {
	return s.changed(r, s.Remove(r.Context(), r.Actor, r.PathValue("message")))
}

// changed answers after a change of one's own message.
func (s *Service) changed(r *route.Request, outcome error) (web.Reply, error) {
	t, root, err := s.threadOf(r.Context(), r.Actor, r.PathValue("message"))
	if err != nil {
		return web.Reply{}, err
	}
	if outcome != nil {
		return s.again(r, t, Draft{}, root, outcome)
	}
	if !inPlace(r) {
		return web.Redirect(pageOf(r, t, ElementID)), nil
	}
	return s.one(r, t, root)
}

// one answers with the conversation that a message stands in, in the place of the one on the
// page, or with the whole card when the page shows another.
func (s *Service) one(r *route.Request, t Thread, root string) (web.Reply, error) {
	if !aimsAt(r, talkID(root)) {
		return s.whole(r, t)
	}
	p, err := s.card(r, root)
	return web.Page(talk(p)), err
}

// whole answers with the card, which takes the place of the one on the page.
func (s *Service) whole(r *route.Request, t Thread) (web.Reply, error) {
	p, err := s.Props(r, t.Kind, t.ID)
	return inPlaceOfCard(p), err
}

// inPlaceOfCard tells htmx to change the card, whatever the form that was sent aims at.
func inPlaceOfCard(p ConversationProps) web.Reply {
	return web.Page(Conversation(p)).WithHeader("HX-Retarget", "#"+ElementID).WithHeader("HX-Reswap", "outerHTML")
}

// again shows the form once more with what was typed and what is wrong; root is the
// conversation that it is about, if any.
func (s *Service) again(r *route.Request, t Thread, d Draft, root string, wrong error) (web.Reply, error) {
	f := fault.As(wrong)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return web.Reply{}, wrong
	}
	p, err := s.Props(r, t.Kind, t.ID)
	if err != nil {
		return web.Reply{}, err
	}
	message := f.Message
	if len(f.Fields) > 0 {
		message = f.Fields[0].Message
	}
	p.Draft, p.Error = d, i18n.T(r.Context(), message)
	if len(d.Files) > 0 && len(d.Files) <= mostFiles {
		if p.Waiting, err = s.waiting(r.Context(), r.Actor, d.Files); err != nil {
			return web.Reply{}, err
		}
	}
	status := http.StatusUnprocessableEntity
	if f.Kind == fault.Conflict {
		status = http.StatusConflict
	}
	switch {
	case !inPlace(r):
	case root != "" && aimsAt(r, talkID(root)):
		one, err := s.card(r, root)
		one.Draft, one.Waiting, one.Error = p.Draft, p.Waiting, p.Error
		return web.Page(talk(one)).WithStatus(status), err
	case aimsAt(r, fieldID):
		return web.Page(FeedField(p)).WithStatus(status), nil
	default:
		return inPlaceOfCard(p).WithStatus(status), nil
	}
	return s.frame.Portal(r, organisation.PageInfo{Title: p.Thread.Title, Htmx: true}, Conversation(p)).WithStatus(status), nil
}

// inPlace reports whether the answer takes the place of the card on the page.
func inPlace(r *route.Request) bool { return r.Header.Get("HX-Request") == "true" }

// aimsAt reports whether what is on the page with an id gives way to the answer.
func aimsAt(r *route.Request, id string) bool {
	return strings.HasSuffix(r.Header.Get("HX-Target"), "#"+id)
}

// pageOf is the page that shows the conversation to this reader, at one of its elements.
func pageOf(r *route.Request, t Thread, element string) string {
	page := t.OfficeURL
	if r.Actor.Kind() == access.Customer {
		page = t.CustomerURL
	}
	return page + "#" + element
}
