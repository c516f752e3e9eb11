//! Reads `<defaultProxy>` out of the configuration of a .NET program.
//!
//! The names of elements and attributes are told apart by case, as .NET does; what it
//! does not know there it refuses, and here is noted. Entities are not expanded.

use std::fmt;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// The most octets of a configuration. That of a machine has about 40 KB.
pub(super) const MAX_CONFIG_OCTETS: usize = 1 << 20;

/// The deepest nesting of elements; configurations in use stay below ten.
const MAX_NESTING: usize = 64;

/// The most entries of the bypass list.
pub(super) const MAX_BYPASS: usize = 1_000;

/// The most notes that are kept.
const MAX_NOTES: usize = 16;

/// Where something stands, each from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why there is nothing to be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SectionError {
    pub(super) at: Place,
    pub(super) reason: String,
}

impl fmt::Display for SectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.reason)
    }
}

/// The value of an attribute, and where its element begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) at: Place,
}

/// What the section says; `None` where it says nothing, or `unspecified`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// Whether there is one at all.
    pub(super) is_there: bool,
    pub(super) enabled: Option<bool>,
    pub(super) use_default_credentials: Option<bool>,
    /// The file in which it is in truth.
    pub(super) config_source: Option<Value>,
    /// Whether it is encrypted.
    pub(super) is_encrypted: bool,
    /// The type of a module that chooses the proxy.
    pub(super) module: Option<Value>,
    pub(super) use_system_default: Option<bool>,
    pub(super) auto_detect: Option<bool>,
    pub(super) bypass_on_local: Option<bool>,
    pub(super) address: Option<Value>,
    pub(super) script: Option<Value>,
    pub(super) bypass: Vec<Value>,
    /// What .NET does not know.
    pub(super) notes: Vec<String>,
}

