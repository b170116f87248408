# The story, a function a step. demo.sh plays it for a reader, test_demo.sh asserts what each step
# did: both see the very same commands. Each command goes through play, which the two define; a
# number behind it says how many lines of a long output a reader gets to see.
# shellcheck shell=bash

steps=(import_roots see_it_fail peers_refuse fetch_what_lacks see_it_complete compare
	export_bundle peers_accept prune_refuses undo_all)

mozilla=/usr/share/ca-certificates/mozilla

import_roots() {
	title "A private store: Mozilla's roots, and the private root of a partner."
	play "rootcellar import --yes $mozilla root.pem" 9
}

see_it_fail() {
	title "The partner's server sends its own certificate and nothing else."
	play "rootcellar validate $endpoint"
}

peers_refuse() {
	title "Other programs refuse it too, given all the roots that there are."
	play "rootcellar export -o before.pem"
	play "openssl s_client -connect $endpoint </dev/null 2>&1 |
    openssl x509 -out server.pem"
	peers before.pem
}

fetch_what_lacks() {
	title "Get what is missing from where the certificates say that it is published."
	play "rootcellar fetch $endpoint"
}

see_it_complete() {
	title "Now the same endpoint completes."
	play "rootcellar validate $endpoint"
}

compare() {
	title "What changed, entry by entry."
	play "rootcellar diff @1 @2"
}

export_bundle() {
	title "Hand it out: a bundle for everything that reads PEM."
	play "rootcellar export -o bundle.pem"
}

peers_accept() {
	title "With that bundle the others accept the endpoint that they refused."
	peers bundle.pem
}

prune_refuses() {
	title "A clean-up that would break the endpoint again is refused."
	play "rootcellar prune --yes --keep-working $endpoint '*Northwind Issuing*'"
}

undo_all() {
	title "And everything can be taken back."
	play "rootcellar undo --yes"
	play "rootcellar diff @1 @3"
	play "rootcellar validate $endpoint"
}

# The same three questions, with the bundle given.
peers() {
	play "openssl verify -no-CApath -no-CAstore -CAfile $1 server.pem"
	play "curl --silent --show-error --cacert $1 https://$endpoint/ 2>&1 |
    head -1"
	play "gnutls-cli --x509cafile $1 -p $port localhost </dev/null 2>&1 |
    grep Status:"
}
