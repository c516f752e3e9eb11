//! The proxy of a .NET program, by its configuration: `<defaultProxy>` of
//! `diahost.exe.config`, `diawp.exe.config`, any other app.config, or machine.config.
//!
//! What the settings come to is as .NET Framework has it
//! (learn.microsoft.com/dotnet/framework/configure-apps/file-schema/network: defaultProxy,
//! proxy, bypasslist). Where they leave the choice to the Windows account, a script or a
//! module, nothing is guessed.

use std::net::IpAddr;
use std::sync::Arc;

use certlens_fetch::proxy::Proxy;
use certlens_fetch::{DirectRule, ProxyChoice, ProxyUrl};

use super::bypass::Bypass;
use super::refused::{SCRIPT_ADVICE, refuse};
use super::section::{self, MAX_CONFIG_OCTETS, Section, Value, shown};
use crate::error::Failure;

/// What a configuration says about proxies.
#[derive(Debug)]
pub(super) struct ProxyConfig {
    /// The file's name without directories.
    pub(super) name: String,
    /// What cannot be followed as it stands.
    pub(super) notes: Vec<String>,
    route: Route,
}

#[derive(Debug)]
enum Route {
    /// Nothing goes through a proxy, for this reason.
    Direct(&'static str),
    Proxy {
        proxy: Proxy,
        /// Its address as it was written.
        url: ProxyUrl,
        rules: Arc<Rules>,
    },
}

/// What goes without the proxy.
#[derive(Debug)]
struct Rules {
    bypass_on_local: bool,
    bypass: Vec<Bypass>,
}

/// How an endpoint is reached.
#[derive(Debug)]
pub(super) enum Way<'a> {
    /// Without the proxy, for this reason.
    Direct(String),
    Proxy(&'a Proxy),
}

impl ProxyConfig {
    /// Reads a file or `-`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or leaves open which proxy it is.
    pub(super) fn read(file: &str) -> Result<ProxyConfig, Failure> {
        if certlens_fetch::proxy::is_script(file) {
            return Err(script(&certlens_fetch::shown(file)));
        }
        ProxyConfig::of(file, &crate::read::octets(file)?)
    }

    fn of(file: &str, octets: &[u8]) -> Result<ProxyConfig, Failure> {
        let file = crate::read::shown(file);
        let fail = |reason: String| Failure::unusable(format!("{file}: {reason}"));
        if octets.len() > MAX_CONFIG_OCTETS {
            let reason = format!("has {} octets; the limit MAX_CONFIG_OCTETS is {MAX_CONFIG_OCTETS}", octets.len());
            return Err(fail(reason).advice("give the configuration of one program, as diahost.exe.config"));
        }
        let text = decoded(octets).map_err(|reason| fail(reason).advice("save the file as UTF-8"))?;
        if text.contains("FindProxyForURL") && !text.trim_start().starts_with('<') {
            return Err(script(file));
        }
        let section = section::read(&text).map_err(|error| {
            fail(error.to_string()).advice(
                "give the configuration of a .NET program (NAME.exe.config), in which <defaultProxy> is within <system.net> of <configuration>",
            )
        })?;
        let mut notes: Vec<String> = section.notes.iter().map(|note| format!("{file}, {note}")).collect();
        let route = route(file, &section, &mut notes)?;
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned();
        Ok(ProxyConfig { name, notes, route })
    }

    /// How the program reaches an endpoint; an IPv6 address comes without brackets.
    ///
    /// # Errors
    ///
    /// When an entry of the bypass list would decide that, and is not understood.
    pub(super) fn way(&self, scheme: &str, host: &str, port: u16) -> Result<Way<'_>, Failure> {
        match &self.route {
            Route::Direct(why) => Ok(Way::Direct((*why).to_owned())),
            Route::Proxy { proxy, rules, .. } => {
                if let Some(why) = rules.why_direct(scheme, host, port) {
                    return Ok(Way::Direct(why));
                }
                // Without one that fits, it depends on those that are not understood.
                let Some(open) = rules.not_understood() else { return Ok(Way::Proxy(proxy)) };
                Err(self.undecided(open, &format!("whether {host} is reached without the proxy")))
            }
        }
    }

