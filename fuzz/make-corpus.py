#!/usr/bin/env python3
"""Makes fuzz/corpus again from testdata/ and from the odd values written out here.

Files that a campaign found and that are worth keeping (see README.md) stay.
"""

import base64
import pathlib
import re

FUZZ = pathlib.Path(__file__).resolve().parent
TESTDATA = FUZZ.parent / "testdata"
INPUTS = TESTDATA / "inputs"
CORE_DATA = FUZZ.parent / "crates/core/tests/data/input"


def pem_ders(path):
    text = path.read_text()
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.S)
    return [base64.b64decode(block) for block in blocks]


def tlv(tag, *parts):
    content = b"".join(parts)
    count = len(content)
    if count < 0x80:
        length = bytes([count])
    else:
        octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
        length = bytes([0x80 | len(octets)]) + octets
    return bytes([tag]) + length + content


def put(target, name, octets):
    folder = FUZZ / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(octets)


def der():
    values = {
        "boolean-ber": b"\x01\x01\x01",
        "boolean-long": b"\x01\x02\xff\xff",
        "integer-negative": b"\x02\x01\x80",
        "integer-padded": b"\x02\x02\x00\x7f",
        "integer-empty": b"\x02\x00",
        "bits-padding": b"\x03\x02\x03\xff",
        "bits-eight-unused": b"\x03\x02\x08\xff",
        "bits-empty": b"\x03\x01\x00",
        "oid-padded": b"\x06\x03\x55\x80\x01",
        "oid-open": b"\x06\x02\x55\x81",
        "oid-uuid": b"\x06\x14\x69\x83\xf7\xb6\xc2\xb0\xd1\x9f\xd6\xb6\xb1\xf2\xab\xa9\xcd\xfc\xb7\xba\x71",
        "utc-time": tlv(0x17, b"491231235959Z"),
        "utc-no-seconds": tlv(0x17, b"2601010000Z"),
        "utc-offset": tlv(0x17, b"260101000000-1159"),
        "utc-february": tlv(0x17, b"260229000000Z"),
        "generalized-fraction": tlv(0x18, b"20500101000000.125Z"),
        "generalized-year-0": tlv(0x18, b"00000101000000+2359"),
        "length-zeros": b"\x04\x84\x00\x00\x00\x01\x00",
        "length-reserved": b"\x04\xff\x00",
        "length-five": b"\x04\x85\x01\x00\x00\x00\x00",
        "length-beyond": b"\x30\x82\x10\x00\x02\x01\x01",
        "indefinite": b"\x30\x80\x02\x01\x01\x30\x80\x05\x00\x00\x00\x00\x00",
        "indefinite-primitive": b"\x04\x80\x00\x00",
        "indefinite-open": b"\x30\x80\x30\x80\x02\x01\x01\x00\x00",
        "indefinite-deep": b"\x30\x80" * 33 + b"\x00\x00" * 33,
        "definite-deep": tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x31, tlv(0xA0, tlv(0xA1, tlv(0x30))))))),
        "high-tag": b"\x7f\x81\x00\x02\x05\x00",
        "high-tag-padded": b"\x5f\x80\x1f\x00",
        "high-tag-huge": b"\x1f\xff\xff\xff\xff\x7f\x00",
    }
    for name, octets in values.items():
        put("der", name, octets)
    put("der", "certificate", pem_ders(TESTDATA / "cases/healthy-ed25519/target.pem")[0])
    put("der", "names", pem_ders(INPUTS / "names.pem")[0])


def pem():
    small = pem_ders(TESTDATA / "cases/healthy-ed25519/target.pem")[0]
    body = base64.b64encode(small).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    block = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
    texts = {
        "plain": block,
        "crlf": block.replace("\n", "\r\n"),
        "cr": block.replace("\n", "\r"),
        "one-line": f"-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----",
        "escaped": '{"pem": "' + block.replace("\n", "\\n") + '"}',
        "indented": "\n".join("    " + line for line in block.splitlines()),
        "bare-base64": body,
        "no-end": block[:200],
        "two": "Bag Attributes\n    friendlyName: a\n" + block + "subject=CN = b\n" + block,
        "wrong-end": block.replace("END CERTIFICATE", "END X509 CRL"),
        "next-begin": block[:150] + "\n" + block,
        "bad-character": block.replace("A", "!", 1).replace("B", "\u00fc", 1),
        "padding": "-----BEGIN CERTIFICATE-----\nMAA=\nMAA=\n-----END CERTIFICATE-----\n",
        "no-padding": "-----BEGIN CERTIFICATE-----\nMAAA\nMA\n-----END CERTIFICATE-----\n",
        "headers": "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAAA\n"
        "-----END RSA PRIVATE KEY-----\n",
        "headers-open": "-----BEGIN CERTIFICATE-----\nA: b\n c\n d",
        "label-missing": "-----BEGIN -----\nMAA=\n-----END -----\n",
        "label-long": "-----BEGIN " + "A" * 80 + "-----\n-----END " + "A" * 80 + "-----\n",
        "dashes": "----BEGIN CERTIFICATE----\n" + "-" * 60 + "BEGIN ",
        "pgp": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
        "trusted": f"-----BEGIN TRUSTED CERTIFICATE-----\n{lines}\nMAAA\n-----END TRUSTED CERTIFICATE-----\n",
        "wrong-label": f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n",
        "html": "<!doctype html><title>403</title>" + block,
    }
    for name, text in texts.items():
        put("pem", name, text.encode())
    for encoding in ("utf-16-le", "utf-16-be"):
        put("pem", encoding, block.encode(encoding))
        put("pem", encoding + "-mark", ("\ufeff" + block).encode(encoding))
    put("pem", "utf-8-mark", ("\ufeff" + block).encode())
    put("pem", "windows-1252", ("\u00fc\n" + block).encode("cp1252"))
    put("pem", "binary", small)
    put("pem", "binary-twice", small + small + b"\0\n")


def pkcs7():
    for name in ("chain.p7b", "chain-ber.p7b"):
        put("pkcs7", name, (INPUTS / name).read_bytes())
    for name in ("bag.p7b", "signed.p7m", "enveloped.p7m", "crl.der"):
        put("pkcs7", name, (CORE_DATA / name).read_bytes())
    oid = bytes.fromhex("06092a864886f70d010702")
    empty = tlv(0x30, bytes.fromhex("06092a864886f70d010701"))

    def signed(*sets):
        return tlv(0x30, oid, tlv(0xA0, tlv(0x30, b"\x02\x01\x01", tlv(0x31), empty, *sets)))

    values = {
        "no-sets": signed(),
        "empty": signed(tlv(0xA0), tlv(0xA1), tlv(0x31)),
        "two-small": signed(tlv(0xA0, b"\x30\x00\x30\x00"), tlv(0x31)),
        "crls-only": signed(tlv(0xA1, b"\x30\x00"), tlv(0x31)),
        "other-choices": signed(tlv(0xA0, b"\xa0\x00\xa1\x00\xa2\x00\xa3\x00"), tlv(0xA1, b"\xa1\x00"), tlv(0x31)),
        "wrong-order": signed(tlv(0xA1, b"\x30\x00"), tlv(0xA0, b"\x30\x00"), tlv(0x31)),
        "signers": signed(tlv(0xA0, b"\x30\x00"), tlv(0x31, b"\x30\x00")),
        "data": tlv(0x30, bytes.fromhex("06092a864886f70d010701"), tlv(0xA0, tlv(0x04, b"data"))),
        "indefinite": b"\x30\x80" + oid + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + empty + b"\xa0\x80\x30\x80\x00\x00"
        + b"\x00\x00\x31\x00\x00\x00\x00\x00\x00\x00",
        "indefinite-open": b"\x30\x80" + oid + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + empty + b"\xa0\x80\x30\x80",
        "fragments": b"\x24\x80\x04\x01\x01\x24\x80\x04\x02\x02\x03\x00\x00\x04\x00\x00\x00",
        "fragment-beyond": b"\x24\x03\x04\x05\x01",
        "deep": b"\x30\x80" * 33 + b"\x00\x00" * 33,
        "length-zeros": b"\x30\x88\x00\x00\x00\x00\x00\x00\x00\x02\x05\x00",
        "high-tag": b"\x3f\x81\x01\x02\x05\x00",
    }
    for name, octets in values.items():
        put("pkcs7", name, octets)


