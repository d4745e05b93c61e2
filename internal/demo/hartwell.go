package demo

import (
	"lintel/internal/core/access"
	"lintel/internal/features/document/proposal"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
	"lintel/internal/platform/money"
)

// hartwell is a family of builders; its portal is the kind that builders' customers use.
func hartwell() firmPlan {
	return firmPlan{
		slug: "hartwell", logo: "logo-hartwell.png", colour: "#00835a",
		details: organisation.FirmDetails{Name: "Hartwell & Sons", Address: "The Old Timber Yard\n14 Mill Lane\nElmsbury EL4 2QT", Phone: "+44 1632 960 114", Email: "office@hartwell.example",
			Website: "https://hartwell.example", Trade: organisation.Builder, Language: "en-GB", Zone: "Europe/London", Currency: "EUR", TaxName: "VAT", TaxPercent: "20"},
		owner: staffPlan{"ruth", "Ruth Hartwell", "ruth@hartwell.example", access.Owner},
		staff: []staffPlan{
			{"jon", "Jon Sato", "jon@hartwell.example", access.Manager},
			{"dana", "Dana Kowal", "dana@hartwell.example", access.Member},
			{"priya", "Priya Nair", "priya@hartwell.example", access.Finance},
		},
		office: hartwellOffice(),
		terms: []organisation.TermsDetails{
			{Title: "Payment in four parts", Standard: true, Body: "You pay as the work goes on, never ahead of it.\n\n- **When you sign:** 30 %\n- **When pipes and wires are in:** 24 %\n- **When the cabinets are in:** 31 %\n- **After handover:** the rest\n\nEach invoice is due 14 days after its date."},
			{Title: "Contract and changes", Standard: true, Body: "**Changes.** If you want something different later, we send a change order with its price and time. Nothing changes until you sign it.\n\n**Delays.** We tell you within one working day. If we cause the delay, you pay nothing more.\n\n**Withdrawal.** You may withdraw within 14 days after signing, without giving a reason."},
			{Title: "Warranty, 5 years", Standard: true, Body: "Five years on our work, the maker’s warranty on appliances.\n\nTell us about a fault within 14 days of finding it, with a photo if you can. We repair it at no cost to you. Wear and work by others are not covered."},
			{Title: "Working in your home", Body: "We work from 8:00 to 17:00 on weekdays, keep dust behind closed doors, and sweep every evening. Water and power are off for half a day at most, and we tell you the day before."},
		},
		customers:   []customerPlan{ruiz(), okafor(), lindqvist(), bennett(), elmsburySchool(), marsh()},
		contractors: []contractorPlan{brightwire(), tarnRoofing()},
	}
}

// ruiz are the customers of the main story: a kitchen, in its second version.
func ruiz() customerPlan {
	return customerPlan{name: "Maria and Tomas Ruiz", address: "8 Orchard Row\nElmsbury EL1 7RP", phone: "+44 1632 960 281", notes: "Prefers calls after 18:00. Dog is friendly.",
		contacts: []contactPlan{{"Maria Ruiz", "maria.ruiz@harbourmail.example", "+44 7700 900 281", "Owner"}, {"Tomas Ruiz", "tomas.ruiz@harbourmail.example", "+44 7700 900 282", "Owner"}},
		access:   []accessPlan{{contact: 1, sent: 2, modules: []access.Module{access.Projects, access.Documents, access.Messages, access.Files, access.Schedule}}},
		requests: []requestPlan{windowSeat()},
		place:    property.Details{Line1: "8 Orchard Row", City: "Elmsbury", Postcode: "EL1 7RP", Country: "United Kingdom", AccessNotes: "Key box beside the meter, code with Dana."},
		work: []workPlan{{
			name: "Kitchen & ground-floor refit", description: "A new kitchen, open to the dining room, with heated oak floors.", lead: "jon", began: 70, cover: "kitchen-sage.jpg",
			photos: []string{"kitchen-before.jpg", "terraced-houses.jpg", "wall-sockets.jpg"}, files: kitchenFiles(), schedule: kitchenSchedule(),
			moves:  through([]int{66, 57, 16, 11}, "Estimate", "Contract", "Proposal", "Revisions"),
			offers: []offerPlan{surveyAgreement(), kitchenProposal()},
		}, {
			name: "Garden wall and side gate", description: "Rebuild the leaning wall and hang a new gate.", lead: "dana", began: 20, muted: 1, cover: "terraced-houses.jpg", moves: through([]int{18}, "Estimate"),
			offers: []offerPlan{{title: "Garden wall and side gate", by: "dana", sent: 3, validDays: 30, ends: stillDraft, groups: []groupPlan{
				group("Wall", item("Take down and clean bricks", "We keep what can be used again.", "9", "m²", 6_400), item("Rebuild in lime mortar", "", "9", "m²", 21_500)),
				group("Gate", item("Oak gate, 1.1 m", "Galvanised hinges and latch.", "1", "piece", 78_000))}}},
		}},
	}
}

