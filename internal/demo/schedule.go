package demo

import (
	"fmt"
	"time"

	"lintel/internal/core/access"
	"lintel/internal/demo/pictures"
	"lintel/internal/features/dailylog"
	"lintel/internal/features/file"
	"lintel/internal/features/schedule"
)

// schedulePlan is the schedule of a project. Days are counted from today.
type schedulePlan struct {
	written   int // days ago
	published int
	tasks     []taskPlan
	later     []editPlan // not published
}

type taskPlan struct {
	name      string
	from, to  int
	done      int // percent
	who, note string
	own       bool
	ticked    int      // days ago, by the customer; 0: not
	after     []string // names
}

// editPlan moves a task after the publish.
type editPlan struct {
	task     string
	days     int
	from, to int
}

// logPlan is one daily log.
type logPlan struct {
	days        int
	by          string
	weather     dailylog.Weather
	temperature string
	onSite      string
	notes       string
	photos      []photoPlan
	inside      bool // not shared
}

type photoPlan struct {
	sample string
	inside bool
}

func kitchenSchedule() *schedulePlan {
	return &schedulePlan{written: 6, published: 4,
		tasks: []taskPlan{
			{name: "Choose the worktop edge", from: 0, to: 4, own: true, note: "The three samples are in the box by the door."},
			{name: "Order long-lead items", from: 2, to: 3, who: "Jon Sato", after: []string{"Choose the worktop edge"}},
			{name: "Empty the kitchen cupboards", from: 10, to: 13, own: true},
			{name: "Protect floors, strip out", from: 14, to: 18, who: "Dana Kowal", after: []string{"Empty the kitchen cupboards"}},
			{name: "Steel beam", from: 21, to: 23, who: "Jon Sato", after: []string{"Protect floors, strip out"}},
			{name: "Rewire the ground floor", from: 22, to: 30, who: "Brightwire", after: []string{"Steel beam"}},
			{name: "Heated floor and screed", from: 31, to: 37, who: "Dana Kowal", after: []string{"Rewire the ground floor"}},
			{name: "Screed is dry", from: 51, to: 51, after: []string{"Heated floor and screed"}},
			{name: "Fit the kitchen", from: 52, to: 63, who: "Jon Sato", after: []string{"Screed is dry"}},
			{name: "Hand over", from: 66, to: 66, after: []string{"Fit the kitchen"}},
		},
		later: []editPlan{{"Rewire the ground floor", 1, 24, 33}, {"Heated floor and screed", 1, 34, 40}},
	}
}

func bathroomSchedule() *schedulePlan {
	return &schedulePlan{written: 46, published: 45,
		tasks: []taskPlan{
			{name: "Open the roof, set the window", from: -42, to: -38, done: 100, who: "Tarn Roofing"},
			{name: "Choose the tiles", from: -40, to: -34, own: true, ticked: 36, note: "We bring the samples on Monday."},
			{name: "First fix: pipes and cables", from: -36, to: -30, done: 100, who: "Dana Kowal", after: []string{"Open the roof, set the window"}},
			{name: "Boarding and plaster", from: -29, to: -24, done: 100, who: "Dana Kowal", after: []string{"First fix: pipes and cables"}},
			{name: "Plaster is dry", from: -20, to: -20, done: 100, after: []string{"Boarding and plaster"}},
			{name: "Heating mat and tiling", from: -19, to: -9, done: 100, who: "Dana Kowal", after: []string{"Plaster is dry", "Choose the tiles"}},
			{name: "Sanitary ware", from: -6, to: 1, done: 60, who: "Dana Kowal", after: []string{"Heating mat and tiling"}},
			{name: "Send the colour of the mirror frame", from: 0, to: 2, own: true},
			{name: "Mirror and glass", from: 3, to: 5, who: "Glazier", after: []string{"Sanitary ware"}},
			{name: "Hand over", from: 8, to: 8, after: []string{"Mirror and glass"}},
		},
		later: []editPlan{{"Mirror and glass", 1, 5, 7}, {"Hand over", 1, 9, 9}},
	}
}

func bathroomLogs() []logPlan {
	return []logPlan{
		{days: 42, by: "dana", weather: dailylog.Sun, temperature: "14", onSite: "Dana, two roofers", notes: "Scaffold up at eight. The roof is open and covered again for the night.", photos: []photoPlan{{"roof-tiles.jpg", false}, {"steel-beam.jpg", false}}},
		{days: 40, by: "dana", weather: dailylog.Mixed, temperature: "12", onSite: "Dana, two roofers", notes: "Window is in. Lead flashing tomorrow.", photos: []photoPlan{{"roof-tiles.jpg", false}}},
		{days: 33, by: "dana", weather: dailylog.Rain, temperature: "9", onSite: "Dana, Brightwire", notes: "Found an old damp patch behind the boards. It is dry; we treat it and go on. No delay.", photos: []photoPlan{{"damp-ceiling.jpg", false}, {"consumer-unit.jpg", true}}},
		{days: 25, by: "dana", weather: dailylog.Cloud, temperature: "8", onSite: "Dana", notes: "Plaster is on and drying.", photos: []photoPlan{{"plastered-room.jpg", false}}},
		{days: 12, by: "dana", weather: dailylog.Wind, temperature: "6", onSite: "Dana, tiler", notes: "Heating mat tested before tiling: 42 ohms, as it should be. Two rows of tiles are on.", photos: []photoPlan{{"underfloor-heating.jpg", false}, {"backsplash-tiles.jpg", false}, {"wall-sockets.jpg", true}, {"plant-room.jpg", true}}},
		{days: 1, by: "dana", weather: dailylog.Fog, temperature: "4", onSite: "Dana", notes: "Basin has a chip. Ask the supplier before we tell anybody.", photos: []photoPlan{{"bathroom.jpg", true}}, inside: true},
	}
}

