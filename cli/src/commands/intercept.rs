//! `certlens intercept`.

use certlens_core::policy::RevocationMode;
use certlens_probe::interception::observation::{Observation, Reference};
use certlens_probe::interception::{Question, assess};
use certlens_probe::many::Load;
use certlens_probe::target::Target;

use crate::args::InterceptArgs;
use crate::endpoint::{self, Ended, Run};
use crate::error::Failure;
use crate::examine::Judge;
use crate::exit::Exit;
use crate::facts::intercept::InterceptReport;
use crate::intercept::{Observer, Planned, Referred, Shown, ShownReference, notes, pins, refuse_own, ways};
use crate::verification::Request;
use crate::{output, read, say, view};

pub(crate) fn run(args: &InterceptArgs) -> Result<Exit, Failure> {
    output::refuse_certutil(args.output.format)?;
    let password_files = [&args.proxy_password_file, &args.client.client_password_file];
    let password_files = password_files.into_iter().filter_map(|file| file.as_deref());
    output::keep_passwords(args.output.output.as_deref(), password_files)?;
    read::one_standard_input(&args.names_of_all_files())?;
    let pins = pins(&args.pin)?;
    let target = one(&args.target)?;
    let references = args.reference.iter().map(|host| one(host)).collect::<Result<Vec<_>, _>>()?;
    refuse_own(&target, &references)?;
    let verification = args.verification();
    let request = Request::new(&verification)?;
    debug_assert_eq!(request.policy.revocation.mode, RevocationMode::None);
    let ways = ways(args, &target)?;
    let judge = Judge::new(&verification, &request);
    let shown = look(ways, &target, &references, &judge)?;
    let public = args.verification_by_mozilla();
    let mut public_request = Request::new(&public)?;
    public_request.intermediates = request.intermediates.clone();
    let public = Judge::new(&public, &public_request);
    let anchors_given = args.anchors_given();
    let observer = Observer { judge: &judge, request: &request, public: &public, anchors_given };
    let mut observations = Vec::new();
    for shown in &shown {
        if let Some(examined) = &shown.endpoint {
            observations.extend(observer.observation(shown.way.clone(), examined)?);
        }
    }
    let host = target.host.to_string();
    let (referred, references) = refer(&host, &references, &shown, &observer)?;
    let question =
        Question { host: &host, observations: &observations, references: &references, pins: &pins, now: request.time };
    let assessment = assess(&question);
    let report = InterceptReport::new(&target, &question, &assessment, &shown, &referred, anchors_given);
    let exit = report.exit();
    output::write(
        &args.output,
        args.inputs(),
        || &report,
        || vec![view::intercept::document(&report, &shown, &request, args)],
    )?;
    Ok(exit)
}

/// Goes every way, to the endpoint and to each reference.
fn look(ways: Vec<Planned>, target: &Target, references: &[Target], judge: &Judge<'_>) -> Result<Vec<Shown>, Failure> {
    let mut planned = Vec::new();
    let mut led: Vec<Vec<Option<String>>> = Vec::new();
    for way in &ways {
        planned.push((target.clone(), way.plan.way(target)?));
        let mut elsewhere = Vec::new();
        for host in references {
            elsewhere.push(match way.reference(host)? {
                Ok(way) => {
                    planned.push((host.clone(), way));
                    None
                }
                Err(why) => Some(why),
            });
        }
        led.push(elsewhere);
    }
    let run = Run::of(planned, Load::default());
    let (made, ended) = endpoint::all(&run, |probe, way| judge.examine(probe, way))?;
    if ended != Ended::Whole {
        say(&"note: interrupted; what had not been reached is missing");
    }
    let mut made = made.into_iter();
    let mut next = || made.next().flatten();
    let shown = ways.into_iter().zip(led).map(|(planned, led)| Shown {
        way: planned.way,
        proxy: planned.proxy,
        endpoint: next(),
        references: led
            .into_iter()
            .map(|elsewhere| elsewhere.map_or_else(|| ShownReference::Asked(next()), ShownReference::Elsewhere))
            .collect(),
    });
    Ok(shown.collect())
}

/// What was seen of each reference, and why it says nothing where it does not.
fn refer(
    host: &str,
    references: &[Target],
    shown: &[Shown],
    observer: &Observer<'_>,
) -> Result<(Vec<Referred>, Vec<Reference>), Failure> {
    let mut referred = Vec::new();
    for (place, target) in references.iter().enumerate() {
        let mut observations: Vec<Observation> = Vec::new();
        let mut elsewhere = Vec::new();
        for shown in shown {
            match shown.references.get(place) {
                Some(ShownReference::Asked(Some(examined))) => {
                    observations.extend(observer.observation(shown.way.clone(), examined)?);
                }
                Some(ShownReference::Elsewhere(why)) => elsewhere.push((shown.way.to_string(), why.clone())),
                Some(ShownReference::Asked(None)) | None => {}
            }
        }
        let reference = Reference { host: target.host.to_string(), observations };
        let notes = notes(host, &reference, &elsewhere);
        referred.push(Referred { reference, notes });
    }
    let references = referred.iter().map(|referred| referred.reference.clone()).collect();
    Ok((referred, references))
}

/// One endpoint.
fn one(text: &str) -> Result<Target, Failure> {
    match endpoint::targets(text)?.as_slice() {
        [target] => Ok(target.clone()),
        several => Err(Failure::unusable(format!("{text}: means {} endpoints", several.len()))
            .advice("give one; a script can go through several")),
    }
}
