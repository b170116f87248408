#!/usr/bin/env python3
"""Makes the files of this folder anew, without rootcellar: see ORIGIN. Run it in this folder."""
import re
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def pem(name):
    with open("../cmd/%s.pem" % name) as file:
        text = file.read()
    return re.search("-----BEGIN.*?-----END CERTIFICATE-----\n", text, re.S).group()


def sys_id(digit):
    return digit * 32


def columns(name, certificate, identity, **more):
    """The columns of sys_certificate of an older release, by name."""
    fields = {
        "active": "true", "expiration_notification": "true", "expires": "2044-01-01 00:00:00",
        "expires_in_days": "6000", "format": "pem", "issuer": "CN=%s" % name,
        "key_store_password": "", "name": name, "notify_on_expiration": "",
        "pem_certificate": certificate, "short_description": name, "subject": "CN=%s" % name,
        "sys_created_by": "admin", "sys_created_on": "2024-03-01 08:00:00", "sys_id": identity,
        "sys_mod_count": "3", "sys_updated_by": "jane.doe", "sys_updated_on": "2025-06-30 15:44:38",
        "type": "trust_store", "valid_from": "2019-01-01 00:00:00", "warn_in_days_to_expire": "30",
    }
    fields.update(more)
    return fields


def field(name, value):
    """value: text, or (text, display_value)."""
    value, display = value if isinstance(value, tuple) else (value, None)
    start = name if display is None else '%s display_value="%s"' % (name, escape(display, {'"': "&quot;"}))
    if not value:
        return "<%s/>" % start
    return "<%s>%s</%s>" % (start, escape(value).replace("\r", "&#13;"), name)


def record(fields, table="sys_certificate", action="INSERT_OR_UPDATE", between="\n"):
    body = between.join(field(name, fields[name]) for name in sorted(fields))
    return '<%s action="%s">%s%s%s</%s>' % (table, action, between, body, between, table)


def unload(*records):
    return HEAD + '<unload unload_date="2026-01-15 10:20:30">\n' + "\n".join(records) + "\n</unload>\n"


def write(name, text):
    with open(name, "w", newline="") as file:
        file.write(text)


def update(name, payload, action="INSERT_OR_UPDATE"):
    return ('<sys_update_xml action="INSERT_OR_UPDATE">\n<action>%s</action>\n<category>customer</category>\n'
            '<name>%s</name>\n<payload>%s</payload>\n<payload_hash>-1071862501</payload_hash>\n'
            '<target_name>%s</target_name>\n<type>X.509 Certificate</type>\n</sys_update_xml>'
            % (action, name, payload, name))


def payload(fields):
    return ('<?xml version="1.0" encoding="UTF-8"?><record_update table="sys_certificate">%s</record_update>'
            % record(fields, between=""))


group = '<sys_user_group action="INSERT_OR_UPDATE">\n<name>Asset Management</name>\n</sys_user_group>'
alpha, beta, old, gone = pem("alpha-root"), pem("beta-root"), pem("old-root"), pem("gone-root")
issuing = pem("alpha-ca")
keystore = columns("SAML keystore", "", sys_id("e"), type="key_store",
                   key_store_password="tp1B3rrQyo2SecretSecret==")

write("instance.xml", unload(
    group,
    record(columns("Alpha", alpha, sys_id("a"), u_owner=("46d44a5dc0a8010e0000c8d7a3dea4b0", 'Jane "J" & Co'),
                   notify_on_expiration="46d44a5dc0a8010e0000c8d7a3dea4b0", frequency="daily")),
    # As pasted in a browser: CRLF.
    record(columns("Beta", beta.replace("\n", "\r\n"), sys_id("b"))),
    record(columns("Alpha issuing", issuing, sys_id("c"))),
    record(columns("Old", old, sys_id("d"), active="false")),
    record(keystore)))

write("other-instance.xml", unload(
    record(columns("Alpha Root of the partner", alpha, sys_id("1"))),
    record(columns("Beta", beta, sys_id("2"), active="false")),
    record(columns("Alpha issuing", issuing, sys_id("3"))),
    record(columns("Gone", gone, sys_id("4")))))

one_line = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n" % "".join(alpha.split("\n")[1:-2])
write("faults.xml", unload(
    record(columns("One line", one_line, sys_id("1"))),
    record(columns("Two in one", beta + gone, sys_id("2"))),
    record(columns("Wrong type", beta, sys_id("3"), type="trust_store_cert")),
    record(columns("Alpha again", alpha, sys_id("4"))),
    record(columns("Nothing", "", sys_id("5"))),
    record(columns("Cut", gone[:len(gone) // 2], sys_id("6"))),
    record(columns("Text", "please paste the certificate here", sys_id("7"))),
    record(columns("Key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", sys_id("8"))),
    record(columns("Broken but unused", "-----BEGIN CERTIFICATE-----\n!\n", sys_id("9"), active="false")),
    record(keystore),
    record({"sys_id": sys_id("f"), "name": "Deleted"}, action="DELETE"),
    '<sys_certificate action="delete_multiple" query="active=false"/>'))

cdata = "<![CDATA[%s]]>"
write("updateset.xml", unload(
    '<sys_remote_update_set action="INSERT_OR_UPDATE">\n<name>Roots</name>\n<sys_id>%s</sys_id>\n'
    '</sys_remote_update_set>' % sys_id("9"),
    update("sys_certificate_" + sys_id("a"), cdata % payload(columns("Alpha", alpha, sys_id("a")))),
    # Entities where CDATA cannot stand: the payload holds "]]>" itself.
    update("sys_certificate_" + sys_id("b"), escape(
        payload(columns("Beta", beta.replace("\n", "\r\n"), sys_id("b"), u_script="S")).replace(
            "<u_script>S", "<u_script><![CDATA[if (a < b) go();]]>"))),
    update("sys_script_" + sys_id("c"), cdata % '<record_update table="sys_script"><sys_script action="INSERT_OR_UPDATE">'
           '<name>x</name></sys_script></record_update>'),
    update("sys_certificate_" + sys_id("d"), cdata % payload(columns("Old", old, sys_id("d"))), action="DELETE"),
    update("sys_certificate_" + sys_id("e"), cdata % '<record_update table="sys_certificate"><sys_certificate>')))

write("entity-bomb.xml", HEAD + '<!DOCTYPE unload [\n<!ENTITY a "aaaaaaaaaa">\n' + "".join(
    '<!ENTITY %s "%s">\n' % (chr(98 + i), ("&%s;" % chr(97 + i)) * 10) for i in range(9)) +
    ']>\n<unload><sys_certificate action="INSERT_OR_UPDATE"><name>&j;</name></sys_certificate></unload>\n')
write("external-entity.xml", HEAD + '<!DOCTYPE unload SYSTEM "http://127.0.0.1:1/x.dtd" [\n'
      '<!ENTITY secret SYSTEM "file:///etc/hostname">\n]>\n<unload><sys_certificate action="INSERT_OR_UPDATE">'
      '<name>&secret;</name></sys_certificate></unload>\n')