    /// The same for retrieval.
    ///
    /// # Errors
    ///
    /// When an entry of the bypass list is not understood.
    pub(super) fn for_retrieval(&self) -> Result<ProxyChoice, Failure> {
        let (url, rules) = match &self.route {
            Route::Direct(_) => return Ok(ProxyChoice::None),
            Route::Proxy { url, rules, .. } => (url.clone(), Arc::clone(rules)),
        };
        if let Some(open) = rules.not_understood() {
            return Err(self.undecided(open, "what is retrieved without the proxy"));
        }
        let name = format!("{rules:?}");
        let direct = DirectRule::new(name, move |scheme, host, port| rules.why_direct(scheme, host, port).is_some());
        Ok(ProxyChoice::Ruled { origin: self.name.clone(), url, direct })
    }

    fn undecided(&self, open: &Bypass, what: &str) -> Failure {
        let (text, problem) = (shown(&open.text), open.problem().unwrap_or_default());
        Failure::unusable(format!("{}: {what} depends on “{text}” of its bypass list, which is not understood here: {problem}", self.name))
            .advice("see whether the expression fits https://HOST, and give --proxy none if it does, else --proxy with the proxyaddress of the file")
    }
}

impl Rules {
    /// Why an endpoint is reached without the proxy, as far as that is known.
    fn why_direct(&self, scheme: &str, host: &str, port: u16) -> Option<String> {
        let (scheme, default) = match scheme {
            // A target without a scheme is taken for the service's own, which is HTTPS.
            "https" | "tls" | "wss" => ("https", 443),
            "http" => ("http", 80),
            _ => return Some(format!("<defaultProxy> is for HTTP, and {scheme}: goes without it")),
        };
        let address: Option<IpAddr> = host.parse().ok();
        let is_loopback = match address {
            Some(address) => address.is_loopback(),
            None => ["localhost", "loopback"].iter().any(|name| host.eq_ignore_ascii_case(name)),
        };
        if is_loopback {
            return Some("this machine is reached without a proxy".to_owned());
        }
        if self.bypass_on_local && address.is_none() && !host.contains('.') {
            return Some("bypassonlocal exempts names without a dot".to_owned());
        }
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let port = if port == default { String::new() } else { format!(":{port}") };
        let asked = format!("{scheme}://{host}{port}");
        let found = self.bypass.iter().find(|bypass| bypass.is_match(&asked))?;
        Some(format!("“{}” of its bypass list fits {asked}", shown(&found.text)))
    }

    fn not_understood(&self) -> Option<&Bypass> {
        self.bypass.iter().find(|bypass| bypass.problem().is_some())
    }
}

/// What a section comes to.
fn route(file: &str, section: &Section, notes: &mut Vec<String>) -> Result<Route, Failure> {
    let fail = |reason: String| Failure::unusable(format!("{file}: {reason}"));
    if let Some(Value { text, at }) = &section.config_source {
        return Err(fail(format!("{at}: <defaultProxy> is in another file, {}", shown(text)))
            .advice("give that file; it is beside this one"));
    }
    if section.is_encrypted {
        return Err(fail("<defaultProxy> is encrypted, and only that machine can decrypt it".to_owned()).advice(
            "have it decrypted there (aspnet_regiis -pdf system.net/defaultProxy DIRECTORY), or give --proxy URL",
        ));
    }
    if section.enabled == Some(false) {
        return Ok(Route::Direct("enabled=\"false\": it uses no proxy"));
    }
    if let Some(Value { text, at }) = &section.module {
        return Err(fail(format!(
            "{at}: a module of the program's own, {}, chooses the proxy",
            shown(&certlens_fetch::shown(text))
        ))
        .advice("ask its maker which proxy that is, and give --proxy URL"));
    }
    // Each of these makes .NET forget the script.
    let forgets_script = section.address.is_some() || section.bypass_on_local.is_some() || !section.bypass.is_empty();
    let has_script = section.script.is_some() || section.auto_detect == Some(true);
    if has_script && !forgets_script {
        let what = match &section.script {
            Some(Value { text, .. }) => format!("the script {} (PAC)", certlens_fetch::shown(text)),
            None => "a script that the network names (autoDetect: http://wpad/wpad.dat)".to_owned(),
        };
        return Err(fail(format!("{what} chooses the proxy, and no scripts are run here")).advice(SCRIPT_ADVICE));
    }
    if has_script {
        notes.push(format!(
            "{file}: its script (scriptLocation, autoDetect) is not run: .NET forgets it over proxyaddress, bypassonlocal or a bypass list"
        ));
    }
    let bypass = bypass_list(file, section)?;
    let Some(address) = &section.address else {
        let says_nothing = section.auto_detect.is_none() && !has_script && !forgets_script;
        let system = match (section.is_there, section.use_system_default) {
            (_, Some(false)) if says_nothing => None,
            (_, Some(true)) if section.auto_detect.is_none() && !has_script => Some("usesystemdefault=\"true\""),
            (true, _) if says_nothing => Some("its <defaultProxy> names none"),
            (false, _) => Some("it has no <defaultProxy>"),
            _ => None,
        };
        return match system {
            Some(why) => Err(account(file, why)),
            None => Ok(Route::Direct("its <defaultProxy> has settings but no proxyaddress: it uses no proxy")),
        };
    };
    let (proxy, url) = proxy(file, address)?;
    for open in bypass.iter().filter(|bypass| bypass.problem().is_some()) {
        let (text, problem) = (shown(&open.text), open.problem().unwrap_or_default());
        notes.push(format!("{file}: “{text}” of its bypass list is not understood here: {problem}"));
    }
    if section.bypass_on_local == Some(true) {
        notes.push(format!(
            "{file}: bypassonlocal exempts also the addresses of the machine that it is for and the names of that machine's domain, which are not known here"
        ));
    }
    if section.use_system_default == Some(true) {
        notes.push(format!(
            "{file}: with usesystemdefault=\"true\" the exceptions of the Windows account count where it has none of its own, and they cannot be read here"
        ));
    }
    if section.use_default_credentials == Some(true) {
        notes.push(format!(
            "{file}: useDefaultCredentials has the program log in at the proxy by its Windows account, which cannot be done here; for another login give --proxy-user"
        ));
    }
    let rules = Rules { bypass_on_local: section.bypass_on_local == Some(true), bypass };
    Ok(Route::Proxy { proxy, url, rules: Arc::new(rules) })
}

