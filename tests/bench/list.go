// Prints what `rootcellar list --format csv` prints of a PEM bundle, with Go's crypto/x509: the
// same columns, or with -few no more than subject, expiry, key and SHA-256.
//
//	list [-few] BUNDLE.pem
package main

import (
	"bufio"
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/csv"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"log"
	"os"
	"strconv"
	"time"
)

func keyOf(cert *x509.Certificate) (string, string) {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return "rsa", strconv.Itoa(key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ec", strconv.Itoa(key.Params().BitSize)
	case ed25519.PublicKey:
		return "ed25519", "256"
	case *dsa.PublicKey:
		return "dsa", strconv.Itoa(key.P.BitLen())
	}
	return "unknown", ""
}

var header = []string{"sha256", "subject", "issuer", "serial", "not_before", "not_after", "key_type",
	"key_bits", "signature", "ca", "trust", "constraints", "label", "origin"}

func row(cert *x509.Certificate, origin string) []string {
	sum := sha256.Sum256(cert.Raw)
	key, bits := keyOf(cert)
	return []string{hex.EncodeToString(sum[:]), cert.Subject.String(), cert.Issuer.String(),
		cert.SerialNumber.Text(16), cert.NotBefore.Format(time.RFC3339),
		cert.NotAfter.Format(time.RFC3339), key, bits, cert.SignatureAlgorithm.String(),
		strconv.FormatBool(cert.IsCA), "unsaid", "", "", origin}
}

func fewOf(cert *x509.Certificate) []string {
	sum := sha256.Sum256(cert.Raw)
	key, bits := keyOf(cert)
	return []string{hex.EncodeToString(sum[:]), cert.Subject.String(),
		cert.NotAfter.Format(time.RFC3339), key + " " + bits}
}

func main() {
	few := flag.Bool("few", false, "four columns only")
	flag.Parse()
	path := flag.Arg(0)
	bundle, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	buffered := bufio.NewWriterSize(os.Stdout, 1<<16)
	out := csv.NewWriter(buffered)
	if *few {
		out.Write([]string{"sha256", "subject", "not_after", "key"})
	} else {
		out.Write(header)
	}
	for {
		var block *pem.Block
		block, bundle = pem.Decode(bundle)
		if block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			log.Print(err)
			continue
		}
		if *few {
			out.Write(fewOf(cert))
		} else {
			out.Write(row(cert, path))
		}
	}
	out.Flush()
	buffered.Flush()
}
