package demo

import (
	"lintel/internal/core/access"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/money"
)

// lumen plans and installs sound, picture and control; its customers read proposals with
// options and service packages.
func lumen() firmPlan {
	return firmPlan{
		slug: "lumen-wave", logo: "logo-lumen-wave.png", colour: "#6d3bd1",
		details: organisation.FirmDetails{Name: "Lumen & Wave", Address: "Unit 5, Signal Works\n80 Harbour Street\nPort Averley PA2 6LW", Phone: "+44 1632 960 700", Email: "hello@lumenwave.example",
			Website: "https://lumenwave.example", Trade: organisation.Integrator, Language: "en-GB", Zone: "Europe/London", Currency: "GBP", TaxName: "VAT", TaxPercent: "20"},
		owner: staffPlan{"elena", "Elena Marchetti", "elena@lumenwave.example", access.Owner},
		staff: []staffPlan{
			{"sam", "Samuel Adeyemi", "sam@lumenwave.example", access.Manager},
			{"freya", "Freya Holm", "freya@lumenwave.example", access.Member},
		},
		customers: []customerPlan{
			{name: "Kestrel House Hotel", address: "1 Promenade\nPort Averley PA1 1AA", phone: "+44 1632 960 710",
				contacts: []contactPlan{{"Imogen Vale", "imogen.vale@kestrelhouse.example", "+44 7700 900 710", "General manager"}, {"Rafi Stern", "rafi.stern@kestrelhouse.example", "", "Head of events"}},
				place:    property.Details{Name: "Kestrel House", Line1: "1 Promenade", City: "Port Averley", Postcode: "PA1 1AA", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Ballroom sound and picture", description: "Two projectors, line arrays and one-touch control for the ballroom.", lead: "sam", began: 40, cover: "theatre-room.jpg", photos: []string{"av-rack.jpg", "touch-panel.jpg"},
						moves: through([]int{36, 20, 8}, "Estimate", "Proposal", "Revisions"),
						offers: []offerPlan{{title: "Ballroom sound and picture", by: "sam", sent: 18, validDays: 30, cover: "theatre-room.jpg", deposit: "40", readers: true, ends: viewed, answered: 5,
							note:   "Dear Imogen, this is the system we heard together in the showroom, sized for your ballroom.",
							groups: ballroom(),
							second: &secondPlan{days: 7, note: "The control panel is now wireless, and the second rack is gone.", change: func(c *proposal.Content) {
								removeLine(c, "Second equipment rack")
								lineNamed(c, "Touch panel, 10 inch").Quantity = money.Whole(2)
							}},
							talk: []remarkPlan{{days: 6, at: "15:22", text: "Can the band plug in without calling anybody?"}, {days: 6, at: "16:05", by: "sam", text: "Yes. There is a plate on the stage with four inputs, and the panel has a button “Band”."}}}}},
					{name: "Meeting rooms, second floor", description: "Four rooms with a screen, camera and booking panel.", lead: "freya", began: 66, cover: "meeting-room.jpg", photos: []string{"touch-panel.jpg"},
						moves: through([]int{60, 55, 48, 22}, "Proposal", "Contract", "Install", "Completed"),
						offers: []offerPlan{{title: "Meeting rooms, second floor", by: "freya", sent: 59, validDays: 21, ends: approved, answered: 56, choose: []string{"Silver: two visits a year"},
							groups: []groupPlan{group("Each room", item("Screen, 75 inch, with camera bar", "", "4", "rooms", 248_000, "meeting-room.jpg"), item("Booking panel by the door", "", "4", "pieces", 41_000, "touch-panel.jpg")),
								choice("Service package", 1, 1, item("Bronze: help by telephone", "Working days, 9 to 17.", "1", "year", 48_000), picked(item("Silver: two visits a year", "And help within one working day.", "1", "year", 120_000)), item("Gold: on site in four hours", "Every day of the year.", "1", "year", 310_000))}}}},
				}},
			{name: "Wren & Partners", address: "Cable House\nPort Averley PA3 2QE", phone: "+44 1632 960 744",
				contacts: []contactPlan{{"Douglas Wren", "douglas@wrenpartners.example", "", "Partner"}},
				place:    property.Details{Name: "Cable House", Line1: "12 Exchange Lane", City: "Port Averley", Postcode: "PA3 2QE", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Board room", description: "A quiet room with one large screen.", lead: "sam", began: 30, cover: "meeting-room.jpg", moves: through([]int{28, 17}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "Board room", by: "sam", sent: 16, validDays: 30, ends: changesAsked, answered: 3, reason: "Please quote the acoustic panels separately, the landlord may pay for them.",
							groups: []groupPlan{group("Room", item("Screen, 98 inch", "", "1", "piece", 612_000, "meeting-room.jpg"), item("Ceiling microphones", "", "2", "pieces", 187_000), item("Acoustic panels", "", "14", "m²", 11_200))}}}},
					{name: "Reception music", description: "Quiet music, three zones.", lead: "freya", began: 50, moves: through([]int{45, 25}, "Proposal", "Lost"),
						offers: []offerPlan{{title: "Reception music", by: "freya", sent: 44, validDays: 15, ends: declined, answered: 31, reason: "We decided to leave the reception silent for now.", groups: []groupPlan{group("Music", item("Ceiling speakers", "", "6", "pieces", 14_500), item("Amplifier and player", "", "1", "set", 88_000))}}}},
				}},
			{name: "Naomi Castellan", address: "Pine Lodge\nUpper Averley PA9 4HJ", phone: "+44 1632 960 761",
				contacts: []contactPlan{{"Naomi Castellan", "naomi@castellan.example", "+44 7700 900 761", "Owner"}},
				place:    property.Details{Name: "Pine Lodge", Line1: "Forest Road", City: "Upper Averley", Postcode: "PA9 4HJ", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Home cinema", description: "Seven seats, one dark room.", lead: "sam", began: 55, cover: "theatre-room.jpg", moves: through([]int{50, 46, 41, 12}, "Proposal", "Contract", "Install", "Review"),
						offers: []offerPlan{{title: "Home cinema", by: "sam", sent: 49, validDays: 30, cover: "theatre-room.jpg", deposit: "50", ends: approved, answered: 47, choose: []string{"Starlight ceiling"},
							groups: []groupPlan{group("Picture and sound", item("Laser projector", "", "1", "piece", 849_000, "theatre-room.jpg"), item("Screen, 3.2 m, acoustically transparent", "", "1", "piece", 264_000), item("Speakers, 7.2.4", "", "1", "set", 1_126_000)),
								group("Control", item("Equipment rack, wired and labelled", "", "1", "set", 338_000, "av-rack.jpg")), choice("Extras", 0, 0, item("Starlight ceiling", "", "1", "set", 296_000), item("Popcorn machine", "", "1", "piece", 44_000))}}}},
					{name: "Garden speakers", description: "Music by the pond.", lead: "freya", began: 7, moves: nil,
						offers: []offerPlan{{title: "Garden speakers", by: "freya", sent: 4, validDays: 30, ends: stillDraft, groups: []groupPlan{group("Garden", item("Landscape speakers", "", "6", "pieces", 32_500), item("Burial subwoofer", "", "1", "piece", 94_000))}}}},
				}},
			{name: "St Bride’s Community Hall", address: "Church Walk\nPort Averley PA4 7NB", phone: "+44 1632 960 780",
				contacts: []contactPlan{{"Peter Olawale", "hall@stbrides.example", "", "Hall secretary"}},
				place:    property.Details{Name: "Community hall", Line1: "Church Walk", City: "Port Averley", Postcode: "PA4 7NB", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Hearing loop and microphones", description: "So that everybody in the hall can follow.", lead: "freya", began: 21, cover: "av-rack.jpg", moves: through([]int{19, 6}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "Hearing loop and microphones", by: "freya", sent: 1, validDays: 45, ends: waiting, groups: []groupPlan{group("Hall", item("Hearing loop, certified", "", "1", "set", 226_000), item("Radio microphones", "", "4", "pieces", 39_500), upTo(item("Training evening", "For volunteers.", "1", "evening", 18_000), "3"))}}}},
					{name: "Stage lights", description: "Twelve lights and a simple desk.", lead: "sam", began: 64, cover: "theatre-room.jpg", moves: through([]int{58, 35}, "Proposal", "Icebox"),
						offers: []offerPlan{{title: "Stage lights", by: "sam", sent: 57, validDays: 20, ends: lapsed, groups: []groupPlan{group("Lights", item("LED stage light", "", "12", "pieces", 36_000), item("Lighting desk", "", "1", "piece", 118_000))}}}},
				}},
		},
	}
}

func ballroom() []groupPlan {
	return []groupPlan{
		group("Picture", item("Laser projector, 12,000 lumen", "Silent, 20,000 hours without a lamp.", "2", "pieces", 1_180_000, "theatre-room.jpg"), item("Screen, 5 m, motorised", "Disappears in the ceiling.", "2", "pieces", 412_000)),
		group("Sound", item("Line array, left and right", "Speech and live music.", "2", "pieces", 968_000), item("Ceiling speakers for speech", "", "16", "pieces", 28_500)),
		group("Control", item("Touch panel, 10 inch", "Three buttons for most days, all of it behind a code.", "1", "piece", 146_000, "touch-panel.jpg"), item("Equipment rack, wired and labelled", "", "1", "set", 522_000, "av-rack.jpg"), item("Second equipment rack", "", "1", "set", 214_000)),
		choice("Service package", 1, 1, item("Bronze: help by telephone", "Working days, 9 to 17.", "1", "year", 96_000), picked(item("Silver: two visits a year", "And help within one working day.", "1", "year", 240_000)), item("Gold: on site in four hours", "Every day of the year.", "1", "year", 620_000)),
		discount("Two rooms, one team", "Because the meeting rooms are ours too.", 85_000),
	}
}
