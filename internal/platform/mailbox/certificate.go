package mailbox

import (
	"crypto/tls"
	"fmt"
)

// Certificate reads what STARTTLS is offered with; without names it gives nil. The files are
// read anew for every connection, so that a renewed certificate needs no restart.
func Certificate(certFile, keyFile string) (*tls.Config, error) {
	if certFile == "" {
		return nil, nil
	}
	load := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificate for incoming mail: %w", err)
		}
		return &pair, nil
	}
	if _, err := load(nil); err != nil {
		return nil, err
	}
	return &tls.Config{GetCertificate: load, MinVersion: tls.VersionTLS12}, nil
}
