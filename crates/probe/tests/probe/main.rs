//! The probe against real servers and hostile ones, all of them on loopback.

mod capture;
mod hostile;
mod impostor;
mod many;
mod staged;
mod support;
