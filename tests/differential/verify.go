// What Go's crypto/x509 says of chains: one folder a line on standard input, one verdict a line on
// standard output.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func read(folder, name string) (certs []*x509.Certificate, firstError error) {
	rest, _ := os.ReadFile(filepath.Join(folder, name))
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err == nil {
			certs = append(certs, cert)
		} else if firstError == nil {
			firstError = err
		}
	}
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	all := x509.NewCertPool()
	for _, cert := range certs {
		all.AddCert(cert)
	}
	return all
}

func verify(folder string) error {
	leaf, err := read(folder, "leaf.pem")
	if err != nil {
		return err
	}
	roots, _ := read(folder, "roots.pem")
	sent, _ := read(folder, "sent.pem")
	host, _ := os.ReadFile(filepath.Join(folder, "host"))
	_, err = leaf[0].Verify(x509.VerifyOptions{Roots: pool(roots), Intermediates: pool(sent),
		DNSName: strings.TrimSpace(string(host))})
	return err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := verify(lines.Text()); err != nil {
			fmt.Printf("no %q\n", err.Error())
		} else {
			fmt.Println("yes")
		}
	}
}