func surveyAgreement() offerPlan {
	return offerPlan{title: "Survey and planning agreement", by: "jon", sent: 60, validDays: 21, cover: "kitchen-before.jpg", readers: true, ends: approved, answered: 58,
		note: "Thank you for showing us round. This covers the measured survey and the drawings; it is taken off the price if we build for you.",
		groups: []groupPlan{group("Survey and planning",
			item("Measured survey", "Laser survey of the ground floor, walls and levels.", "1", "lump sum", 36_000),
			item("Plans and views", "Three sheets and two views of the kitchen.", "1", "lump sum", 48_000))},
		attachments: []string{"kitchen-plan.pdf as survey-plan.pdf"}}
}

func kitchenProposal() offerPlan {
	return offerPlan{title: "Kitchen & ground-floor refit", by: "jon", sent: 15, validDays: 18, cover: "kitchen-sage.jpg", deposit: "30", readers: true, ends: viewed, answered: 4,
		note:        "Dear Maria, dear Tomas,\n\nThis is the kitchen as we planned it together at your table. We can start three weeks after you have signed, and hand over ten weeks later.\n\nAsk me anything right here on the page.",
		officeNote:  "Steel price is fixed until the end of the month. Keep one day in hand for the screed.",
		attachments: []string{"kitchen-plan.pdf", "appliance-list.pdf", "kitchen-walk-round.mp4"},
		groups:      kitchenGroups(),
		second: &secondPlan{days: 11, askDay: 12, asked: "Could the dining bay be heated too? And please leave the ceiling in the hall as it is. We would rather have a hood that nobody sees.",
			note:   "The dining bay is heated too, the hood is in the ceiling, and the hall stays as it is.",
			change: kitchenChanges},
		talk: []remarkPlan{
			{days: 10, at: "19:12", text: "Can the socket next to the window stay? We would like the coffee machine there. Photo attached.", file: "wall-sockets.jpg"},
			{days: 9, at: "08:40", by: "jon", text: "Yes, it stays, and we make it a double one. It is already in “Rewire the ground floor”, so the price does not change."},
			{days: 9, at: "08:55", by: "dana", text: "I have asked the electrician to bring the brushed steel plates to the site meeting.", internal: true},
		}}
}

func kitchenGroups() []groupPlan {
	return []groupPlan{
		group("Preparation and structure",
			item("Strip out the old kitchen and floor", "Cabinets, tiles and screed out, dust walls up, two skips, daily clean-up.", "1", "lump sum", 288_000, "kitchen-before.jpg"),
			item("Open the wall to the dining room", "Steel beam with engineer’s calculation, building control visit included.", "1", "lump sum", 648_000, "steel-beam.jpg"),
			item("Plaster and make good", "Two coats on walls and ceiling, smooth finish ready for paint.", "46", "m²", 4_200, "plastered-room.jpg"),
			item("Lowered ceiling in the hall", "Plasterboard on a metal frame, with three lights.", "1", "lump sum", 148_000)),
		group("Electrics, heating and water",
			item("Rewire the ground floor", "Sockets, switches and lights, own circuit for hob and oven, certificate.", "24", "points", 9_500, "consumer-unit.jpg"),
			item("Underfloor heating", "Water pipes on insulation. Own thermostat.", "34", "m²", 7_800, "underfloor-heating.jpg"),
			item("Water and waste for sink and island", "Copper supply, shut-off valves, waste under the floor.", "1", "lump sum", 186_000)),
		group("Kitchen",
			item("Cabinets, sage shaker fronts", "Solid ash frames, soft-close drawers, brass handles.", "14", "units", 62_000, "kitchen-sage.jpg", "kitchen-island.jpg"),
			item("Fitting and adjustment", "Two joiners, including plinths, panels and appliance doors.", "5", "days", 54_000)),
		group("Floor and finishes",
			item("Engineered oak floor", "14 mm, brushed and oiled, glued over the heating.", "38", "m²", 9_600, "oak-floor.jpg"),
			item("Paint walls and ceiling", "Two coats, water-based, colour of your choice.", "1", "lump sum", 215_000)),
		choice("Choose your worktop", 1, 1,
			item("Laminate, dark stone look", "Easy to clean, 28 mm", "1", "set", 160_000, "worktop-laminate.jpg"),
			picked(item("Solid oak, oiled", "Warm, can be sanded again", "1", "set", 245_000, "worktop-oak.jpg")),
			item("Quartz, Calacatta", "Heat and stain proof, 20 mm", "1", "set", 383_000, "worktop-quartz.jpg")),
		choice("Add if you like", 0, 0,
			item("Light under the wall cabinets", "Dimmable, warm white, 4.2 m.", "1", "set", 46_000, "backsplash-tiles.jpg")),
	}
}

