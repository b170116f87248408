# stores: which have a name and are here; profiles, and the clients whose stores they describe.
load ../lib/setup
load ../lib/profiles

@test "stores tells each store, how much it holds, where, and which are one file" {
	clean
	cp "$CERTS/three.pem" three.pem
	ln three.pem hard.pem
	ln -s three.pem soft.pem
	profile a-one "<read path=\"$PWD/three.pem\"/>"
	profile a-three "<read path=\"$PWD/soft.pem\"/>"
	profile a-two "<read path=\"$PWD/hard.pem\"/>"
	profile a-void "<read path=\"/nowhere/at/all\"/>"
	COLUMNS=200 expect 0 rootcellar stores
	[[ "$output" =~ a-one\ +3\ entries\ in\ "$PWD/three.pem"$'\n' ]]
	[[ "$output" =~ a-two\ +3\ entries\ in\ "$PWD/hard.pem, the same as a-one" ]]
	[[ "$output" =~ a-three\ +3\ entries\ in\ "$PWD/soft.pem, the same as a-one" ]]
	[[ "$output" =~ a-void\ +"not on this machine" ]]
	for name in alpine arch curl debian docker fedora git java mid-server mozilla node nss openssl \
		p11-kit python servicenow system; do
		prints "$name"
	done
	rootcellar stores --format json >stores.json
	[ "$(json '[(s["here"], s["entries"], s["same_as"], s["shipped"]) for s in d["stores"] if s["name"] == "a-two"]' <stores.json)" = "[(True, 3, 'a-one', False)]" ]
	[ "$(json '[s["run"] for s in d["stores"] if s["name"] == "debian"]' <stores.json)" = "[[['/usr/sbin/update-ca-certificates']]]" ]
	[ "$(json '[(s["enabled"], [(w["way"], w["live"], w["place"], w["profile"]) for w in s["ways"]]) for s in d["stores"] if s["name"] in ("debian", "git", "fedora")]' <stores.json)" = "[(False, [('files', False, '/usr/local/share/ca-certificates', None)]), (False, [('link', True, '/etc/pki/ca-trust/source/rootcellar.p11-kit', None)]), (False, [('export', False, '\$GIT_SSL_CAINFO', None), ('profile', False, None, 'curl')])]" ]
	expect 0 rootcellar stores --format csv
	prints "a-two,true,3,0,$PWD/hard.pem,a-one,,of a test"
	expect 0 rootcellar stores -v
	prints "of a test"
}

@test "a store that is nothing but another says that one's place, and one of two places neither" {
	clean
	cp "$CERTS/alpha-root.pem" a.pem
	cp "$CERTS/beta-root.pem" b.pem
	profile a-one "<read path=\"$PWD/a.pem\"/>"
	profile a-same '<include name="a-one"/>'
	profile a-two "<also path=\"$PWD/b.pem\"/><include name=\"a-one\"/>"
	rootcellar stores --format json >stores.json
	[ "$(json '[(s["entries"], s["path"], s["same_as"]) for s in d["stores"] if s["name"] in ("a-same", "a-two")]' <stores.json)" = "[(1, '$PWD/a.pem', 'a-one'), (2, None, None)]" ]
}

@test "stores --check holds every file to the schema, and names the file and line of a fault" {
	clean
	expect 0 rootcellar stores --check
	prints "system.xml: good"
	profile good '<read home="x"/>'
	profile bad '<read path="/a"/>
<raed path="/b"/>'
	profile lost '<include name="nobody"/>'
	profile system '<read format="moon" path="/a"/>'
	COLUMNS=400 expect 1 rootcellar stores --check
	prints "$profiles/bad.xml:5: "
	prints "$profiles/lost.xml: it names the profile 'nobody', which is not there"
	prints "$profiles/system.xml:4: there is no format of that name"
	prints "$profiles/good.xml: good"
	expect 1 rootcellar stores --check --format json
	[ "$(json 'len([p for p in d["profiles"] if p["problem"]])' <<<"$output")" = 3 ]
	# The others are told all the same.
	COLUMNS=400 expect 3 rootcellar stores
	prints "bad.xml:5: "
	[[ "$output" =~ good\ +"not on this machine" ]]
}

@test "java is what JAVA_HOME says, and a keystore of keytool's is read" {
	clean
	mkdir -p jdk/lib/security old/jre/lib/security
	cp "$CERTS/../java/keytool.jks" jdk/lib/security/cacerts
	cp "$CERTS/../java/keytool.p12" old/jre/lib/security/cacerts
	JAVA_HOME=$PWD/jdk expect 0 rootcellar list --store java
	says "changeit"
	prints "One Root"
	JAVA_HOME=$PWD/old expect 0 rootcellar list -q --store java
	prints "Two Root"
	JAVA_HOME=$PWD/jdk expect 0 rootcellar list --store servicenow
	says "servicenow: the roots of this machine's Java stand in for those of the instance's"
	# An instance trusts its own records as well.
	JAVA_HOME=$PWD/jdk entries --store "servicenow+$CERTS/../servicenow/instance.xml" >all.txt
	grep -qx "anchor One Root" all.txt
	grep -qx "unsaid Beta Root" all.txt
}

