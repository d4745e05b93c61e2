package demo

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/demo/pictures"
	"lintel/internal/features/file"
	"lintel/internal/features/message"
	"lintel/internal/platform/id"
)

// sayingPlan is a message of a project's conversation. by is a colleague's key; empty is the
// customer's first contact, "2" the second. answers is the number of the message before it that
// it answers, from 1; 0: none.
type sayingPlan struct {
	days     int
	at       string
	by, text string
	files    []string
	internal bool
	answers  int
	edited   string // what its author made of it a minute later
}

// talks are the conversations of projects, by the project's name.
var talks = map[string][]sayingPlan{
	"Kitchen & ground-floor refit": {
		{days: 8, at: "09:05", by: "jon", text: "Good morning Maria, good morning Tomas. Everything about the house goes here from now on: questions, photos, plans. Whoever of us reads it first answers."},
		{days: 8, at: "12:31", text: "Lovely. Which of the two tile samples should we look at in daylight?", files: []string{"backsplash-tiles.jpg"}},
		{days: 8, at: "13:10", by: "dana", text: "The green one, please, on the north wall. It changes most.", answers: 2},
		{days: 8, at: "20:47", by: "2", text: "Green it is. @Maria Ruiz has put it up already.", answers: 2},
		{days: 7, at: "10:20", by: "dana", text: "Steel for the dining room opening has arrived. Here it is in the yard.", files: []string{"steel-beam.jpg"}},
		{days: 7, at: "10:24", by: "dana", text: "@Jon Sato the beam is 40 mm longer than drawn. Fits, but tell the engineer.", internal: true, answers: 5},
		{days: 7, at: "11:02", by: "jon", text: "Done, she is fine with it.", internal: true, answers: 5},
		{days: 4, at: "18:15", text: "Can the boiler cupboard door open the other way? The fridge would be in its way.", edited: "Can the boiler cupboard door open the other way? The fridge is in its way."},
		{days: 3, at: "08:12", by: "jon", text: "Yes, we hang it on the left. No change to the price.", answers: 8},
		{days: 3, at: "08:40", text: "Perfect, thank you!", answers: 8},
		{days: 1, at: "16:50", by: "dana", text: "@Maria Ruiz the floor sample lies in the living room. Walk on it with shoes and without, and tell me which finish you like.", files: []string{"oak-floor.jpg", "worktop-oak.jpg"}},
		{days: 1, at: "21:08", text: "Matt. It already feels like ours. Is the worktop oiled the same way?", answers: 11},
	},
	"Loft bathroom": {
		{days: 12, at: "14:05", by: "dana", text: "The roof window is in, and it rained last night: dry.", files: []string{"roof-tiles.jpg"}},
		{days: 12, at: "18:22", text: "Oh good! When do the tiles come?", answers: 1},
		{days: 11, at: "08:01", by: "dana", text: "Thursday morning. Two boxes more than we need, for later.", answers: 1},
		{days: 2, at: "17:40", text: "Would it be possible to have the towel rail on the other wall?"},
	},
	"Ballroom sound and picture": {
		{days: 9, at: "10:00", by: "sam", text: "We measured the ballroom last night. The echo is 1.9 seconds; with the curtains we plan it will be 1.2.", files: []string{"av-rack.jpg"}},
		{days: 9, at: "11:30", text: "The wedding on Saturday will be glad. Can the band plug in for that already?", answers: 1},
		{days: 9, at: "11:42", by: "freya", text: "I bring a stage box on Friday and take it back on Monday.", answers: 1},
	},
	"Fire doors, Harcourt Court": {
		{days: 10, at: "09:15", by: "beth", text: "Floors one to four are inspected: 31 doors pass, 5 need new closers. The list with photos follows today.", files: []string{"fire-door.jpg"}},
		{days: 10, at: "15:20", text: "Thank you. Please leave a card where nobody was in.", answers: 1},
		{days: 10, at: "16:00", by: "kofi", text: "Purchase order for the closers is not here yet.", internal: true},
	},
	"Rowan House: stairs and lights": {
		{days: 6, at: "13:30", by: "hugo", text: "Three colours for the stairs, on the wall of the second floor until Friday.", files: []string{"plastered-room.jpg"}},
		{days: 5, at: "19:55", text: "The residents like the middle one. So do we.", answers: 1},
	},
}

func (o *order) playTalk() {
	said := make([]string, len(talks[o.work.name])+1)
	for i, saying := range talks[o.work.name] {
		o.firm.at(saying.days, saying.at, func() error { return o.firm.andTell(o.say(saying, said, i+1)) })
	}
}

// say posts a message and keeps its id for the answers.
func (o *order) say(saying sayingPlan, said []string, number int) error {
	f := o.firm
	who, err := o.speaker(saying.by)
	if err != nil {
		return err
	}
	draft := message.Draft{ID: id.New(), Body: saying.text, Internal: saying.internal, Parent: said[saying.answers]}
	for _, name := range saying.files {
		content, err := pictures.Open(name)
		if err != nil {
			return err
		}
		on := file.Hang{Kind: file.Composer, On: "project:" + o.id, Item: o.id, Customer: o.client.id, Project: o.id, Visibility: file.Office, Quiet: true}
		hung, err := f.app.Files.Save(f.ctx, who, on, f.snapped(name), "", content)
		if err != nil {
			return fmt.Errorf("attach %s: %w", name, err)
		}
		draft.Files = append(draft.Files, hung.ID)
	}
	thread := message.Thread{Kind: "project", ID: o.id}
	m, err := f.app.Messages.Post(f.ctx, who, thread, draft)
	if err != nil {
		return fmt.Errorf("write on %s: %w", o.work.name, err)
	}
	said[number] = m.ID
	if saying.edited == "" {
		return nil
	}
	return f.app.Messages.Edit(f.ctx, who, m.ID, saying.edited)
}

// speaker is who says something: a colleague by their key, or one of the customer's contacts.
func (o *order) speaker(key string) (access.Actor, error) {
	number := 0
	switch key {
	case "":
	case "2":
		number = 1
	default:
		return o.firm.staff[key].actor, nil
	}
	g, err := o.guestOf(number)
	if err != nil {
		return access.Actor{}, err
	}
	return g.actor, nil
}
