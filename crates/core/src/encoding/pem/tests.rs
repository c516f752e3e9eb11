use super::*;

/// The blocks of a text, each as label and octets or as offset, line and error.
#[expect(clippy::type_complexity, reason = "a short form for tables")]
fn read(text: &[u8]) -> Vec<Result<(String, Vec<u8>), (usize, usize, PemErrorKind)>> {
    let text = Text::detect(text).expect("text");
    blocks(&text)
        .map(|block| match block {
            Ok(mut block) => Ok((std::mem::take(&mut block.label), std::mem::take(&mut block.der))),
            Err(error) => Err((error.offset, error.line, error.kind)),
        })
        .collect()
}

fn notes(text: &str) -> Vec<(usize, Base64Note)> {
    let text = Text::detect(text.as_bytes()).expect("text");
    blocks(&text).flat_map(|block| block.expect("block").notes.clone()).map(|note| (note.offset, note.kind)).collect()
}

fn block(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----{body}-----END {label}-----")
}

#[test]
fn one_block_in_many_dresses() {
    let abc = vec![Ok(("X".to_owned(), b"abcdef".to_vec()))];
    let table = [
        "-----BEGIN X-----\nYWJjZGVm\n-----END X-----\n",
        "-----BEGIN X-----\nYWJjZGVm\n-----END X-----",
        "-----BEGIN X-----\r\nYWJj\r\nZGVm\r\n-----END X-----\r\n",
        "-----BEGIN X-----\rYWJj\rZGVm\r-----END X-----\r",
        "-----BEGIN X-----   \nYWJjZGVm \t\n-----END X-----  ",
        "-----BEGIN X-----\n\nY\nW\nJ\nj\n\n\nZGVm\n\n-----END X-----",
        "  -----BEGIN X-----\n  YWJj\n  ZGVm\n  -----END X-----",
        "-----BEGIN X-----YWJjZGVm-----END X-----",
        "-----BEGIN X----- YWJj ZGVm -----END X-----",
        "cert = \"-----BEGIN X-----\\nYWJj\\nZGVm\\n-----END X-----\\n\";",
        "-----BEGIN X-----\\r\\nYWJj\\r\\nZGVm\\r\\n-----END X-----",
        "Bag Attributes\n    friendlyName: M\u{fc}ller\n-----BEGIN X-----\nYWJjZGVm\n-----END X-----\nafter",
        "\u{feff}-----BEGIN X-----\nYWJjZGVm\n-----END X-----\n",
        "-----BEGIN X-----\nProc-Type: 4,MIC-CLEAR\nContent-Domain: a,\n b, c\n\nYWJjZGVm\n-----END X-----",
        "-----BEGIN X-----\\nComment: a\\n\\nYWJjZGVm\\n-----END X-----",
        "------BEGIN X-----\nYWJjZGVm\n-----END X------",
    ];
    for text in table {
        assert_eq!(read(text.as_bytes()), abc, "{text}");
    }
    let mut latin1 = b"friendlyName: M\xfcller\n".to_vec();
    latin1.extend_from_slice(table[0].as_bytes());
    assert_eq!(read(&latin1), abc);
    let mut nul = table[0].as_bytes().to_vec();
    nul.push(0);
    assert_eq!(read(&nul), abc, "a C string's end");
}

#[test]
fn errors_name_byte_and_line_and_spare_the_other_blocks() {
    let good = block("G", "\nYWJj\n");
    let table = [
        ("-----BEGIN X----\nYWJj\n", 0, 1, PemErrorKind::MalformedBegin),
        ("-----BEGIN X\nYWJj\n", 0, 1, PemErrorKind::MalformedBegin),
        ("-----BEGIN X-----\nYWJj\n", 23, 3, PemErrorKind::MissingEnd { next_block: true }),
        ("-----BEGIN X-----\nYWJj\n-----END X----\n", 23, 3, PemErrorKind::MalformedEnd),
        ("-----BEGIN X-----\nYWJj\n-----END Y-----\n", 23, 3, PemErrorKind::LabelMismatch { found: "Y".into() }),
        (
            "-----BEGIN X-----\r\nYW\r\nJ!\r\n-----END X-----\n",
            24,
            3,
            PemErrorKind::Base64(Base64Error::IllegalCharacter('!')),
        ),
        (
            "-----BEGIN X-----\rYW\rJ\u{20ac}\r-----END X-----\n",
            22,
            3,
            PemErrorKind::Base64(Base64Error::IllegalCharacter('\u{20ac}')),
        ),
        ("-----BEGIN X-----\nYQ==YQ==\n-----END X-----\n", 22, 2, PemErrorKind::Base64(Base64Error::AfterPadding('Y'))),
        ("-----BEGIN X-----\nYWJjZ\n-----END X-----\n", 22, 2, PemErrorKind::Base64(Base64Error::Incomplete)),
        ("-----BEGIN X-----\n-----END X-----\n", 18, 2, PemErrorKind::Base64(Base64Error::Empty)),
    ];
    for (bad, offset, line, kind) in table {
        let good_block = Ok(("G".to_owned(), b"abc".to_vec()));
        let after = format!("{bad}{good}");
        assert_eq!(read(after.as_bytes()), [Err((offset, line, kind.clone())), good_block.clone()], "{after}");
        let before = format!("{good}\n{bad}{good}");
        let shifted = Err((good.len() + 1 + offset, 3 + line, kind));
        assert_eq!(read(before.as_bytes()), [good_block.clone(), shifted, good_block], "{before}");
    }
}

