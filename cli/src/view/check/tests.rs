use super::*;

#[test]
fn what_is_not_known_is_asked_for_before_anything_is_mended() {
    use certlens_keystore::judgement::{Judgement, Outcome};
    use certlens_keystore::provider::Confidence;
    let demand = |code, outcome, judged, remedy| {
        let judgement = Judgement::new(judged, "why", Confidence::Documented, "source");
        DemandFacts::own((code, "what"), outcome, judgement, Some(remedy))
    };
    let conversion = RemedyFacts { means: MeansFacts::Convert, ..RemedyFacts::words("convert the file") };
    let demands = [
        demand("csp", OutcomeFacts::Fail, Outcome::Fail, conversion.clone()),
        demand("names", OutcomeFacts::Fail, Outcome::Fail, RemedyFacts::anew("have it issued anew")),
        demand("opens", OutcomeFacts::CannotKnow, Outcome::CannotKnow, RemedyFacts::words("give the password")),
    ];
    let expected = ["Give the password.", "Have it issued anew.", "Convert the file."].map(Step::new);
    assert_eq!(steps(&[conversion], &demands), expected);
}

#[test]
fn commands_can_be_copied() {
    let line = |words: &[&str]| command_line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        line(&["certlens", "pfx", "convert", "a b.pfx", "--csp", "Some Provider", "--machine", "--output", "--x.pfx"]),
        "certlens pfx convert 'a b.pfx' --csp 'Some Provider' --machine --output ./--x.pfx"
    );
    assert_eq!(line(&["certlens", "pfx", "convert", "--csp"]), "certlens pfx convert ./--csp");
}