// kitchenChanges are the three changes of version 2.
func kitchenChanges(c *proposal.Content) {
	heating := lineNamed(c, "Underfloor heating")
	heating.Quantity, heating.Description = money.Whole(38), "Water pipes on insulation, now also under the dining bay. Own thermostat."
	addLine(c, "Kitchen", item("Ceiling extractor", "Flush in the ceiling above the island, vented outside, very quiet.", "1", "piece", 129_000))
	removeLine(c, "Lowered ceiling in the hall")
}

func okafor() customerPlan {
	return customerPlan{name: "Grace Okafor", address: "21 Canal Terrace\nElmsbury EL2 5HD", phone: "+44 1632 960 377",
		contacts: []contactPlan{{"Grace Okafor", "grace.okafor@quietpost.example", "+44 7700 900 377", "Owner"}},
		access:   []accessPlan{{contact: 0, sent: 13, modules: []access.Module{access.Projects, access.Documents, access.Invoices, access.Messages, access.Files, access.Users}, joined: true}},
		place:    property.Details{Line1: "21 Canal Terrace", City: "Elmsbury", Postcode: "EL2 5HD", Country: "United Kingdom"},
		work: []workPlan{{
			name: "Loft bathroom", description: "A shower room under the roof, with a window to the canal.", lead: "dana", began: 68, cover: "bathroom.jpg", photos: []string{"roof-tiles.jpg", "plastered-room.jpg"},
			files: bathroomFiles(), schedule: bathroomSchedule(), logs: bathroomLogs(),
			moves: through([]int{62, 55, 30}, "Estimate", "Proposal", "Install"),
			offers: []offerPlan{{title: "Loft bathroom", by: "dana", sent: 54, validDays: 30, cover: "bathroom.jpg", deposit: "30", ends: approved, answered: 49, choose: []string{"Heated towel rail"},
				groups: []groupPlan{
					group("Structure", item("Roof window, 78 × 118 cm", "With flashing and blind.", "1", "piece", 164_000, "roof-tiles.jpg"), item("Frame and board the walls", "", "22", "m²", 5_900)),
					group("Bathroom", item("Shower, basin and toilet", "Wall-hung, with concealed cistern.", "1", "set", 412_000, "bathroom.jpg"), item("Tiling", "Floor and splash areas.", "18", "m²", 9_800, "backsplash-tiles.jpg")),
					choice("Add if you like", 0, 0, item("Heated towel rail", "Electric, with timer.", "1", "piece", 38_000)),
					discount("Autumn booking", "For starting before the clocks change.", 20_000),
				},
				talk: []remarkPlan{{days: 52, at: "21:03", text: "Will the window open wide enough to get out on the roof if there is a fire?"}, {days: 51, at: "09:10", by: "dana", text: "Yes. It opens to 45 degrees from the top, which is what the rules ask for. The drawing shows it."}}}},
		}},
	}
}

func lindqvist() customerPlan {
	return customerPlan{name: "Anders Lindqvist", address: "3 Foundry Yard\nElmsbury EL3 1BA", phone: "+44 1632 960 412",
		contacts: []contactPlan{{"Anders Lindqvist", "anders@lindqvist-studio.example", "+44 7700 900 412", "Owner"}},
		requests: []requestPlan{bicycleShed()},
		place:    property.Details{Name: "Studio", Line1: "3 Foundry Yard", City: "Elmsbury", Postcode: "EL3 1BA", Country: "United Kingdom"},
		work: []workPlan{{
			name: "Studio extension", description: "One more room for the studio, with a glazed end.", lead: "jon", began: 44, cover: "steel-beam.jpg", photos: []string{"living-room.jpg"},
			moves: through([]int{40, 26}, "Estimate", "Proposal"),
			offers: []offerPlan{{title: "Studio extension, shell", by: "jon", sent: 25, validDays: 40, cover: "steel-beam.jpg", ends: changesAsked, answered: 6,
				reason: "The glazed end is lovely, but can you show me a version with two fixed panes and one door instead of three doors?",
				groups: []groupPlan{group("Shell", item("Strip foundations", "", "14", "m", 18_500), item("Timber frame walls, insulated", "", "46", "m²", 19_800), item("Glazed end, three doors", "Aluminium, thermally broken.", "1", "set", 1_240_000))}}},
		}},
	}
}

