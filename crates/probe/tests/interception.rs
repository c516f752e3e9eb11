//! Whether a certificate was replaced: products by their names, differences, verdicts.

#[path = "interception/compare.rs"]
mod compare;
#[path = "interception/cure.rs"]
mod cure;
#[path = "interception/harness.rs"]
mod harness;
#[path = "interception/names.rs"]
mod names;
#[path = "interception/one_way.rs"]
mod one_way;
#[path = "interception/pins.rs"]
mod pins;
#[path = "interception/public.rs"]
mod public;
#[path = "interception/two_ways.rs"]
mod two_ways;
