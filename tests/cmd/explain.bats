load ../lib/setup
load ../lib/endpoints

# knows CODE: standard output of the last expect, as JSON, begins with that code.
knows() {
	local is

	is=$(json 'd["explanations"][0]["codes"][0]' <<<"$output") || is=nothing
	[ "$is" = "$1" ] || { echo "$is, not $1"; echo "$output"; return 1; }
}

# leads COMMAND FINDING: what the command printed is explained as that finding.
leads() {
	local wanted=$1

	shift
	"$@" </dev/null >said.txt 2>&1 || true
	expect 0 rootcellar explain --format json - <said.txt
	knows "$wanted"
}

@test "a line of a log leads to the finding, to what it means on either side, and to the next command" {
	expect 0 rootcellar explain 'PKIX path building failed: unable to find valid certification path to requested target'
	prints "missing-intermediate"
	prints "on the client's side:"
	prints "on the server's side:"
	prints "rootcellar validate HOST --fetch"
	expect 0 rootcellar explain verify error:num=20:unable to get local issuer certificate
	prints "missing-intermediate"
	expect 0 rootcellar explain --format json 0x800B0109
	knows untrusted-root
}

@test "a log on standard input is searched, and the host that it names is put into the command" {
	cat >app.log <<'END'
2026-11-24 02:11:12,123 INFO  [pool-3] c.e.Client - GET https://api.partner.com:8443/v1/things
2026-11-24 02:11:12,456 ERROR [pool-3] c.e.Client - javax.net.ssl.SSLHandshakeException: PKIX path
2026-11-24 02:11:12,456 ERROR [pool-3] c.e.Client - building failed: unable to find valid
	at java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)
END
	expect 0 rootcellar explain - <app.log
	prints "rootcellar validate api.partner.com:8443 --fetch"
	prints "was taken from the text"
	[[ "$output" != *"Alert.java"* ]]
	expect 0 rootcellar explain --format json - <app.log
	knows missing-intermediate
	[ "$(json 'd["explanations"][0]["targets"]' <<<"$output")" = "['api.partner.com:8443']" ]
}

@test "what is not known ends with status 1 and says what to do then" {
	expect 1 rootcellar explain "the cat sat on the mat"
	prints "nothing that is known"
	prints "Next:"
	expect 1 rootcellar explain - </dev/null
	expect 1 rootcellar explain --format json ""
	[ "$(json 'd["explanations"]' <<<"$output")" = "[]" ]
	expect 2 rootcellar explain
	says "nothing to explain"
}

@test "a code of rootcellar is explained with what the clients show, and --list tells all of them" {
	expect 0 rootcellar explain missing-intermediate
	prints "missing-intermediate (error)"
	prints "net::ERR_CERT_AUTHORITY_INVALID"
	expect 0 rootcellar explain --format json missing-intermediate
	[ "$(json 'd["codes"][0]["clients"]["go"]' <<<"$output")" = "x509: certificate signed by unknown authority" ]
	expect 0 rootcellar explain --list --format json
	listed=$(json '"\n".join(c["code"] for c in d["codes"])' <<<"$output")
	[ "$(wc -l <<<"$listed")" -gt 40 ]
	manual=$(rootcellar --dump-manual)
	while read -r code; do
		[[ "$manual" == *"${code//-/\\-}"* ]] || { echo "not in the manual: $code"; return 1; }
		expect 0 rootcellar explain "$code"
	done <<<"$listed"
	expect 0 rootcellar explain --list
	prints "wrong-order (warning):"
}

@test "JSON lines and CSV tell the same" {
	expect 0 rootcellar explain --format jsonl "certificate has expired; hostname mismatch"
	[ "$(wc -l <<<"$output")" -eq 2 ]
	[ "$(head -1 <<<"$output" | json 'd["codes"][0]')" = expired ]
	expect 0 rootcellar explain --format csv "certificate has expired"
	[ "${lines[0]}" = "codes,client,client_code,number,times,meaning" ]
	[[ "${lines[1]}" == "expired,openssl,X509_V_ERR_CERT_HAS_EXPIRED,10,1,"* ]]
}