fn bypass_list(file: &str, section: &Section) -> Result<Vec<Bypass>, Failure> {
    let read = |Value { text, at }: &Value| {
        Bypass::read(text).map_err(|reason| {
            let meant = text.trim_start_matches(['*', '+', '?']).trim_start_matches('.').replace('.', r"\.");
            Failure::unusable(format!("{file}: {at}: “{}” of the bypass list: {reason}", shown(text)))
                .advice(format!(r"correct it: for a domain and all names in it, (^|\.|/){}$", shown(&meant)))
        })
    };
    section.bypass.iter().map(read).collect()
}

/// The proxy at an address. .NET Framework speaks to proxies by HTTP alone.
fn proxy(file: &str, Value { text, at }: &Value) -> Result<(Proxy, ProxyUrl), Failure> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        let proxy = Proxy::parse(&format!("{file}: {at}: proxyaddress"), text).map_err(|error| refuse(&error))?;
        return Ok((proxy, ProxyUrl(text.clone())));
    }
    let found = match scheme {
        Some(scheme) => format!("is a URL with {}:", shown(scheme)),
        None => "is no URL".to_owned(),
    };
    Err(Failure::unusable(format!("{file}: {at}: proxyaddress {found}; http://HOST:PORT was expected"))
        .advice("correct it: .NET Framework asks proxies by http: alone, and fails with any other address"))
}

/// In the place of a configuration there is a script.
fn script(file: &str) -> Failure {
    Failure::unusable(format!("{file}: it is a script that chooses a proxy (PAC), and no scripts are run here"))
        .advice(SCRIPT_ADVICE)
}

/// The settings are those of a Windows account.
fn account(file: &str, why: &str) -> Failure {
    Failure::unusable(format!(
        "{file}: {why}, so that it takes the proxy of the Windows account under which the program runs, which cannot be read here"
    ))
    .advice(
        "on that machine and under that account, [Net.WebRequest]::GetSystemWebProxy().GetProxy('https://HOST') in PowerShell says which proxy that is; give it as --proxy URL, or --proxy none where the answer is the URL itself",
    )
}

/// The text, in UTF-8, or in UTF-16 with its mark.
fn decoded(octets: &[u8]) -> Result<String, String> {
    match octets {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => {
            let start = if octets.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
            let text = std::str::from_utf8(octets.get(start..).unwrap_or_default());
            text.map(str::to_owned).map_err(|error| {
                format!("octet {}: UTF-8, or UTF-16 with its mark, was expected", start + error.valid_up_to())
            })
        }
    }
}

/// `octets` stand behind the mark.
fn utf16(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, odd) = octets.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    let mut offset = 2;
    let fail = |offset: usize| format!("octet {offset}: a whole character of UTF-16 was expected");
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let character = decoded.map_err(|_| fail(offset))?;
        text.push(character);
        offset += 2 * character.len_utf16();
    }
    if odd.is_empty() { Ok(text) } else { Err(fail(offset)) }
}

#[cfg(test)]
mod tests;
