//! What the verdict on a described PKI must be: every path, judged by the
//! description alone. [`Rules`] says where verifiers differ; nothing else does.

use super::{
    Alternative, Base, Basic, Described, Identifier, Odd, Pki, Purposes, Usage, Validity, policies, same_name,
};

/// Where rustls-webpki differs from certlens. Each field is one row of the table
/// in the target `engine`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub names_as_written: bool,
    pub loops_by_name_and_key: bool,
    pub refuses_ca_as_target: bool,
    pub ignores_key_usage: bool,
    pub takes_server_auth_only: bool,
    pub counts_self_issued: bool,
    pub constrains_self_issued: bool,
    pub processes_few_extensions: bool,
    pub refuses_constrained_directories: bool,
    pub refuses_constrained_mailboxes: bool,
    pub meets_malformed_bases_late: bool,
    pub knows_no_policies: bool,
    pub knows_no_limit: bool,
}

impl Rules {
    pub const CERTLENS: Rules = Rules {
        names_as_written: false,
        loops_by_name_and_key: false,
        refuses_ca_as_target: false,
        ignores_key_usage: false,
        takes_server_auth_only: false,
        counts_self_issued: false,
        constrains_self_issued: false,
        processes_few_extensions: false,
        refuses_constrained_directories: false,
        refuses_constrained_mailboxes: false,
        meets_malformed_bases_late: false,
        knows_no_policies: false,
        knows_no_limit: false,
    };
    pub const WEBPKI: Rules = Rules {
        names_as_written: true,
        loops_by_name_and_key: true,
        refuses_ca_as_target: true,
        ignores_key_usage: true,
        takes_server_auth_only: true,
        counts_self_issued: true,
        constrains_self_issued: true,
        processes_few_extensions: true,
        refuses_constrained_directories: true,
        refuses_constrained_mailboxes: true,
        meets_malformed_bases_late: true,
        knows_no_policies: true,
        knows_no_limit: true,
    };
}

/// What of an anchor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchors {
    /// Name, key, and its name constraints.
    Named,
    /// All that RFC 5937 enforces.
    Constrained,
}

/// Whether the target is to be trusted.
pub fn is_trusted(pki: &Pki, rules: Rules, anchors: Anchors) -> bool {
    let target = &pki.certificates[0];
    let is_anchor = pki.anchors.iter().any(|place| pki.certificates[*place] == *target);
    if anchors == Anchors::Constrained && is_anchor {
        return sound_target(target, rules) && policies::hold(&pki.request, None, &[target]);
    }
    sound_target(target, rules) && climb(pki, rules, anchors, &mut vec![target])
}

/// Whether a path leads on from the last of the chain.
fn climb<'a>(pki: &'a Pki, rules: Rules, anchors: Anchors, chain: &mut Vec<&'a Described>) -> bool {
    let Some(top) = chain.last().copied() else { return false };
    let issued = |issuer: &Described| {
        let named =
            if rules.names_as_written { top.issuer == issuer.subject } else { same_name(top.issuer, issuer.subject) };
        named && top.signed_by == issuer.key && !top.broken_signature
    };
    let ends = |anchor: &Described| {
        issued(anchor)
            && (anchors == Anchors::Named || sound_anchor(anchor, rules))
            && holds(anchor, chain, anchors == Anchors::Constrained, rules)
            && (rules.knows_no_policies
                || policies::hold(&pki.request, (anchors == Anchors::Constrained).then_some(anchor), chain))
    };
    let intermediates = chain.iter().skip(1).filter(|one| !one.is_self_issued()).count();
    if pki.request.at_most_one && intermediates > 1 && !rules.knows_no_limit {
        return false;
    }
    if pki.anchors.iter().any(|place| ends(&pki.certificates[*place])) {
        return true;
    }
    for issuer in pki.pool.iter().map(|place| &pki.certificates[*place]) {
        let loops = chain.iter().any(|one| {
            one.key == issuer.key
                && match rules.loops_by_name_and_key {
                    true => one.subject == issuer.subject,
                    false => same_name(one.subject, issuer.subject) && one.alternatives == issuer.alternatives,
                }
        });
        if !issued(issuer) || loops || !sound_ca(issuer, rules) || !holds(issuer, chain, true, rules) {
            continue;
        }
        chain.push(issuer);
        let found = climb(pki, rules, anchors, chain);
        chain.pop();
        if found {
            return true;
        }
    }
    false
}

fn sound_target(target: &Described, rules: Rules) -> bool {
    use Usage as U;
    let usage = matches!(target.usage, U::Absent | U::Serves | U::Both | U::Enciphers | U::Agrees);
    let named = target.alternatives.iter().any(|name| matches!(name, Alternative::Www | Alternative::Wildcard));
    sound(target, rules)
        && (usage || rules.ignores_key_usage)
        && serves(target, rules, false)
        && !(rules.refuses_ca_as_target && is_ca(target))
        && named
}

