//! Products that replace certificates, and the names by which they are known, as data.
//!
//! A name is compared attribute by attribute, never as one text: in "C=DE, O=Gesetzliche
//! Krankenkasse" stands "eset", and in "O=Norton Rose Fulbright" a product's name. Names
//! of companies that also run public CAs (Symantec) are not in the table, and a vendor's
//! name that also stands on ordinary certificates (Cisco) weighs little.

mod corporate;
mod local;
mod pattern;

use std::fmt;

use certlens_core::x509::name::Name;
use certlens_core::x509::oid::{Oid, oids};

use super::signals::Weight;

/// What kind of product it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A proxy, firewall or cloud service by which an organization inspects traffic.
    Corporate,
    /// A program on this computer that looks for malware.
    Antivirus,
    /// A proxy by which developers look at traffic, usually on this computer.
    Debugging,
    /// A filter for schools and families.
    Filter,
    /// A program that inserts advertisements, usually without the user's knowledge.
    Adware,
    /// Network equipment whose own certificate appears in the place of the host's, as
    /// when it asks for a login first (a captive portal) or refuses a connection.
    Captive,
}

impl Kind {
    /// The words that reports and JSON use.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Corporate => "corporate-proxy",
            Kind::Antivirus => "antivirus",
            Kind::Debugging => "debugging-proxy",
            Kind::Filter => "content-filter",
            Kind::Adware => "adware",
            Kind::Captive => "captive-portal",
        }
    }
}

/// An attribute of a name in which products are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attribute {
    /// commonName.
    CommonName,
    /// organizationName.
    Organization,
    /// organizationalUnitName.
    Unit,
    /// emailAddress (RFC 2985 §5.2.1).
    Email,
}

impl Attribute {
    /// The short name (RFC 4514 §3; E for emailAddress by common use).
    pub const fn short(self) -> &'static str {
        match self {
            Attribute::CommonName => "CN",
            Attribute::Organization => "O",
            Attribute::Unit => "OU",
            Attribute::Email => "E",
        }
    }

    fn of(oid: Oid<'_>) -> Option<Attribute> {
        match oid {
            oids::COMMON_NAME => Some(Attribute::CommonName),
            oids::ORGANIZATION => Some(Attribute::Organization),
            oids::ORGANIZATIONAL_UNIT => Some(Attribute::Unit),
            oids::EMAIL_ADDRESS => Some(Attribute::Email),
            _ => None,
        }
    }
}

/// Where a pattern comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Chromium, `components/resources/ssl/ssl_error_assistant.asciipb`, version 7.
    Chromium,
    /// Tailscale, `net/tlsdial/blockblame`.
    Tailscale,
    /// The product's own source text or program.
    Product,
    /// Seen by users; the text names the thread, or what it was seen in.
    Observed(&'static str),
    /// Nothing but the name: public lists of interceptors (Chromium's among them) have the
    /// vendor or the product, and what is known of them here is not the text of a certificate.
    Listed,
}

/// Text at the start of a word of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// In which attribute.
    pub attribute: Attribute,
    /// The text: letters of ASCII compare without case, and a `*` at the end lets the word
    /// go on.
    pub text: &'static str,
    /// What finding it says.
    pub weight: Weight,
    /// Where it comes from.
    pub source: Source,
}

/// A product that replaces certificates.
#[derive(Debug, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: &'static str,
    /// Who makes it.
    pub vendor: &'static str,
    /// What kind it is.
    pub kind: Kind,
    /// By which names of CAs it is known; one is enough.
    pub patterns: &'static [Pattern],
    /// Where its root certificate is found, where that is known for sure.
    pub root: Option<RootPlace>,
    /// How a host is exempted, in the product's own terms, where that is known for sure:
    /// `{host}` stands for the host, `{pattern}` for a regular expression of host and port.
    pub exempt: Option<&'static str>,
}

/// Where a product's root certificate is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootPlace {
    /// In words, in the product's terms.
    pub words: &'static str,
    /// The address at which the product itself gives it to those who ask through it; it is
    /// PEM.
    pub url: Option<&'static str>,
}

/// A product found in a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The product.
    pub product: &'static Product,
    /// The pattern that was found.
    pub pattern: &'static Pattern,
    /// The attribute's value, cut after [`MAX_SHOWN`] characters.
    pub value: String,
}

impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.pattern.attribute.short(), self.value)
    }
}

/// The most characters of a value that a match shows.
pub const MAX_SHOWN: usize = 100;

/// The most octets of a value that are searched. RFC 5280 appendix A.1 allows 64
/// characters of a common name, 255 octets of an emailAddress; what a product writes
/// stands at the start.
pub const MAX_SEARCHED: usize = 512;

/// The most attributes of a name that are searched; the longest names in use have about
/// twelve. With [`MAX_SEARCHED`] it bounds what a name can cost, whatever its length.
pub const MAX_ATTRIBUTES: usize = 64;

/// Every product of the table.
pub fn all() -> impl Iterator<Item = &'static Product> {
    corporate::PRODUCTS.iter().chain(local::PRODUCTS)
}

/// The product that a name of a CA speaks of most clearly; of several that are equally
/// clear, the first of the table.
pub fn find(name: &Name<'_>) -> Option<Match> {
    let mut best: Option<Match> = None;
    for attribute in name.rdns().flat_map(|rdn| rdn.attributes()).take(MAX_ATTRIBUTES) {
        let (Some(kind), Some(text)) = (Attribute::of(attribute.oid), attribute.value.text()) else { continue };
        let words = pattern::Words::of(&text);
        for product in all() {
            for pattern in product.patterns.iter().filter(|pattern| pattern.attribute == kind) {
                let is_better = best.as_ref().is_none_or(|best| pattern.weight > best.pattern.weight);
                if is_better && words.have(pattern.text) {
                    best = Some(Match { product, pattern, value: crate::text::shown(text.as_bytes(), MAX_SHOWN) });
                }
            }
        }
    }
    best
}

const fn at(words: &'static str) -> Option<RootPlace> {
    Some(RootPlace { words, url: None })
}

const fn served(words: &'static str, url: &'static str) -> Option<RootPlace> {
    Some(RootPlace { words, url: Some(url) })
}

const fn pattern(attribute: Attribute, text: &'static str, weight: Weight, source: Source) -> Pattern {
    Pattern { attribute, text, weight, source }
}

const fn cn(text: &'static str, weight: Weight, source: Source) -> Pattern {
    pattern(Attribute::CommonName, text, weight, source)
}

const fn o(text: &'static str, weight: Weight, source: Source) -> Pattern {
    pattern(Attribute::Organization, text, weight, source)
}

const fn ou(text: &'static str, weight: Weight, source: Source) -> Pattern {
    pattern(Attribute::Unit, text, weight, source)
}

const fn email(text: &'static str, weight: Weight, source: Source) -> Pattern {
    pattern(Attribute::Email, text, weight, source)
}
