// Prints what `rootcellar list --format csv` prints of a PEM bundle, with Go's crypto/x509.
//
//	list BUNDLE.pem
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
	"fmt"
	"log"
	"os"
	"time"
)

func keyText(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("rsa %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return fmt.Sprintf("ec %d", key.Params().BitSize)
	case ed25519.PublicKey:
		return "ed25519 256"
	case *dsa.PublicKey:
		return fmt.Sprintf("dsa %d", key.P.BitLen())
	}
	return "unknown"
}

func main() {
	bundle, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	buffered := bufio.NewWriterSize(os.Stdout, 1<<16)
	out := csv.NewWriter(buffered)
	out.Write([]string{"subject", "not_after", "key", "sha256"})
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
		sum := sha256.Sum256(cert.Raw)
		out.Write([]string{cert.Subject.String(), cert.NotAfter.Format(time.RFC3339), keyText(cert), hex.EncodeToString(sum[:])})
	}
	out.Flush()
	buffered.Flush()
}
