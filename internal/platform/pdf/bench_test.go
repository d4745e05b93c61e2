package pdf

import "testing"

// The goal: approving, that is drawing the document and sealing it, costs at most ten
// times a bare page (performance.md). Compare ns/op of Proposal45 + Sign with OnePage.

func BenchmarkOnePage(b *testing.B) {
	onePage(b)
	for b.Loop() {
		onePage(b)
	}
}

func BenchmarkProposal45(b *testing.B) {
	for b.Loop() {
		mustBytes(b, proposal(b, 45))
	}
}

func BenchmarkSign(b *testing.B) {
	file, seal := mustBytes(b, proposal(b, 45)), testSeal(b)
	for b.Loop() {
		sealed(b, file, seal)
	}
}

func BenchmarkApprovedAndSealed(b *testing.B) {
	seal := testSeal(b)
	for b.Loop() {
		sealed(b, mustBytes(b, proposal(b, 45)), seal)
	}
}

func BenchmarkVerify(b *testing.B) {
	file := sealed(b, mustBytes(b, proposal(b, 45)), testSeal(b))
	for b.Loop() {
		if report, err := Verify(file); err != nil || !report.Intact {
			b.Fatal(err, report.Problems)
		}
	}
}
