//! The options of a run as a record has them.

use clap::{Parser, ValueEnum};

use crate::args::{
    Cli, Command, NetworkArgs, OutputArgs, PasswordArgs, PathArgs, ProxyArgs, RevocationArgs, VerifyArgs,
};
use crate::error::Failure;

/// The options that decide the verdict. Every field is named here, so that none is
/// left out, or kept, by oversight: those not taken name files, which the record has
/// itself, say how something was retrieved, which shows in what came, or are secret.
pub(super) fn kept(args: &VerifyArgs) -> Vec<String> {
    let VerifyArgs {
        targets: _,
        // A run with endpoints is not recorded.
        endpoint: _,
        client: _,
        path: PathArgs { anchors: _, trust, intermediates: _, at: _ },
        name,
        purpose,
        profile,
        allow_weak,
        anchors_as_keys,
        max_path_length,
        initial_policy,
        require_explicit_policy,
        inhibit_policy_mapping,
        inhibit_any_policy,
        revocation: RevocationArgs { crl: _, ocsp: _, revocation, revocation_scope, prefer },
        fetch,
        network:
            network @ NetworkArgs {
                // May hold a password, or lead to a file.
                proxy:
                    ProxyArgs { proxy: _, proxy_from: _, proxy_user: _, proxy_password_file: _, proxy_password_env: _ },
                cache_dir: _,
                ldap_bind: _,
                ldap_bind_host: _,
                ldap_password_file: _,
                ldap_start_tls: _,
                timeout: _,
                no_cache,
                public_only,
                ocsp_hash,
                ocsp_nonce,
                ldap_host,
            },
        // Secret, or where a secret is.
        password: PasswordArgs { password_file: _, password_env: _, password: _ },
        record: _,
        replay: _,
        all_paths,
        output: _,
        endpoints_alone: _,
    } = args;
    let mut kept = Vec::new();
    // In one word with its name, a value may begin with a hyphen.
    let mut option = |name: &str, value: &str| kept.push(format!("--{name}={value}"));
    if let Some(trust) = trust {
        option("trust", &word(*trust));
    }
    if let Some(name) = name {
        option("name", name);
    }
    for purpose in purpose {
        option("purpose", purpose);
    }
    option("profile", &word(*profile));
    for kind in allow_weak {
        option("allow-weak", kind);
    }
    if let Some(most) = max_path_length {
        option("max-path-length", most);
    }
    for policy in initial_policy {
        option("initial-policy", policy);
    }
    if let Some(mode) = revocation {
        option("revocation", &word(*mode));
    }
    option("revocation-scope", &word(*revocation_scope));
    option("prefer", &word(*prefer));
    if *fetch {
        option("timeout", network.timeout());
        option("ocsp-hash", &word(*ocsp_hash));
        if let Some(host) = ldap_host {
            option("ldap-host", host);
        }
    }
    for (given, flag) in [
        (anchors_as_keys, "--anchors-as-keys"),
        (require_explicit_policy, "--require-explicit-policy"),
        (inhibit_policy_mapping, "--inhibit-policy-mapping"),
        (inhibit_any_policy, "--inhibit-any-policy"),
        (fetch, "--fetch"),
        (no_cache, "--no-cache"),
        (public_only, "--public-only"),
        (ocsp_nonce, "--ocsp-nonce"),
        (all_paths, "--all-paths"),
    ] {
        if *given {
            kept.push(flag.to_owned());
        }
    }
    kept
}

fn word<T: ValueEnum>(value: T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The options again, with the output of this run.
///
/// # Errors
///
/// When they are not options that [`kept`] keeps.
pub(super) fn read(kept: &[String], output: &OutputArgs) -> Result<VerifyArgs, String> {
    let words = ["certlens", "verify", "target"].into_iter().chain(kept.iter().map(String::as_str));
    let cli = Cli::try_parse_from(words).map_err(|error| {
        let text = error.to_string();
        text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })?;
    let Command::Verify(mut args) = cli.command else { return Err("not those of verify".to_owned()) };
    // Whatever names a file, a host or an account of this machine is not kept.
    if self::kept(&args).iter().collect::<std::collections::HashSet<_>>() != kept.iter().collect() {
        return Err("there is one that records do not have".to_owned());
    }
    args.targets.clear();
    args.output = output.clone();
    Ok(*args)
}

/// The failure of a record whose options cannot be used.
pub(super) fn unusable(record: &str, reason: &str) -> Failure {
    Failure::unusable(format!("{record}: the arguments cannot be used: {reason}"))
        .advice("have it recorded again, or use the version of certlens that recorded it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(words: &[&str]) -> VerifyArgs {
        let words = ["certlens", "verify", "a.pem"].iter().chain(words);
        match Cli::try_parse_from(words).unwrap().command {
            Command::Verify(args) => *args,
            _ => panic!("another command"),
        }
    }

    #[test]
    fn what_decides_the_verdict_is_kept_and_nothing_else() {
        let args = verify(&[
            "--fetch",
            "--proxy=http://user:secret@proxy:3128",
            "--ldap-bind=CN=account",
            "--ldap-bind-host=dc",
            "--ldap-password-file=/secret",
            "--cache-dir=/cache",
            "--anchors=/home/a/ca.pem",
            "--name=-odd",
            "--profile=web",
            "--ocsp-nonce",
            "--revocation=best-effort",
        ]);
        let kept = kept(&args);
        let all = kept.join(" ");
        for word in ["secret", "proxy", "account", "dc", "/cache", "/home"] {
            assert!(!all.contains(word), "{word}: {all}");
        }
        let again = read(&kept, &args.output).unwrap();
        assert_eq!(self::kept(&again), kept);
        assert_eq!(again.name.as_deref(), Some("-odd"));
        assert!(again.fetch && again.network.ocsp_nonce && again.targets.is_empty());
    }

    #[test]
    fn other_options_are_refused() {
        let output = verify(&[]).output;
        for word in [
            "--anchors=/etc/passwd",
            "--proxy=none",
            "other.pem",
            "--output=x",
            "--at=2026-01-01",
            "--help",
            "--nonsense",
        ] {
            let mut words = kept(&verify(&[]));
            words.push(word.to_owned());
            // A file of this machine, or where to write, is for whoever replays to say.
            assert!(read(&words, &output).is_err(), "{word}");
        }
    }
}