@test "a hostile text gives no byte to the terminal and no word to the shell" {
	printf 'https://$(reboot).example/ https://a;reboot.example "host name `id`.example" \033]0;x\007certificate has expired \xe2\x80\xaegro.elpmaxe \xff\xc2\x9b' >hostile
	printf 'https://-oProxy.example:443/ host name -rf.example:22' >>hostile
	for format in text json jsonl csv; do
		expect 0 rootcellar explain --format "$format" - <hostile
		printf '%s\n' "$output" "$stderr" >out
		harmless out
		! grep -qE '\$\(|`|;reboot|-oProxy|-rf' out || { cat out; return 1; }
	done
	head -c 3000000 /dev/zero | tr '\0' 'c' >long
	expect 1 timeout 20 "$program" explain - <long
	head -c 3000000 /dev/zero >zeros
	expect 1 timeout 20 "$program" explain - <zeros
}

@test "only the end of a very long text is looked at, and that is said" {
	{ head -c 4500000 /dev/zero | tr '\0' '.'; echo "certificate has expired"; } >long
	expect 0 rootcellar explain - <long
	says "only the last 4 MiB"
	prints "expired"
}

@test "a pasted transcript with certificates can be judged as it is" {
	in_world
	openssl s_client -connect "$(at alone)" -CAfile root.pem </dev/null >paste.txt 2>&1
	expect 0 rootcellar explain - <paste.txt
	prints "rootcellar validate --presented"
	prints "unable to verify the first certificate"
}

@test "what openssl, curl and gnutls-cli print about bad endpoints is explained as what is wrong there" {
	local -A wrong=([alone]=missing-intermediate [expired]=expired [early]=not-yet-valid [shop]=hostname-mismatch)
	in_world
	for endpoint in "${!wrong[@]}"; do
		leads "${wrong[$endpoint]}" openssl s_client -connect "$(at "$endpoint")" -CAfile root.pem -verify_hostname localhost
		leads "${wrong[$endpoint]}" curl -sS --cacert root.pem "https://$(at "$endpoint")/"
		leads "${wrong[$endpoint]}" gnutls-cli --x509cafile root.pem -p "$(port "$endpoint")" localhost
	done
	leads self-signed-leaf openssl s_client -connect "$(at self-signed)" -CAfile root.pem
	leads untrusted-root curl -sS --cacert root.pem "https://$(at harbor)/"
	leads no-tls curl -sS --cacert root.pem "https://$(at http)/"
	leads client-certificate gnutls-cli --x509cafile root.pem -p "$(port client13)" localhost
}

@test "what Python prints about bad endpoints is explained as what is wrong there" {
	local -A wrong=([alone]=missing-intermediate [expired]=expired [early]=not-yet-valid [shop]=hostname-mismatch
		[self-signed]=self-signed-leaf)
	in_world
	cat >dial.py <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile="root.pem")
with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="localhost") as s:
    s.recv(1)
END
	for endpoint in "${!wrong[@]}"; do
		leads "${wrong[$endpoint]}" python3 dial.py "$(port "$endpoint")"
	done
}

