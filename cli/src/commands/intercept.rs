//! `certlens intercept`.

use std::rc::Rc;

use certlens_core::policy::RevocationMode;
use certlens_probe::interception::observation::{Observation, Reference, Way};
use certlens_probe::interception::{Question, assess};
use certlens_probe::many::Load;
use certlens_probe::target::Target;

use crate::args::{InterceptArgs, ProxyArgs};
use crate::endpoint::proxies::Proxies;
use crate::endpoint::{self, Ended, Examined, Judge, Plan, Run};
use crate::error::Failure;
use crate::exit::Exit;
use crate::facts::intercept::InterceptReport;
use crate::intercept::{observation, pins};
use crate::verification::Request;
use crate::{output, say, view};

/// A way, and what it shows of the endpoint and of each reference.
pub(crate) struct Shown {
    pub(crate) way: Way,
    pub(crate) examined: Vec<Option<Examined>>,
}

pub(crate) fn run(args: &InterceptArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(args.output.format)?;
    let password_files = [&args.proxy_password_file, &args.client.client_password_file];
    let password_files = password_files.into_iter().filter_map(|file| file.as_deref());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    let pins = pins(&args.pin)?;
    let target = one(&args.target)?;
    let references = args.reference.iter().map(|host| one(host)).collect::<Result<Vec<_>, _>>()?;
    if let Some(same) = references.iter().find(|reference| reference.host == target.host) {
        return Err(Failure::unusable(format!("--reference {}: is the endpoint itself", same.host))
            .advice("give a public host that has nothing to do with it"));
    }
    let verification = args.verification();
    let request = Request::new(&verification)?;
    debug_assert_eq!(request.policy.revocation.mode, RevocationMode::None);
    let ways = ways(args, &target)?;
    let judge = Judge::new(&verification, &request);
    let hosts: Vec<&Target> = [&target].into_iter().chain(&references).collect();
    let mut planned = Vec::new();
    for (_, plan) in &ways {
        for host in &hosts {
            planned.push(((*host).clone(), plan.way(host)?));
        }
    }
    let run = Run::of(planned, Load::default());
    let (made, ended) = endpoint::all(&run, |probe, way| judge.examine(probe, way))?;
    if ended != Ended::Whole {
        say(&"note: interrupted; what had not been reached is missing");
    }
    let mut made = made.into_iter();
    let shown: Vec<Shown> =
        ways.into_iter().map(|(way, _)| Shown { way, examined: made.by_ref().take(hosts.len()).collect() }).collect();
    let observed = |place: usize| -> Vec<Observation> {
        let each = shown.iter().filter_map(|shown| {
            let examined = shown.examined.get(place)?.as_ref()?;
            observation(shown.way.clone(), examined, &judge, &request)
        });
        each.collect()
    };
    let observations = observed(0);
    let references: Vec<Reference> = references
        .iter()
        .enumerate()
        .map(|(at, host)| Reference { host: host.host.to_string(), observations: observed(at + 1) })
        .collect();
    let host = target.host.to_string();
    let question =
        Question { host: &host, observations: &observations, references: &references, pins: &pins, now: request.time };
    let assessment = assess(&question);
    let report = InterceptReport::new(&target, &question, &assessment, &shown);
    let exit = report.exit();
    output::write(
        &args.output,
        [],
        || &report,
        || vec![view::intercept::document(&report, &shown, &request, &verification)],
    )?;
    Ok(exit)
}

/// One endpoint.
fn one(text: &str) -> Result<Target, Failure> {
    match endpoint::targets(text)?.as_slice() {
        [target] => Ok(target.clone()),
        several => Err(Failure::unusable(format!("{text}: means {} endpoints", several.len()))
            .advice("give one; a script can go through several")),
    }
}

/// The ways: without a proxy first, then through each.
fn ways(args: &InterceptArgs, target: &Target) -> Result<Vec<(Way, Plan)>, Failure> {
    let verification = args.verification();
    let timeout = verification.network.seconds_given()?;
    let with = |proxy: Option<&str>, from: Option<&str>| ProxyArgs {
        proxy: proxy.map(str::to_owned),
        proxy_from: from.map(str::to_owned),
        proxy_user: args.proxy_user.clone().filter(|_| proxy != Some("none")),
        proxy_password_file: args.proxy_password_file.clone().filter(|_| proxy != Some("none")),
        proxy_password_env: args.proxy_password_env.clone().filter(|_| proxy != Some("none")),
    };
    let mut plans = Vec::new();
    if !args.no_direct {
        plans.push(with(Some("none"), None));
    }
    plans.extend(args.proxy.iter().map(|proxy| with(Some(proxy), None)));
    plans.extend(args.proxy_from.iter().map(|file| with(None, Some(file))));
    if args.proxy.is_empty() && args.proxy_from.is_none() {
        // What the environment says; nothing more, where it says nothing.
        plans.push(with(None, None));
    }
    let mut ways: Vec<(Way, Plan)> = Vec::new();
    for proxy in plans {
        let plan = Plan::new(&args.endpoint, &args.client, Rc::new(Proxies::new(&proxy)?), timeout)?;
        let way = match plan.way(target)?.settings.proxy.as_ref() {
            Some(proxy) => Way::Proxy(proxy.authority()),
            None => Way::Direct,
        };
        if ways.iter().all(|(known, _)| *known != way) {
            ways.push((way, plan));
        }
    }
    match ways.is_empty() {
        true => {
            Err(Failure::unusable("there is no way to the endpoint: --no-direct, and no proxy")
                .advice("give --proxy URL"))
        }
        false => Ok(ways),
    }
}
