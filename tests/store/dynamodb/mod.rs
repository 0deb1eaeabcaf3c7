//! What only the store on `DynamoDB` could get wrong: it forgets late, answers in pages, lets everybody write at once,
//! and its calls are sent over a wire that loses answers.

mod calls;
mod devices;
mod late;
mod lost_answers;
mod pages;
mod races;
mod refusals;
mod tables;
mod wired;
