// What Go's verifier costs in one process, as engine.c measures ours: the certificates of a case read from
// their DER, and one Verify. Cases on standard input, as for engine.c; prints how many, and the median in
// microseconds of CPU time.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

const runs = 15

func ders(path string) [][]byte {
	var all [][]byte
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil {
			return all
		}
		all = append(all, block.Bytes)
	}
}

func pool(all [][]byte) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, der := range all {
		if cert, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(cert)
		}
	}
	return pool
}

// Microseconds of CPU time of this process (CLOCK_PROCESS_CPUTIME_ID).
func cpu() float64 {
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 2, uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec)*1e6 + float64(now.Nsec)/1e3
}

func median(all []float64) float64 {
	sort.Float64s(all)
	return all[len(all)/2]
}

// Go 1.19 panics at some of the cases: they count for what they took until then.
func verify(roots, untrusted [][]byte, leaf []byte, options x509.VerifyOptions) {
	defer func() { _ = recover() }()
	cert, err := x509.ParseCertificate(leaf)
	if err != nil {
		return
	}
	options.Roots, options.Intermediates = pool(roots), pool(untrusted)
	cert.Verify(options)
}

func main() {
	var medians []float64
	usages := map[string]x509.ExtKeyUsage{"client": x509.ExtKeyUsageClientAuth,
		"any": x509.ExtKeyUsageAny, "server": x509.ExtKeyUsageServerAuth}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		roots, untrusted := ders(filepath.Join(words[0], "anchors.pem")), ders(filepath.Join(words[0], "untrusted.pem"))
		leaf := ders(filepath.Join(words[0], "leaf.pem"))
		seconds, err := strconv.ParseInt(words[4], 10, 64)
		if err != nil {
			log.Fatal(err)
		}
		if len(leaf) != 1 {
			continue
		}
		options := x509.VerifyOptions{CurrentTime: time.Unix(seconds, 0),
			KeyUsages: []x509.ExtKeyUsage{usages[words[3]]}}
		if words[1] == "dns" || words[1] == "ip" {
			options.DNSName = words[2]
		}
		var all []float64
		for i := 0; i < runs; i++ {
			began := cpu()
			verify(roots, untrusted, leaf[0], options)
			all = append(all, cpu()-began)
		}
		medians = append(medians, median(all))
	}
	fmt.Printf("%d %.1f\n", len(medians), median(medians))
}
