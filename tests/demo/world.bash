# The world of the demo, on loopback and in one temporary folder: a private CA of root, two
# intermediates and leaf; nginx, which presents the leaf alone; and the CA's publisher for AIA.
# shellcheck shell=bash

demo_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
world_pids=()

# Waits, at most ten seconds, until the command succeeds.
wait_until() {
	local tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.05
	done
}

listens_on() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1")
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# certificate NAME ISSUER KIND CN AIA: makes NAME.pem and NAME.key; ISSUER "" signs itself.
certificate() {
	local name=$1 issuer=$2 kind=$3 cn=$4 aia=$5
	certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile "$name.key" 2>certtool.log
	{
		printf 'organization = "Northwind Freight"\ncn = "%s"\n' "$cn"
		printf 'activation_date = "%s"\n' "$(date -u -d '-1 day' '+%Y-%m-%d %H:%M:%S')"
		if [ "$kind" = ca ]; then
			printf 'ca\ncert_signing_key\ncrl_signing_key\nexpiration_days = 3650\n'
		else
			printf 'dns_name = "localhost"\nip_address = "127.0.0.1"\nsigning_key\n'
			printf 'tls_www_server\nexpiration_days = 90\n'
		fi
		[ -z "$aia" ] || printf 'ca_issuers_uri = "%s"\n' "$aia"
	} >"$name.template"
	if [ -z "$issuer" ]; then
		certtool --generate-self-signed --load-privkey "$name.key" --template "$name.template" \
			--outfile "$name.pem" 2>certtool.log
	else
		certtool --generate-certificate --load-privkey "$name.key" --template "$name.template" \
			--load-ca-certificate "$issuer.pem" --load-ca-privkey "$issuer.key" \
			--outfile "$name.pem" 2>certtool.log
	fi
}

start_publisher() {
	mkdir published
	python3 "$demo_folder/publisher.py" published publisher.port &
	world_pids+=($!)
	wait_until test -s publisher.port
	publisher=http://127.0.0.1:$(cat publisher.port)
}

make_certificates() {
	certificate root "" ca "Northwind Private Root" ""
	certificate policy root ca "Northwind Policy CA" ""
	certificate issuing policy ca "Northwind Issuing CA" "$publisher/policy.p7c"
	certificate leaf issuing leaf "localhost" "$publisher/issuing.cer"
	# One intermediate is published as DER, the other as PKCS#7.
	openssl x509 -in issuing.pem -outform DER -out published/issuing.cer
	openssl crl2pkcs7 -nocrl -certfile policy.pem -outform DER -out published/policy.p7c
}

# start_nginx PORT: presents the leaf alone, which is the fault that the demo is about.
start_nginx() {
	cat >nginx.conf <<END
daemon off;
worker_processes 1;
pid $PWD/nginx.pid;
error_log $PWD/nginx.log;
events { worker_connections 64; }
http {
	ssl_protocols TLSv1.2 TLSv1.3;
	access_log off;
	client_body_temp_path $PWD/nginx-body;
	proxy_temp_path $PWD/nginx-proxy;
	fastcgi_temp_path $PWD/nginx-fastcgi;
	uwsgi_temp_path $PWD/nginx-uwsgi;
	scgi_temp_path $PWD/nginx-scgi;
	server {
		listen 127.0.0.1:$1 ssl;
		ssl_certificate $PWD/leaf.pem;
		ssl_certificate_key $PWD/leaf.key;
		location / { return 200 "hello from the partner\n"; }
	}
}
END
	PATH=$PATH:/usr/sbin nginx -e "$PWD/nginx.log" -p "$PWD" -c "$PWD/nginx.conf" &
	local pid=$!
	if wait_until listens_on "$1" && kill -0 "$pid" 2>/dev/null; then
		world_pids+=("$pid")
		endpoint=localhost:$1
		port=$1
		return 0
	fi
	kill "$pid" 2>/dev/null
	return 1
}

# world_open [PORT]: sets endpoint, port and publisher, and moves into the world's folder, with a
# cellar that is nobody's. PORT is taken where it is free.
world_open() {
	world=$(mktemp -d "${TMPDIR:-/tmp}/rootcellar-demo.XXXXXX")
	trap world_close EXIT
	trap 'exit 130' INT TERM
	cd "$world" || exit
	unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
	unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE XDG_CONFIG_HOME
	export ROOTCELLAR_STORE=$world/cellar XDG_CACHE_HOME=$world/cache XDG_DATA_HOME=$world/data
	export HOME=$world

	start_publisher || return 1
	make_certificates || return 1
	if [ -n "${1:-}" ] && ! listens_on "$1" 2>/dev/null && start_nginx "$1"; then
		return 0
	fi
	# Another program may take the port between the two steps: try again then.
	local try
	for try in 1 2 3; do
		start_nginx "$(free_port)" && return 0
	done
	echo "demo: nginx did not start (attempt $try):" >&2
	cat nginx.log >&2
	return 1
}

# Ends what was started here, and only that.
world_close() {
	local pid
	for pid in "${world_pids[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	cd / && rm -rf "$world"
}