def certificate():
    # One with each kind of key, and those that are about reading.
    cases = "healthy-rsa healthy-ecdsa healthy-ed25519 healthy-pss dsa md5 idna name-constraints critical-policies"
    for case in cases.split():
        put("certificate", case, pem_ders(TESTDATA / "cases" / case / "target.pem")[0])
    put("certificate", "v1", pem_ders(TESTDATA / "cases/v1-intermediate/intermediates.pem")[0])
    put("certificate", "all-extensions", pem_ders(INPUTS / "all-extensions.pem")[0])
    put("certificate", "names", pem_ders(INPUTS / "names.pem")[0])
    for path in ("name-constraints", "path-length", "critical-policies"):
        file = TESTDATA / "cases" / path / "intermediates.pem"
        if file.exists():
            put("certificate", path + "-ca", pem_ders(file)[0])

    for path in sorted((TESTDATA / "bench").glob("*.pem")):
        put("certificate", path.stem, pem_ders(path)[0])

    # A frame small enough that one octet changes its meaning.
    algorithm = bytes.fromhex("300506032b6570")
    key = tlv(0x30, algorithm, tlv(0x03, bytes(33)))
    name = tlv(0x30, tlv(0x31, tlv(0x30, bytes.fromhex("0603550403"), tlv(0x0C, b"a"))))
    validity = tlv(0x30, tlv(0x17, b"260101000000Z"), tlv(0x17, b"270101000000Z"))

    def frame(*more, serial=b"\x02\x01\x01", version=b"\xa0\x03\x02\x01\x02", validity=validity, key=key, subject=name):
        tbs = tlv(0x30, version, serial, algorithm, name, validity, subject, key, *more)
        return tlv(0x30, tbs, algorithm, tlv(0x03, bytes(65)))

    def extension(oid, value, critical=b""):
        return tlv(0x30, tlv(0x06, bytes.fromhex(oid)), critical, tlv(0x04, value))

    def extensions(*list):
        return tlv(0xA3, tlv(0x30, *list))

    values = {
        "v1-small": frame(version=b""),
        "v1-written-out": frame(version=b"\xa0\x03\x02\x01\x00"),
        "v1-extensions": frame(extensions(extension("551d0e", b"\x04\x01\x01")), version=b""),
        "unique-ids": frame(b"\x81\x02\x00\x01", b"\x82\x02\x00\x02"),
        "serial-zero": frame(serial=b"\x02\x01\x00"),
        "serial-negative": frame(serial=b"\x02\x01\x80"),
        "times": frame(validity=tlv(0x30, tlv(0x17, b"2601010000Z"), tlv(0x18, b"20270101000000.5Z"))),
        "no-extensions": frame(tlv(0xA3, tlv(0x30))),
        "twice": frame(extensions(extension("551d0e", b"\x04\x01\x01"), extension("551d0e", b"\x04\x01\x02"))),
        "broken-extension": frame(extensions(extension("551d13", b"\x30\x03\x01\x01"), extension("551d0e", b"\x05\x00"))),
        "critical-written-out": frame(extensions(extension("551d0e", b"\x04\x01\x01", b"\x01\x01\x00"))),
        "qualified": frame(
            extensions(
                extension(
                    "2b06010505070103",
                    tlv(
                        0x30,
                        tlv(0x30, bytes.fromhex("060604008e460101")),
                        tlv(0x30, bytes.fromhex("060604008e460102"), tlv(0x30, tlv(0x13, b"EUR"), b"\x02\x01\x05\x02\x01\x03")),
                        tlv(0x30, bytes.fromhex("060604008e460103"), b"\x02\x01\x0a"),
                        tlv(0x30, bytes.fromhex("060604008e460105"), tlv(0x30, tlv(0x30, tlv(0x16, b"u"), tlv(0x13, b"en")))),
                        tlv(0x30, bytes.fromhex("060604008e460106"), tlv(0x30, bytes.fromhex("060704008e46010601"))),
                    ),
                )
            )
        ),
        "key-empty": frame(key=tlv(0x30, algorithm, b"\x03\x01\x00")),
        "key-rsa-empty": frame(key=tlv(0x30, bytes.fromhex("300d06092a864886f70d0101010500"), b"\x03\x03\x00\x30\x00")),
        "subject-odd": frame(
            subject=tlv(
                0x30,
                tlv(
                    0x31,
                    tlv(0x30, bytes.fromhex("060355040a"), tlv(0x1E, b"\x00A\xd8\x3d\xde\x00")),
                    tlv(0x30, bytes.fromhex("0603550403"), tlv(0x14, b" \xfc#\x00 ")),
                    tlv(0x30, bytes.fromhex("06022a03"), tlv(0x30, b"\x05\x00")),
                ),
                tlv(0x31),
            )
        ),
        "indefinite": b"\x30\x80" + frame()[3:] + b"\x00\x00",
    }
    for label, octets in values.items():
        put("certificate", label, octets)


def names():
    def line(reference, *parts):
        return reference.encode() + b"\n" + tlv(0x30, *parts)

    dns = lambda text: tlv(0x82, text if isinstance(text, bytes) else text.encode())
    email = lambda text: tlv(0x81, text.encode())
    address = lambda octets: tlv(0x87, bytes(octets))
    mailbox = lambda text: tlv(0xA0, bytes.fromhex("06082b06010505070809"), tlv(0xA0, tlv(0x0C, text.encode())))
    values = {
        "exact": line("www.example.com", dns("www.example.com")),
        "upper": line("WWW.Example.COM.", dns("Www.example.com")),
        "wildcard": line("www.example.com", dns("*.example.com")),
        "wildcard-deep": line("a.b.example.com", dns("*.example.com")),
        "wildcard-bare": line("com", dns("*"), dns("*."), dns("*.*.com"), dns("w*.com")),
        "www": line("example.com", dns("www.example.com")),
        "dot-at-end": line("example.com", dns("example.com.")),
        "underscore": line("_a.example", dns("_a.example")),
        "not-ascii": line("b\u00fccher.example", dns("xn--bcher-kva.example"), dns("b\u00fccher.example".encode())),
        "punycode-bad": line("xn--a.example", dns("xn--a.example")),
        "nul": line("www.example.com", dns(b"www.example.com\0.evil.example")),
        "forced": line("dns:localhost", dns("localhost")),
        "empty": line("a.example"),
        "common-name": line("a.example", email("a@a.example")),
        "ipv4": line("192.0.2.1", address([192, 0, 2, 1])),
        "ipv4-as-dns": line("192.0.2.1", dns("192.0.2.1")),
        "ipv4-mapped": line("::ffff:192.0.2.1", address([192, 0, 2, 1]), address([0] * 10 + [255, 255, 192, 0, 2, 1])),
        "ipv6": line("[2001:db8::1]", address([0x20, 1, 0x0D, 0xB8] + [0] * 11 + [1])),
        "ip-five": line("ip:192.0.2.1", address([192, 0, 2, 1, 0])),
        "email": line("Ann@Example.com", email("Ann@example.COM")),
        "email-case": line("ann@example.com", email("Ann@example.com")),
        "email-two-ats": line('"a@b"@example.com', email('"a@b"@example.com')),
        "email-unicode": line("email:\u00fc@example.com", mailbox("\u00fc@example.com")),
        "others": line("a.example", tlv(0x86, b"https://a.example/"), tlv(0x88, b"\x2a\x03"), tlv(0xA4, tlv(0x30))),
        "unknown-kind": line("a.example", tlv(0x89, b"a.example")),
        "broken-list": b"a.example\n\x30\x05\x82\x09a.e",
        "turkish": line("I\u0307.example", dns("i\u0307.example".encode())),
    }
    for name, octets in values.items():
        put("names", name, octets)


