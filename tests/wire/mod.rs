//! A deployed stack seen from the wire between its functions and AWS: what a path costs there, and what becomes of it
//! when a call fails, is throttled, is late, or loses its answer. One test at a time: the wire is everybody's.

mod budgets;
mod faults;
mod notices;
mod race;
mod tap;
