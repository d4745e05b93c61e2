package apptest

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	worlds.forget()
	os.Exit(code)
}

// Worlds are copies: what one test does to its own is in no other.
func TestEachTestHasAWorldOfItsOwn(t *testing.T) {
	OnBoth(t, func(t *testing.T, p *Portal) {
		alder, _ := p.Twins()
		before, mails, log := p.State(), len(p.Mails("")), p.Log()
		alder.A.Things = alder.A.Make(alder.A.Things.Customer)
		alder.Staff["owner"] = alder.Staff["manager"]
		if len(p.Mails("")) == mails || len(Changed(before, p.State())) == 0 {
			t.Fatal("nothing has happened in the first world")
		}
		other := Start(t, p.engine)
		again, _ := other.Twins()
		if changed := Changed(before, other.State()); len(changed) > 0 {
			t.Errorf("the second world begins with other %v", changed)
		}
		if len(other.Mails("")) != mails || !strings.HasPrefix(other.Log(), log[:len(log)/2]) {
			t.Errorf("the second world begins with %d mails instead of %d, or another log", len(other.Mails("")), mails)
		}
		if again.A.Things == alder.A.Things || again.Staff["owner"] == again.Staff["manager"] || again.A.firm != again || again.portal != other {
			t.Error("the second firm is the first one's")
		}
		if home := other.As(again.A.One).Visit("/alder/home"); home.Status != http.StatusOK {
			t.Errorf("the second world answers its customer %d", home.Status)
		}
	})
}