def name_constraints():
    def lines(*parts):
        return b"\n".join(part if isinstance(part, bytes) else part.encode() for part in parts)

    net = lambda sign, *octets: sign.encode() + b"i" + bytes(octets)
    values = {
        "dns": lines("+dexample.com", "-dbad.example.com", "=dwww.example.com", "=dexample.com", "=da.Bad.example.com"),
        "dns-period": lines("+d.example.com", "=dexample.com", "=da.example.com", "=dbadexample.com"),
        "dns-all": lines("-d", "=dexample.com", "=d*.example.com", "=uhttp://example.com/"),
        "wildcard": lines("+dexample.com", "+dw.b.example", "-da.example.com", "=d*.example.com", "=d*.b.example", "=d*.com"),
        "wildcard-deep": lines("-dx.a.example.com", "-d.b.example.com", "=d*.example.com", "=d*.b.example.com", "=d*.a.example.com"),
        "dns-malformed": lines("+dexample.com", "-da..b", "=d*", "=d*.", "=da.*.example.com", "=d-a.example.com", "=dexample.com."),
        "ip": lines(net("+", 192, 0, 2, 0, 255, 255, 255, 0), net("-", 192, 0, 2, 8, 255, 255, 255, 248), net("=", 192, 0, 2, 9)),
        "ip-hosts": lines(net("+", 192, 0, 2, 1, 255, 255, 255, 255), net("+", *[0] * 8), net("=", 192, 0, 2, 1), net("=", 1, 2, 3)),
        "ip-mask": lines(net("+", 192, 0, 2, 0, 255, 0, 255, 0), net("=", 192, 0, 2, 1), net("=", *[1] * 16)),
        "ipv6": lines(net("+", 0x20, 1, 0x0D, 0xB8, *[0] * 12, *[255] * 5, 0x80, *[0] * 10), net("=", 0x20, 1, 0x0D, 0xB8, *[0] * 12)),
        "email": lines("+eexample.com", "+e.b.example", "+eAnn@c.example", "=eann@Example.com", "=ea@x.b.example", "=eAnn@c.Example", "=eann@c.example"),
        "email-quoted": lines('-e"a@b"@example.com', '=e"a@b"@example.com', "=ea@b@example.com", "=e@example.com", "=eexample.com", "-e"),
        "email-unicode": lines("+eexample.com", "-eu@c.example", "=m\u00fc@example.com", "=mu@c.example", "=m@example.com", "=e\u00fc@example.com"),
        "uri": lines("+uexample.com", "-u.example.com", "=uhttp://example.com/", "=uhttps://u:p@a.example.com:443?q", "=uurn:a"),
        "uri-hosts": lines("-ub", "=uhttp://192.0.2.1/", "=uhttp://[::1]/", "=uhttp://b:x/", "=uhttp://a@b@b/", "=uhttp:///", "=u1a://b\\c"),
        "directory": lines("+nOExample", "-nOExample/CSecret", "=nPexample/CA  b", "=nOexample/Csecret/Cx", "=nCa", "=n"),
        "directory-sets": lines("+nCa+Ob/Tc", "=nOB+Ca/CC/Cd", "=nCa/Ob/Cc", "=n#a", b"=nB\x00a", "-n"),
        "minimum": lines("+<\x00dexample.com", "+<\x01eexample.com", "->\x00uexample.com", "=dexample.com", "=ea@example.com", "=uhttp://b/"),
        "others": lines("-oa", "+xa", "+pa", b"-r\x2a\x03", "=oa", "=xa", "=pa", b"=r\x2a\x04", "=dexample.com"),
        "encoded": tlv(0x30, tlv(0xA0, tlv(0x30, tlv(0x82, b"example.com")))) + tlv(0x30, tlv(0x82, b"a.example.com")),
        "encoded-empty": b"\x30\x00\x30\x00",
    }
    for name, octets in values.items():
        put("name_constraints", name, octets)


def policy_graph():
    def certificate(policies, *mappings, any=False, counts=True, allowed=True):
        head = sum(1 << policy for policy in policies) | any << 5 | counts << 6 | bool(mappings) << 7
        pairs = [issuer % 5 + 5 * subject for issuer, subject in mappings]
        return bytes([head] + ([len(pairs) | (not allowed) << 7] + pairs if pairs else []))

    all_to_all = [(issuer, subject) for issuer in range(5) for subject in range(5)][:15]
    values = {
        "plain": certificate([0, 1]) + certificate([1, 2]) + certificate([1]),
        "any": certificate([], any=True) + certificate([0], any=True) + certificate([], any=True, counts=False),
        "none": certificate([0]) + certificate([]) + certificate([0], any=True),
        "mapped": certificate([0, 1], (0, 2), (1, 0)) + certificate([0, 2], (2, 3)) + certificate([3], any=True),
        "mapped-chain": certificate([0, 1], (0, 1), (1, 2)) + certificate([1]) + certificate([1]),
        "mapped-any": certificate([], (0, 1), (2, 1), any=True) + certificate([1], any=True) + certificate([0, 1, 2]),
        "inhibited": certificate([0, 1], (0, 2), allowed=False) + certificate([0, 1, 2]),
        "inhibited-any": certificate([0], (1, 2), any=True, allowed=False) + certificate([1, 2], any=True),
        "inhibited-all": certificate([0], (0, 0), allowed=False) + certificate([0], any=True),
        "all-to-all": certificate(range(5), *all_to_all) * 5,
        "all-to-one": certificate(range(5), *[(issuer, 4) for issuer in range(5)], any=True) * 5,
    }
    for name, octets in values.items():
        put("policy_graph", name, octets)


def engine():
    def pki(*records, anchors=0, flags=0, order=0):
        return bytes([(len(records) - 3) % 6, anchors, flags, order]) + b"".join(records)

    def one(name=0, key=0, issuer=0, broken=0, other_key=0, spelling=0, authority=0, basic=0, validity=0, identifier=None,
            usage=0, purposes=0, odd=0, alternatives=0, permitted=0, excluded=0, version_1=0, asserts=0, maps=0, demands=0):
        first = name | key << 3 | (0xC0 if version_1 else 0x40 if identifier is not None else 0)
        above = issuer | broken << 3 | other_key << 4 | spelling << 5 | authority << 6
        form = basic | validity << 3 | (identifier or 0) << 6
        return bytes([first, above, form, usage | purposes << 3 | odd << 6, alternatives, permitted, excluded,
                      asserts | maps << 3 | demands << 5])

    ok, p, q = one(), one(asserts=1), one(asserts=2)
    values = {
        "zeros": b"",
        "four": pki(ok, ok, ok, ok),
        "target-alone": pki(ok),
        "expired": pki(ok, one(validity=1), ok),
        "expired-sibling": pki(ok, one(validity=1), ok, one(name=4, key=3, issuer=5), anchors=0b1100),
        "broken": pki(one(broken=1), ok, ok),
        "other-key": pki(ok, one(other_key=1), ok),
        "ca-as-target": pki(one(basic=4), ok, ok),
        "no-ca": pki(ok, one(basic=2), ok),
        "path-length": pki(ok, ok, one(basic=5), one(basic=6)),
        "path-length-self-issued": pki(ok, ok, one(name=5, basic=5), ok),
        "names-self-issued": pki(ok, one(alternatives=8), one(name=5, permitted=1), ok),
        "key-usage": pki(one(usage=2), one(usage=1), one(usage=5)),
        "key-usage-of-ca": pki(ok, one(usage=5), ok),
        "key-usage-of-target": pki(one(usage=7), ok, ok),
        "purposes": pki(one(purposes=4), one(purposes=5), one(purposes=2)),
        "unknown-critical": pki(ok, one(odd=2), ok),
        "policies-critical": pki(one(odd=3), ok, ok),
        "identifiers": pki(one(authority=2), one(authority=1, identifier=2), one(identifier=1)),
        "identifiers-critical": pki(one(authority=3), one(identifier=3), ok),
        "spelling": pki(one(spelling=1), one(name=5), ok),
        "names": pki(one(alternatives=0b1010010), one(permitted=0b0000001), one(excluded=0b0100000)),
        "names-wildcard": pki(one(alternatives=0b11), one(permitted=0b10), one(excluded=0b100)),
        "names-malformed": pki(one(alternatives=0x80), one(permitted=1), ok),
        "base-malformed": pki(one(alternatives=0b110000), one(excluded=0x80), ok),
        "base-malformed-of-anchor": pki(ok, ok, one(excluded=0x80), flags=2),
        "mailbox": pki(one(alternatives=0b1000000), one(permitted=0b1000000), ok),
        "directory": pki(ok, ok, one(permitted=0b10000)),
        "version-1-anchor": pki(ok, ok, one(version_1=1)),
        "version-1-intermediate": pki(ok, one(version_1=1), ok),
        "target-is-anchor": pki(ok, ok, ok, anchors=1, flags=4),
        "intermediate-is-anchor": pki(ok, ok, ok, anchors=0b10, flags=1, order=1),
        "anchors-in-pool": pki(ok, ok, ok, ok, flags=3, order=2),
        "loop": pki(ok, ok, one(issuer=4), ok, ok),
        "policies": pki(p, p, one(asserts=5), ok, flags=0x18),
        "policies-missing": pki(p, ok, p, ok, flags=0x10),
        "policies-of-anchor": pki(q, one(asserts=4), p, flags=0x10),
        "policies-any-inhibited": pki(p, one(asserts=4), one(asserts=4, demands=6), ok, flags=0x10),
        "policies-mapped": pki(q, q, one(asserts=3, maps=1), ok, flags=0x18),
        "policies-mapping-inhibited": pki(q, one(asserts=1, maps=3), one(asserts=1, demands=4), ok, flags=0x18),
        "policies-demanded": pki(q, p, one(asserts=1, demands=2), ok),
        "policies-self-issued": pki(p, one(asserts=4), one(name=5, asserts=4, demands=5), ok, flags=0x10),
        "policies-two-ways": pki(p, one(asserts=1), one(name=5, key=4, issuer=7, asserts=2), ok, flags=0x10),
        "limit": pki(ok, ok, ok, ok, flags=0x80),
        "limit-self-issued": pki(ok, ok, one(name=5), ok, flags=0x80),
        "same-entity": pki(ok, one(name=5, key=4, alternatives=2), ok),
    }
    for name, octets in values.items():
        put("engine", name, octets)