func bennett() customerPlan {
	return customerPlan{name: "Clive Bennett", address: "The Gatehouse\nWater Lane\nElmsbury EL5 9SN", phone: "+44 1632 960 190", notes: "Wants three quotes for everything.",
		contacts: []contactPlan{{"Clive Bennett", "clive.bennett@waterlane.example", "", "Owner"}},
		place:    property.Details{Name: "The Gatehouse", Line1: "Water Lane", City: "Elmsbury", Postcode: "EL5 9SN", Country: "United Kingdom"},
		work: []workPlan{
			{name: "Re-roof the gatehouse", description: "Strip, felt, batten and re-tile, with new lead.", lead: "dana", began: 60, cover: "roof-tiles.jpg", moves: through([]int{52, 34}, "Proposal", "Lost"),
				offers: []offerPlan{{title: "Re-roof the gatehouse", by: "dana", sent: 50, validDays: 20, cover: "roof-tiles.jpg", ends: declined, answered: 35, reason: "Thank you for the careful offer. My neighbour's firm can start in spring, so I have gone with them.",
					groups: []groupPlan{group("Roof", item("Strip and cart away", "", "118", "m²", 2_900), item("Clay tiles on battens", "", "118", "m²", 9_700), item("Lead flashings", "Code 5.", "1", "lump sum", 168_000))}}}},
			{name: "Damp in the north bedroom", description: "Find the cause and make good.", lead: "dana", began: 33, cover: "damp-ceiling.jpg", moves: through([]int{31}, "Proposal"),
				offers: []offerPlan{{title: "Damp in the north bedroom", by: "dana", sent: 30, validDays: 14, ends: lapsed,
					groups: []groupPlan{group("Repair", item("Open up and dry out", "Two dehumidifiers for a week.", "1", "lump sum", 74_000, "damp-ceiling.jpg"), item("Plaster and paint", "", "12", "m²", 6_800))}}}},
		},
	}
}

func elmsburySchool() customerPlan {
	return customerPlan{name: "Elmsbury Primary School", address: "School Road\nElmsbury EL1 4DF", phone: "+44 1632 960 555",
		contacts: []contactPlan{{"Helen Achterberg", "bursar@elmsbury-primary.example", "+44 1632 960 556", "Bursar"}},
		requests: []requestPlan{schoolRamp()},
		place:    property.Details{Name: "Main building", Line1: "School Road", City: "Elmsbury", Postcode: "EL1 4DF", Country: "United Kingdom", Reference: "EPS-01"},
		work: []workPlan{
			{name: "Classroom floors, summer works", description: "New floors in four classrooms, ready for the first day of term.", lead: "jon", began: 75, cover: "oak-floor.jpg", moves: through([]int{74, 70, 64, 45, 40}, "Estimate", "Proposal", "Install", "Review", "Completed"),
				offers: []offerPlan{{title: "Classroom floors", by: "jon", sent: 72, validDays: 20, ends: approved, answered: 69,
					groups: []groupPlan{group("Floors", item("Lift and dispose of old vinyl", "", "240", "m²", 1_150), item("Linoleum, welded seams", "", "240", "m²", 5_350, "oak-floor.jpg"), item("New skirting", "", "186", "m", 1_480))}}}},
			{name: "Library shelves", description: "Built-in shelves along two walls.", lead: "dana", began: 9, moves: nil},
		},
	}
}

func marsh() customerPlan {
	return customerPlan{name: "Odette and Paul Marsh", address: "47 Linden Avenue\nElmsbury EL2 8TY", phone: "+44 1632 960 623",
		contacts: []contactPlan{{"Odette Marsh", "odette.marsh@linden-post.example", "+44 7700 900 623", "Owner"}},
		place:    property.Details{Line1: "47 Linden Avenue", City: "Elmsbury", Postcode: "EL2 8TY", Country: "United Kingdom"},
		work: []workPlan{{
			name: "Living room and bay window", description: "New sashes in the bay, plaster and floor.", lead: "dana", began: 27, cover: "living-room.jpg", moves: through([]int{24, 8}, "Estimate", "Proposal"),
			offers: []offerPlan{{title: "Living room and bay window", by: "dana", sent: 2, validDays: 28, cover: "living-room.jpg", ends: waiting, deposit: "25",
				groups: []groupPlan{group("Windows", item("Sash windows, slim double glazing", "Five sashes, painted.", "5", "pieces", 138_000)), group("Room", item("Re-plaster", "", "38", "m²", 4_400, "plastered-room.jpg"),
					upTo(item("Engineered oak floor", "Choose how much of the room we lay.", "24", "m²", 9_600, "oak-floor.jpg"), "32"))}}},
		}},
	}
}
