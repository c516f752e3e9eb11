//! `certlens probe`, `certlens verify HOST:PORT` and `certlens intercept` in many situations, each on a real
//! socket: nginx, openssl, squid, mitmproxy, databases and mail servers, peers that mean
//! harm, and networks where nothing answers.
//!
//! A situation is a row of data: what is started, the arguments, and what has to come of
//! it. Where a server's program is missing the row is left out, which is said; under
//! CI=true that is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a harness that finds its data broken has to stop, and says what it leaves out"
)]

#[path = "endpoints/certificates.rs"]
mod certificates;
#[path = "endpoints/connection.rs"]
mod connection;
#[path = "endpoints/handshake.rs"]
mod handshake;
#[path = "endpoints/intercepted.rs"]
mod intercepted;
#[path = "endpoints/lab.rs"]
mod lab;
#[path = "endpoints/login.rs"]
mod login;
#[path = "endpoints/net_tcp.rs"]
mod net_tcp;
#[path = "endpoints/proxies.rs"]
mod proxies;
#[path = "endpoints/replaced.rs"]
mod replaced;
#[path = "endpoints/row.rs"]
mod row;
#[path = "endpoints/sites.rs"]
mod sites;
#[path = "endpoints/upgrades.rs"]
mod upgrades;

/// Every table.
const TABLES: [&[row::Row]; 9] = [
    certificates::ROWS,
    connection::ROWS,
    handshake::ROWS,
    intercepted::ROWS,
    login::ROWS,
    net_tcp::ROWS,
    proxies::ROWS,
    replaced::ROWS,
    upgrades::ROWS,
];

#[test]
fn the_table_has_its_size_and_no_row_twice() {
    let rows: Vec<&row::Row> = TABLES.iter().copied().flatten().collect();
    assert!(rows.len() >= 45, "{} situations", rows.len());
    let names: std::collections::HashSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len(), "a name stands there twice");
    for row in rows {
        assert!(!row.text.is_empty(), "{}: no words are expected", row.name);
    }
}
