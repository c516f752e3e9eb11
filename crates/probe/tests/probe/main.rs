//! The probe against real servers and hostile ones, all of them on loopback.

mod capture;
mod hostile;
mod many;
mod staged;
mod support;