def ocsp():
    put("ocsp", "openssl-response", (CORE_DATA / "ocsp.der").read_bytes())
    put("ocsp", "openssl-request", (CORE_DATA / "ocsp-request.der").read_bytes())
    null, sha1 = b"\x05\x00", bytes.fromhex("06052b0e03021a")

    def explicit(number, *parts):
        return tlv(0xA0 | number, *parts)

    def time(text):
        return tlv(0x18, text.encode())

    def cert_id(serial=b"\x05", algorithm=tlv(0x30, sha1, null), name=bytes(20)):
        return tlv(0x30, algorithm, tlv(0x04, name), tlv(0x04, bytes(20)), tlv(0x02, serial))

    def extension(oid, value, critical=b""):
        return tlv(0x30, tlv(0x06, bytes.fromhex(oid)), critical, tlv(0x04, value))

    def of_ocsp(arc, value, critical=b""):
        return extension("2b06010505073001%02x" % arc, value, critical)

    now = time("20260630000000Z")
    good, unknown = b"\x80\x00", b"\x82\x00"
    revoked = explicit(1, now, explicit(0, b"\x0a\x01\x01"))
    name = tlv(0x30, tlv(0x31, tlv(0x30, b"\x06\x03\x55\x04\x03", tlv(0x0C, b"CA"))))
    by_key, by_name = explicit(2, tlv(0x04, bytes(20))), explicit(1, name)

    def single(*extensions, status=good, next_update=explicit(0, now), **id):
        tail = explicit(1, tlv(0x30, *extensions)) if extensions else b""
        return tlv(0x30, cert_id(**id), status, now, next_update, tail)

    def response(*singles, responder=by_key, version=b"", extensions=(), certs=(), status=0, kind=1, produced=now):
        tail = explicit(1, tlv(0x30, *extensions)) if extensions else b""
        data = tlv(0x30, version, responder, produced, tlv(0x30, *singles), tail)
        certs = explicit(0, tlv(0x30, *certs)) if certs else b""
        basic = tlv(0x30, data, tlv(0x30, b"\x06\x03\x2b\x65\x70"), tlv(0x03, b"\0", bytes(64)), certs)
        octets = tlv(0x30, tlv(0x06, bytes.fromhex("2b06010505073001") + bytes([kind])), tlv(0x04, basic))
        return tlv(0x30, tlv(0x0A, bytes([status])), explicit(0, octets))

    def request(*requests, head=b"", tail=b"", signature=b""):
        return tlv(0x30, tlv(0x30, head, tlv(0x30, *requests), tail), signature)

    nonce = of_ocsp(2, tlv(0x04, bytes(16)))
    locator = tlv(0x30, name, tlv(0x30, tlv(0x30, b"\x06\x01\x2a", tlv(0x86, b"http://o/"))))
    crl_id = tlv(0x30, explicit(0, tlv(0x16, b"http://c/")), explicit(1, b"\x02\x01\x07"), explicit(2, now))
    sha256 = tlv(0x30, bytes.fromhex("0609608648016503040201"))
    signature = tlv(0x30, tlv(0x30, b"\x06\x03\x2b\x65\x70"), tlv(0x03, b"\0\1"), explicit(0, tlv(0x30, b"\x30\x00")))
    healthy = pem_ders(TESTDATA / "cases/healthy-ed25519/target.pem")
    values = {
        "statuses": response(single(), single(status=revoked), single(status=unknown, next_update=b"")),
        "by-name": response(single(), responder=by_name, certs=healthy),
        "sha256": response(single(algorithm=sha256, name=bytes(32))),
        "hash-parameters": response(single(algorithm=tlv(0x30, sha1, b"\x04\x00"))),
        "serials": response(single(serial=b"\x00\x05"), single(serial=b"\xff\xff"), single(serial=b"\x00")),
        "extensions": response(
            single(of_ocsp(6, now), of_ocsp(3, crl_id), extension("551d15", b"\x0a\x01\x04"),
                   extension("551d18", now), extension("551d1d", tlv(0x30, tlv(0x82, b"a")), b"\x01\x01\xff")),
            extensions=(nonce, of_ocsp(9, null), of_ocsp(7, locator), of_ocsp(4, tlv(0x30, b"\x06\x01\x2a")),
                        extension("2a03", b"\1", b"\x01\x01\xff"))),
        "extensions-broken": response(
            single(of_ocsp(6, null), of_ocsp(3, b"\x30\x03\xa1\x01\x05"), extension("551d15", b"\x02\x01\x01"),
                   extension("551d1d", b"\x30\x04\x82\x00\x8f\x00"), extension("2b06010401d679020405", b"\x04\x00")),
            extensions=(of_ocsp(2, b"\x04\x01\x01\x00"), nonce, nonce)),
        "versions": response(single(), version=explicit(0, b"\x02\x01\x00")),
        "version-2": response(single(), version=explicit(0, b"\x02\x01\x01")),
        "times": response(single(next_update=explicit(0, time("202606300000.5+0100"))), produced=time("20260630000000.25Z")),
        "error-with-octets": response(single(), status=3),
        "other-type": response(single(), kind=77),
        "nothing-said": response(),
        "try-later": b"\x30\x03\x0a\x01\x03",
        "undefined-status": b"\x30\x03\x0a\x01\x04",
        "request-whole": request(
            tlv(0x30, cert_id(), explicit(0, tlv(0x30, nonce))), tlv(0x30, cert_id(algorithm=sha256, name=bytes(32))),
            head=explicit(0, b"\x02\x01\x01") + explicit(1, tlv(0xA4, name)), tail=explicit(2, tlv(0x30, nonce)),
            signature=explicit(0, signature)),
        "request-empty": request(),
    }
    for file, octets in values.items():
        put("ocsp", file, octets)


def ldap_url():
    ad = ("ldap:///CN=Corp%20CA,CN=CA01,CN=CDP,CN=Public%20Key%20Services,CN=Services,CN=Configuration,DC=corp"
          "?certificateRevocationList?base?objectClass=cRLDistributionPoint")
    every_part = ("ldap://[2001:db8::1]:389/cn=a%3fb,o=%C3%A4?cACertificate;binary,b?sub?"
                  "(&(a=b*c*d)(!(e>=f\\2a))(|(g~=h)(i<=j)(k:dn:1.2.3:=l)))?x=y,z")

    def message(operation, number=1):
        return tlv(0x30, tlv(0x02, bytes([number])), operation)

    def done(code=0, *rest, tag=0x65, text=b""):
        return tlv(tag, tlv(0x0A, bytes([code])), tlv(0x04), tlv(0x04, text), *rest)

    def entry(*attributes):
        listed = [tlv(0x30, tlv(0x04, name), tlv(0x31, *(tlv(0x04, value) for value in values)))
                  for name, values in attributes]
        return tlv(0x64, tlv(0x04, b"o=x"), tlv(0x30, *listed))

    crl = entry((b"certificateRevocationList;binary", [b"crl"]))
    referral = tlv(0xA3, tlv(0x04, b"ldap://u:p@h/"))
    answers = {
        "entry": message(crl) + message(done()),
        "values": message(entry((b"cACertificate", [b"1", b"2"]), (b"cACertificate;binary", [b"2"]))) + message(done()),
        "empty-value": message(entry((b"certificateRevocationList", [b"\0"]))) + message(done()),
        "lengths-of-ad": message(crl).replace(b"\x30", b"\x30\x84\0\0\0", 1) + message(done()),
        "no-such-object": message(done(32)),
        "bind-required": message(done(1, text=b"000004DC: LdapErr: DSID-0C090A5C\0")),
        "referral": message(done(10, referral)),
        "continued": message(tlv(0x73, tlv(0x04, b"ldap://h/"))) + message(done()),
        "farewell": message(tlv(0x78, tlv(0x0A, b"\x34"), tlv(0x04), tlv(0x04), tlv(0x8A, b"1.3.6")), 0),
        "intermediate": message(tlv(0x79)) + message(done()),
        "no-end": message(crl),
        "announced": b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01",
        "size-limit": message(crl) + message(done(4)),
        "too-much": message(entry((b"certificateRevocationList", [b"c" * 1001]))) + message(done()),
    }
    for file, octets in answers.items():
        put("ldap_url", f"answer-{file}", b"ldap://h/o=x\n" + octets)
    for file, url in {"url-ad": ad, "url-every-part": every_part, "url-server": "h.example:389",
                      "url-secure": "LDAPS://h", "url-critical": "ldap://h/????!x"}.items():
        put("ldap_url", file, url.encode() + b"\n" + answers["values"])


