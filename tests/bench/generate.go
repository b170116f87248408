// Makes what the bench reads:
//
//	generate N BUNDLE.pem          N root certificates as a large store holds them
//	generate N BUNDLE.pem FOLDER   the same with one root more, and in FOLDER the chain under it:
//	                               untrusted.pem and leaf.pem (host name bench.example)
//
// The N are one real self-signed certificate (RSA-2048) in which serial, names, modulus, key
// identifier and signature are changed: no two share a subject or key. Their signatures are noise,
// which nobody who lists or searches looks at. The chain is real.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	mrand "math/rand"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	organization = "Example Trust Services Limited"
	mark         = "Bench Root Authority 00000000"
)

// Serials of the same width everywhere, so that patching never changes a length.
func serial(n int) *big.Int {
	high := new(big.Int).Lsh(big.NewInt(0x5a), 120)
	return high.Add(high, big.NewInt(int64(n)))
}

func template(n int, name string, ca bool) *x509.Certificate {
	now := time.Now().UTC()
	cert := &x509.Certificate{
		SerialNumber:          serial(n),
		Subject:               pkix.Name{Country: []string{"NL"}, Organization: []string{organization}, CommonName: name},
		NotBefore:             now.AddDate(-1, 0, 0),
		NotAfter:              now.AddDate(15, 0, 0),
		BasicConstraintsValid: true,
		IsCA:                  ca,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SignatureAlgorithm:    x509.SHA256WithRSA,
	}
	if !ca {
		cert.NotAfter = now.AddDate(0, 3, 0)
		cert.NotBefore = now.AddDate(0, 0, -1)
		cert.KeyUsage = x509.KeyUsageDigitalSignature
		cert.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		cert.DNSNames = []string{name}
	}
	return cert
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(err)
	return key
}

func issue(cert, parent *x509.Certificate, key, signer *rsa.PrivateKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, signer)
	check(err)
	made, err := x509.ParseCertificate(der)
	check(err)
	return made
}

// Places in the template's DER that differ from one certificate to the next.
type places struct {
	serial, modulus, keyID, signature int
	names                             []int
}

func findPlaces(cert *x509.Certificate) places {
	der := cert.Raw
	at := places{
		serial:    bytes.Index(der, cert.SerialNumber.Bytes()),
		modulus:   bytes.Index(der, cert.PublicKey.(*rsa.PublicKey).N.Bytes()),
		keyID:     bytes.Index(der, cert.SubjectKeyId),
		signature: len(der) - len(cert.Signature),
	}
	for i := 0; ; {
		found := bytes.Index(der[i:], []byte(mark))
		if found < 0 {
			return at
		}
		at.names = append(at.names, i+found+len(mark)-8)
		i += found + len(mark)
	}
}

// vary makes the n-th certificate in der, which holds the template or an earlier one.
func vary(der []byte, at places, n int, random *mrand.Rand) {
	copy(der[at.serial:], serial(n).Bytes())
	for _, name := range at.names {
		copy(der[name:], fmt.Sprintf("%08d", n))
	}
	modulus := der[at.modulus : at.modulus+256]
	random.Read(modulus)
	modulus[0] |= 0x80
	modulus[255] |= 1
	id := sha1.Sum(modulus)
	copy(der[at.keyID:], id[:])
	random.Read(der[at.signature:])
}

func writePEM(out *bufio.Writer, der []byte) {
	out.WriteString("-----BEGIN CERTIFICATE-----\n")
	text := base64.StdEncoding.EncodeToString(der)
	for len(text) > 64 {
		out.WriteString(text[:64])
		out.WriteByte('\n')
		text = text[64:]
	}
	out.WriteString(text)
	out.WriteString("\n-----END CERTIFICATE-----\n")
}

func writeFile(path string, certs ...*x509.Certificate) {
	var out bytes.Buffer
	for _, cert := range certs {
		check(pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	check(os.WriteFile(path, out.Bytes(), 0o644))
}

// A root, an intermediate and a leaf, all real; the root is returned.
func makeChain(folder string) *x509.Certificate {
	rootKey, issuerKey := newKey(), newKey()
	root := template(1, "Bench Chain Root", true)
	root = issue(root, root, rootKey, rootKey)
	issuer := issue(template(2, "Bench Chain Issuing CA", true), root, issuerKey, rootKey)
	leaf := issue(template(3, "bench.example", false), issuer, newKey(), issuerKey)
	writeFile(filepath.Join(folder, "untrusted.pem"), issuer)
	writeFile(filepath.Join(folder, "leaf.pem"), leaf)
	return root
}

func main() {
	n, err := strconv.Atoi(os.Args[1])
	check(err)
	file, err := os.Create(os.Args[2] + ".new")
	check(err)
	out := bufio.NewWriterSize(file, 1<<20)

	key := newKey()
	first := template(0, mark, true)
	first = issue(first, first, key, key)
	at := findPlaces(first)
	der := append([]byte(nil), first.Raw...)
	random := mrand.New(mrand.NewSource(1))
	for i := 0; i < n; i++ {
		vary(der, at, i+10, random)
		writePEM(out, der)
		if i == n/2 && len(os.Args) > 3 {
			writePEM(out, makeChain(os.Args[3]).Raw)
		}
	}
	check(out.Flush())
	check(file.Close())
	check(os.Rename(os.Args[2]+".new", os.Args[2]))
}
