//! The commands of the cache.
