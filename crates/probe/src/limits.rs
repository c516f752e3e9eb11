//! What a probe may cost. Each limit says where its value comes from, and a failure
//! that is due to one names it.