fn sound_ca(ca: &Described, rules: Rules) -> bool {
    sound(ca, rules) && is_ca(ca) && (signs(ca) || rules.ignores_key_usage) && serves(ca, rules, true)
}

/// A version 1 anchor has no way to say that it is a CA.
fn sound_anchor(anchor: &Described, rules: Rules) -> bool {
    sound(anchor, rules) && (is_ca(anchor) || anchor.version_1) && signs(anchor) && serves(anchor, rules, true)
}

fn sound(certificate: &Described, rules: Rules) -> bool {
    use Validity::{Expired, Future, SecondLate};
    let critical = certificate.odd == Odd::PoliciesCritical
        || [certificate.subject_key, certificate.authority_key].contains(&Identifier::RightCritical);
    !matches!(certificate.validity, Expired | Future | SecondLate)
        && certificate.odd != Odd::UnknownCritical
        && !(rules.processes_few_extensions && critical)
}

fn is_ca(certificate: &Described) -> bool {
    matches!(certificate.constraints, Basic::Ca | Basic::Ca0 | Basic::Ca1 | Basic::Ca0NotCritical)
}

fn signs(ca: &Described) -> bool {
    matches!(ca.usage, Usage::Absent | Usage::Signs | Usage::Both)
}

fn serves(certificate: &Described, rules: Rules, as_ca: bool) -> bool {
    use Purposes as P;
    match certificate.purposes {
        P::Absent | P::Server | P::ClientAndServer | P::ServerCritical => true,
        P::Any => !rules.takes_server_auth_only,
        P::Gated => as_ca && !rules.takes_server_auth_only,
        P::Client | P::CodeCritical => false,
    }
}

/// Whether what an issuer states holds of all below it.
fn holds(issuer: &Described, below: &[&Described], with_length: bool, rules: Rules) -> bool {
    let exempt = |(depth, one): (usize, &&Described)| depth > 0 && one.is_self_issued();
    let counted = below.iter().enumerate().skip(1).filter(|one| rules.counts_self_issued || !exempt(*one)).count();
    let within = match issuer.constraints {
        Basic::Ca0 | Basic::Ca0NotCritical => counted == 0,
        Basic::Ca1 => counted <= 1,
        _ => true,
    };
    let malformed = issuer.permitted.contains(&Base::Malformed) || issuer.excluded.contains(&Base::Malformed);
    (within || !with_length)
        && (!malformed || rules.meets_malformed_bases_late)
        && below.iter().enumerate().all(|(depth, one)| {
            (exempt((depth, one)) && !rules.constrains_self_issued) || names_hold(issuer, one, rules)
        })
}

fn names_hold(issuer: &Described, one: &Described, rules: Rules) -> bool {
    let sides = [(&issuer.permitted, true), (&issuer.excluded, false)];
    sides.into_iter().all(|(bases, permits)| {
        let directories: Vec<Base> =
            bases.iter().copied().filter(|base| matches!(base, Base::Organization | Base::Two)).collect();
        let subject_holds = match (directories.is_empty(), rules.refuses_constrained_directories) {
            (true, _) => true,
            (false, true) => false,
            (false, false) => directories.iter().any(|base| is_below(one.subject, *base)) == permits,
        };
        subject_holds && one.alternatives.iter().all(|name| name_holds(*name, bases, permits, rules))
    })
}

fn is_below(subject: usize, directory: Base) -> bool {
    match directory {
        Base::Two => subject == 1,
        _ => matches!(subject, 0 | 1 | 2 | 4),
    }
}

fn name_holds(name: Alternative, bases: &[Base], permits: bool, rules: Rules) -> bool {
    use Alternative as A;
    let is_same_form = |base: &&Base| match name {
        A::Address | A::OtherAddress => matches!(base, Base::Network | Base::Malformed),
        A::Mailbox => **base == Base::MailDomain,
        _ => matches!(base, Base::Domain | Base::BelowDomain | Base::Www),
    };
    let bases: Vec<&Base> = bases.iter().filter(is_same_form).collect();
    if bases.is_empty() {
        return true;
    }
    // The other address differs before the mask is seen to be none.
    if name == A::Malformed || (name == A::Address && bases.contains(&&Base::Malformed)) {
        return false;
    }
    if name == A::Mailbox && rules.refuses_constrained_mailboxes {
        return false;
    }
    let touches = |base: &Base| match (name, base) {
        (A::Www, Base::Domain | Base::BelowDomain | Base::Www) => true,
        (A::Wildcard, Base::Domain | Base::BelowDomain) => true,
        // It stands for more than that one, and for that one.
        (A::Wildcard, Base::Www) => !permits,
        (A::Domain, Base::Domain) => true,
        (A::Address, Base::Network) | (A::Mailbox, Base::MailDomain) => true,
        _ => false,
    };
    bases.into_iter().any(touches) == permits
}
