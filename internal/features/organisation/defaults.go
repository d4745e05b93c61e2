package organisation

// defaultStages are those of domain.md, in order.
func defaultStages() []StageDetails {
	return []StageDetails{
		{"Opportunity", Pending, true}, {"Estimate", Pending, true}, {"Proposal", Pending, true}, {"Revisions", Pending, true},
		{"Contract", Current, true}, {"Install", Current, true}, {"Review", Current, true},
		{"Completed", Completed, true},
		{"Icebox", Hidden, false}, {"Lost", Hidden, false},
	}
}

// stageWhenSigned is the default of Settings.SignedStage, by name.
const stageWhenSigned = "Contract"

// defaultTerms are a start that every firm should read and change.
func defaultTerms() []TermsDetails {
	return []TermsDetails{
		{Title: "Scope of work", Standard: true, Body: "We do the work that is described in this document, with the materials named in it.\n\n" +
			"- Work that is not described is not included.\n- Where a product can no longer be had, we propose one of the same quality and price before we order it.\n" +
			"- Changes are agreed in writing before they are carried out. They may change the price and the dates."},
		{Title: "Payment", Standard: true, Body: "Invoices are due **14 days** after their date.\n\n" +
			"- Materials that are made to measure are invoiced when they are ordered.\n- If a payment is late, we may pause the work until it arrives. We tell you before we do."},
		{Title: "Warranty", Standard: true, Body: "We stand for our work for **two years** from the day you take it over. Products carry the warranty of their makers.\n\n" +
			"Tell us about a fault within 14 days of finding it, with a photo if you can. We repair it at no cost to you. Wear, misuse and work by others are not covered."},
		{Title: "Right to withdraw", Body: "If you sign as a consumer away from our business premises, you may withdraw within 14 days without giving a reason. " +
			"Write to us by post or e-mail. If you have asked us to begin before the 14 days are over, you pay for what was done until then."},
	}
}
