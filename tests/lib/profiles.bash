# What the tests of store profiles share.

# Nothing of whoever runs the tests says where a store is; profiles of the user's go into $profiles.
clean() {
	unset JAVA_HOME SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO
	profiles=$XDG_CONFIG_HOME/rootcellar/stores
	mkdir -p "$profiles"
}

# profile NAME CONTENT: one of the user's.
profile() {
	printf '<?xml version="1.0"?>\n<store name="%s">\n<title>of a test</title>\n%s\n</store>\n' \
		"$1" "$2" >"$profiles/$1.xml"
}
