//! What the text renderer writes, as a reader sees it.

use certlens_report::{
    Align, Charset, Colour, Column, Document, Emphasis, Field, Fields, Headline, MAX_WIDTH, MIN_WIDTH, Node, Note,
    Step, Table, Text, TextOptions, Tone, Tree, UNBROKEN_MAX, Value, render_text,
};

fn render(document: &Document, width: usize, colour: Colour, charset: Charset) -> String {
    let mut out = String::new();
    render_text(document, &TextOptions { width, colour, charset }, &mut out).expect("a String takes everything");
    for line in out.lines() {
        assert_eq!(line, line.trim_end(), "no space at a line's end");
    }
    out
}

fn plain(document: &Document, width: usize) -> String {
    render(document, width, Colour::Never, Charset::Unicode)
}

/// A document with this block alone.
fn only(block: impl Into<certlens_report::Block>) -> Document {
    let mut document = Document::default();
    document.push(block);
    document
}

fn name_mismatch() -> Note {
    Note::warning("name-mismatch", "no presented identifier matches the reference identifier")
        .citation("RFC 9525 §6")
        .expected("dns:www.example.org")
        .found("dns:www.example.com, dns:example.com")
        .location("subjectAltName, bytes 310 to 345")
        .hint("ask for a certificate with the name www.example.org, or connect to a name that it has")
}

fn path() -> Tree {
    let anchor = Node::new("CN=Test Anchor CA").label("trust anchor").label("anchors.pem");
    let issuing = Node::new("CN=Test Issuing CA")
        .label("intermediate")
        .label("chain.pem #2")
        .detail("2020-01-01 to 2030-01-01 · RSA 2048 · SHA-256 with RSA");
    let target = Node::new("CN=www.example.com")
        .label("target")
        .label("server.pem")
        .detail("2023-01-01 to 2025-01-01 · EC P-256 · SHA-256 with RSA")
        .note(
            Note::error("expired", "not after 2025-01-01T00:00:00Z; verification time 2026-11-23T04:30:00Z")
                .citation("RFC 5280 §6.1.3 (a)(2)"),
        );
    Tree::path([anchor, issuing, target])
}

fn verdict() -> Document {
    let mut document = Document::new(
        Headline::new(Tone::Bad, "UNTRUSTED (revocation not checked)")
            .reason("The target expired on 2025-01-01, 691 days before the verification time."),
    );
    document
        .heading("Path, trust anchor first")
        .push(path())
        .push(vec![name_mismatch()])
        .heading("What to do")
        .push(vec![
            Step::new("Renew the certificate. Its issuer, CN=Test Issuing CA, is itself good until 2030-01-01.")
                .command("certlens inspect server.pem"),
            Step::new("Verify the new one before it is installed.").command(
                "certlens verify new.pem --intermediates chain.pem --anchors anchors.pem --name www.example.org",
            ),
        ])
        .heading("Checked with")
        .push(Fields::new([
            Field::new("Anchors", "anchors.pem (1 anchor)"),
            Field::new("Verification time", "2026-11-23T04:30:00Z"),
        ]));
    document
}

fn listing() -> Document {
    let constraints = Field::new("basicConstraints", "critical")
        .note(Note::error("not-der", "BOOLEAN true is encoded as 0x01").citation("X.690 §11.1"))
        .child(Field::new("CA", "true"));
    let unknown = Field::new("1.3.6.1.4.1.311.21.7.1.2.3.4.5.6.7 (not known here)", "not critical");
    only(Fields::new([
        Field::hex("Serial number", (1..17).collect::<Vec<u8>>()),
        Field::new("Subject", "CN=www.example.com").value("O=株式会社例"),
        Field::group("Public key")
            .child(Field::new("Algorithm", "RSA"))
            .child(Field::hex("Modulus", (0..40).collect::<Vec<u8>>()))
            .child(Field::hex("Exponent", [1, 0, 1])),
        Field::group("Extensions").child(constraints).child(unknown),
        Field::new("Fingerprint", Text::literal("ab:".repeat(31) + "ab")),
    ]))
}

fn table() -> Document {
    only(
        Table::new([Column::left("Node"), Column::right("Days"), Column::left("What was seen")])
            .row(["sql-a.example.com", "12", "the certificate is trusted"])
            .row(["sql-b.example.com", "-691", "the certificate expired and its issuer is not in the store"])
            .row(["名前.example", "7"]),
    )
}

