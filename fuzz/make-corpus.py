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


for make in (der, pem, pkcs7, certificate, names):
    make()
