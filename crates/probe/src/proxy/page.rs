//! The page that comes with a refusal.

use crate::limits::MAX_PROXY_TEXT;
use crate::text;

/// The title of a page of HTML, if it has one.
pub(super) fn title(page: &[u8]) -> Option<String> {
    let begin = find(page, b"<title")?;
    let rest = page.get(begin..)?;
    let open = rest.iter().position(|octet| *octet == b'>')?;
    let rest = rest.get(open + 1..)?;
    let title = rest.get(..find(rest, b"</title")?)?;
    let title = text::shown(title, MAX_PROXY_TEXT);
    (!title.is_empty()).then_some(title)
}

fn find(page: &[u8], tag: &[u8]) -> Option<usize> {
    page.windows(tag.len()).position(|part| part.eq_ignore_ascii_case(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(
            title(b"<html><TITLE lang=en>\n ERROR: Access\x1b denied </Title>").as_deref(),
            Some("ERROR: Access denied")
        );
        for page in [&b""[..], b"<title", b"<title>a", b"<title> </title>", b"a</title><title>"] {
            assert_eq!(title(page), None);
        }
    }
}