@test "without JAVA_HOME java is where update-alternatives leads" {
	need keytool java
	clean
	java=$(readlink -f "$(command -v java)")
	[ "$(readlink -f /usr/bin/java)" = "$java" ] || skip "/usr/bin/java is not the one in PATH"
	cacerts=$(dirname "$(dirname "$java")")/lib/security/cacerts
	[ -f "$cacerts" ] || skip "this java has no cacerts"
	keytool -list -keystore "$cacerts" -storepass changeit >list.txt 2>log || skip "its cacerts has a password"
	rootcellar list -q --store java --format json >list.json
	[ "$(json 'len(d["entries"])' <list.json)" -eq "$(grep -c trustedCertEntry list.txt)" ]
}

@test "curl, python, git, node and openssl follow the variables that their programs follow" {
	clean
	cp "$CERTS/alpha-root.pem" a.pem
	cp "$CERTS/beta-root.pem" b.pem
	for pair in curl:CURL_CA_BUNDLE python:REQUESTS_CA_BUNDLE python:CURL_CA_BUNDLE \
		git:GIT_SSL_CAINFO git:CURL_CA_BUNDLE curl:SSL_CERT_FILE openssl:SSL_CERT_FILE; do
		[ "$(env "${pair#*:}=$PWD/a.pem" "$program" list -q --store "${pair%:*}" --format json |
			json '[(e["trust"], e["subject"][-10:]) for e in d["entries"]]')" = "[('anchor', 'Alpha Root')]" ] ||
			{ echo "$pair"; return 1; }
	done
	GIT_SSL_CAINFO=$PWD/a.pem CURL_CA_BUNDLE=$PWD/b.pem expect 0 rootcellar list -q --store git
	prints "Alpha Root"
	[[ "$output" != *"Beta Root"* ]]
	# What is named and not there is a fault of the client too.
	CURL_CA_BUNDLE=/nowhere/x.pem expect 2 rootcellar list --store curl
	says "/nowhere/x.pem"
	profile mozilla "<read path=\"$PWD/b.pem\" trust=\"anchor\"/>"
	[ "$(NODE_EXTRA_CA_CERTS=$PWD/a.pem entries --store node)" = "anchor Alpha Root
anchor Beta Root" ]
	[ "$(entries --store node)" = "anchor Beta Root" ]
	# Under sudo the caller's environment says nothing.
	if [ "$(id -u)" -eq 0 ]; then
		SUDO_UID=1000 CURL_CA_BUNDLE=/nowhere/x.pem rootcellar list -q --store curl >out || [ $? -eq 2 ]
		! grep -q nowhere out
	fi
}

@test "git is what its configuration says, where no variable does" {
	need git
	clean
	unset GIT_CONFIG_GLOBAL
	cp "$CERTS/alpha-root.pem" "a #1.pem"
	cp "$CERTS/beta-root.pem" "$HOME/b.pem"
	git config --global http.sslCAInfo "$PWD/a #1.pem"
	[ "$(git config --get http.sslCAInfo)" = "$PWD/a #1.pem" ]
	[ "$(entries --store git)" = "anchor Alpha Root" ]
	COLUMNS=300 rootcellar stores >all.txt
	grep "^git .*$PWD/a #1.pem" all.txt
	# The last word counts, whatever its case; what is for one URL is for no other.
	printf '[http "https://x"]\n\tsslCAInfo = /nowhere\n[HTTP]\n sslcainfo=~/b.pem  ; mine\n' >>"$HOME/.gitconfig"
	[ "$(git config --path --get http.sslCAInfo)" = "$HOME/b.pem" ]
	[ "$(entries --store git)" = "anchor Beta Root" ]
	[ "$(GIT_SSL_CAINFO="$PWD/a #1.pem" entries --store git)" = "anchor Alpha Root" ]
	git config --global --replace-all http.sslCAInfo /nowhere/x.pem
	expect 2 rootcellar list --store git
	says "/nowhere/x.pem"
	# A file of which nothing can be made says nothing.
	printf '[http\n]\n=\n[\nsslCAInfo\n[http]\n=\n"\\' >"$HOME/.gitconfig"
	profile curl "<read path=\"$HOME/b.pem\" trust=\"anchor\"/>"
	[ "$(entries --store git)" = "anchor Beta Root" ]
}

@test "nss is the user's database" {
	need certutil
	clean
	mkdir -p "$HOME/.pki/nssdb"
	certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
	certutil -A -d "sql:$HOME/.pki/nssdb" -n alpha -t C,, -a -i "$CERTS/alpha-root.pem"
	[ "$(entries --store nss)" = "anchor Alpha Root" ]
}

@test "mozilla has purposes and dates where NSS's module is installed" {
	clean
	[ -n "$(find /usr/lib /usr/lib64 -name libnssckbi.so 2>/dev/null)" ] || skip "libnssckbi.so is not installed"
	rootcellar list -q --store mozilla --format json >mozilla.json
	[ "$(json '{e["origin"][0]["ref"] for e in d["entries"]}' <mozilla.json)" = "{'pkcs11:token=Builtin%20Object%20Token'}" ]
	[ "$(json 'any(c["issued_before"] for e in d["entries"] for c in e["constraints"] or [])' <mozilla.json)" = True ]
}

@test "a MID Server's trust store and the pair of its newest upgrade are found" {
	need unshare
	unshare -m true 2>/dev/null || skip "no mount namespace is to be had here"
	clean
	cp "$CERTS/../java/keytool.jks" one.jks
	rootcellar export -q --store "$CERTS/beta-root.pem" --as jks -o ./two.jks 2>log
	cat >in-opt.sh <<'SH'
set -e
mount -t tmpfs none /opt
agent=/opt/servicenow/mid/agent
mkdir -p $agent/jre/lib/security $agent/work/truststore_migration/{999,1700000000000}
cp one.jks $agent/jre/lib/security/cacerts
cp one.jks $agent/work/truststore_migration/1700000000000/cacerts_before
cp two.jks $agent/work/truststore_migration/1700000000000/cacerts_from_upgrade
"$1" list -q --store mid-server
"$1" diff mid-server-before mid-server-from-upgrade || [ $? -eq 1 ]
SH
	expect 0 unshare -m bash in-opt.sh "$program"
	prints "One Root"
	[[ "$output" =~ added:.*"Beta Root" ]]
	[[ "$output" =~ removed:.*"One Root" ]]
}

@test "export to the name of a profile says which command installs the cellar there" {
	clean
	fill
	expect 2 rootcellar export -o debian
	says "'rootcellar stores --enable debian' installs the cellar there"
	says "./debian"
	profile odd '<read path="/x"/>'
	expect 2 rootcellar export -o odd
	says "for a file of that name: ./odd"
}

@test "what a bundle has lost of purposes and dates is known from elsewhere, and nothing is added by it" {
	clean
	fill
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose server-auth --distrust-after 2030-01-01
	rootcellar import -q --yes "$CERTS/old-root.pem"
	rootcellar trust -q --yes distrusted 'Beta Root'
	rootcellar export -q --as p11-kit -o known.p11-kit
	cat "$CERTS/alpha-root.pem" "$CERTS/beta-root.pem" >bundle.pem
	profile mine "<read path=\"$PWD/bundle.pem\" trust=\"anchor\"/>
<known path=\"$PWD/known.p11-kit\"/><known path=\"/nowhere/at/all\"/>"
	# Trust is the bundle's to say.
	[ "$(entries --store mine)" = "anchor Alpha Root
anchor Beta Root" ]
	rootcellar list -q --store mine --format json >list.json
	[ "$(json '[(e["subject"][3:], e["constraints"] and (e["constraints"][0]["purposes"], e["constraints"][0]["issued_before"]), [o["ref"].split("/")[-1] for o in e["origin"]]) for e in d["entries"]]' <list.json)" = \
		"[('Alpha Root', (['server-auth'], {'server-auth': '2030-01-01T00:00:00Z'}), ['bundle.pem', 'known.p11-kit']), ('Beta Root', None, ['bundle.pem'])]" ]
	expect 0 rootcellar show --store mine 'Alpha Root'
	prints "$PWD/bundle.pem"
	prints "$PWD/known.p11-kit"
	# One that is there and says nothing is told: more may be trusted than is meant.
	echo nothing >known.p11-kit
	expect 0 rootcellar list --store mine
	says "mine: purposes and dates of its anchors are not known: "
	[ "$(entries --store mine)" = "anchor Alpha Root
anchor Beta Root" ]
}

@test "a bundle of Mozilla's roots gets what NSS's module knows of them, by the same bytes" {
	clean
	library=$(find /usr/lib /usr/lib64 -name libnssckbi.so 2>/dev/null | head -1)
	[ -n "$library" ] || skip "NSS's built-in roots are not installed"
	uri="pkcs11:token=Builtin%20Object%20Token?module-path=$library"
	rootcellar export -q --store "$uri" --lossy keep --only anchors -o roots.pem
	cat "$CERTS/alpha-root.pem" >>roots.pem
	profile mine "<read path=\"$PWD/roots.pem\" trust=\"anchor\"/><known uri=\"$uri\"/>"
	rootcellar list -q --store mine --format json >mine.json
	rootcellar list -q --store "$uri" --format json >module.json
	# Each has the module's constraints, and the one that the module lacks has none.
	python3 -IS - mine.json module.json <<-'EOF'
		import json, sys
		mine, module = (json.load(open(name))["entries"] for name in sys.argv[1:])
		knows = {e["sha256"]: e["constraints"] for e in module}
		assert len(mine) > 50
		assert [e["subject"] for e in mine if e["sha256"] not in knows] == ["CN=Alpha Root"]
		assert all(e["constraints"] == knows.get(e["sha256"]) for e in mine)
		assert any(c["issued_before"] for e in mine for c in e["constraints"] or [])
		assert all(e["origin"][-1]["ref"].startswith("pkcs11:") for e in mine if e["constraints"])
	EOF
}
