//! What to do about the answer of `certlens roots has`.

use certlens_fetch::shown;
use certlens_report::Step;

use crate::args::ProxyArgs;
use crate::facts::roots::{AnswerFacts, KindFacts, LikenessFacts, RootsReport, SetFacts, VerdictFacts};
use crate::shell::{download, quote};
use crate::view::{again, installing, root};

pub(super) fn steps(answer: &AnswerFacts, report: &RootsReport) -> Vec<Step> {
    match answer.verdict {
        VerdictFacts::Trusted => trusted(answer),
        VerdictFacts::Disallowed => vec![Step::new(
            "Do not install it: whoever disallowed it had reasons. Ask whose certificates it is needed for to change their CA.",
        )],
        VerdictFacts::EmptyStore => vec![
            Step::new(
                "Install the system's CA certificates (on Linux the package ca-certificates), and look at the environment variables SSL_CERT_FILE and SSL_CERT_DIR, which replace them.",
            ),
            Step::new("To see what Mozilla trusts:")
                .command(format!("certlens roots has {} --in mozilla", quote(&answer.asked))),
        ],
        VerdictFacts::OutOfDate => vec![
            Step::new(
                "Get the root that its issuer has in its place, and look at this machine's clock, too. With the new one, see how it gets here; where its key is another, get certificates below it as well:",
            )
            .command(format!("certlens roots has FILE{}", options(&report.sets))),
        ],
        VerdictFacts::NotTrusted => missing(answer, report),
        VerdictFacts::NoRoot => no_root(answer, &options(&report.sets)),
    }
}

fn trusted(answer: &AnswerFacts) -> Vec<Step> {
    if answer.found.iter().any(|found| found.likeness == LikenessFacts::SameName) {
        return vec![Step::new(
            "Compare the SHA-256 with the one that the CA publishes, or that those who run it name: a name alone says nothing about whose key it is.",
        )];
    }
    vec![Step::new(
        "If a program still refuses certificates below it, that program has a trust store of its own, or a proxy replaces the certificates on their way: look at the root of the chain that the program gets.",
    )]
}

fn missing(answer: &AnswerFacts, report: &RootsReport) -> Vec<Step> {
    let mut steps = Vec::new();
    if answer.found.iter().any(|found| found.likeness == LikenessFacts::OtherKey) {
        steps.push(Step::new(
            "Find out who installed the root of the same name with another key: a proxy that inspects traffic, or an impostor.",
        ));
    }
    if !answer.near.is_empty() {
        steps.push(Step::new(format!("If one of these is meant, ask for it: {}.", answer.near.join(", "))));
    }
    let Some(wanted) = &answer.wanted else {
        steps.extend(unknown());
        return steps;
    };
    // Other sets are nobody's to change here.
    if report.sets.iter().all(|set| set.kind != KindFacts::System) {
        let text = "Whether this system trusts it, and how it gets there:";
        steps.push(Step::new(text).command(format!("certlens roots has {}", quote(&argument(answer)))));
        return steps;
    }
    let mut name = file_name(answer);
    // Roots of one name do not share a file.
    let is_other = |other: &&AnswerFacts| !std::ptr::eq(*other, answer) && file_name(other) == name;
    if let (Some(sha256), Some(_)) = (&wanted.sha256, report.answers.iter().find(is_other)) {
        name = format!("{name}-{}", sha256.get(..8).unwrap_or_default());
    }
    let file = match (&answer.given, wanted.download) {
        (Some(given), _) => {
            let alone = root::alone(&given.certificate, &given.origin, &name, &ProxyArgs::default());
            steps.extend(alone.step());
            alone.file
        }
        (None, Some(url)) => {
            let file = format!("{name}.crt");
            steps.push(
                Step::new(format!(
                    "Get it from where its issuer publishes it, {url}; certlens downloads nothing by itself:"
                ))
                .command(download(url, &file, &ProxyArgs::default())),
            );
            file
        }
        (None, None) => {
            let file = format!("{name}.crt");
            steps.push(Step::new(format!("Get it from the web site of its issuer, and save it as {file}.")));
            file
        }
    };
    if let Some(sha256) = &wanted.sha256 {
        let known = answer.in_mozilla || wanted.download.is_some();
        let text = match known {
            true => format!("See that it is the right one; its SHA-256 must be {}", root::colons(sha256)),
            false => format!(
                "Ask the CA, by another way than the one that this certificate came by, for the SHA-256; it must be {}",
                root::colons(sha256)
            ),
        };
        steps.push(Step::new(text).command(format!("openssl x509 -in {} -noout -fingerprint -sha256", quote(&file))));
    }
    steps.extend(installing::steps("Install it for all programs of this system,", &file, &name));
    let asked = if answer.given.is_some() { &file } else { &answer.asked };
    let sets = options(&report.sets);
    steps.push(Step::new("Ask again:").command(format!("certlens roots has {}{sets}", quote(asked))));
    steps
}

/// The options that ask the same sets; the system's alone needs none.
fn options(sets: &[SetFacts]) -> String {
    match sets {
        [one] if one.kind == KindFacts::System => String::new(),
        several => several.iter().map(|set| format!(" --in {}", quote(&set.name))).collect(),
    }
}

/// What was asked for, as a command has it.
fn argument(answer: &AnswerFacts) -> String {
    let file = answer.given.as_ref().and_then(|given| again::file_of(&given.origin));
    file.unwrap_or(&answer.asked).to_owned()
}

/// What is not known by a name alone: nobody publishes private roots.
fn unknown() -> [Step; 2] {
    [
        Step::new(
            "Where it is the root of a company or of a proxy, get its certificate from those who run that CA; or take it from a server that sends it along, the last one of the chain:",
        )
        .command(format!("certlens probe HOST:PORT --save-chain {}", root::free_name("sent"))),
        Step::new("Then ask with the file, or with the thumbprint that those who run the CA name:")
            .command("certlens roots has FILE"),
    ]
}

/// What an intermediate or an end entity needs is the root above it.
fn no_root(answer: &AnswerFacts, sets: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    match &answer.root_of_it {
        Some(root) => steps.push(
            Step::new("Install the root that has its name and key, and not this one; ask for that:")
                .command(format!("certlens roots has {root}{sets}")),
        ),
        None if answer.issuer_in.is_some() => {
            steps.push(Step::new(
                "There is nothing to install: its root is trusted, and this one is the server's to send.",
            ));
        }
        None => {
            let issuer = answer.issuer.as_deref().unwrap_or_default();
            steps.push(match &answer.issuer_url {
                Some(url) => Step::new("Install its root, and not this one. Ask for whoever issued it, and go on until it is a root:")
                    .command(download(&shown(url), "issuer.cer", &ProxyArgs::default()))
                    .command(format!("certlens roots has issuer.cer{sets}")),
                None => Step::new(format!(
                    "Install its root, and not this one. Get the certificate of {issuer} from those who run that CA, and ask with it; go on until it is a root:"
                ))
                .command(format!("certlens roots has FILE{sets}")),
            });
        }
    }
    if answer.is_ca != Some(false) {
        let file = answer.given.as_ref().and_then(|given| again::file_of(&given.origin)).unwrap_or("FILE");
        steps.push(
            Step::new(
                "Where a server leaves it out, have it put into the server's certificate file behind the server's own; for one run it may be given here:",
            )
            .command(format!("certlens verify HOST:PORT --intermediates {}", quote(file))),
        );
    }
    steps
}

/// What people call it, as a file's name.
fn file_name(answer: &AnswerFacts) -> String {
    root::as_file(answer.name.trim_start_matches("CN="))
}