def cache_record():
    digest = "ab" * 32
    head = "certlens-cache 1\nkind {}\nurl http://h/a b\n"
    tail = "stored 1764000000\nexpires 1764003600\n"
    put("cache_record", "answer", (
        head.format("crl") + f"object {digest}\nsize 1234\n{tail}header etag: \"a: b\"\nheader date: \n").encode())
    put("cache_record", "failure", (
        head.format("ocsp") + f"request {digest}\nfailure connect\ncause connection-refused\nmessage m\nhint h\n"
        f"winhttp 12029\ncannot-tell no\nunder {digest}\n{tail}").encode())
    put("cache_record", "negative-times", (
        head.format("certificates") + f"object {digest}\nsize 0\nstored -5\nexpires +7\n").encode())


def crl():
    vectors = (FUZZ.parent / "crates/core/tests/vectors/crls.txt").read_text()
    for line in vectors.splitlines():
        name, _, der = line.split(" ")
        put("crl", name, bytes.fromhex(der))
    for name in ("crl.der", "crl-version1.der"):
        put("crl", name, (CORE_DATA / name).read_bytes())

    algorithm = tlv(0x30, bytes.fromhex("06082a8648ce3d040302"))
    name = tlv(0x30, tlv(0x31, tlv(0x30, b"\x06\x03\x55\x04\x03", tlv(0x0C, b"CA"))))
    date, next = tlv(0x17, b"260630000000Z"), tlv(0x17, b"260707000000Z")

    def extension(oid, value, critical=b""):
        return tlv(0x30, tlv(0x06, bytes.fromhex(oid)), critical, tlv(0x04, value))

    def entry(*extensions, serial=b"\x05", date=date):
        return tlv(0x30, tlv(0x02, serial), date, tlv(0x30, *extensions) if extensions else b"")

    def frame(*entries, version=b"\x02\x01\x01", next=next, extensions=(), algorithm=algorithm, list=None):
        list = (tlv(0x30, *entries) if entries else b"") if list is None else list
        tail = tlv(0xA0, tlv(0x30, *extensions)) if extensions else b""
        tbs = tlv(0x30, version, algorithm, name, date, next, list, tail)
        return tlv(0x30, tbs, algorithm, tlv(0x03, b"\0", tlv(0x30, b"\x02\x01\x01", b"\x02\x01\x01")))

    yes = b"\x01\x01\xff"
    number = extension("551d14", b"\x02\x01\x07")
    reason, invalid = extension("551d15", b"\x0a\x01\x01"), extension("551d18", tlv(0x18, b"20260601000000Z"))

    def issuer(text):
        directory = tlv(0xA4, tlv(0x30, tlv(0x31, tlv(0x30, b"\x06\x03\x55\x04\x03", tlv(0x0C, text)))))
        return extension("551d1d", tlv(0x30, directory), yes)

    point = tlv(0x30, tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://c/"))), b"\x81\x01\xff", b"\x83\x02\x01\x06", b"\x84\x01\xff")
    ed25519 = tlv(0x30, b"\x06\x03\x2b\x65\x70")
    plain = entry()
    values = {
        "empty": frame(extensions=(number,)),
        "empty-list": frame(list=b"\x30\x00"),
        "version-1": frame(plain, version=b""),
        "no-next-update": frame(plain, next=b""),
        "plain": frame(plain, entry(serial=b"\x00\x80"), entry(serial=b"\x01\x02"), extensions=(number,)),
        "entries": frame(plain, entry(reason), entry(reason, invalid), entry(invalid, serial=b"\x07" * 20),
                         extensions=(number,)),
        "indirect": frame(plain, entry(issuer(b"B")), entry(reason), entry(reason, issuer(b"CA"), serial=b"\x01\x02"), plain,
                          extensions=(number, extension("551d1c", point, yes))),
        "delta": frame(entry(extension("551d15", b"\x0a\x01\x08")), extensions=(number, extension("551d1b", b"\x02\x01\x03", yes))),
        "critical-entry": frame(plain, entry(extension("2a03", b"\x05\x00", yes))),
        "twice": frame(entry(reason, reason), extensions=(number, number)),
        "no-entry-extensions": frame(tlv(0x30, b"\x02\x01\x05", date, b"\x30\x00"), extensions=(number,)),
        "generalized": frame(entry(date=tlv(0x18, b"20500101000000Z")), entry(date=tlv(0x18, b"202606300000.5Z"))),
        "date-broken": frame(entry(date=tlv(0x17, b"261330000000Z")), plain),
        "serials": frame(entry(serial=b"\x00\x05"), entry(serial=b"\xff\x85"), entry(serial=b"\x00"), entry(serial=b"\x01" * 200)),
        "long-lengths": frame(b"\x30\x81\x12" + plain[2:], b"\x30\x13\x02\x81\x01\x05" + plain[5:]),
        "entry-of-64k": frame(plain, b"\x30\x82\xff\xff"),
        "ed25519": frame(plain, entry(reason), extensions=(number,), algorithm=ed25519),
        "broken-extensions": frame(plain, extensions=(extension("551d14", b"\x05\x00"), extension("551d1c", b"\x30\x02\x86\x00"),
                                   extension("551d2e", b"\x30\x00"), extension("551d12", tlv(0x30, tlv(0x82, b"a"))))),
        "trailing": frame(plain) + b"\x30\x00",
        "more-inside": tlv(0x30, frame(plain)[2:], b"\x05\x00"),
        "indefinite": b"\x30\x80" + frame(plain)[2:] + b"\x00\x00",
    }
    for file, octets in values.items():
        put("crl", file, octets)


# PFX files with the password `test` and one iteration everywhere, written by certlens: a key by Triple DES in a
# safeContentsBag, a certificate and a key by AES-256; and a certificate by RC2-40 under PBMAC1.
PFX_ENCRYPTED = (
    "MIICQQIBAzCCAfsGCSqGSIb3DQEHAaCCAewEggHoMIIB5DB+BgkqhkiG9w0BBwGgcQRvMG0wawYLKoZIhvcNAQwKAQagXDBaMFgGCyqGSIb3DQEMCgECoEkw"
    "RzAbBgoqhkiG9w0BDAEDMA0ECAEBAQEBAQEBAgEBBCgX875C/f51zOo8ie0KRpojza2pnz/OFM9Dn1LujW5PaYvhe/z4AjzXMIIBYAYJKoZIhvcNAQcGoIIB"
    "UTCCAU0CAQAwggFGBgkqhkiG9w0BBwEwVgYJKoZIhvcNAQUNMEkwKAYJKoZIhvcNAQUMMBsECAICAgICAgICAgEBMAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUD"
    "BAEqBBADAwMDAwMDAwMDAwMDAwMDgIHgKlIP+HRj8f5o2iJsOHko4BboSW+gaBkrqUzFfxZV42yXON5tMFq2aPN8M+7BuyMraDUZyFx+tLHSWRaQM1GY6cw2"
    "beccD7aif6vk88/swHFsTVQ74tzTHFl6xMEXtQJt9j7lwC1eldK4vbamG1Ur98pezLpH7e1r7F3tVQbe/cor/bgps0N1oObowZeCrFWuXa4x27MBUkZsA14h"
    "Nw9xZyiU3oWJu8wlGy+pAG+DZ2SoV1eZWNJc7sKopS/7AeDN0VuKtuqXft1jGyYXcgeewBY62bnyvv/ChtJsEEs92Y0wPTAxMA0GCWCGSAFlAwQCAQUABCCB"
    "OsjhKVYwEiNr4uac+VpOAVl0zhn9XZ6DZmTqZLNy5gQIBAQEBAQEBAQ="
)
PFX_PBMAC1 = (
    "MIHeAgEDMHkGCSqGSIb3DQEHAaBsBGowaDBmBgkqhkiG9w0BBwagWTBXAgEAMFIGCSqGSIb3DQEHATAbBgoqhkiG9w0BDAEGMA0ECAYGBgYGBgYGAgEBgCgI"
    "2IfWKy8vpPMzyimfqsWM6EEKV0lypyvkBAcLgeWQM60Q3DMrDQhzMF4wUjA6BgkqhkiG9w0BBQ4wLTAdBgkqhkiG9w0BBQwwEAQIBQUFBQUFBQUCAQECARQw"
    "DAYIKoZIhvcNAgcFAAQUWynrIvQQLExsXbussIXU1KKkhYwECAUFBQUFBQUF"
)


def pfx():
    put("pfx", "server.pfx", (INPUTS / "server.pfx").read_bytes())
    put("pfx", "bag.pfx", (CORE_DATA / "bag.pfx").read_bytes())
    put("pfx", "base64", PFX_ENCRYPTED.encode())
    put("pfx", "encrypted", base64.b64decode(PFX_ENCRYPTED))
    put("pfx", "pbmac1", base64.b64decode(PFX_PBMAC1))

    def oid(hexadecimal):
        return tlv(0x06, bytes.fromhex(hexadecimal))

    def bag(kind, value, *attributes):
        return tlv(0x30, oid("2a864886f70d010c0a01" + kind), tlv(0xA0, value), tlv(0x31, *attributes) if attributes else b"")

    def typed(kind, of, value):
        return bag(kind, tlv(0x30, oid(of), tlv(0xA0, value)))

    def attribute(of, *values):
        return tlv(0x30, oid(of), tlv(0x31, *values))

    def data(octets):
        return tlv(0x30, oid("2a864886f70d010701"), tlv(0xA0, octets))

    def whole(*safes, behind=b""):
        return tlv(0x30, b"\x02\x01\x03", data(tlv(0x04, tlv(0x30, *safes))), behind)

    def safe(*bags):
        return data(tlv(0x04, tlv(0x30, *bags)))

    usage = tlv(0xA0, attribute("551d0f", b"\x03\x02\x04\x10"), attribute("2a03", b"\x05\x00"))
    key = tlv(0x30, b"\x02\x01\x00", tlv(0x30, oid("2b6570")), b"\x04\x01\x07", usage)
    provider, machine, name, identifier = "2b0601040182371101", "2b0601040182371102", "2a864886f70d010914", "2a864886f70d010915"
    attributes = [
        attribute(provider, tlv(0x1E, b"\0C\0S\0P")), attribute(provider, tlv(0x0C, b"KSP")), attribute(machine),
        attribute(name, tlv(0x1E, b"\0n\0\0")), attribute(identifier, b"\x04\x04\x01\0\0\0"),
        attribute("2b06010401823711038105", b"\x04\x01\x07"), attribute("2a03"),
    ]
    odd = [attribute(provider, b"\x1e\x01C"), attribute(name, b"\x02\x01\x05"), attribute(identifier, b"\x1e\x00")]
    certificate = typed("03", "2a864886f70d01091601", b"\x04\x02\x30\x00")
    others = [
        typed("03", "2a864886f70d01091602", b"\x16\x01c"), typed("03", "2a03", b"\x05\x00"),
        typed("04", "2a864886f70d01091701", b"\x04\x02\x30\x00"), typed("05", "2b0601040182371104", b"\x04\x01s"),
        bag("06", tlv(0x30, bag("06", tlv(0x30, certificate)))), bag("07", b"\x05\x00"),
    ]
    mac = tlv(0x30, tlv(0x30, tlv(0x30, oid("608648016503040201")), tlv(0x04, b"m" * 32)), b"\x04\x01s")
    indefinite = b"\x24\x80\x04\x01\x30\x24\x80\x04\x01\x00\x00\x00\x00\x00"
    values = {
        "empty": whole(),
        "key": whole(safe(bag("01", key, *attributes))),
        "odd-attributes": whole(safe(bag("01", key, *odd)), safe(certificate)),
        "bags": whole(safe(certificate, *others)),
        "mac-wrong": whole(safe(certificate), behind=mac),
        "enveloped": whole(tlv(0x30, oid("2a864886f70d010703"), tlv(0xA0, b"\x30\x00"))),
        "fragments": whole(data(indefinite)),
        "indefinite": b"\x30\x80\x02\x01\x03" + data(b"\x24\x80" + tlv(0x04, tlv(0x30, safe(certificate))) + b"\0\0") + b"\0\0",
        "behind": whole(safe(certificate)) + bytes(8),
        "signed": tlv(0x30, b"\x02\x01\x03", tlv(0x30, oid("2a864886f70d010702"), tlv(0xA0, b"\x30\x00"))),
        "version-4": tlv(0x30, b"\x02\x01\x04", data(b"\x04\x02\x30\x00")),
        "deep": whole(data(b"\x24\x80" * 40)),
    }
    for file, octets in values.items():
        put("pfx", file, octets)


def vector(width, *parts):
    content = b"".join(parts)
    return len(content).to_bytes(width, "big") + content


def tls_flight():
    certificate = pem_ders(sorted(TESTDATA.glob("inputs/**/*.pem"))[0])[0]

    def record(kind, content):
        return bytes([kind, 3, 3]) + vector(2, content)

    def message(kind, *parts):
        return bytes([kind]) + vector(3, *parts)

    def hello(version, suite, *extensions):
        body = version.to_bytes(2, "big") + bytes([7] * 32) + b"\0" + suite.to_bytes(2, "big") + b"\0"
        return message(2, body, vector(2, *extensions) if extensions else b"")

    alpn = b"\0\x10" + vector(2, vector(2, vector(1, b"h2")))
    chain = message(11, vector(3, vector(3, certificate), vector(3, b"second")))
    point = b"\x03\0\x17" + vector(1, bytes([4] * 65))
    prime = vector(2, bytes([255] * 128)) + vector(2, b"\x02") + vector(2, bytes([3] * 128))
    request = message(13, vector(1, b"\x01\x40"), vector(2, b"\x04\x03\x08\x04"), vector(2, vector(2, b"0\0")))
    done = message(14)
    full = [hello(0x0303, 0xC02B, alpn, b"\0\x12" + vector(2, b"scts")), chain, message(22, b"\x01", vector(3, b"staple")),
            message(12, point, b"\x04\x03", vector(2, b"signature")), request, done]
    values = {
        "everything": record(22, b"".join(full)),
        "apart": b"".join(record(22, part) for part in full),
        "cut": b"".join(record(22, b"".join(full)[at:at + 100]) for at in range(0, len(b"".join(full)), 100)),
        "rsa": record(22, hello(0x0301, 0x002F) + chain + done),
        "dhe": record(22, hello(0x0303, 0x0039) + chain + message(12, prime, b"\x04\x01", vector(2, b"signature")) + done),
        "ecdsa-old": record(22, hello(0x0301, 0xC009) + chain + message(12, point, vector(2, b"signature")) + done),
        "request-old": record(22, hello(0x0302, 0x0035) + chain + message(13, vector(1, b"\x01"), vector(2)) + done),
        "alert": record(21, b"\x02\x28"),
        "warning": record(21, b"\x01\x70") + record(22, hello(0x0303, 0x002F) + chain + done),
        "tls-1.3": record(22, hello(0x0304, 0x1301)),
        "many": record(22, hello(0x0303, 0x002F) + message(11, vector(3, *[vector(3, b"c")] * 100)) + done),
        "http": b"HTTP/1.1 400 Bad Request\r\n\r\n",
        "ssl-2": b"\x80\x0b\x04\0\x01\0\x02\0\0",
    }
    for name, octets in values.items():
        put("tls_flight", name, octets)


def private_key():
    for path in sorted((FUZZ.parent / "crates/keystore/tests/data/keys").iterdir()):
        if path.suffix in (".pem", ".der") and ".pub" not in path.name:
            put("private_key", path.stem, path.read_bytes())


def permissions():
    service = "S-1-5-80-2309424314-4000424941-3690464367-1726909705-3288450713"
    path = r"C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys\a547eac9_f0a99c17"
    pad = "\n" + " " * (len(path) + 1)
    values = {
        "csp": "D:PAI(A;;0xd01f01ff;;;SY)(A;;0xd01f01ff;;;BA)(A;;0x80120089;;;NS)",
        "ksp": "D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)",
        "whole": f"O:SYG:SYD:P(A;OICIIO;GA;;;{service})(D;;0x1;;;WD)S:AI(AU;SAFA;FA;;;WD)",
        "conditional": 'D:(XA;;FR;;;BU;(@User.Project Any_of {"a;b"}))(OD;;CCDC;;bf967aba-0de6-11d0-a285-00aa003049e2;DU)',
        "null": "D:NO_ACCESS_CONTROL",
        "open": "D:(A;;FR;;;WD",
        "icacls": f"{path} NT AUTHORITY\\SYSTEM:(I)(F){pad}NT SERVICE\\DIAHostService:(R)\n\nSuccessfully processed 1 files\n",
        "icacls-rights": f"{path} Everyone:(DENY)(Rc,S,RD,REA,RA){pad}BUILTIN\\Users:(OI)(CI)(IO)(RX,W){pad}{service}:(N)\n",
        "icacls-two": "a Everyone:(R)\n\nb Everyone:(R)\n",
    }
    for name, text in values.items():
        put("permissions", name, text.encode())


def upgrades():
    lines = {
        "smtp": (0, b"220-a ESMTP\r\n220 b\r\n250-a\r\n250-SIZE 1\r\n250 STARTTLS\r\n220 go\r\n"),
        "smtp-none": (0, b"220 a\r\n250 a\r\n"),
        "smtp-temporary": (0, b"220 a\n250-a\n250 STARTTLS\n454 no\n"),
        "smtp-no-ehlo": (0, b"220 a\r\n502 what\r\n"),
        "smtp-is-ftp": (0, b"220 FTP ready\r\n"),
        "smtp-busy": (0, b"421\r\n"),
        "smtp-no-code-inside": (0, b"220 a\r\n250-a\r\n25\xed\r\n"),
        "smtp-codes-differ": (0, b"220-a\r\n221 b\r\n"),
        "imap": (1, b"* OK a\r\n* CAPABILITY IMAP4rev2 STARTTLS\r\n* 1 EXISTS\r\na1 OK\r\na2 OK go\r\n"),
        "imap-none": (1, b"* OK a\r\n* CAPABILITY IMAP4rev2\r\na1 OK\r\n"),
        "imap-refused": (1, b"* OK a\r\n* CAPABILITY STARTTLS\r\na1 ok\r\na2 BAD no\r\n"),
        "imap-preauth": (1, b"* PREAUTH a\r\n"),
        "imap-bye": (1, b"* BYE a\r\n"),
        "pop3": (2, b"+OK a\r\n+OK\r\nTOP\r\nSTLS\r\n.\r\n+OK go\r\n"),
        "pop3-no-capa": (2, b"+OK\r\n-ERR\r\n+OK\r\n"),
        "pop3-refused": (2, b"+OK\r\n-ERR\r\n-ERR no\r\n"),
        "pop3-none": (2, b"+OK\r\n+OK\r\n.\r\n"),
        "ftp": (3, b"120 wait\r\n220-a\r\n b\r\n220 c\r\n234 go\r\n"),
        "ftp-none": (3, b"220 a\r\n502 what\r\n"),
        "ftp-injected": (3, b"220 a\r\n234 go\r\n230 in\r\n"),
        "http": (0, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "tls": (1, bytes.fromhex("1503010002020a")),
    }
    for name, (which, says) in lines.items():
        put("upgrade_lines", name, bytes([which]) + says)

    stream = b"<?xml version='1.0'?><stream:stream from='a' version='1.0'>"
    tls = b"urn:ietf:params:xml:ns:xmpp-tls"
    features = b"<stream:features><starttls xmlns='" + tls + b"'><required/></starttls></stream:features>"
    prefixed = b"<stream:features><t:starttls xmlns:t=\"" + tls + b"\" /></stream:features>"
    xmpp = {
        "proceed": stream + features + b"<proceed xmlns='" + tls + b"'/>",
        "proceed-open": stream + prefixed + b"<t:proceed xmlns:t='" + tls + b"'></t:proceed>",
        "failure": stream + features + b"<failure xmlns='" + tls + b"'/></stream:stream>",
        "none": stream + b"<stream:features/>",
        "error": stream + b"<stream:error><host-unknown xmlns='x'/><text>a</text></stream:error>",
        "error-no-stream": b"<?xml version='1.0'?><stream:str:error>",
        "error-empty": stream + b"<stream:error/>",
        "closed": stream + b"</stream:stream>",
        "old": b"<stream:stream>",
        "comment": stream + b"<!-- a -->",
        "quotes": b"<stream:stream version=\"1.0\" a='>' b=\"'\">",
        "attribute": b"<stream:stream a>",
        "text": b"a<",
    }
    for name, says in xmpp.items():
        put("upgrade_xmpp", name, says)

    def extended(number, code, *more):
        content = bytes([10, 1, code]) + tlv(4) + tlv(4, b"text\0") + b"".join(more)
        return tlv(0x30, bytes([2, 1, number]), tlv(0x78, content))

    greeting = b"\x0a8.0\0\1\0\0\0abcdefgh\0"
    mysql = lambda packet, number=0: bytes([len(packet), 0, 0, number]) + packet
    response = bytes.fromhex("00000b00060100110001ff10001036000003")
    tds = lambda content, status=1: b"\x04" + bytes([status, 0, len(content) + 8]) + b"\0\0\1\0" + content
    rdp = lambda more: bytes([3, 0, 0, 11 + len(more), 6 + len(more), 0xD0, 0, 0, 0, 0, 0]) + more
    fault = b"http://schemas.microsoft.com/ws/2006/05/framing/faults/EndpointNotFound"
    binary = {
        "ldap": (0, extended(1, 0)),
        "ldap-long-lengths": (0, bytes.fromhex("3084000000100201017884000000070a010004000400")),
        "ldap-unavailable": (0, extended(1, 52)),
        "ldap-farewell": (0, extended(0, 51)),
        "ldap-referral": (0, extended(1, 10, tlv(0xA3, tlv(4, b"ldap://b/")))),
        "ldap-other-number": (0, extended(2, 0)),
        "ldap-indefinite": (0, b"\x30\x80"),
        "postgres": (1, b"S"),
        "postgres-none": (1, b"N"),
        "postgres-error": (1, b"E\0\0\0\x17SFATAL\0C53300\0Mfull\0\0"),
        "postgres-old-error": (1, b"Efork failed\0"),
        "postgres-injected": (1, b"SR"),
        "mysql": (2, mysql(greeting + b"\xff\xff")),
        "mysql-none": (2, mysql(greeting + b"\xff\xf7")),
        "mysql-error": (2, mysql(b"\xff\x6a\x04Host is not allowed")),
        "mysql-error-state": (2, mysql(b"\xff\x10\x04#08004Too many")),
        "mysql-old": (2, mysql(b"\x093.20")),
        "mysql-packet-1": (2, mysql(greeting, 1)),
        "mysql-short": (2, mysql(greeting)),
        "tds": (3, tds(response)),
        "tds-packets": (3, tds(response[:4], 0) + tds(response[4:])),
        "tds-packets-no-end": (3, tds(response[:4], 0) + tds(response[4:10])),
        "tds-none": (3, tds(response[:-1] + b"\2")),
        "tds-error": (3, tds(b"\xaa\x0c\0\x8d\x4f\0\0\1\x14\2\0n\0o\0")),
        "tds-outside": (3, tds(b"\1\0\6\0\x09\xff\0")),
        "rdp": (4, rdp(b"\2\0\x08\0\2\0\0\0")),
        "rdp-failure": (4, rdp(b"\3\0\x08\0\3\0\0\0")),
        "rdp-none": (4, rdp(b"")),
        "rdp-disconnect": (4, b"\3\0\0\x0b\6\x80\0\0\0\0\0"),
        "net-tcp": (5, b"\x0a"),
        "net-tcp-fault": (5, b"\x08" + bytes([len(fault)]) + fault),
        "net-tcp-own-fault": (5, b"\x08\x81\0a"),
        "net-tcp-endless-length": (5, b"\x08\x80\x80\x80\x80\x80"),
        "net-tcp-acknowledged": (5, b"\x0b"),
    }
    for name, (which, says) in binary.items():
        put("upgrade_binary", name, bytes([which]) + says)

    packet = lambda content, kind=0x12, status=1: bytes([kind, status, 0, len(content) + 8]) + b"\0\0\0\0" + content
    record = bytes.fromhex("160303000401020304")
    packets = {
        "one": packet(record),
        "two-and-plain": packet(record[:3], status=0) + packet(record[3:]) + record,
        "as-response": packet(record, kind=4) + packet(b"") + packet(record),
        "plain": record + packet(record),
        "too-short": b"\x12\1\0\7\0\0\0\0",
        "cut-off": packet(record)[:-2],
        "other": b"\x11\1\0\x08\0\0\0\0",
    }
    for name, says in packets.items():
        put("tds_packets", name, says)


def proxy():
    digest = b"Proxy-Authenticate: Digest realm=\"a\\\"b\", nonce=\"c\", opaque=d, qop=\"auth\", algorithm=%s\r\n"
    wanted = lambda *fields: b"HTTP/1.1 407 Login\r\n" + b"".join(fields) + b"Content-Length: 2\r\n\r\nhi"
    ok = b"HTTP/1.1 200 OK\r\n\r\nearly"
    basic = b"Proxy-Authenticate: Basic realm=a\r\n"
    page = b"Content-Length: 20\r\n\r\n<title>denied</title>"
    values = {
        "open": ok,
        "interim": b"HTTP/1.1 100 Continue\r\n\r\n" + ok,
        "old-and-folded": b"HTTP/1.0 200\nVia: a\n b\n\n",
        "basic": wanted(basic) + ok,
        "basic-reconnect": wanted(basic, b"Connection: close\r\n") + b"\xff\xff" + ok,
        "digest": wanted(digest % b"MD5") + ok,
        "digest-strong": wanted(basic, digest % b"SHA-256-sess", b"Proxy-Authenticate: NTLM, Negotiate abc==\r\n") + ok,
        "digest-stale": wanted(digest % b"MD5") + wanted(digest % b"MD5, stale=TRUE, userhash=true") + ok,
        "digest-unknown": wanted(digest % b"SHA-512-256"),
        "digest-old": wanted(b"Proxy-Authenticate: Digest realm=a,nonce=b\r\n") + ok,
        "forbidden": b"HTTP/1.1 403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n" + page,
        "unresolved": b"HTTP/1.1 502 a\r\nProxy-Status: b; error=dns_error\r\n" + page,
        "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n",
        "bare-cr": b"HTTP/1.1 200 OK\r\na: b\rc\r\n\r\n",
        "no-colon": b"HTTP/1.1 200 OK\r\na\r\n\r\n",
        "garbage-line": b"HTTP/1.0 \xdb\xcd00\nVia: a\n b\n\n",
        "garbage-short": b"HTTP/10 .\1" + bytes(7) + b"20/\nVia: a\n b\n\n",
        "socks": b"\5\0\5\0\0\1\x7f\0\0\1\0\x50early",
        "socks-login": b"\5\2\1\0\5\0\0\3\1a\0\x50early",
        "socks-wrong-login": b"\5\2\1\1",
        "socks-ipv6": b"\5\0\5\0\0\4" + bytes(18),
        "socks-refused": b"\5\0\5\5\0\1" + bytes(6),
        "socks-no-method": b"\5\xff",
        "socks-4": b"\0\x5b" + bytes(6),
        "tls": bytes.fromhex("1503010002020a"),
    }
    for name, says in values.items():
        put("proxy", name, says)


def microsoft():
    arc = bytes.fromhex("2b060104018237")
    roots, disallowed = (tlv(0x06, arc, bytes.fromhex(last)) for last in ("0a0309", "0a031e"))
    sha1, signed_part = tlv(0x06, bytes.fromhex("2b0e03021a")), tlv(0x06, arc, bytes.fromhex("0a0b0f"))
    server_auth = tlv(0x30, tlv(0x06, bytes.fromhex("2b06010505070301")))
    date = tlv(0x17, b"260901000000Z")

    def attribute(number, value):
        return tlv(0x30, tlv(0x06, arc, b"\x0a\x0b", number), tlv(0x31, tlv(0x04, value)))

    def entry(identifier, *attributes):
        return tlv(0x30, tlv(0x04, identifier), tlv(0x31, *attributes) if attributes else b"")

    def frame(content, type=tlv(0x06, arc, bytes.fromhex("0a01"))):
        data = tlv(0x30, b"\x02\x01\x01", b"\x31\x00", tlv(0x30, type, tlv(0xA0, content)), b"\x31\x00")
        return tlv(0x30, bytes.fromhex("06092a864886f70d010702"), tlv(0xA0, data))

    def ctl(usage, algorithm, *entries, head=b"", next=b"", tail=b""):
        return tlv(0x30, head, tlv(0x30, usage), tlv(0x04, "List".encode("utf-16-le")), b"\x02\x01\x07", date, next,
                   tlv(0x30, algorithm, b"\x05\x00"), tlv(0x30, *entries), tail)

    time, name = (504911232000000000 // 5).to_bytes(8, "little"), "Root\0".encode("utf-16-le")
    whole = [attribute(b"\x0b", name), attribute(b"\x09", server_auth), attribute(b"\x62", b"h" * 32), attribute(b"\x68", time),
             attribute(b"\x7a", server_auth), attribute(b"\x7e", b""), attribute(b"\x7f", server_auth), attribute(b"\x14", b"k")]
    broken = [attribute(b"\x0b", b"odd"), attribute(b"\x09", b"\x30\x01"), attribute(b"\x62", b"h"), attribute(b"\x68", b"t"),
              attribute(b"\x81\x00", b""), tlv(0x30, b"\x06\x01\x2a"), tlv(0x30)]
    values = {
        "roots": frame(ctl(roots, sha1, entry(b"1" * 20, *whole), entry(b"2" * 20))),
        "disallowed": frame(ctl(disallowed, signed_part, entry(b"1" * 16), entry(b"2" * 20), entry(b"3" * 32), next=date)),
        "broken-properties": frame(ctl(roots, sha1, entry(b"1" * 20, *broken))),
        "version": frame(ctl(roots, sha1, head=b"\x02\x01\x00", tail=tlv(0xA0, b"\x30\x00"))),
        "octet-string": frame(tlv(0x04, ctl(roots, sha1, entry(b"1" * 20)))),
        "other-usage": frame(ctl(b"\x06\x01\x2a", b"\x06\x01\x2a", entry(b"1"))),
        "long-identifier": frame(ctl(roots, sha1, entry(b"1" * 65))),
        "data": frame(b"\x04\x00", bytes.fromhex("06092a864886f70d010701")),
        "indefinite": b"\x30\x80" + frame(ctl(roots, sha1, entry(b"1" * 20)))[2:] + b"\x00\x00",
    }
    for file, octets in values.items():
        put("trust_list", file, octets)

    def element(number, content, encoding=1):
        return b"".join(part.to_bytes(4, "little") for part in (number, encoding, len(content))) + content

    header, end = b"\0\0\0\0CERT", bytes(12)
    certificate = element(32, (INPUTS / "target.der").read_bytes())
    whole = b"".join(element(number, value) for number, value in
                     [(11, name), (9, server_auth), (98, b"h" * 32), (104, time), (122, server_auth), (126, b""), (3, b"s" * 20)])
    broken = b"".join(element(number, value) for number, value in [(11, b"odd"), (9, b"\x30\x01"), (98, b"h"), (104, b"t")])
    values = {
        "empty": header + end,
        "certificate": header + whole + certificate + end,
        "broken-properties": header + broken + certificate + certificate + end,
        "kinds": header + element(32, b"c") + element(33, b"r") + element(34, b"t") + end,
        "no-end": header + certificate,
        "encoding": header + certificate + element(32, b"c", 2) + end,
        "too-long": header + b"\x20\0\0\0\1\0\0\0\xff\xff\xff\xff" + certificate,
        "behind": header + end + b"x",
        "hanging": header + element(11, name) + end,
        "header": header[:7],
    }
    for file, octets in values.items():
        put("serialized_store", file, octets)


for make in (der, pem, pkcs7, pfx, certificate, crl, ocsp, ldap_url, cache_record, names, name_constraints, policy_graph, engine,
             private_key, permissions, upgrades, proxy, tls_flight, microsoft):
    make()
