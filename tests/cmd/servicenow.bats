load ../lib/setup

exports=$(realpath "$CERTS/../servicenow")

# field FILE NAME: the values of a column, one a line.
field() {
	xmllint --xpath "//sys_certificate/$2/text()" "$1" | grep .
}

@test "list reads an instance's export, tells what is in use and shows no password" {
	expect 0 rootcellar list --store "$exports/instance.xml"
	says "record 'SAML keystore' (eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee): it is a keystore"
	says "1 inactive, 3 certificates"
	[[ "$output$stderr" != *Secret* ]]
	[ "$(entries --store "$exports/instance.xml")" = "unsaid Alpha Issuing CA
unsaid Alpha Root
unsaid Beta Root
inactive Old Root" ]
	[ "$(entries --store "$exports/instance.xml" --trust inactive)" = "inactive Old Root" ]
}

@test "list names each broken record with file and line, and ends with 3" {
	expect 3 rootcellar list --store "$exports/faults.xml"
	says "faults.xml:29: record 'Two in one' (22222222222222222222222222222222): it breaks the instance's LDAP, POP3 and IMAP tests"
	says "faults.xml:3: record 'One line' (11111111111111111111111111111111): its PEM stands on one line"
	says "faults.xml:72: record 'Wrong type'"
	says "faults.xml:105: record 'Alpha again' (44444444444444444444444444444444): it holds the same certificate as"
}

@test "show and list --format json give the columns of a record" {
	expect 0 rootcellar show --store "$exports/instance.xml" 'Alpha Root'
	prints "sys_id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	prints "sys_updated_by: jane.doe"
	rootcellar list -q --store "$exports/instance.xml" --format json >list.json
	[ "$(json '[e["fields"]["servicenow"]["sys_id"][0] for e in d["entries"]]' <list.json | grep -o '[a-d]' | sort | tr -d '\n')" = abcd ]
}

@test "diff between two instances tells what an administrator would write down" {
	expect 1 rootcellar diff "$exports/instance.xml" "$exports/other-instance.xml"
	prints "added:
  + 148f55a8 Gone Root (anchor)"
	prints "removed:
  - 83504ae2 Old Root (inactive)"
	prints "Beta Root (anchor → inactive)"
	prints "Alpha Root ('Alpha' → 'Alpha Root of the partner')"
	expect 0 rootcellar diff "$exports/instance.xml" "$exports/instance.xml"
}

@test "diff with a store that has no labels does not count those of the other" {
	rootcellar export -q --store "$exports/instance.xml" -o bundle.pem
	expect 1 rootcellar diff bundle.pem "$exports/instance.xml" --format json
	[ "$(json '[c["change"] for c in d["changes"]]' <<<"$output")" = "['added']" ]
}

@test "no path uses a record that is not in use, unless another store has it in use" {
	cp "$CERTS/leaf.pem" leaf.pem
	expect 0 rootcellar validate --offline --store "$exports/instance.xml" leaf.pem
	sed '/<name>Alpha</,$b; s/<active>true/<active>false/' "$exports/instance.xml" >retired.xml
	expect 1 rootcellar validate --offline --store retired.xml leaf.pem
	expect 0 rootcellar validate --offline --store "./retired.xml+$CERTS/alpha-root.pem" leaf.pem
}

@test "import takes what is in use, and never what is not" {
	expect 0 rootcellar import --yes "$exports/instance.xml"
	says "1 inactive entry was not taken"
	[ "$(entries)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
	expect 0 rootcellar import --yes --trust anchor "$exports/instance.xml"
	[[ "$(entries)" != *Old* ]]
	expect 2 rootcellar import --yes --trust inactive "$exports/instance.xml"
	expect 2 rootcellar trust inactive 'Beta Root'
}

@test "import --mirror takes away what the instance retires" {
	cp "$exports/instance.xml" followed.xml
	rootcellar import -q --yes --mirror ./followed.xml

	# Beta's record, whose column "active" stands before its name.
	awk '/<active>/ { held = $0; next } held && /<name>Beta/ { sub("true", "false", held) }
		/<\/sys_certificate>/ { print held; held = "" } { print }' "$exports/instance.xml" >followed.xml
	expect 0 rootcellar import --yes --mirror ./followed.xml
	[ "$(entries)" = "intermediate Alpha Issuing CA
anchor Alpha Root" ]
}

@test "what the cellar took from an instance goes back under the same sys_id" {
	rootcellar import -q --yes "$exports/instance.xml"
	expect 0 rootcellar export --as servicenow -o back.xml
	says "does not refresh the instance's cache"
	xmllint --noout back.xml
	[ "$(field back.xml sys_id | sort)" = "$(printf '%032d\n' 0 | tr 0 a; printf '%032d\n' 0 | tr 0 b; printf '%032d\n' 0 | tr 0 c)" ]
	[ "$(field back.xml name | sort | tr '\n' ,)" = "Alpha,Alpha issuing,Beta," ]
	[ "$(xmllint --xpath 'string(//u_owner/@display_value)' back.xml)" = 'Jane "J" & Co' ]
	# The sys_ids are part of the state that is checked when it is read.
	rootcellar export -q --as servicenow -s @1 -o again.xml
	diff <(field back.xml sys_id) <(field again.xml sys_id)
}

@test "export --as servicenow gives the same bytes at the same SOURCE_DATE_EPOCH" {
	fill
	export SOURCE_DATE_EPOCH=1768472430
	for as in servicenow servicenow-updateset; do
		rootcellar export -q --as $as --at 2025-01-01 >one.xml
		rootcellar export -q --as $as --at 2025-01-01 >two.xml
		cmp one.xml two.xml
		xmllint --noout one.xml
		grep -q '<unload unload_date="2026-01-15 10:20:30">' one.xml
	done
	rootcellar export -q --as servicenow -o roots.xml 'Alpha Root'
	[ "$(field roots.xml sys_id)" = "$(sha256 "$CERTS/alpha-root.pem" | cut -c1-32)" ]
	field roots.xml pem_certificate | openssl x509 -noout -subject | grep -q 'Alpha Root'
	[ "$(field roots.xml pem_certificate | awk 'length > 64' | wc -l)" -eq 0 ]
}

@test "export --onto keeps the identity of records, and --retire writes the rest as inactive" {
	rootcellar import -q --yes "$CERTS/three.pem" "$CERTS/gone-root.pem"
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar export --as servicenow --onto "$exports/instance.xml" -o onto.xml
	says "1 entry there is in use and is not handed out; --retire writes it as not in use"
	[ "$(field onto.xml name | tr '\n' ,)" = "Alpha issuing,Alpha,Gone Root," ]
	grep -q "<sys_id>$(printf '%032d' 0 | tr 0 a)</sys_id>" onto.xml
	[[ "$(cat onto.xml)" != *Beta* ]]
	expect 0 rootcellar export --as servicenow --onto "$exports/instance.xml" --retire -o onto.xml
	says "2 anchors, 1 intermediate (Java and GnuTLS take these for anchors), 1 retired"
	[ "$(entries --store onto.xml)" = "unsaid Alpha Issuing CA
unsaid Alpha Root
inactive Beta Root
unsaid Gone Root" ]
	grep -q "<sys_id>$(printf '%032d' 0 | tr 0 b)</sys_id>" onto.xml
}

@test "export --onto and --retire refuse what they cannot mean" {
	fill
	expect 2 rootcellar export --as pem --onto "$exports/instance.xml"
	says "--onto goes with --as servicenow, servicenow-updateset"
	expect 2 rootcellar export --as servicenow --onto "$CERTS/three.pem"
	says "has no records whose identity could be kept"
	expect 2 rootcellar export --as servicenow --retire
	says "--onto EXPORT.xml --retire"
	expect 2 rootcellar export --as servicenow --onto "$exports/instance.xml" --retire 'Beta Root'
	expect 2 rootcellar export --as servicenow --onto absent.xml
	[ -z "$output" ]
}

@test "export as an update set gives payloads that are documents of their own" {
	fill
	rootcellar export -q --as servicenow-updateset -o set.xml
	[ "$(xmllint --xpath 'count(//sys_update_xml)' set.xml)" = 3 ]
	[ "$(xmllint --xpath 'string(//remote_update_set)' set.xml)" = "$(xmllint --xpath 'string(//sys_remote_update_set/sys_id)' set.xml)" ]
	xmllint --xpath 'string(//payload)' set.xml >payload.xml
	[ "$(xmllint --xpath 'string(/record_update/@table)' payload.xml)" = sys_certificate ]
	xmllint --xpath 'string(//pem_certificate)' payload.xml | openssl x509 -noout
	[ "$(entries --store set.xml | wc -l)" -eq 3 ]
	expect 3 rootcellar list --store "$exports/updateset.xml"
	says "1 was left out"
}

@test "an XML file with a DOCTYPE is refused, and nothing is fetched or expanded for it" {
	for file in entity-bomb external-entity; do
		expect 2 rootcellar list --store "$exports/$file.xml"
		says "$file.xml: line 2: it has a DOCTYPE, which no export has"
	done
}

@test "a folder of one PEM a record takes its names from certificate and sys_id" {
	rootcellar export -q --store "$CERTS/three.pem" --as pem-directory -o ./folder
	name=$(sha256 "$CERTS/alpha-root.pem" | cut -c1-8)
	[ -f "folder/Alpha_Root.$name.pem" ]
}

# attached [update-set]: an export with records of which some hold their certificate, or keystore, attached.
attached() {
	python3 -IS - "$CERTS" "$@" <<-'EOF'
		import base64, sys, zlib
		from pathlib import Path
		certs, rest = Path(sys.argv[1]), sys.argv[2:]

		def gzip(data):
		    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + zlib.compress(data, 9, -15) + \
		        zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")

		def record(table, **columns):
		    inside = "".join(f"<{name}>{value}</{name}>" for name, value in columns.items())
		    return f'<{table} action="INSERT_OR_UPDATE">{inside}</{table}>\n'

		def certificate(sys_id, name, kind="trust_store", **others):
		    return record("sys_certificate", active="true", format="DER", name=name,
		        **{"pem_certificate": "", **others}, sys_id=sys_id * 32, type=kind)

		# The last piece first, and the header of gzip in a piece of its own, as the platform cuts.
		def attachment(number, owner, name, data, size=None, table="sys_certificate", cut=10):
		    sys_id, packed = f"{number:032x}", gzip(data)
		    pieces = [packed[:cut], packed[cut:]]
		    docs = [record("sys_attachment_doc", data=base64.b64encode(piece).decode(), length=1,
		        position=i, sys_attachment=sys_id, sys_id=f"{number:016x}{i:016x}")
		        for i, piece in enumerate(pieces)]
		    return docs[1] + record("sys_attachment", compressed="true", file_name=name,
		        size_bytes=len(data) if size is None else size, sys_id=sys_id, table_name=table,
		        table_sys_id=owner * 32) + docs[0]

		def one(*parts):
		    if not rest:
		        return "".join(parts)
		    inside = "".join(parts)
		    return record("sys_update_xml", action="INSERT_OR_UPDATE", name="sys_certificate_x",
		        payload=f'<![CDATA[<record_update table="sys_certificate">{inside}</record_update>]]>')

		der = (certs / "alpha-root.der").read_bytes()
		java = certs.parent / "java"
		pem = (certs / "beta-root.pem").read_text()
		print('<unload unload_date="2026-01-15 10:20:30">', one(
		    certificate("a", "In DER"), attachment(1, "a", "alpha.cer", der)), one(
		    certificate("b", "In PEM", pem_certificate=pem), attachment(2, "b", "beta.pem", pem.encode())), one(
		    certificate("c", "Java", "java_key_store", key_store_password="Secret"),
		    attachment(3, "c", "store.jks", (java / "keytool.jks").read_bytes())), one(
		    certificate("d", "Locked", "pkcs12_key_store"),
		    attachment(4, "d", "locked.p12", (java / "keytool-secret.p12").read_bytes())), one(
		    certificate("e", "Too short"), attachment(5, "e", "short.cer", der, size=9)), one(
		    certificate("f", "Not there")), one(
		    attachment(6, "a", "of another table", b"x", table="incident")), one(
		    certificate("0", "A bomb"), attachment(7, "0", "bomb.cer", bytes(40 << 20))), one(
		    certificate("9", "XML again"), attachment(8, "9", "again.xml", b"<unload><sys_certificate/></unload>")),
		    '</unload>')
	EOF
}

@test "certificates and keystores that are attached to records are read, whether or not in an update set" {
	for envelope in '' update-set; do
		attached $envelope >attached.xml
		expect 3 rootcellar list --store attached.xml
		says "record 'Java' (cccccccccccccccccccccccccccccccc): it is a keystore and is passed by; its password is not read"
		says "record 'Java' (cccccccccccccccccccccccccccccccc): attachment 'store.jks': 2 certificates are in it"
		says "record 'Locked' (dddddddddddddddddddddddddddddddd): attachment 'locked.p12': "
		says "record 'Too short' (eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee): attachment 'short.cer': it has"
		says "record 'Not there' (ffffffffffffffffffffffffffffffff): it breaks the instance's LDAP, POP3 and IMAP tests: its certificate is missing"
		says "attachment 'bomb.cer': unpacked it is larger than"
		says "attachment 'again.xml': it holds neither certificate nor keystore"
		[[ "$output$stderr" != *Secret* ]]
		[[ "$stderr" != *"another table"* ]]
		# An instance trusts what stands for a record, and uses keystores for its own identity.
		rootcellar list -q --store attached.xml --format json >list.json || [ $? -eq 3 ]
		[ "$(json '[(e["trust"], e["subject"].split("CN=")[1], e["label"], (e["fields"].get("servicenow") or {}).get("sys_id", " ")[0]) for e in d["entries"] if "Two" not in e["subject"]]' <list.json)" = \
			"[('unsaid', 'Beta Root', 'In PEM', 'b'), ('unsaid', 'Alpha Root', 'In DER', 'a'), ('inactive', 'One Root', 'one', ' ')]" ]
	done
	# Without the password nobody is asked, and with it the other keystore is read too.
	rootcellar list --store attached.xml 2>without || [ $? -eq 3 ]
	grep -q "locked.p12': its password is neither" without
	PASSWORD=secret expect 3 rootcellar list --store attached.xml --password-env PASSWORD
	says "attachment 'locked.p12': 2 certificates are in it"
}