// diary is the schedule and the logs of a project on the timeline.
type diary struct {
	*order
	ids       map[string]string // of tasks by name
	revisions map[string]int
}

func (o *order) playSchedule() {
	d := &diary{o, map[string]string{}, map[string]int{}}
	if plan := o.work.schedule; plan != nil {
		o.firm.at(plan.written, "15:10", func() error { return d.write(plan) })
		o.firm.at(plan.published, "17:20", func() error { return o.firm.andTell(d.publish()) })
		for _, t := range plan.tasks {
			if t.ticked > 0 {
				o.firm.at(t.ticked, "20:05", func() error { return o.firm.andTell(d.tick(t.name)) })
			}
		}
		for _, e := range plan.later {
			o.firm.at(e.days, "11:50", func() error { return d.edit(e) })
		}
	}
	for _, l := range o.work.logs {
		o.firm.at(l.days, "17:40", func() error { return o.firm.andTell(d.log(l)) })
	}
}

func (d *diary) day(from int) schedule.Day {
	return schedule.Day(d.firm.today.AddDate(0, 0, from).Format(time.DateOnly))
}

func (d *diary) lead() access.Actor { return d.firm.staff[d.work.lead].actor }

func (d *diary) write(plan *schedulePlan) error {
	for _, t := range plan.tasks {
		draft := schedule.Draft{Name: t.name, Kind: schedule.Work, Starts: d.day(t.from), Ends: d.day(t.to), Progress: t.done, Who: t.who, Note: t.note, Own: t.own}
		if t.from == t.to {
			draft.Kind = schedule.Milestone
		}
		for _, before := range t.after {
			draft.Follows = append(draft.Follows, d.ids[before])
		}
		made, err := d.firm.app.Schedules.Add(d.firm.ctx, d.lead(), d.id, draft)
		if err != nil {
			return fmt.Errorf("add %s to the schedule of %s: %w", t.name, d.work.name, err)
		}
		d.ids[t.name], d.revisions[t.name] = made.ID, 1
	}
	return nil
}

func (d *diary) publish() error {
	plan, err := d.firm.app.Schedules.Get(d.firm.ctx, d.lead(), d.id)
	if err != nil {
		return err
	}
	return d.firm.app.Schedules.Publish(d.firm.ctx, d.lead(), d.id, plan.State.Revision)
}

func (d *diary) tick(name string) error {
	return d.firm.app.Schedules.Settle(d.firm.ctx, d.lead(), d.id, d.ids[name], true)
}

func (d *diary) edit(e editPlan) error {
	err := d.firm.app.Schedules.Move(d.firm.ctx, d.lead(), d.id, d.ids[e.task], d.revisions[e.task], d.day(e.from), d.day(e.to), false)
	d.revisions[e.task]++
	return err
}

func (d *diary) log(plan logPlan) error {
	f, actor := d.firm, d.firm.staff[plan.by].actor
	day := string(d.day(-plan.days))
	l, err := f.app.DailyLogs.Begin(f.ctx, actor, d.id, day)
	if err != nil {
		return fmt.Errorf("begin a daily log of %s: %w", d.work.name, err)
	}
	err = f.app.DailyLogs.Save(f.ctx, actor, d.id, l.ID, 1, dailylog.Details{Day: day, Weather: plan.weather, Temperature: plan.temperature, OnSite: plan.onSite, Notes: plan.notes})
	if err != nil {
		return fmt.Errorf("write a daily log of %s: %w", d.work.name, err)
	}
	var going []string
	for _, photo := range plan.photos {
		made, err := d.photo(actor, l, photo.sample)
		if err != nil {
			return err
		}
		if !photo.inside {
			going = append(going, made)
		}
	}
	if len(going) > 0 {
		if err := f.app.DailyLogs.ChoosePhotos(f.ctx, actor, d.id, l.ID, going, true); err != nil {
			return err
		}
	}
	if plan.inside {
		return nil
	}
	return f.app.DailyLogs.Share(f.ctx, actor, d.id, l.ID)
}

func (d *diary) photo(actor access.Actor, l dailylog.Log, sample string) (string, error) {
	content, err := pictures.Open(sample)
	if err != nil {
		return "", err
	}
	made, err := d.firm.app.Files.Save(d.firm.ctx, actor, file.Hang{Kind: dailylog.Kind, On: l.ID, Customer: l.Customer, Project: l.Project, Visibility: file.Office, Quiet: true}, d.firm.snapped(sample), "", content)
	if err != nil {
		return "", fmt.Errorf("add %s to a daily log: %w", sample, err)
	}
	return made.ID, nil
}
