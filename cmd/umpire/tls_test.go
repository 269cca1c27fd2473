package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certify writes a certificate that signs itself, for a name, and its key, into two files.
func certify(t *testing.T, files certificate, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	signed, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(
		os.WriteFile(files.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600),
		os.WriteFile(files.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600),
	); err != nil {
		t.Fatal(err)
	}
}

// shown is the name for which a server's certificate is, by a handshake of at most a version.
func (s *server) shown(most uint16) (string, error) {
	link, err := tls.Dial("tcp", s.address, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: most})
	if err != nil {
		return "", err
	}
	defer link.Close()
	return link.ConnectionState().PeerCertificates[0].DNSNames[0], nil
}

// By TLS: the health check follows, old versions are refused, HSTS is told, and a
// certificate that is renewed is shown without a restart.
func TestTLS(t *testing.T) {
	files := certificate{filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")}
	certify(t, files, "one.example")
	t.Setenv("UMPIRE_TLS_CERT", files.Cert) // of umpire ready as well
	t.Setenv("UMPIRE_TLS_KEY", files.Key)
	s := start(t, "--database", "sqlite::memory:", "--log-level", "debug")

	client, err := files.client()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Get("https://" + s.address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
	if _, err := s.shown(tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if plain, err := http.Get("http://" + s.address + "/healthz"); err == nil {
		plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest {
			t.Errorf("without TLS: %s", plain.Status)
		}
	}
	if !strings.Contains(s.log.String(), "connection failed") {
		t.Errorf("a failed handshake is not in the log of debugging: %s", s.log)
	}

	if err := os.WriteFile(files.Cert, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if name, err := s.shown(tls.VersionTLS13); name != "one.example" {
		t.Errorf("amid the change: %q, %v", name, err)
	}
	certify(t, files, "two.example")
	await(t, "renewed", func() bool {
		name, err := s.shown(tls.VersionTLS13)
		return err == nil && name == "two.example"
	})
	stranger := certificate{filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")}
	certify(t, stranger, "two.example")
	for _, test := range []struct {
		why   string
		files certificate
		code  int
	}{{"with the certificate that is served", files, 0}, {"with another of the same name", stranger, 1}} {
		var said bytes.Buffer
		args := []string{"ready", "--listen", s.address, "--tls-cert", test.files.Cert, "--tls-key", test.files.Key}
		if code := umpire(t.Context(), args, streams{strings.NewReader(""), io.Discard, &said}); code != test.code {
			t.Errorf("umpire ready, %s: %d, %s", test.why, code, &said)
		}
	}
}

func TestTLSAskedWrongly(t *testing.T) {
	for _, test := range []struct {
		why  string
		args []string
		code int
		says string
	}{
		{"a certificate without a key", []string{"--tls-cert", "x.pem"}, 2, "give both"},
		{"a key without a certificate", []string{"--tls-key", "x.pem"}, 2, "give both"},
		{"files that there are not", []string{"--tls-cert", "x.pem", "--tls-key", "y.pem"}, 1, "x.pem"},
	} {
		var said bytes.Buffer
		args := append([]string{"serve", "--database", "sqlite::memory:"}, test.args...)
		if code := umpire(t.Context(), args, streams{strings.NewReader(""), io.Discard, &said}); code != test.code || !strings.Contains(said.String(), test.says) {
			t.Errorf("%s: %d, %s", test.why, code, &said)
		}
	}
}
