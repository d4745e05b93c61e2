package demo

import (
	"fmt"

	"lintel/internal/core/access"
	"lintel/internal/core/guard"
	"lintel/internal/demo/pictures"
	"lintel/internal/features/file"
	"lintel/internal/features/filing"
)

// filesPlan is what stands in the Files tab of a project.
type filesPlan struct {
	folders []folderPlan
	files   []filePlan
	pairs   []pairPlan
}

type folderPlan struct {
	days   int
	name   string
	inside bool // only the office sees it
}

type filePlan struct {
	days    int
	at      string // time of day
	by      string // key of a colleague; empty: the customer
	folder  string
	sample  string
	name    string // it goes by; empty: the sample's
	caption string
	inside  bool
	next    bool // the next version of the file of this name before it
}

// pairPlan names two files, as they go by.
type pairPlan struct {
	days                 int
	before, after, title string
}

func kitchenFiles() *filesPlan {
	return &filesPlan{
		folders: []folderPlan{{20, "Plans", false}, {20, "Before we begin", false}, {20, "Calculation", true}},
		files: []filePlan{
			{days: 19, at: "10:02", by: "jon", folder: "Plans", sample: "kitchen-plan.pdf", name: "Kitchen plan.pdf", caption: "Island 20 cm further to the window."},
			{days: 12, at: "09:30", by: "jon", folder: "Plans", sample: "kitchen-plan.pdf", name: "Kitchen plan.pdf", caption: "Island 20 cm further to the window.", next: true},
			{days: 12, at: "09:40", by: "jon", folder: "Plans", sample: "appliance-list.pdf", name: "Appliances.pdf"},
			{days: 11, at: "14:20", by: "jon", folder: "Calculation", sample: "appliance-list.pdf", name: "Buying prices.pdf"},
			{days: 9, at: "18:44", folder: "Before we begin", sample: "wall-sockets.jpg", name: "Sockets by the window.jpg", caption: "Can these two stay?"},
			{days: 8, at: "15:05", by: "dana", folder: "Before we begin", sample: "consumer-unit.jpg", name: "Consumer unit.jpg"},
			{days: 3, at: "11:15", by: "dana", sample: "kitchen-walk-round.mp4", name: "Walk round the room.mp4"},
			{days: 1, at: "16:33", by: "dana", sample: "oak-floor.jpg", name: "Oak floor sample.jpg", caption: "As oiled in the showroom."},
			{days: 1, at: "17:02", by: "jon", sample: "worktop-quartz.jpg", name: "Quartz, second choice.jpg", inside: true},
		},
	}
}

func bathroomFiles() *filesPlan {
	return &filesPlan{
		folders: []folderPlan{{50, "Site photos", false}, {48, "Plans", false}},
		files: []filePlan{
			{days: 48, at: "09:15", by: "dana", folder: "Plans", sample: "kitchen-plan.pdf", name: "Roof window, section.pdf"},
			{days: 44, at: "12:08", by: "dana", folder: "Site photos", sample: "damp-ceiling.jpg", name: "Ceiling as we found it.jpg"},
			{days: 40, at: "12:10", by: "dana", folder: "Site photos", sample: "roof-tiles.jpg", name: "Opening for the window.jpg", caption: "Lead flashing goes in tomorrow."},
			{days: 40, at: "12:12", by: "dana", folder: "Site photos", sample: "steel-beam.jpg", name: "New trimmer.jpg"},
			{days: 33, at: "14:40", by: "dana", folder: "Site photos", sample: "plastered-room.jpg", name: "Plastered.jpg"},
			{days: 25, at: "15:20", by: "dana", folder: "Site photos", sample: "backsplash-tiles.jpg", name: "Tiles.jpg"},
			{days: 25, at: "15:24", by: "dana", folder: "Site photos", sample: "underfloor-heating.jpg", name: "Heating under the tiles.jpg"},
			{days: 12, at: "16:00", by: "dana", folder: "Site photos", sample: "bathroom.jpg", name: "Nearly done.jpg", caption: "Only the mirror is missing."},
			{days: 5, at: "19:31", sample: "oak-floor.jpg", name: "Which oil is this.jpg", caption: "The same as downstairs?"},
		},
		pairs: []pairPlan{{12, "Ceiling as we found it.jpg", "Nearly done.jpg", "Under the roof"}},
	}
}

// shelf is what has come of a plan so far.
type shelf struct {
	*order
	folders map[string]string // ids by name
	files   map[string]string // ids of the newest versions by name
}

func (o *order) playFiles() {
	plan := o.work.files
	if plan == nil {
		return
	}
	s := &shelf{o, map[string]string{}, map[string]string{}}
	for _, folder := range plan.folders {
		o.firm.at(folder.days, "08:30", func() error { return s.makeFolder(folder) })
	}
	for _, f := range plan.files {
		o.firm.at(f.days, f.at, func() error { return o.firm.andTell(s.add(f)) })
	}
	for _, pair := range plan.pairs {
		o.firm.at(pair.days, "18:30", func() error { return s.pair(pair) })
	}
}

func (s *shelf) makeFolder(plan folderPlan) error {
	made, err := s.firm.app.Filing.MakeFolder(s.firm.ctx, s.firm.staff[s.work.lead].actor, s.id, plan.name, plan.inside)
	s.folders[plan.name] = made.ID
	return err
}

func (s *shelf) add(plan filePlan) error {
	actor, err := s.adds(plan.by)
	if err != nil {
		return err
	}
	f := s.firm
	hang := file.Hang{Kind: "project", On: s.id, Customer: s.client.id, Project: s.id, Visibility: file.Shared, Folder: s.folders[plan.folder]}
	if plan.inside || s.inside(plan.folder) {
		hang.Visibility = file.Office
	}
	if plan.next {
		hang.Replaces = s.files[plan.name]
	}
	content, err := pictures.Open(plan.sample)
	if err != nil {
		return err
	}
	made, err := s.keep(actor, hang, plan.name, content)
	if err != nil {
		return fmt.Errorf("add %s: %w", plan.name, err)
	}
	s.files[plan.name] = made
	if plan.caption == "" {
		return nil
	}
	return f.app.Filing.Rename(f.ctx, actor, made, plan.name, plan.caption)
}

func (s *shelf) keep(actor access.Actor, hang file.Hang, name string, content []byte) (string, error) {
	if isFilm(name) {
		return s.firm.film(actor, filing.Folders, filing.On(s.id, hang.Folder, hang.Visibility), name, content)
	}
	made, err := s.firm.app.Files.Save(s.firm.ctx, actor, hang, name, "", content)
	return made.ID, err
}

func (s *shelf) adds(by string) (access.Actor, error) {
	if by != "" {
		return s.firm.staff[by].actor, nil
	}
	guest, err := s.guestOf(0)
	if err != nil {
		return access.Actor{}, err
	}
	return guest.actor, nil
}

func (s *shelf) inside(folder string) bool {
	for _, f := range s.work.files.folders {
		if f.name == folder {
			return f.inside
		}
	}
	return false
}

func (s *shelf) pair(plan pairPlan) error {
	f, lead := s.firm, s.firm.staff[s.work.lead].actor
	ids := s.files
	err := f.app.Store.View(f.ctx, lead, access.FilesRead, func(tx *guard.Tx) error {
		list, err := f.app.Files.Of(tx, "project", s.id)
		for _, one := range list {
			if ids[one.Name] == "" {
				ids[one.Name] = one.ID
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.app.Filing.Pair(f.ctx, lead, s.id, ids[plan.before], ids[plan.after], plan.title)
}
