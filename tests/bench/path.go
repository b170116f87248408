// Builds one path with Go's verifier over a pool of anchors.
//
//	path ANCHORS.pem UNTRUSTED.pem LEAF.pem HOST
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"os"
)

func read(path string) []byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return bytes
}

func pool(path string) *x509.CertPool {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(read(path)) {
		log.Fatal("no certificate in ", path)
	}
	return pool
}

func main() {
	block, _ := pem.Decode(read(os.Args[3]))
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{
		Roots: pool(os.Args[1]), Intermediates: pool(os.Args[2]), DNSName: os.Args[4],
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(chains[0]), "certificates, anchor", chains[0][len(chains[0])-1].Subject)
}