#[test]
fn verdict_at_80_columns() {
    assert_eq!(
        plain(&verdict(), 80),
        "\
UNTRUSTED (revocation not checked)
The target expired on 2025-01-01, 691 days before the verification time.

Path, trust anchor first
  CN=Test Anchor CA          trust anchor · anchors.pem
  └─ CN=Test Issuing CA      intermediate · chain.pem #2
     │  2020-01-01 to 2030-01-01 · RSA 2048 · SHA-256 with RSA
     └─ CN=www.example.com   target · server.pem
           2023-01-01 to 2025-01-01 · EC P-256 · SHA-256 with RSA
           error: expired: not after 2025-01-01T00:00:00Z; verification time
                  2026-11-23T04:30:00Z (RFC 5280 §6.1.3 (a)(2))

  warning: name-mismatch: no presented identifier matches the reference
           identifier (RFC 9525 §6)
           expected: dns:www.example.org
           found:    dns:www.example.com, dns:example.com
           at:       subjectAltName, bytes 310 to 345
           help:     ask for a certificate with the name www.example.org, or
                     connect to a name that it has

What to do
  1. Renew the certificate. Its issuer, CN=Test Issuing CA, is itself good until
     2030-01-01.
       certlens inspect server.pem
  2. Verify the new one before it is installed.
       certlens verify new.pem --intermediates chain.pem --anchors anchors.pem --name www.example.org

Checked with
  Anchors            anchors.pem (1 anchor)
  Verification time  2026-11-23T04:30:00Z
"
    );
}

#[test]
fn verdict_at_50_columns() {
    assert_eq!(
        plain(&verdict(), 50),
        "\
UNTRUSTED (revocation not checked)
The target expired on 2025-01-01, 691 days before
the verification time.

Path, trust anchor first
  CN=Test Anchor CA   trust anchor · anchors.pem
  └─ CN=Test Issuing CA
     │  intermediate · chain.pem #2
     │  2020-01-01 to 2030-01-01 · RSA 2048 ·
     │  SHA-256 with RSA
     └─ CN=www.example.com   target · server.pem
           2023-01-01 to 2025-01-01 · EC P-256 ·
           SHA-256 with RSA
           error: expired: not after
                  2025-01-01T00:00:00Z;
                  verification time
                  2026-11-23T04:30:00Z
                  (RFC 5280 §6.1.3 (a)(2))

  warning: name-mismatch: no presented identifier
           matches the reference identifier
           (RFC 9525 §6)
           expected: dns:www.example.org
           found:    dns:www.example.com,
                     dns:example.com
           at:       subjectAltName, bytes 310 to
                     345
           help:     ask for a certificate with
                     the name www.example.org, or
                     connect to a name that it has

What to do
  1. Renew the certificate. Its issuer, CN=Test
     Issuing CA, is itself good until 2030-01-01.
       certlens inspect server.pem
  2. Verify the new one before it is installed.
       certlens verify new.pem --intermediates chain.pem --anchors anchors.pem --name www.example.org

Checked with
  Anchors  anchors.pem (1 anchor)
  Verification time
           2026-11-23T04:30:00Z
"
    );
}

