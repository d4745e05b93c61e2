package demo

import (
	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
)

// northgate inspects and repairs what the law wants inspected: fire doors, lights, alarms.
func northgate() firmPlan {
	return firmPlan{
		slug: "northgate", logo: "logo-northgate.png", colour: "#1f5fbf",
		details: organisation.FirmDetails{Name: "Northgate Compliance", Address: "Northgate House\n200 Ring Road\nCaldwick CW7 3ND", Phone: "+44 1632 960 800", Email: "desk@northgate.example",
			Website: "https://northgate.example", Trade: organisation.Compliance, Language: "en-GB", Zone: "Europe/London", Currency: "GBP", TaxName: "VAT", TaxPercent: "20"},
		owner: staffPlan{"amir", "Amir Daoud", "amir@northgate.example", access.Owner},
		staff: []staffPlan{
			{"beth", "Beth Lovell", "beth@northgate.example", access.Administrator},
			{"kofi", "Kofi Mensah", "kofi@northgate.example", access.Member},
			{"una", "Una Brady", "una@northgate.example", access.ReadOnly},
		},
		contractors: []contractorPlan{brightwire()},
		customers: []customerPlan{
			{name: "Caldwick Housing Association", address: "5 Civic Square\nCaldwick CW1 1AB", phone: "+44 1632 960 810", notes: "Purchase order needed on every invoice.",
				contacts: []contactPlan{{"Leonora Platt", "leonora.platt@caldwickha.example", "+44 1632 960 811", "Compliance manager"}, {"Jude Farrow", "jude.farrow@caldwickha.example", "", "Surveyor"}},
				place:    property.Details{Name: "Harcourt Court, blocks A to D", Line1: "40 Harcourt Street", City: "Caldwick", Postcode: "CW2 6TR", Country: "United Kingdom", Reference: "CHA-0040", AccessNotes: "Report to the concierge in block B."},
				work: []workPlan{
					{name: "Fire doors, Harcourt Court", description: "Inspect 64 flat entrance doors and repair those that fail.", lead: "beth", began: 48, cover: "fire-door.jpg", photos: []string{"exit-sign.jpg"}, moves: through([]int{45, 23}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "Fire door repairs after inspection", by: "beth", sent: 22, validDays: 40, cover: "fire-door.jpg", readers: true, ends: viewed, answered: 2, attachments: []string{"appliance-list.pdf"},
							note: "Our inspection found 19 doors that must be repaired and 3 that must be replaced. The photos show typical faults.",
							groups: []groupPlan{group("Repairs", item("New seals and adjusted closers", "", "19", "doors", 16_400, "fire-door.jpg"), item("Replace door set, FD30S", "Certified, third-party installed.", "3", "doors", 148_000)),
								choice("When shall we work?", 1, 1, picked(item("Weekdays, 8 to 17", "", "1", "lump sum", 0)), item("Evenings and Saturdays", "", "1", "lump sum", 92_000))},
							talk: []remarkPlan{{days: 15, at: "10:31", text: "Is flat 31 among the three? The tenant has asked for a wider door."}, {days: 14, at: "09:02", by: "beth", text: "Yes, flat 31 is one of them. A wider door needs a new opening; I can add it as an option."}, {days: 14, at: "09:20", by: "kofi", text: "Lintel above flat 31 is timber, we should look before we promise.", internal: true}}}}},
					{name: "Emergency lighting, annual test", description: "Three-hour test of 210 fittings, with certificate.", lead: "kofi", began: 72, cover: "exit-sign.jpg", moves: through([]int{70, 66, 62, 50}, "Proposal", "Contract", "Install", "Completed"),
						offers: []offerPlan{{title: "Emergency lighting, annual test", by: "beth", sent: 69, validDays: 20, ends: approved, answered: 67, groups: []groupPlan{group("Test", item("Three-hour test and log", "", "210", "fittings", 640, "exit-sign.jpg"), item("Certificate", "", "4", "blocks", 9_500))}}}},
				}},
			{name: "Brightwater Leisure", address: "Pool Road\nCaldwick CW4 8PL", phone: "+44 1632 960 830",
				contacts: []contactPlan{{"Gareth Pugh", "gareth.pugh@brightwater.example", "", "Duty manager"}},
				place:    property.Details{Name: "Brightwater Pool", Line1: "Pool Road", City: "Caldwick", Postcode: "CW4 8PL", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Plant room gas safety", description: "Yearly inspection of boilers and pumps.", lead: "kofi", began: 58, cover: "plant-room.jpg", moves: through([]int{56, 52, 20}, "Proposal", "Contract", "Install"),
						offers: []offerPlan{{title: "Plant room gas safety", by: "kofi", sent: 55, validDays: 20, ends: approved, answered: 53, groups: []groupPlan{group("Inspection", item("Boiler inspection", "", "3", "boilers", 24_500, "plant-room.jpg"), item("Pump service", "", "5", "pumps", 11_800))}}}},
					{name: "Fixed wiring, changing rooms", description: "Test and report on 22 circuits.", lead: "kofi", began: 25, cover: "consumer-unit.jpg", moves: through([]int{24}, "Proposal"),
						offers: []offerPlan{{title: "Fixed wiring, changing rooms", by: "beth", sent: 24, validDays: 12, ends: lapsed, groups: []groupPlan{group("Test", item("Test and report", "", "22", "circuits", 3_900, "consumer-unit.jpg"))}}}},
				}},
			{name: "Okehurst Parish Council", address: "The Pavilion\nOkehurst CW9 2AD", phone: "+44 1632 960 844",
				contacts: []contactPlan{{"Winifred Sole", "clerk@okehurst.example", "", "Clerk"}},
				place:    property.Details{Name: "The Pavilion", Line1: "Recreation Ground", City: "Okehurst", Postcode: "CW9 2AD", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Alarm panel, pavilion", description: "Replace the panel and six heads.", lead: "beth", began: 34, moves: through([]int{30, 14}, "Proposal", "Lost"),
						offers: []offerPlan{{title: "Alarm panel, pavilion", by: "beth", sent: 29, validDays: 30, ends: declined, answered: 15, reason: "The council has put this off until next year's budget.", groups: []groupPlan{group("Alarm", item("Panel, two zones", "", "1", "piece", 68_000), item("Smoke heads", "", "6", "pieces", 7_900))}}}},
					{name: "Water hygiene, pavilion", description: "Risk assessment and monthly temperatures.", lead: "kofi", began: 12, cover: "plant-room.jpg", moves: through([]int{10}, "Estimate"),
						offers: []offerPlan{{title: "Water hygiene, twelve months", by: "beth", sent: 1, validDays: 30, ends: waiting, groups: []groupPlan{group("Water", item("Risk assessment", "", "1", "lump sum", 42_000, "plant-room.jpg"), upTo(item("Monthly visit", "Temperatures, log and report.", "12", "visits", 6_500), "24"))}}}},
				}},
			{name: "Fenwick Dental", address: "9 High Street\nCaldwick CW1 3QQ", phone: "+44 1632 960 858",
				contacts: []contactPlan{{"Sunita Fenwick", "practice@fenwickdental.example", "", "Practice owner"}},
				place:    property.Details{Line1: "9 High Street", City: "Caldwick", Postcode: "CW1 3QQ", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Autoclave inspections", description: "Written scheme and yearly examination.", lead: "kofi", began: 17, moves: through([]int{15}, "Proposal"),
						offers: []offerPlan{{title: "Autoclave inspections", by: "beth", sent: 14, validDays: 30, ends: withdrawn, answered: 13, reason: "Sent for the wrong practice.", groups: []groupPlan{group("Inspection", item("Written scheme", "", "2", "vessels", 19_000), item("Examination", "", "2", "vessels", 14_500))}}}},
					{name: "Portable appliances", description: "Test and label.", lead: "kofi", began: 5, moves: nil},
				}},
		},
	}
}
