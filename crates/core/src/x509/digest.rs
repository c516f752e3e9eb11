//! SHA-256, by which names, keys and certificates are told apart.

pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
    let mut id = [0; 32];
    id.copy_from_slice(digest.as_ref());
    id
}