#[test]
fn verdict_in_colour() {
    let text = render(&verdict(), 80, Colour::Ansi, Charset::Unicode);
    assert_eq!(
        text.replace('\x1b', "^"),
        "\
^[1m^[31mUNTRUSTED (revocation not checked)^[0m
The target expired on 2025-01-01, 691 days before the verification time.

^[1mPath, trust anchor first^[0m
  ^[1mCN=Test Anchor CA^[0m          ^[2mtrust anchor · anchors.pem^[0m
  ^[2m└─^[0m ^[1mCN=Test Issuing CA^[0m      ^[2mintermediate · chain.pem #2^[0m
     ^[2m│^[0m  2020-01-01 to 2030-01-01 · RSA 2048 · SHA-256 with RSA
     ^[2m└─^[0m ^[1mCN=www.example.com^[0m   ^[2mtarget · server.pem^[0m
           2023-01-01 to 2025-01-01 · EC P-256 · SHA-256 with RSA
           ^[1m^[31merror:^[0m ^[1mexpired:^[0m not after 2025-01-01T00:00:00Z; verification time
                  2026-11-23T04:30:00Z ^[2m(RFC 5280 §6.1.3 (a)(2))^[0m

  ^[1m^[33mwarning:^[0m ^[1mname-mismatch:^[0m no presented identifier matches the reference
           identifier ^[2m(RFC 9525 §6)^[0m
           ^[2mexpected:^[0m dns:www.example.org
           ^[2mfound:^[0m    dns:www.example.com, dns:example.com
           ^[2mat:^[0m       subjectAltName, bytes 310 to 345
           ^[2mhelp:^[0m     ask for a certificate with the name www.example.org, or
                     connect to a name that it has

^[1mWhat to do^[0m
  1. Renew the certificate. Its issuer, CN=Test Issuing CA, is itself good until
     2030-01-01.
       ^[36mcertlens inspect server.pem^[0m
  2. Verify the new one before it is installed.
       ^[36mcertlens verify new.pem --intermediates chain.pem --anchors anchors.pem --name www.example.org^[0m

^[1mChecked with^[0m
  ^[1mAnchors^[0m            anchors.pem (1 anchor)
  ^[1mVerification time^[0m  2026-11-23T04:30:00Z
"
    );
}

#[test]
fn colour_changes_nothing_but_colour() {
    for document in [verdict(), listing(), table()] {
        let coloured = render(&document, 80, Colour::Ansi, Charset::Unicode);
        let mut stripped = String::new();
        for part in coloured.split('\x1b') {
            stripped.push_str(part.strip_prefix('[').map_or(part, |sgr| sgr.split_once('m').unwrap().1));
        }
        assert_ne!(coloured, stripped);
        assert_eq!(stripped, plain(&document, 80));
    }
}

#[test]
fn verdict_in_ascii() {
    let text = render(&verdict(), 80, Colour::Never, Charset::Ascii);
    assert!(text.is_ascii());
    let path: Vec<&str> = text.lines().skip(3).take(9).collect();
    assert_eq!(
        path.join("\n"),
        "\
Path, trust anchor first
  CN=Test Anchor CA          trust anchor | anchors.pem
  `- CN=Test Issuing CA      intermediate | chain.pem #2
     |  2020-01-01 to 2030-01-01 | RSA 2048 | SHA-256 with RSA
     `- CN=www.example.com   target | server.pem
           2023-01-01 to 2025-01-01 | EC P-256 | SHA-256 with RSA
           error: expired: not after 2025-01-01T00:00:00Z; verification time
                  2026-11-23T04:30:00Z (RFC 5280 section 6.1.3 (a)(2))
"
    );
}

#[test]
fn listing_at_80_columns() {
    assert_eq!(
        plain(&listing(), 80),
        "\
Serial number       01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10
Subject             CN=www.example.com
                    O=株式会社例
Public key
  Algorithm         RSA
  Modulus           0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f
                    0010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f
                    0020  20 21 22 23 24 25 26 27
  Exponent          01 00 01
Extensions
  basicConstraints  critical
    error: not-der: BOOLEAN true is encoded as 0x01 (X.690 §11.1)
    CA              true
  1.3.6.1.4.1.311.21.7.1.2.3.4.5.6.7 (not known here)
                    not critical
Fingerprint         ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab
"
    );
}

#[test]
fn listing_at_40_columns() {
    assert_eq!(
        plain(&listing(), 40),
        "\
Serial number
    0000  01 02 03 04 05 06 07 08
    0008  09 0a 0b 0c 0d 0e 0f 10
Subject        CN=www.example.com
               O=株式会社例
Public key
  Algorithm    RSA
  Modulus
      0000  00 01 02 03 04 05 06 07
      0008  08 09 0a 0b 0c 0d 0e 0f
      0010  10 11 12 13 14 15 16 17
      0018  18 19 1a 1b 1c 1d 1e 1f
      0020  20 21 22 23 24 25 26 27
  Exponent     01 00 01
Extensions
  basicConstraints
               critical
    error: not-der: BOOLEAN true is
           encoded as 0x01 (X.690 §11.1)
    CA         true
  1.3.6.1.4.1.311.21.7.1.2.3.4.5.6.7
    (not known here)
               not critical
Fingerprint    ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab:ab
"
    );
}

#[test]
fn table_at_80_columns() {
    assert_eq!(
        plain(&table(), 80),
        "\
Node               Days  What was seen
─────────────────  ────  ───────────────────────────────────────────────────────
sql-a.example.com    12  the certificate is trusted
sql-b.example.com  -691  the certificate expired and its issuer is not in the
                         store
名前.example          7
"
    );
}

#[test]
fn table_at_40_columns() {
    assert_eq!(
        plain(&table(), 40),
        "\
Node               Days  What was seen
─────────────────  ────  ───────────────
sql-a.example.com    12  the certificate
                         is trusted
sql-b.example.com  -691  the certificate
                         expired and its
                         issuer is not
                         in the store
名前.example          7
"
    );
}

#[test]
fn a_table_too_wide_becomes_one_listing_per_row() {
    let digest = "00112233445566778899aabbccddeeff00112233";
    let table = Table {
        columns: vec![Column::left("Node"), Column { heading: "SHA-1".to_owned(), align: Align::Right }],
        rows: vec![
            vec!["sql-a".into(), Text::literal(digest), "beyond the columns".into()],
            vec!["sql-b".into(), Text::literal(digest)],
        ],
    };
    assert_eq!(
        plain(&only(table), 40),
        "\
Node   sql-a
SHA-1  00112233445566778899aabbccddeeff00112233
       beyond the columns

Node   sql-b
SHA-1  00112233445566778899aabbccddeeff00112233
"
    );
}

/// An address is not broken, and so its column is as wide as it is.
#[test]
fn addresses_do_not_shift_the_columns_behind_them() {
    let table = Table::new([Column::left("Endpoint"), Column::left("Reason")])
        .row(["tls://a-host-with-a-very-long-name.example:443", "it was not reached"])
        .row(["tls://b.example:443", "the name is not known, and nobody can say why"]);
    assert_eq!(
        plain(&only(table), 70),
        "\
Endpoint                                        Reason
──────────────────────────────────────────────  ──────────────────────
tls://a-host-with-a-very-long-name.example:443  it was not reached
tls://b.example:443                             the name is not known,
                                                and nobody can say why
"
    );
}

#[test]
fn branches_and_long_titles() {
    let tree = Tree::new([
        Node::new("CN=First, O=An Organisation With A Long Name, OU=And A Department, C=CH")
            .label("trust anchor")
            .child(Node::new("CN=A").label("here").child(Node::new("CN=A1").detail("one").detail("two")))
            .child(Node::new("").label("no subject")),
        Node::new("CN=Second").note(Note::info("", "not used")),
    ]);
    assert_eq!(
        plain(&only(tree), 44),
        "\
CN=First, O=An Organisation With A Long
│  Name, OU=And A Department, C=CH
│  trust anchor
├─ CN=A   here
│  └─ CN=A1
│        one
│        two
└─        no subject
CN=Second
   note: not used
"
    );
}

#[test]
fn paragraphs_follow_the_heading_and_keep_literals() {
    let text = Text::from("Give ")
        .with(Emphasis::Literal, "--anchors my anchors.pem")
        .with(Emphasis::Plain, ", or see https://example.org/a/long/way/down/to/the/page.html ")
        .with(Emphasis::Quiet, "(if you can).");
    let mut document = Document::default();
    document.push(Text::from("Before.")).heading("Then").push(Text::new()).push(text).push(Text::from("After."));
    assert_eq!(
        plain(&document, 40),
        "\
Before.

Then
  Give --anchors my anchors.pem, or see
  https://example.org/a/long/way/down/to/the/page.html
  (if you can).

  After.
"
    );
}

#[test]
fn steps_align_their_numbers() {
    let steps: Vec<Step> = (1..=10).map(|n| Step::new(format!("Do {n}."))).collect();
    let text = plain(&only(steps), 80);
    assert!(text.starts_with(" 1. Do 1.\n 2. Do 2.\n"), "{text}");
    assert!(text.ends_with(" 9. Do 9.\n10. Do 10.\n"), "{text}");
}

#[test]
fn an_empty_document_is_empty() {
    let mut document = Document::default();
    assert_eq!(plain(&document, 80), "");
    document.push(Text::new()).push(Tree::default()).push(Vec::<Note>::new()).push(Vec::<Step>::new());
    document.push(Fields::default()).push(Table::default());
    assert_eq!(plain(&document, 80), "");
}

/// One document with the string in every place that takes one.
fn everywhere(text: &str) -> Document {
    let note = Note::error(text, text).citation(text).expected(text).found(text).location(text).hint(text);
    let mut document = Document::new(Headline::new(Tone::Unclear, text).reason(text));
    document
        .heading(text)
        .push(Text::from(text).with(Emphasis::Strong, text).with(Emphasis::Quiet, text).with(Emphasis::Literal, text))
        .push(Tree::path([Node::new(text), Node::new(text).label(text).detail(text).note(note.clone())]))
        .push(vec![note.clone()])
        .push(vec![Step::new(text).command(text)])
        .push(Fields::new([
            Field::new(text, text).note(note).child(Field::new(text, text)),
            Field { values: vec![Value::Text(text.into()), Value::Hex(text.into())], ..Field::group(text) },
        ]))
        .push(Table::new([Column::left(text), Column::right(text)]).row([text, text, text]).row([text]));
    document
}

#[test]
fn hostile_strings_do_nothing() {
    let hostile = [
        "\x1b[2J\x1b[31mTRUSTED\x1b[0m",
        "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
        "\u{9b}2J\u{90}q\u{9c}",
        "\x07\x08\x7f\0",
        "CN=good\r\nTRUSTED (revocation checked)",
        "a\u{2028}b\u{2029}c\u{85}d",
        "moc.elpmaxe\u{202e}\u{2066}\u{2069}\u{200f}\u{61c}",
        "a\u{200b}\u{200d}\u{2060}\u{feff}b",
        "\u{301}\u{20dd}start",
        "\u{fffe}\u{e0001}\u{e000}",
    ];
    for text in hostile {
        for width in [MIN_WIDTH, 80] {
            let out = plain(&everywhere(text), width);
            let forbidden = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                    || matches!(c, '\u{61c}' | '\u{feff}' | '\u{fffe}' | '\u{e0001}' | '\u{e000}')
                    || matches!(c, '\u{301}' | '\u{20dd}')
            };
            assert_eq!(out.find(forbidden), None, "{text:?}");
        }
        // No value starts a line of its own making.
        let out = plain(&everywhere(text), MAX_WIDTH);
        assert!(!out.lines().any(|line| line.trim_start().starts_with("TRUSTED")), "{text:?}");
        // In colour the only sequences are our own.
        let out = render(&everywhere(text), 80, Colour::Ansi, Charset::Unicode);
        for part in out.split('\x1b').skip(1) {
            let (sgr, _) = part.split_once('m').unwrap();
            assert!(matches!(sgr, "[0" | "[1" | "[2" | "[31" | "[33" | "[34" | "[36"), "{sgr:?}");
        }
        assert!(render(&everywhere(text), 80, Colour::Never, Charset::Ascii).is_ascii());
    }
}

/// Were any step quadratic, a megabyte would take hours; what can be asserted
/// without a clock is that the output stays in proportion.
#[test]
fn huge_strings_cost_their_length() {
    const LENGTH: usize = 1 << 20;
    let unit = ["x", "x ", " ", "日", "e\u{301}", "\u{301}", "\u{202e}", "://", "\n"];
    for unit in unit {
        let text = unit.repeat(LENGTH / unit.len());
        for width in [0, 80, usize::MAX] {
            let out = plain(&only(Tree::path([Node::new(text.as_str()).label("x"), Node::new("below")])), width);
            assert!(out.len() <= 10 * LENGTH, "{unit:?} at {width}: {}", out.len());
        }
        let long = plain(&only(Table::new([Column::left("a"), Column::left("b")]).row([text.as_str(), "x"])), 80);
        assert!(long.len() <= 10 * LENGTH, "{unit:?}: {}", long.len());
    }
    let out = plain(&everywhere(&"y".repeat(LENGTH)), 80);
    assert!(out.lines().filter(|line| line.len() > UNBROKEN_MAX).count() == 1, "only the command is not broken");
}

#[test]
fn one_long_value_does_not_widen_every_line() {
    let rows = 1000;
    let mut table = Table::new([Column::left("a"), Column::left("b")]).row(["x".repeat(100_000), "y".to_owned()]);
    let mut tree = Tree::new([Node::new("x".repeat(100_000)).label("y")]);
    for _ in 0..rows {
        table = table.row(["1", "2"]);
        tree.nodes.push(Node::new("1").label("2"));
    }
    for document in [only(table), only(tree)] {
        assert!(plain(&document, usize::MAX).len() <= 100_000 * 2 + rows * (MAX_WIDTH + 1));
    }
}

#[test]
fn deep_trees_and_listings_stay_readable() {
    let depth = 500;
    let tree = Tree::path((0..depth).map(|n| Node::new(format!("CN={n}")).detail("detail words in some number")));
    let fields =
        (0..depth).rev().fold(Field::new("last", "value"), |below, n| Field::group(n.to_string()).child(below));
    for width in [MIN_WIDTH, 80] {
        let text = plain(&only(tree.clone()), width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(text.contains("(level 499) CN=499"), "{text}");
        let text = plain(&only(Fields::new([fields.clone()])), width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(text.contains("(level 499) 499"), "{text}");
    }
}

#[test]
fn levels_too_deep_to_draw_share_a_guide_line() {
    let side = Node::new("side");
    let below = Tree::path((3..6).map(|n| Node::new(n.to_string()))).nodes.remove(0);
    let tree = Tree::path([Node::new("0"), Node::new("1"), Node::new("2").child(below).child(side)]);
    let mut tree = tree;
    tree.nodes.push(Node::new("end"));
    assert_eq!(plain(&only(Tree::path([Node::new("a"), Node::new("b")])), 40), "a\n└─ b\n");
    assert_eq!(
        plain(&only(tree), 40),
        "\
0
└─ 1
   └─ 2
      ├─ 3
      │  ├─ 4
      │  └─ (level 5) 5
      └─ side
end
"
    );
}
