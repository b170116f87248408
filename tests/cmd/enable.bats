# stores --enable and --disable, export --refresh: known stores that hold what the cellar holds, with
# their real programs as witnesses, in a private /etc.
load ../lib/setup
load ../lib/profiles

# A cellar with one anchor, which is told in lines that are never broken.
begin() {
	clean
	export COLUMNS=400
	rootcellar import -q --yes "$CERTS/alpha-root.pem"
}

# All that can be seen of folders: kind, mode, owner, where links lead, content.
tree() {
	find "$@" -printf '%p %y %m %U:%G %l\n' | sort
	find "$@" -type f -exec sha256sum {} + | sort
}

# privately FILE: runs the script with a private /etc, and a folder of Debian's for certificates, in
# which its commands and all that follows from them stay.
privately() {
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
		skip "no mount namespace with a private /etc is to be had here"
	{
		cat <<-'SH'
			set -eE
			trap 'echo "line $LINENO ends with $?"' ERR
			mount -t tmpfs none /mnt
			cp -a /etc /mnt/etc
			mount --bind /mnt/etc /etc
			rm -rf /etc/pkcs11 /etc/pki /etc/ca-certificates /usr/local/share/ca-certificates.none
			rootcellar() { "$program" "$@"; }
		SH
		declare -f tree
		cat "$1"
	} >private.sh
	export program CERTS
	run unshare -m bash private.sh
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "stores --enable system makes Debian trust the cellar, refresh follows it, --disable leaves no trace" {
	need openssl
	[ -x /usr/sbin/update-ca-certificates ] && [ -f /etc/debian_version ] &&
		[ -d /usr/local/share/ca-certificates ] || skip "this is no Debian"
	begin
	cat >script <<'SH'
folder=/usr/local/share/ca-certificates
mkdir /mnt/local
mount --bind /mnt/local $folder
# As the hook of Java's keystore: it is told what came and what went.
mkdir -p /etc/ca-certificates/update.d
printf '#!/bin/sh\ncat >>/mnt/told\n' >/etc/ca-certificates/update.d/told
chmod +x /etc/ca-certificates/update.d/told
# A few of Mozilla's roots are enough.
grep '^[^#!]' /etc/ca-certificates.conf | head -3 >few
cp few /etc/ca-certificates.conf
rm -rf /etc/ssl/certs/*
update-ca-certificates --fresh >log 2>&1
tree /etc $folder >before

rootcellar stores --enable system --dry-run >plan
grep -q "make .*$folder/rootcellar-Alpha_Root.*\.crt" plan
grep -q "run .*/usr/sbin/update-ca-certificates" plan
tree /etc $folder | diff before -

rm /mnt/told
rootcellar stores --enable system --yes
openssl verify -CApath /etc/ssl/certs "$CERTS/alpha-root.pem"
openssl verify -CAfile /etc/ssl/certs/ca-certificates.crt "$CERTS/alpha-root.pem"
[ "$(stat -c %a $folder/rootcellar-Alpha_Root*.crt)" = 644 ]
grep -q '^+/etc/ssl/certs/rootcellar-Alpha_Root.*\.pem' /mnt/told
rootcellar export --refresh 2>said
grep -q "system: up to date" said

# One comes, one goes: its link too, and who keeps a keystore is told.
rootcellar import -q --yes "$CERTS/beta-root.pem"
rootcellar remove -q --yes '*Alpha*'
rm /mnt/told
rootcellar export --refresh --yes
openssl verify -CApath /etc/ssl/certs "$CERTS/beta-root.pem"
! openssl verify -CApath /etc/ssl/certs "$CERTS/alpha-root.pem" 2>log
grep -q '^-/etc/ssl/certs/rootcellar-Alpha_Root.*\.pem' /mnt/told

# What something else changed is left as it is.
echo >>$(echo $folder/rootcellar-Beta_Root*.crt)
rootcellar import -q --yes "$CERTS/alpha-root.pem"
for command in "export --refresh" "stores --disable system"; do
	code=0
	rootcellar $command --yes 2>said || code=$?
	[ $code -eq 5 ]
	grep -q "rootcellar-Beta_Root.*is not as rootcellar left it" said
	grep -q "rootcellar stores --enable system" said
done
! ls $folder/rootcellar-Alpha_Root*.crt 2>log
sed -i '$d' $folder/rootcellar-Beta_Root*.crt

rootcellar stores --disable system --yes >plan
grep -q "run .*/usr/sbin/update-ca-certificates --certsconf $ROOTCELLAR_STORE/tmp/list" plan
tree /etc $folder | diff before -
[ ! -e $ROOTCELLAR_STORE/enabled.json ]
SH
	privately script
}

@test "stores --enable nss makes the cellar live in NSS's database" {
	need certutil modutil
	begin
	[ -n "$(find /usr/lib /usr/lib64 -name p11-kit-trust.so 2>/dev/null)" ] || skip "p11-kit-trust.so is not installed"
	database=$HOME/.pki/nssdb
	mkdir -p "$database"
	certutil -N -d "sql:$database" --empty-password
	tree "$database" >before
	expect 0 rootcellar stores --enable nss --dry-run
	prints "make     $database/pkcs11.txt (our part of it)"
	tree "$database" | diff before -
	expect 0 rootcellar stores --enable nss --yes
	says "nss: the cellar is live there"
	certutil -L -h all -d "sql:$database" | grep -q "Alpha Root  *C"
	# Live: nothing is to be done after a change.
	rootcellar import -q --yes "$CERTS/beta-root.pem"
	certutil -L -h all -d "sql:$database" | grep -q "Beta Root  *C"
	# An empty cellar is as live as a full one.
	rootcellar remove -q --yes --all '*Root'
	expect 0 rootcellar export --refresh --yes
	! certutil -L -h all -d "sql:$database" | grep -q Root
	rootcellar undo -q --yes
	# NSS writes the list of modules anew, and ours is still found in it.
	modutil -force -dbdir "sql:$database" -add other -libfile "$(find /usr/lib* -name libnssckbi.so | head -1)" >log 2>&1 </dev/null
	expect 0 rootcellar export --refresh --yes
	says "nss: up to date"
	modutil -force -dbdir "sql:$database" -delete other >log 2>&1 </dev/null
	expect 0 rootcellar stores --disable nss --yes
	tree "$database" | diff before -
	! certutil -L -h all -d "sql:$database" | grep -q Root
}

@test "a module of our name that somebody else put into NSS's database stays" {
	need certutil modutil
	begin
	[ -n "$(find /usr/lib /usr/lib64 -name p11-kit-trust.so 2>/dev/null)" ] || skip "p11-kit-trust.so is not installed"
	mkdir -p "$HOME/.pki/nssdb"
	certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
	modutil -force -dbdir "sql:$HOME/.pki/nssdb" -add rootcellar -libfile "$(find /usr/lib* -name libnssckbi.so | head -1)" >log 2>&1 </dev/null
	cp "$HOME/.pki/nssdb/pkcs11.txt" before
	expect 5 rootcellar stores --enable nss --yes
	says "pkcs11.txt' is there already, and is not rootcellar's"
	cmp before "$HOME/.pki/nssdb/pkcs11.txt"
}

@test "stores --enable p11-kit adds the cellar to what its programs trust" {
	need trust
	begin
	[ ! -e /etc/pki/ca-trust ] && [ ! -e /etc/ca-certificates/trust-source ] || skip "this platform has a source folder"
	cat >script <<'SH'
tree /etc >before
had=$(trust list | grep -c pkcs11:)
rootcellar stores --enable p11-kit --yes
[ "$(trust list | grep -c pkcs11:)" -eq $((had + 1)) ]
trust list | grep -A1 "Alpha Root" | grep "trust: anchor"
rootcellar import -q --yes "$CERTS/beta-root.pem"
[ "$(trust list | grep -c pkcs11:)" -eq $((had + 2)) ]
rootcellar export --refresh 2>said
grep "p11-kit: up to date" said
rootcellar stores --disable p11-kit --yes
tree /etc | diff before -
# An administrator's own configuration of that module is not ours to change.
mkdir -p /etc/pkcs11/modules
echo 'priority: 2' >/etc/pkcs11/modules/p11-kit-trust.module
tree /etc >before
code=0
rootcellar stores --enable p11-kit --yes 2>said || code=$?
[ $code -eq 5 ]
grep "'/etc/pkcs11/modules/p11-kit-trust.module' is there already" said
tree /etc | diff before -
SH
	privately script
}

# source_folder NAME FOLDER WORDS: the way of Fedora and Arch, with a stand-in for their program.
source_folder() {
	cat >script <<SH
name=$1 folder=$2 words="$3"
SH
	cat >>script <<'SH'
rootcellar remove -q --yes '*Beta*' || :
mkdir /mnt/upper /mnt/work
mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/mnt/upper,workdir=/mnt/work /usr/bin || exit 77
printf '#!/bin/sh\necho "ran $*" >>/mnt/ran\n' >/usr/bin/update-ca-trust
chmod 755 /usr/bin/update-ca-trust
mkdir -p "$folder" /etc/pkcs11/modules
# p11-kit of this machine reads that folder, as theirs does.
echo "x-init-reserved: paths='$folder'" >/etc/pkcs11/modules/p11-kit-trust.module
tree /etc >before
rootcellar stores --enable $name --yes
[ "$(readlink $folder/rootcellar.p11-kit)" = "$(realpath $ROOTCELLAR_STORE)/trust/cellar.p11-kit" ]
trust list | grep -A1 "Alpha Root" | grep "trust: anchor"
[ "$(cat /mnt/ran)" = "$words" ]
rootcellar import -q --yes "$CERTS/beta-root.pem"
trust list | grep -A1 "Beta Root" | grep "trust: anchor"
# What the program makes of it is brought up to date.
rootcellar export --refresh --yes
[ "$(wc -l </mnt/ran)" = 2 ]
rootcellar export --refresh --yes
[ "$(wc -l </mnt/ran)" = 2 ]
rootcellar stores --disable $name --yes
[ "$(wc -l </mnt/ran)" = 3 ]
tree /etc | diff before -
SH
	unshare -m bash -c 'mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w && mount -t overlay overlay \
		-o lowerdir=/usr/bin,upperdir=/mnt/u,workdir=/mnt/w /usr/bin' 2>/dev/null ||
		skip "no overlay can be mounted here"
	privately script
}

@test "stores --enable fedora links the cellar into the folder that p11-kit reads" {
	need trust
	begin
	[ ! -e /usr/bin/update-ca-trust ] || skip "this machine has the real program"
	source_folder fedora /etc/pki/ca-trust/source "ran extract"
	source_folder p11-kit /etc/pki/ca-trust/source "ran extract"
}

@test "stores --enable arch links the cellar into the folder that p11-kit reads" {
	need trust
	begin
	[ ! -e /usr/bin/update-ca-trust ] || skip "this machine has the real program"
	source_folder arch /etc/ca-certificates/trust-source "ran "
}

@test "stores --enable java installs a keystore that keytool lists, and --disable brings the old one back" {
	need keytool
	begin
	mkdir -p jdk/lib/security
	cp "$CERTS/../java/keytool.jks" jdk/lib/security/cacerts
	chmod 640 jdk/lib/security/cacerts
	[ "$(id -u)" -ne 0 ] || chown 12:34 jdk/lib/security/cacerts
	tree jdk >before
	export JAVA_HOME=$PWD/jdk
	expect 0 rootcellar stores --enable java --dry-run
	prints "replace  $PWD/jdk/lib/security/cacerts"
	[[ "$output" =~ lose\ +[0-9]+\ of\ [0-9]+\ certificates ]]
	tree jdk | diff before -
	expect 0 rootcellar stores --enable java --yes
	keytool -list -keystore jdk/lib/security/cacerts -storepass changeit >list.txt 2>log
	[ "$(grep -c trustedCertEntry list.txt)" = 1 ]
	grep -q "alpha root" list.txt
	[ "$(stat -c %a jdk/lib/security/cacerts)" = 640 ]
	# Nobody else reads what was there: it may hold keys.
	[ "$(stat -c %a "$ROOTCELLAR_STORE"/before/*)" = 600 ]
	rootcellar import -q --yes "$CERTS/beta-root.pem"
	expect 0 rootcellar export --refresh java --yes
	keytool -list -keystore jdk/lib/security/cacerts -storepass changeit 2>log | grep -q "beta root"
	# keytool changes it: neither is done any more, until that is the old one.
	cp jdk/lib/security/cacerts ours
	keytool -delete -alias "beta root" -keystore jdk/lib/security/cacerts -storepass changeit 2>log
	expect 5 rootcellar export --refresh --yes
	says "'$PWD/jdk/lib/security/cacerts' is not as rootcellar left it"
	cp -p jdk/lib/security/cacerts theirs
	expect 5 rootcellar stores --disable java --yes
	cmp theirs jdk/lib/security/cacerts
	expect 0 rootcellar stores --enable java --yes
	cmp ours jdk/lib/security/cacerts
	expect 0 rootcellar stores --disable java --yes
	cmp theirs jdk/lib/security/cacerts
	# From its beginning on:
	cp "$CERTS/../java/keytool.jks" jdk/lib/security/cacerts
	rootcellar stores -q --enable java --yes
	rootcellar stores -q --disable java --yes
	tree jdk | diff before -
	[ ! -e "$ROOTCELLAR_STORE/before" ]
}

@test "a keystore of another password is sealed with that again, and not without it" {
	need keytool
	begin
	mkdir -p jdk/lib/security
	cp "$CERTS/../java/keytool-secret.p12" jdk/lib/security/cacerts
	export JAVA_HOME=$PWD/jdk
	tree jdk >before
	echo secret >pw
	keytool -list -keystore jdk/lib/security/cacerts -storepass:file pw >log 2>&1
	expect 5 rootcellar stores --enable java --yes
	tree jdk | diff before -
	expect 0 rootcellar stores --enable java --yes --password-file pw
	keytool -list -keystore jdk/lib/security/cacerts -storepass:file pw 2>log | grep -q "alpha root"
	cp jdk/lib/security/cacerts ours
	# Each sealing has salts of its own, which are no change.
	expect 0 rootcellar export --refresh --yes --password-file pw
	says "java: up to date"
	cmp ours jdk/lib/security/cacerts
	rootcellar import -q --yes "$CERTS/beta-root.pem"
	expect 2 rootcellar export --refresh --yes
	says "sealed with a password"
	says "--password-file"
	expect 0 rootcellar export --refresh --yes --password-file pw
	keytool -list -keystore jdk/lib/security/cacerts -storepass:file pw 2>log | grep -q "beta root"
	expect 0 rootcellar stores --disable java --yes
	tree jdk | diff before -
	! grep -rq "$(cat pw)" "$ROOTCELLAR_STORE/enabled.json" "$ROOTCELLAR_STORE/history"
}

@test "a variable says where an export goes, and a refresh does not follow it elsewhere" {
	begin
	mkdir sub
	cp "$CERTS/beta-root.pem" sub/real.pem
	ln -s sub/real.pem b.pem
	tree sub b.pem >before
	expect 0 env NODE_EXTRA_CA_CERTS="$PWD/b.pem" "$program" stores --enable node --yes
	cmp <(openssl x509 -in sub/real.pem) <(openssl x509 -in "$CERTS/alpha-root.pem")
	[ -L b.pem ]
	expect 5 env NODE_EXTRA_CA_CERTS="$PWD/other.pem" "$program" export --refresh --yes
	says "'node' is at '$PWD/other.pem' now, and was enabled elsewhere"
	[ ! -e other.pem ]
	expect 2 rootcellar export --refresh --yes
	says "NODE_EXTRA_CA_CERTS names a file of more, and is not set"
	expect 0 rootcellar stores --disable node --yes
	tree sub b.pem | diff before -
	expect 0 env SSL_CERT_FILE="$PWD/new.pem" "$program" stores --enable git --yes
	[ "$(grep -c BEGIN new.pem)" = 1 ]
	expect 2 env SSL_CERT_FILE="$PWD/new.pem" "$program" stores --enable curl --yes
	says "'$PWD/new.pem' is written for 'git' already"
	profile system "<write format=\"pem\" path=\"$PWD/system.pem\"/>"
	expect 5 rootcellar export --refresh --yes
	says "'git' is at '$PWD/system.pem' now, and was enabled elsewhere"
	[ ! -e system.pem ]
	# Said anew, it moves: the former place is as it was before.
	expect 0 rootcellar stores --enable git --yes
	[ ! -e new.pem ]
	[ "$(grep -c BEGIN system.pem)" = 1 ]
	expect 0 rootcellar stores --disable git --yes
	[ ! -e system.pem ]
}

@test "what cannot be written says why" {
	begin
	expect 2 rootcellar stores --enable nobody --yes
	says "there is no profile 'nobody'"
	expect 2 rootcellar stores --enable ../x --yes
	expect 2 rootcellar stores --enable java-17 --yes
	says "'java-17' tells how a client verifies, and is no store"
	expect 2 rootcellar stores --enable mozilla --yes
	says "'mozilla' is not to be written: these roots come with NSS"
	expect 2 rootcellar stores --enable mid-server --yes
	says "there is nothing of 'mid-server' on this machine"
	expect 2 rootcellar stores --disable java --yes
	says "'java' is not enabled"
	expect 0 rootcellar export --refresh
	says "nothing is enabled"
	expect 2 rootcellar stores --enable java --disable java
	expect 2 rootcellar export --refresh -o x.pem
	says "--refresh goes with names of stores alone"
	profile loop '<write profile="loop"/>'
	expect 2 rootcellar stores --enable loop --yes
	says "leads back to itself"
	profile mute '<read path="/x"/>'
	expect 2 rootcellar stores --enable mute --yes
	says "does not say how it is written"
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/>"
	mkdir made.pem
	expect 5 rootcellar stores --enable made --yes
	says "'$PWD/made.pem' is there already, and is not rootcellar's"
	rmdir made.pem
	ln -s /etc/hostname made.pem
	expect 5 rootcellar stores --enable made --yes
	says "'$PWD/made.pem' is there already, and is not rootcellar's"
	[ -L made.pem ]
	rm made.pem
	expect 2 rootcellar stores --enable made
	says "nobody can be asked here"
	[ ! -e made.pem ]
	echo "no store" >made.pem
	expect 5 rootcellar stores --enable made --yes
	[ "$(cat made.pem)" = "no store" ]
	for part in '<write way="files" path="/x" format="pem" prefix="a/b" suffix=".crt"/>' \
		'<write way="link"/>' '<write format="moon" path="/x"/>' '<write way="moon" path="/x"/>'; do
		profile made "$part"
		expect 2 rootcellar stores --enable made --yes
		says "made.xml:4: "
	done
}

@test "who may not write to a folder is told so before anything is asked" {
	need_permissions
	begin
	mkdir closed
	profile made "<write format=\"pem\" path=\"$PWD/closed/made.pem\"/>"
	chmod 555 closed
	expect 5 bound stores --enable made --yes
	says "cannot write to '$PWD/closed': Permission denied"
	says "run this as the owner of that folder"
	chmod 755 closed
}

@test "programs are run with their words as they are, in no shell, and what fails is told and done again" {
	begin
	cat >run.sh <<'SH'
#!/bin/sh
printf '%s\n' "$@" >>"${0%/*}/ran"
env | sort >"${0%/*}/environment"
[ ! -e "${0%/*}/broken" ] || { echo "no room for it"; exit 3; }
SH
	chmod 755 run.sh
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/>
<run program=\"$PWD/run.sh\"><argument>a b; \$(touch $PWD/shell)</argument><argument/></run>"
	SECRET=x expect 0 rootcellar stores --enable made --yes
	prints "run      $PWD/run.sh 'a b; \$(touch $PWD/shell)' ''"
	[ "$(cat ran)" = "a b; \$(touch $PWD/shell)" ] || [ "$(head -1 ran)" = "a b; \$(touch $PWD/shell)" ]
	[ ! -e shell ]
	! grep -q SECRET environment
	# What did not end is done again, and only what did is forgotten.
	touch broken
	rm ran
	expect 5 rootcellar stores --disable made --yes
	says "'$PWD/run.sh' failed with status 3: no room for it"
	says "once that is mended: rootcellar stores --disable made"
	[ ! -e made.pem ]
	rm broken ran
	expect 0 rootcellar stores --disable made --yes
	[ -e ran ]
	[ ! -e "$ROOTCELLAR_STORE/enabled.json" ]
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/><run program=\"/nowhere/at/all\"/>"
	expect 5 rootcellar stores --enable made --yes
	says "cannot run '/nowhere/at/all'"
	[ ! -e made.pem ]
}

@test "what cannot be replaced stays, and what was begun is taken back" {
	begin
	cat >script <<'SH'
cp "$CERTS/beta-root.pem" made.pem
mount --bind made.pem made.pem
tree made.pem >before
code=0
rootcellar stores --enable made --yes 2>said || code=$?
[ $code -eq 5 ]
grep "cannot write '$PWD/made.pem'" said
grep "and no mount point" said
grep "made: what was begun is ended by 'rootcellar stores --enable made', and taken back by --disable" said
rootcellar stores --disable made --yes
tree made.pem | diff before -
[ ! -e $ROOTCELLAR_STORE/enabled.json ]
[ -z "$(find . -name '.rootcellar-*')" ]
SH
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/>"
	privately script
}

@test "root runs no program, and installs no cellar, that somebody else can change" {
	[ "$(id -u)" -eq 0 ] || skip "this is not root"
	begin
	mkdir open
	printf '#!/bin/sh\n' >open/run.sh
	chmod 755 open/run.sh
	chmod 777 open
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/><run program=\"$PWD/open/run.sh\"/>"
	expect 5 rootcellar stores --enable made --yes
	says "'$PWD/open/run.sh' is not run by root"
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\"/>"
	cp -a "$ROOTCELLAR_STORE" open/cellar
	expect 2 rootcellar stores --enable made --yes --store "$PWD/open/cellar"
	says "is not installed by root"
	[ ! -e made.pem ]
}

@test "a process that dies at any step leaves old or new, and the next one ends what it began" {
	need strace
	strace -o /dev/null true 2>/dev/null || skip "this machine does not allow tracing"
	begin
	# The leak check of a sanitizer build cannot run where strace does already trace.
	export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"
	rootcellar import -q --yes "$CERTS/beta-root.pem"
	mkdir certs
	cp "$CERTS/gone-root.pem" certs/of-others.crt
	profile files "<write way=\"files\" path=\"$PWD/certs\" format=\"pem\" prefix=\"our-\" suffix=\".crt\"/>
<run program=\"/bin/true\"/>"
	tree certs >before
	rootcellar stores -q --enable files --yes
	tree certs >after
	rootcellar stores -q --disable files --yes
	tree certs | diff before -
	for task in enable disable; do
		for call in renameat unlinkat; do
			for ((n = 1, status = 137; status == 137 && n < 20; n++)); do
				[ $task = enable ] || rootcellar stores -q --enable files --yes
				status=0
				sh -c '"$@"; exit $?' sh strace -o /dev/null -e trace=$call \
					-e inject=$call:signal=KILL:when=$n \
					"$program" stores -q --$task files --yes >log 2>&1 || status=$?
				[ $status -eq 0 ] || [ $status -eq 137 ]
				# Whole files only.
				for file in certs/our-*.crt; do
					[ ! -e "$file" ] || grep -qF "$(sha256sum "$file")" after ||
						{ echo "$task, $call $n: $file"; return 1; }
				done
				if [ $status -eq 137 ] || [ $task = enable ]; then
					rootcellar stores -q --$task files --yes || [ $task = disable ]
				fi
				[ $task = disable ] || { tree certs | diff after -; rootcellar stores -q --disable files --yes; }
				[ ! -e "$ROOTCELLAR_STORE/enabled.json" ]
				tree certs | diff before -
				[ -z "$(find certs "$ROOTCELLAR_STORE" -name '.rootcellar-*')" ]
			done
			[ $n -lt 20 ]
		done
	done
}

@test "plans are told as JSON and CSV" {
	begin
	profile made "<write format=\"pem\" path=\"$PWD/made.pem\" remark=\"mind the gap\"/><run program=\"/bin/true\"/>"
	expect 0 rootcellar stores --enable made --dry-run --format json
	[ "$(json '[(i["name"], i["task"], i["way"], i["live"], i["format"], i["anchors"], i["changes"], i["run"], i["remark"]) for i in d["installations"]]' <<<"$output")" = "[('made', 'enable', 'export', False, 'pem', 1, True, [['/bin/true']], 'mind the gap')]" ]
	[ "$(json '[(s["do"], s["kind"], s["path"]) for s in d["installations"][0]["steps"]]' <<<"$output")" = "[('make', 'file', '$PWD/made.pem')]" ]
	expect 0 rootcellar stores --enable made --yes --format csv
	prints "name,task,do,kind,path"
	prints "made,enable,make,file,$PWD/made.pem"
	expect 0 rootcellar stores
	[[ "$output" =~ made\ +"not on this machine, enabled" ]]
	rootcellar import --yes "$CERTS/beta-root.pem" 2>said
	grep -q "brought up to date by 'rootcellar export --refresh'" said
	rootcellar export -q --refresh --yes
	expect 0 rootcellar export --refresh --format json
	[ "$(json 'd["installations"]' <<<"$output")" = "[]" ]
	expect 0 rootcellar stores --disable made --yes --format jsonl
	[ "$(json 'd["steps"][0]["do"]' <<<"$output")" = remove ]
}