@test "what Java prints about bad endpoints is explained as what is wrong there" {
	local -A wrong=([alone]=missing-intermediate [expired]=expired [early]=not-yet-valid [shop]=hostname-mismatch)
	command -v java >/dev/null && command -v keytool >/dev/null || skip "java is not installed"
	in_world
	# Each dial is a thread that dies of its exception, as a program's main does: what Java says goes to NAME.said.
	cat >Dial.java <<'END'
import java.io.PrintStream;
import java.net.URL;

public class Dial {
	static void dial(String to) {
		try {
			new URL("https://" + to + "/").openConnection().getInputStream();
		} catch (java.io.IOException e) {
			Dial.<RuntimeException>raise(e);
		}
	}

	@SuppressWarnings("unchecked")
	static <T extends Throwable> void raise(Throwable e) throws T {
		throw (T) e;
	}

	public static void main(String[] dials) throws Exception {
		for (int i = 0; i + 1 < dials.length; i += 2) {
			String to = dials[i + 1];
			System.setErr(new PrintStream(dials[i] + ".said"));
			Thread one = new Thread(() -> dial(to), "main");
			one.start();
			one.join();
		}
	}
}
END
	keytool -importcert -noprompt -alias root -file root.pem -keystore trust.p12 -storepass changeit >log 2>&1
	local dials=() endpoint
	for endpoint in "${!wrong[@]}"; do
		dials+=("$endpoint" "$(at "$endpoint")")
	done
	# A compiler is no part of every Java.
	java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djavax.net.ssl.trustStore=trust.p12 \
		-Djavax.net.ssl.trustStorePassword=changeit Dial.java "${dials[@]}" >log 2>&1 ||
		{ ! grep -qi 'compiler' log || skip "java has no compiler"; cat log; return 1; }
	for endpoint in "${!wrong[@]}"; do
		[[ "$(head -1 "$endpoint.said")" == 'Exception in thread "main" javax.net.ssl.'* ]]
		leads "${wrong[$endpoint]}" cat "$endpoint.said"
	done
}

@test "what Go prints about bad endpoints is explained as what is wrong there" {
	local -A wrong=([alone]=missing-intermediate [expired]=expired [early]=not-yet-valid [shop]=hostname-mismatch)
	command -v go >/dev/null || skip "go is not installed"
	in_world
	cat >dial.go <<'END'
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	roots := x509.NewCertPool()
	pem, _ := os.ReadFile("root.pem")
	roots.AppendCertsFromPEM(pem)
	_, err := tls.Dial("tcp", os.Args[1], &tls.Config{RootCAs: roots})
	fmt.Println(err)
}
END
	GOCACHE=$BATS_FILE_TMPDIR/go GOFLAGS=-mod=mod GO111MODULE=off go build -o dial dial.go >log 2>&1 || skip "go cannot build here"
	for endpoint in "${!wrong[@]}"; do
		leads "${wrong[$endpoint]}" ./dial "$(at "$endpoint")"
	done
}

@test "the lines for nginx make it send the chain that --save-chain writes" {
	command -v nginx >/dev/null || PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "nginx is not installed"
	in_world
	expect 0 rootcellar validate --anchors root.pem --untrusted ca.pem --save-chain chain.pem --offline short.pem
	expect 0 rootcellar explain --format json missing-intermediate
	lines=$(json '"\n".join(d["codes"][0]["serving"]["nginx"])' <<<"$output" | sed "s#chain.pem#$PWD/chain.pem#; s#KEY.pem#$PWD/leaf.key#")
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat >nginx.conf <<END
daemon off;
pid $PWD/nginx.pid;
error_log $PWD/nginx.log;
events { }
http {
	access_log off;
	client_body_temp_path $PWD/body;
	proxy_temp_path $PWD/proxy;
	fastcgi_temp_path $PWD/fastcgi;
	uwsgi_temp_path $PWD/uwsgi;
	scgi_temp_path $PWD/scgi;
	server {
		listen 127.0.0.1:$port ssl;
		$lines
	}
}
END
	nginx -e "$PWD/nginx.log" -p "$PWD" -c "$PWD/nginx.conf" >log 2>&1 3>&- &
	server=$!
	for _ in {1..100}; do
		[ ! -s nginx.pid ] || break
		kill -0 "$server" || { cat log nginx.log; return 1; }
		sleep 0.1
	done
	for _ in {1..50}; do
		sent=$(openssl s_client -connect "127.0.0.1:$port" -showcerts </dev/null 2>/dev/null | grep -c 'BEGIN CERTIFICATE') && break
		sleep 0.1
	done
	[ "$sent" -eq 2 ]
}
