//! This machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use certlens_core::time::Time;

pub(crate) fn this_moment() -> Time {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_unix(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
}
