package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// certificate are the flags of what serves, or asks, by TLS.
type certificate struct {
	Cert string `name:"tls-cert" help:"Serve by TLS, with the certificates of this PEM file, one's own first. A file that changes is read again." env:"UMPIRE_TLS_CERT" placeholder:"FILE"`
	Key  string `name:"tls-key" help:"The key of the certificate, as PEM." env:"UMPIRE_TLS_KEY" placeholder:"FILE"`
}

func (c certificate) given() bool { return c.Cert != "" }

// check finds a flag without the other.
func (c certificate) check() error {
	if (c.Cert == "") != (c.Key == "") {
		return errors.New("--tls-cert and --tls-key: give both, or neither")
	}
	return nil
}

// config is how to serve by TLS; nil: it is not asked for.
func (c certificate) config(log zerolog.Logger) (*tls.Config, error) {
	if !c.given() {
		return nil, nil
	}
	pair := &keyPair{files: c, log: log}
	if _, err := pair.current(); err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair.current() },
	}, nil
}

// keyPair is a certificate with its key, read again when one of their files has changed.
type keyPair struct {
	files certificate
	log   zerolog.Logger

	mu   sync.Mutex
	held *tls.Certificate
	made [2]time.Time // when the files that held was read from were written
}

// current is the certificate to show now. While the files do not fit each other, as amid
// their change, it is the one before.
func (k *keyPair) current() (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	made, err := k.written()
	if err == nil && k.held != nil && made == k.made {
		return k.held, nil
	}
	var read tls.Certificate
	if err == nil {
		read, err = tls.LoadX509KeyPair(k.files.Cert, k.files.Key)
	}
	switch {
	case err == nil:
		k.held, k.made = &read, made
	case k.held == nil:
		return nil, err
	default:
		k.log.Error().Err(err).Msg("the certificate cannot be read again; the one before is still shown")
	}
	return k.held, nil
}

// written is when the two files were.
func (k *keyPair) written() ([2]time.Time, error) {
	var times [2]time.Time
	for i, path := range []string{k.files.Cert, k.files.Key} {
		info, err := os.Stat(path)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}

// client is one that asks the server of these flags, whatever the address by which it does:
// it trusts the very certificate that the server is to show, and no other.
func (c certificate) client() (*http.Client, error) {
	if !c.given() {
		return http.DefaultClient, nil
	}
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(pair.Leaf)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted, ServerName: called(pair.Leaf)},
	}}, nil
}

// called is a name that a certificate is for.
func called(c *x509.Certificate) string {
	switch {
	case len(c.DNSNames) > 0:
		return strings.Replace(c.DNSNames[0], "*", "any", 1)
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	}
	return ""
}

// serveBy serves on a listener, by TLS if it is configured, until the server is shut down.
func serveBy(server *http.Server, bound net.Listener) error {
	if server.TLSConfig != nil {
		return server.ServeTLS(bound, "", "")
	}
	return server.Serve(bound)
}
