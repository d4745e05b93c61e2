package demo

import (
	"lintel/internal/core/access"
	"lintel/internal/features/organisation"
	"lintel/internal/features/property"
)

// orchard lets and looks after homes; its customers are landlords.
func orchard() firmPlan {
	return firmPlan{
		slug: "orchard-lettings", logo: "logo-ruiz-lettings.png", colour: "#b4531f",
		details: organisation.FirmDetails{Name: "Orchard Lettings", Address: "2 Station Parade\nElmsbury EL1 2SP", Phone: "+44 1632 960 900", Email: "homes@orchardlettings.example",
			Website: "https://orchardlettings.example", Trade: organisation.Landlord, Language: "en-GB", Zone: "Europe/London", Currency: "GBP", TaxName: "VAT", TaxPercent: "20"},
		owner: staffPlan{"nina", "Nina Castle", "nina@orchardlettings.example", access.Owner},
		staff: []staffPlan{
			{"hugo", "Hugo Brandt", "hugo@orchardlettings.example", access.Manager},
			{"lily", "Lily Tran", "lily@orchardlettings.example", access.Member},
		},
		customers: []customerPlan{
			{name: "Westmere Estates", address: "Westmere Hall\nElmsbury EL7 1WE", phone: "+44 1632 960 910",
				contacts: []contactPlan{{"Alistair Crane", "alistair.crane@westmere.example", "+44 7700 900 910", "Asset manager"}, {"Joan Petty", "accounts@westmere.example", "", "Accounts"}},
				place:    property.Details{Name: "Rowan House, 12 flats", Line1: "60 Station Parade", City: "Elmsbury", Postcode: "EL1 2SR", Country: "United Kingdom", Reference: "UPRN 10090012345"},
				work: []workPlan{
					{name: "Rowan House: stairs and lights", description: "Redecorate the common stairs and renew the lights.", lead: "hugo", began: 38, cover: "terraced-houses.jpg", photos: []string{"plastered-room.jpg"}, moves: through([]int{33, 13}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "Rowan House: stairs and lights", by: "hugo", sent: 12, validDays: 30, cover: "terraced-houses.jpg", readers: true, ends: viewed, answered: 3,
							note: "Dear Alistair, as agreed at the yearly meeting. The lights pay for themselves in about three years.",
							groups: []groupPlan{group("Decoration", item("Prepare and paint stairs, four floors", "", "4", "floors", 118_000, "plastered-room.jpg"), item("Stair nosings, non-slip", "", "56", "steps", 2_150)),
								group("Lights", item("LED light with sensor", "", "18", "pieces", 9_400)), choice("Floor", 1, 1, picked(item("Clean and seal the old tiles", "", "1", "lump sum", 86_000)), item("New carpet tiles", "", "1", "lump sum", 214_000))},
							talk: []remarkPlan{{days: 8, at: "11:47", text: "Can the work wait until the students have left?"}, {days: 8, at: "12:15", by: "hugo", text: "Yes, we have planned it for the last two weeks of June."}}}}},
					{name: "Flat 7: new bathroom", description: "Between tenancies.", lead: "lily", began: 67, cover: "bathroom.jpg", moves: through([]int{65, 61, 57, 29}, "Proposal", "Contract", "Install", "Completed"),
						offers: []offerPlan{{title: "Flat 7: new bathroom", by: "lily", sent: 64, validDays: 20, ends: approved, answered: 62, groups: []groupPlan{group("Bathroom", item("Bath, basin and toilet, supplied and fitted", "", "1", "set", 268_000, "bathroom.jpg"), item("Tiling", "", "15", "m²", 7_800, "backsplash-tiles.jpg"))}}}},
				}},
			{name: "Beatrice Holloway", address: "19 Cedar Close\nElmsbury EL6 3CC", phone: "+44 1632 960 933",
				contacts: []contactPlan{{"Beatrice Holloway", "beatrice.holloway@cedarpost.example", "", "Landlord"}},
				place:    property.Details{Line1: "31 Victoria Street", City: "Elmsbury", Postcode: "EL2 4VS", Country: "United Kingdom"},
				work: []workPlan{
					{name: "31 Victoria Street: damp", description: "Stain on the bedroom ceiling after the storm.", lead: "lily", began: 18, cover: "damp-ceiling.jpg", moves: through([]int{16, 9}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "Roof repair and ceiling", by: "lily", sent: 8, validDays: 21, cover: "damp-ceiling.jpg", ends: changesAsked, answered: 4, reason: "Please add the gutter at the back, the tenant says it drips.", groups: []groupPlan{group("Repair", item("Replace slipped tiles", "", "1", "lump sum", 38_000, "roof-tiles.jpg"), item("Make good and paint ceiling", "", "1", "lump sum", 29_500, "damp-ceiling.jpg"))}}}},
					{name: "31 Victoria Street: gas certificate", description: "Yearly check of boiler and hob.", lead: "lily", began: 63, cover: "plant-room.jpg", moves: through([]int{62, 60, 58, 56}, "Proposal", "Contract", "Install", "Completed"),
						offers: []offerPlan{{title: "Gas safety check", by: "lily", sent: 61, validDays: 14, ends: approved, answered: 60, groups: []groupPlan{group("Check", item("Gas safety check with certificate", "", "1", "visit", 9_500))}}}},
				}},
			{name: "Tobias Engel", address: "Flat 2, 88 Quayside\nElmsbury EL3 9QS", phone: "+44 1632 960 951",
				contacts: []contactPlan{{"Tobias Engel", "tobias.engel@quaymail.example", "", "Landlord"}},
				place:    property.Details{Line1: "Flat 2, 88 Quayside", City: "Elmsbury", Postcode: "EL3 9QS", Country: "United Kingdom"},
				work: []workPlan{
					{name: "88 Quayside: kitchen", description: "New fronts and worktop before the next letting.", lead: "hugo", began: 23, cover: "kitchen-island.jpg", moves: through([]int{20, 7}, "Estimate", "Proposal"),
						offers: []offerPlan{{title: "88 Quayside: kitchen", by: "hugo", sent: 2, validDays: 30, cover: "kitchen-island.jpg", ends: waiting, groups: []groupPlan{group("Kitchen", item("New fronts and handles", "", "11", "units", 14_800, "kitchen-island.jpg"), item("Paint", "", "1", "lump sum", 42_000)),
							choice("Worktop", 1, 1, picked(item("Laminate, dark stone look", "", "1", "set", 68_000, "worktop-laminate.jpg")), item("Quartz", "", "1", "set", 196_000, "worktop-quartz.jpg"))}}}},
					{name: "88 Quayside: balcony door", description: "The lock is stiff.", lead: "lily", began: 53, moves: through([]int{51, 37}, "Proposal", "Lost"),
						offers: []offerPlan{{title: "Balcony door", by: "lily", sent: 50, validDays: 20, ends: declined, answered: 38, reason: "The maker replaced the lock under warranty.", groups: []groupPlan{group("Door", item("New lock and adjustment", "", "1", "piece", 31_000))}}}},
				}},
			{name: "Fairholm Trust", address: "Fairholm Priory\nElmsbury EL8 5FT", phone: "+44 1632 960 977",
				contacts: []contactPlan{{"Sister Agnes Doyle", "estates@fairholm.example", "", "Estates"}},
				place:    property.Details{Name: "Almshouses, 1 to 9", Line1: "Priory Lane", City: "Elmsbury", Postcode: "EL8 5FT", Country: "United Kingdom"},
				work: []workPlan{
					{name: "Almshouses: window painting", description: "Nine houses, front and back.", lead: "hugo", began: 47, cover: "terraced-houses.jpg", moves: through([]int{43}, "Proposal"),
						offers: []offerPlan{{title: "Window painting, nine houses", by: "hugo", sent: 42, validDays: 20, ends: lapsed, groups: []groupPlan{group("Painting", item("Prepare and paint, per house", "", "9", "houses", 64_000))}}}},
					{name: "Almshouses: loft insulation", description: "Top up to 300 mm.", lead: "lily", began: 10, moves: nil,
						offers: []offerPlan{{title: "Loft insulation", by: "lily", sent: 5, validDays: 30, ends: stillDraft, groups: []groupPlan{group("Insulation", item("Top up to 300 mm", "", "270", "m²", 1_450))}}}},
				}},
		},
	}
}
