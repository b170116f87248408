// Makes what the bench of revocation reads:
//
//	revoked MIB FOLDER   root.pem, leaf.pem below it, and root.crl, root.crl.pem: a revocation list
//	                     of so many MiB, which holds the leaf not, in DER and PEM
//
// Every second entry has a reason, serials are of 16 octets. The list is written by hand: to let
// crypto/x509 marshal a million entries takes minutes.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func element(tag byte, parts ...[]byte) []byte {
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	out := make([]byte, 0, n+6)
	switch {
	case n < 0x80:
		out = append(out, tag, byte(n))
	case n < 0x100:
		out = append(out, tag, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, tag, 0x82, byte(n>>8), byte(n))
	case n < 0x1000000:
		out = append(out, tag, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		out = append(out, tag, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

// Entries of size bytes in all or just above.
func entries(size int) []byte {
	date := element(0x17, []byte("260101000000Z"))
	reason := element(0x30, element(0x30, []byte("\x06\x03\x55\x1d\x15"),
		element(0x04, []byte("\x0a\x01\x04"))))
	out := make([]byte, 0, size+64)
	for i := uint64(1); len(out) < size; i++ {
		var number [16]byte
		hash := sha256.Sum256(binary.BigEndian.AppendUint64(nil, i))
		copy(number[:], hash[:])
		number[0] = number[0]&0x3f | 0x40
		entry := [][]byte{element(0x02, number[:]), date}
		if i%2 == 0 {
			entry = append(entry, reason)
		}
		out = append(out, element(0x30, entry...)...)
	}
	return out
}

func list(issuer []byte, size int, key *ecdsa.PrivateKey) []byte {
	now := time.Now().UTC()
	algorithm := []byte("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
	number := element(0x30, []byte("\x06\x03\x55\x1d\x14"), element(0x04, []byte("\x02\x01\x01")))
	tbs := element(0x30, []byte("\x02\x01\x01"), algorithm, issuer,
		element(0x17, []byte(now.AddDate(0, 0, -1).Format("060102150405Z"))),
		element(0x17, []byte(now.AddDate(10, 0, 0).Format("060102150405Z"))),
		element(0x30, entries(size)), element(0xa0, element(0x30, number)))
	hash := sha256.Sum256(tbs)
	signature, err := ecdsa.SignASN1(rand.Reader, key, hash[:])
	check(err)
	return element(0x30, tbs, algorithm, element(0x03, []byte{0}, signature))
}

func certificate(name string, ca bool, parent *x509.Certificate, public, signer *ecdsa.PrivateKey) []byte {
	now := time.Now().UTC()
	cert := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.AddDate(0, 0, -1),
		NotAfter:              now.AddDate(10, 0, 0),
		BasicConstraintsValid: true,
		IsCA:                  ca,
		KeyUsage:              x509.KeyUsageDigitalSignature,
	}
	if ca {
		cert.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	} else {
		cert.DNSNames = []string{name}
	}
	if parent == nil {
		parent = cert
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &public.PublicKey, signer)
	check(err)
	return der
}

func writePEM(path, label string, der []byte) {
	check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), 0o644))
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: revoked MIB FOLDER")
	}
	mib, err := strconv.Atoi(os.Args[1])
	check(err)
	folder := os.Args[2]
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	root := certificate("Bench Lists", true, nil, rootKey, rootKey)
	parent, err := x509.ParseCertificate(root)
	check(err)
	issuer, err := asn1.Marshal(parent.Subject.ToRDNSequence())
	check(err)
	der := list(issuer, mib<<20, rootKey)
	writePEM(filepath.Join(folder, "root.pem"), "CERTIFICATE", root)
	writePEM(filepath.Join(folder, "leaf.pem"), "CERTIFICATE",
		certificate("bench.example", false, parent, leafKey, rootKey))
	writePEM(filepath.Join(folder, "root.crl.pem"), "X509 CRL", der)
	check(os.WriteFile(filepath.Join(folder, "root.crl"), der, 0o644))
}