/// Reads a configuration, or a file with the section alone (`configSource`).
///
/// # Errors
///
/// When it is no XML, or something of the section is not as .NET has it.
pub(super) fn read(text: &str) -> Result<Section, SectionError> {
    let mut reader = Reader::from_str(text);
    let mut places = Places { text, offset: 0, place: Place { line: 1, column: 1 } };
    let mut section = Section::default();
    let mut open: Vec<(String, Place)> = Vec::new();
    let mut has_root = false;
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
                return Err(SectionError { at: places.of(at), reason: format!("the XML is broken: {error}") });
            }
        };
        match event {
            Event::Start(element) | Event::Empty(element) if open.is_empty() && has_root => {
                let reason = format!("<{}> stands behind the end of the root element", shown(element.name().as_ref()));
                return Err(SectionError { at: places.of(start), reason });
            }
            Event::Start(element) => {
                let at = places.of(start);
                has_root = true;
                section.element(&open, &element, at)?;
                if open.len() >= MAX_NESTING {
                    let reason = format!("the elements nest deeper than {MAX_NESTING} (MAX_NESTING)");
                    return Err(SectionError { at, reason });
                }
                open.push((element.name().as_ref().to_owned(), at));
            }
            Event::Empty(element) => {
                has_root = true;
                section.element(&open, &element, places.of(start))?;
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    if let Some((name, at)) = open.pop() {
        let reason = format!("the file ends within <{}>, which begins here", shown(&name));
        return Err(SectionError { at, reason });
    }
    if !has_root {
        let reason = "there is no element; <configuration> was expected".to_owned();
        return Err(SectionError { at: Place { line: 1, column: 1 }, reason });
    }
    Ok(section)
}

/// What stands where: the elements that are looked for, by their parents.
const CHILDREN: [(&[&str], &[&str]); 4] = [
    (&["configuration"], &["system.net"]),
    (&["configuration", "system.net"], &["defaultProxy"]),
    (&["configuration", "system.net", "defaultProxy"], &["proxy", "bypasslist", "module", "EncryptedData"]),
    (&["configuration", "system.net", "defaultProxy", "bypasslist"], &["add", "remove", "clear"]),
];

impl Section {
    fn element(&mut self, open: &[(String, Place)], element: &BytesStart<'_>, at: Place) -> Result<(), SectionError> {
        let name = element.name();
        let name: &str = name.as_ref();
        let mut parents: Vec<&str> = open.iter().map(|(name, _)| name.as_str()).collect();
        let is_alone = parents.first().map_or(name == "defaultProxy", |root| *root == "defaultProxy");
        if is_alone {
            // The file of a configSource has the section as its root.
            parents.splice(0..0, ["configuration", "system.net"]);
        }
        let known: &[&str] = match CHILDREN.iter().find(|(path, _)| *path == parents.as_slice()) {
            Some((_, children)) => children,
            None if parents.is_empty() => &["configuration"],
            None => return Ok(()),
        };
        let Some(known) = known.iter().find(|known| **known == name) else {
            let meant = known.iter().find(|known| known.eq_ignore_ascii_case(name));
            return match (meant, parents.as_slice()) {
                (Some(meant), _) => {
                    Err(SectionError { at, reason: case(&format!("<{}>", shown(name)), &format!("<{meant}>")) })
                }
                (None, []) => {
                    let reason = format!("the root element is <{}>; <configuration> was expected", shown(name));
                    Err(SectionError { at, reason })
                }
                (None, ["configuration"]) if name == "location" => {
                    self.note(format!("{at}: settings within <location> are not looked at"));
                    Ok(())
                }
                (None, [_, _, _, ..]) => {
                    self.note(format!("{at}: <{}> is not known there, and .NET refuses it", shown(name)));
                    Ok(())
                }
                (None, _) => Ok(()),
            };
        };
        match *known {
            "defaultProxy" => {
                if self.is_there {
                    let reason = "<defaultProxy> comes twice; .NET takes it once".to_owned();
                    return Err(SectionError { at, reason });
                }
                self.is_there = true;
                let known = ["enabled", "useDefaultCredentials", "configSource", "configProtectionProvider"];
                let [enabled, credentials, source, protection] = self.attributes(element, at, known)?;
                self.enabled = boolean(&enabled, "enabled", false)?;
                self.use_default_credentials = boolean(&credentials, "useDefaultCredentials", false)?;
                self.config_source = source.filter(|source| !source.text.is_empty());
                self.is_encrypted |= protection.is_some();
            }
            "EncryptedData" => self.is_encrypted = true,
            "module" => {
                let [module] = self.attributes(element, at, ["type"])?;
                self.module = module.filter(|module| !module.text.is_empty());
            }
            "proxy" => {
                let known = ["usesystemdefault", "autoDetect", "bypassonlocal", "proxyaddress", "scriptLocation"];
                let [system, detect, local, address, script] = self.attributes(element, at, known)?;
                self.use_system_default = boolean(&system, "usesystemdefault", true)?;
                self.auto_detect = boolean(&detect, "autoDetect", true)?;
                self.bypass_on_local = boolean(&local, "bypassonlocal", true)?;
                self.address = address.filter(|address| !address.text.is_empty());
                self.script = script.filter(|script| !script.text.is_empty());
            }
            "add" => {
                let [address] = self.attributes(element, at, ["address"])?;
                let Some(address) = address.filter(|address| !address.text.is_empty()) else {
                    let reason =
                        "<add> of the bypass list has no address; a regular expression was expected".to_owned();
                    return Err(SectionError { at, reason });
                };
                if self.bypass.len() >= MAX_BYPASS {
                    let reason = format!("the bypass list has more than {MAX_BYPASS} entries (MAX_BYPASS)");
                    return Err(SectionError { at, reason });
                }
                self.bypass.push(address);
            }
            "remove" => {
                let [address] = self.attributes(element, at, ["address"])?;
                self.bypass.retain(|one| address.as_ref().is_none_or(|address| address.text != one.text));
            }
            "clear" => self.bypass.clear(),
            _ => {}
        }
        Ok(())
    }

    /// The values of these attributes.
    fn attributes<const N: usize>(
        &mut self,
        element: &BytesStart<'_>,
        at: Place,
        known: [&str; N],
    ) -> Result<[Option<Value>; N], SectionError> {
        let name = element.name();
        let name: &str = name.as_ref();
        let fail = |reason: String| SectionError { at, reason };
        let mut values = [const { None }; N];
        // The library's own check for what comes twice is quadratic.
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| fail(format!("an attribute of <{name}> is broken: {error}")))?;
            let key: &str = attribute.key.as_ref();
            let Some(slot) = known.iter().zip(values.iter_mut()).find(|(known, _)| **known == key) else {
                if let Some(meant) = known.iter().find(|known| known.eq_ignore_ascii_case(key)) {
                    return Err(fail(case(&format!("{} of <{name}>", shown(key)), meant)));
                }
                if !key.starts_with("xmlns") && !key.starts_with("lock") {
                    self.note(format!("{at}: <{name}> has no attribute {}, and .NET refuses it", shown(key)));
                }
                continue;
            };
            let text = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| fail(format!("{key} of <{name}> cannot be read: {error}")))?;
            if slot.1.replace(Value { text: text.trim().to_owned(), at }).is_some() {
                return Err(fail(format!("{key} of <{name}> comes twice")));
            }
        }
        Ok(values)
    }

    fn note(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        }
    }
}

fn case(found: &str, expected: &str) -> String {
    format!("there is {found} where {expected} was expected; .NET tells upper from lower case")
}

/// `true` or `false` in any case; for some also `unspecified`, which is as nothing.
fn boolean(value: &Option<Value>, name: &str, may_be_open: bool) -> Result<Option<bool>, SectionError> {
    let Some(Value { text, at }) = value else { return Ok(None) };
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        "unspecified" if may_be_open => Ok(None),
        _ => {
            let expected = if may_be_open { "true, false or unspecified" } else { "true or false" };
            Err(SectionError { at: *at, reason: format!("{name} is “{}”; {expected} was expected", shown(text)) })
        }
    }
}

/// Words of the file for a message.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    if text.chars().nth(MOST).is_some() { line + "…" } else { line }
}

/// From offsets to lines and columns; every octet is counted once, since offsets grow.
struct Places<'a> {
    text: &'a str,
    offset: usize,
    place: Place,
}

impl Places<'_> {
    fn of(&mut self, offset: usize) -> Place {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        for c in self.text.get(self.offset..offset).unwrap_or_default().chars() {
            match c {
                '\n' => self.place = Place { line: self.place.line + 1, column: 1 },
                _ => self.place.column += 1,
            }
        }
        self.offset = self.offset.max(offset);
        self.place
    }
}

#[cfg(test)]
mod tests;
