//! Lines as certutil writes them, for names and certificates.

use certlens_core::x509::Certificate;
use certlens_core::x509::name::Name;

use super::describe;

/// Lines of output; what certificates and servers say cannot break out of them.
#[derive(Default)]
pub(super) struct Lines(pub(super) String);

impl Lines {
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.0.push_str(&certlens_report::escape(line.as_ref()));
        self.0.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.0.push('\n');
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

pub(super) fn name_lines(lines: &mut Lines, name: &Name<'_>) {
    let parts = describe::name_parts(name);
    if parts.is_empty() {
        lines.line("    EMPTY");
    }
    parts.iter().for_each(|part| lines.line(format!("    {part}")));
}

pub(super) fn certificate(lines: &mut Lines, certificate: &Certificate) {
    lines.line(format!("  Issuer: {}", describe::name(&certificate.issuer())));
    lines.line(format!("  NotBefore: {}", certificate.not_before().time));
    lines.line(format!("  NotAfter: {}", certificate.not_after().time));
    lines.line(format!("  Subject: {}", describe::name(&certificate.subject())));
    lines.line(format!("  Serial: {}", describe::serial(certificate)));
    if let Some(names) = describe::alternative_names(certificate) {
        lines.line(format!("  SubjectAltName: {names}"));
    }
    if let Some(template) = describe::template(certificate) {
        lines.line(format!("  Template: {template}"));
    }
    lines.line(format!("  Cert: {}", describe::sha1(certificate.der())));
}