#[test]
fn a_truncated_file_says_so() {
    let text = "-----BEGIN X-----\nYWJj\nYWJj";
    assert_eq!(read(text.as_bytes()), [Err((text.len(), 3, PemErrorKind::MissingEnd { next_block: false }))]);
}

#[test]
fn utf16_offsets_count_octets_of_the_file() {
    let text = format!("\u{e9}\n{}\n{}", block("X", "\nYW\u{20ac}j\n"), block("Y", "\nYWJj\n"));
    type Unit = fn(u16) -> [u8; 2];
    let cases: [(&[u8], Unit); 4] = [
        (&[0xff, 0xfe], u16::to_le_bytes),
        (&[0xfe, 0xff], u16::to_be_bytes),
        (&[], u16::to_le_bytes),
        (&[], u16::to_be_bytes),
    ];
    for (bom, unit) in cases {
        // Without a byte order mark the first character has to be ASCII.
        let text = if bom.is_empty() { text.replacen('\u{e9}', "e", 1) } else { text.clone() };
        let mut file = bom.to_vec();
        file.extend(text.encode_utf16().flat_map(unit));
        let illegal = PemErrorKind::Base64(Base64Error::IllegalCharacter('\u{20ac}'));
        // é, line end, 17 of the boundary, line end, YW
        let offset = bom.len() + 2 * 22;
        assert_eq!(read(&file), [Err((offset, 3, illegal)), Ok(("Y".to_owned(), b"abc".to_vec()))]);
    }
}

#[test]
fn unusual_base64_is_noted() {
    assert_eq!(notes(&block("X", "\nYWI=\n")), []);
    assert_eq!(notes(&block("X", "\nYWI\n")), [(20, Base64Note::Padding)]);
    assert_eq!(notes(&block("X", "\nYWJj=\n")), [(21, Base64Note::Padding)]);
    assert_eq!(notes(&block("X", "\nYWJ=\n")), [(20, Base64Note::UnusedBits)]);
    assert_eq!(notes(&block("X", "\nYf==\n")), [(19, Base64Note::UnusedBits)]);
    assert_eq!(notes(&block("X", "\\nYWJj\\n")), [(17, Base64Note::EscapedLineEnds)]);
    assert_eq!(read(block("X", "YWJ").as_bytes()), [Ok(("X".to_owned(), b"ab".to_vec()))]);
}

#[test]
fn proc_type_tells_encrypted_content() {
    let read = |text: &str| {
        let text = Text::detect(text.as_bytes()).expect("text");
        let block = blocks(&text).next().expect("block").expect("readable");
        (block.encrypted, block.dek_info.clone())
    };
    let dek_info = |value: &str| (true, Some(value.to_owned()));
    assert_eq!(read(&block("X", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n\nYWJj\n")), dek_info("AES,00"));
    assert_eq!(read(&block("X", "\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info:AES,0 \r\n\r\nYWJj")), dek_info("AES,0"));
    assert_eq!(read(&block("X", "\nProc-Type: 4,MIC-CLEAR\n\nYWJj\n")), (false, None));
    assert_eq!(read(&block("X", "\nComment: ENCRYPTED\n\nYWJj\n")), (false, None));
    let long = format!("\nProc-Type: 4,ENCRYPTED\nDEK-Info: {}\n\nYWJj\n", "A".repeat(200));
    assert_eq!(read(&block("X", &long)), (true, None));
}

#[test]
fn binary_is_no_text() {
    let mut der = vec![0x30, 0x82, 0x01, 0x00];
    der.extend_from_slice(block("X", "\nYWJj\n").as_bytes());
    assert!(Text::detect(&der).is_none(), "a boundary inside a certificate");
    assert!(Text::detect(&[0; 64]).is_none());
    assert!(Text::detect(b"\x01\x02\x03").is_none());
    assert!(Text::detect(b"\xff\xfe\x01\x00\x02\x00").is_none());
}

#[test]
fn debug_hides_the_octets() {
    let text = block("PRIVATE KEY", "\nYWJj\n");
    let text = Text::detect(text.as_bytes()).expect("text");
    let shown = format!("{:?}", blocks(&text).collect::<Vec<_>>());
    assert_eq!(shown, "[Ok(PemBlock(\"PRIVATE KEY\", 3 octets, at byte 0))]");
}
