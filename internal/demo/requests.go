package demo

import (
	"fmt"

	"lintel/internal/demo/pictures"
	"lintel/internal/features/file"
	"lintel/internal/features/request"
	"lintel/internal/platform/id"
)

// requestPlan is work that the first contact of a customer asks for.
type requestPlan struct {
	days                              int
	at                                string // time of day
	title, description, place, wanted string
	photo                             string
	declined                          int    // days ago; 0: it waits for an answer
	by, reason                        string // who declined it, and why
}

func (c *client) playRequest(plan requestPlan) {
	made := ""
	c.firm.at(plan.days, plan.at, func() (err error) {
		made, err = c.ask(plan)
		return c.firm.andTell(err)
	})
	if plan.declined > 0 {
		c.firm.at(plan.declined, "15:20", func() error {
			return c.firm.andTell(c.firm.app.Requests.Decline(c.firm.ctx, c.firm.staff[plan.by].actor, made, plan.reason))
		})
	}
}

// ask fills in the form and uploads its photo, as the contact does in the portal.
func (c *client) ask(plan requestPlan) (string, error) {
	f := c.firm
	who, err := c.guestOf(0)
	if err != nil {
		return "", err
	}
	d := request.Draft{ID: id.New(), Title: plan.title, Description: plan.description, Place: plan.place, Wanted: plan.wanted}
	if plan.place == "" {
		d.Property = c.property
	}
	if plan.photo != "" {
		content, err := pictures.Open(plan.photo)
		if err != nil {
			return "", err
		}
		photo, err := f.app.Files.Save(f.ctx, who.actor, file.Hang{Kind: "request-form", On: d.ID, Customer: c.id, Visibility: file.Office, Quiet: true}, plan.photo, "", content)
		if err != nil {
			return "", fmt.Errorf("upload the photo of a request: %w", err)
		}
		d.Files = []string{photo.ID}
	}
	made, err := f.app.Requests.Make(f.ctx, who.actor, d)
	if err != nil {
		return "", fmt.Errorf("%s asks for %s: %w", c.plan.name, plan.title, err)
	}
	return made.ID, nil
}

func windowSeat() requestPlan {
	return requestPlan{days: 1, at: "20:14", title: "Window seat in the front room", photo: "living-room.jpg", wanted: "When the kitchen is done, no hurry",
		description: "Tomas keeps reading on the radiator. Could you build a seat under the front window, with a lid for blankets?\n\nAbout 1.8 m wide. Oak like the floor would be lovely."}
}

func schoolRamp() requestPlan {
	return requestPlan{days: 2, at: "11:32", title: "Ramp to the library door", photo: "terraced-houses.jpg", wanted: "In the February break",
		description: "From February one of our pupils comes in a wheelchair. The library has two steps at the side door.\n\nCan you look at it this month? I need a price for the governors."}
}

func bicycleShed() requestPlan {
	return requestPlan{days: 16, at: "08:05", title: "Bicycle shed by the gate", place: "3 Foundry Yard, by the gate", wanted: "Before the frost",
		description: "A roof for four bicycles along the yard wall, lockable.", declined: 14, by: "jon",
		reason: "Thank you for thinking of us. Our joiners are full until spring, and a shed should not wait that long. Elm Garden Rooms down the road build good ones within two weeks."}
}
