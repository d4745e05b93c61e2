package pdf

import (
	"crypto/x509"
	"strings"
	"testing"
	"time"
)

func TestASealThatCannotSealIsRefusedInWordsThatSayWhy(t *testing.T) {
	good := testSeal(t)
	if err := good.Try(noon); err != nil {
		t.Fatal(err)
	}
	bought := rsaSeal(t)
	if err := bought.Try(noon); err != nil {
		t.Fatal(err)
	}
	long := bought
	for range 20 {
		long.Chain = append(long.Chain, &x509.Certificate{Raw: make([]byte, 1<<10)})
	}
	for name, test := range map[string]struct {
		seal Seal
		at   time.Time
		says string
	}{
		"expired":       {good, good.Certificate.NotAfter.Add(time.Second), "has expired"},
		"not yet valid": {good, good.Certificate.NotBefore.Add(-time.Second), "not valid yet"},
		"too large":     {long, noon, "too large"},
	} {
		if err := test.seal.Try(test.at); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
