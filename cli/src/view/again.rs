//! The command of a run once more, for one target and with one change.

use certlens_core::origin::Origin;

use crate::args::{
    ClientArgs, EndpointArgs, PreferArg, ProfileArg, RevocationArg, ScopeArg, TlsArg, TrustArg, VerifyArgs,
};
use crate::shell::quote;
use crate::verification::Verified;

/// The file that a certificate came from; standard input cannot be read again.
pub(super) fn file_of(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::File { path, .. } => Some(path),
        Origin::PfxBag { path, .. } if path != "-" => Some(path),
        _ => None,
    }
}

/// Where the password came from; one that was typed is not repeated.
pub(super) fn password(args: &VerifyArgs) -> Option<(&'static str, String)> {
    let file = args.password.password_file.as_ref().map(|file| ("password-file", file.display().to_string()));
    file.or_else(|| Some(("password-env", args.password.password_env.clone()?)))
}

/// The target as the next command names it; what came by standard input is not there again.
fn argument(verified: &Verified) -> Option<String> {
    match &verified.endpoint {
        Some(endpoint) => Some(endpoint.name()),
        None => file_of(&verified.target.origin).map(str::to_owned),
    }
}

/// What the next command does otherwise.
pub(super) enum Change<'a> {
    /// Nothing.
    Nothing,
    AllPaths,
    Fetch,
    MaxPathLength(i64),
    TrustMozilla,
    Anchors(&'a str),
    /// In the place of all others.
    AnchorsAlone(&'a str),
    Intermediates(&'a str),
}

/// The command of this run for this target with one change; `None` when the
/// target came by standard input.
pub(super) fn again(verified: &Verified, args: &VerifyArgs, change: Change<'_>) -> Option<String> {
    let target = argument(verified)?;
    Some(command("verify", &target, verified.endpoint.is_some(), args, &change))
}

/// The command line of `certlens verify`, `probe` or another that takes the same options,
/// for one target of this run.
pub(super) fn command(name: &str, target: &str, is_endpoint: bool, args: &VerifyArgs, change: &Change<'_>) -> String {
    let mut words = vec![format!("certlens {name}"), quote(target)];
    if is_endpoint {
        words.extend(options(&args.endpoint, &args.client));
    }
    let mut option = |name: &str, value: &str| words.push(format!("--{name} {}", quote(value)));
    for anchors in args.path.anchors.iter().filter(|_| !matches!(change, Change::AnchorsAlone(_))) {
        option("anchors", anchors);
    }
    match (change, args.path.trust) {
        (Change::AnchorsAlone(_), _) => {}
        (Change::TrustMozilla, _) => option("trust", "mozilla"),
        (_, Some(TrustArg::System)) => option("trust", "system"),
        (_, Some(TrustArg::Mozilla)) => option("trust", "mozilla"),
        (_, Some(TrustArg::None)) => option("trust", "none"),
        (_, None) => {}
    }
    for intermediates in &args.path.intermediates {
        option("intermediates", intermediates);
    }
    match change {
        Change::Nothing | Change::TrustMozilla | Change::AllPaths | Change::Fetch | Change::MaxPathLength(_) => {}
        Change::Anchors(file) | Change::AnchorsAlone(file) => option("anchors", file),
        Change::Intermediates(file) => option("intermediates", file),
    }
    for crl in &args.revocation.crl {
        option("crl", crl);
    }
    for response in &args.revocation.ocsp {
        option("ocsp", response);
    }
    match args.revocation.revocation {
        None => {}
        Some(RevocationArg::None) => option("revocation", "none"),
        Some(RevocationArg::BestEffort) => option("revocation", "best-effort"),
        Some(RevocationArg::Require) => option("revocation", "require"),
    }
    if args.revocation.revocation_scope == ScopeArg::EndEntity {
        option("revocation-scope", "end-entity");
    }
    if args.revocation.prefer == PreferArg::Crl {
        option("prefer", "crl");
    }
    args.network.proxy.for_next().iter().for_each(|(name, value)| option(name, value));
    if let (true, Some(timeout)) = (is_endpoint, &args.network.timeout) {
        option("timeout", timeout);
    }
    if let Some(host) = &args.network.ldap_host {
        option("ldap-host", host);
    }
    if let Some((name, value)) = password(args) {
        option(name, &value);
    }
    if let Some(at) = &args.path.at {
        option("at", at);
    }
    if let Some(name) = &args.name {
        option("name", name);
    }
    for purpose in &args.purpose {
        option("purpose", purpose);
    }
    if args.profile == ProfileArg::Web {
        option("profile", "web");
    }
    for kind in &args.allow_weak {
        option("allow-weak", kind);
    }
    match (change, &args.max_path_length) {
        (Change::MaxPathLength(most), _) => option("max-path-length", &most.to_string()),
        (_, Some(most)) => option("max-path-length", most),
        (_, None) => {}
    }
    for policy in &args.initial_policy {
        option("initial-policy", policy);
    }
    for (given, flag) in [
        (args.fetch || matches!(change, Change::Fetch), "--fetch"),
        (args.network.no_cache, "--no-cache"),
        (args.network.public_only, "--public-only"),
        (args.anchors_as_keys, "--anchors-as-keys"),
        (args.require_explicit_policy, "--require-explicit-policy"),
        (args.inhibit_policy_mapping, "--inhibit-policy-mapping"),
        (args.inhibit_any_policy, "--inhibit-any-policy"),
        (args.all_paths || matches!(change, Change::AllPaths), "--all-paths"),
    ] {
        if given {
            words.push(flag.to_owned());
        }
    }
    words.join(" ")
}

/// The options of a run that decide how its endpoints are reached, for the next command.
fn options(args: &EndpointArgs, client: &ClientArgs) -> Vec<String> {
    let mut words = Vec::new();
    let mut option = |name: &str, value: &str| words.push(format!("--{name} {}", quote(value)));
    let given = [("sni", &args.sni), ("connect", &args.connect), ("via", &args.via)];
    for (name, value) in given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        option(name, value);
    }
    args.alpn.iter().for_each(|protocol| option("alpn", protocol));
    if let Some(tls) = args.tls {
        option("tls", if tls == TlsArg::V1_2 { "1.2" } else { "1.3" });
    }
    for (name, value) in client.for_next() {
        option(name, &value);
    }
    if args.no_sni {
        words.push("--no-sni".to_owned());
    }
    words
}
