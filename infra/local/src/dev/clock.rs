//! `POST /dev/clock`: moves the provider's time on.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json as value;

use super::answer::{json, problem};
use crate::provider::Workbench;

/// Ten years: beyond every lifetime, and far from where seconds stop fitting dates.
const FARTHEST: u64 = 10 * 366 * 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_seconds: u64,
}

pub(super) async fn advance(bench: &Workbench, body: &Bytes) -> Response<Bytes> {
    let by = match serde_json::from_slice::<Move>(body) {
        Ok(Move { advance_seconds }) => advance_seconds,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let clock = &bench.clock;
    if clock.offset().saturating_add(by) > FARTHEST {
        return problem(
            StatusCode::BAD_REQUEST,
            "advance_seconds: more than ten years ahead in all",
        );
    }
    match clock.advance(by) {
        Ok(now) => {
            if by > 0 {
                // What would have been done in the time that was left out is done before the next request.
                let _turn = bench.turns.lock().await;
                let _logged_by_itself = bench.rotate.turn().await;
            }
            json(
                StatusCode::OK,
                Some(&value!({ "now": now, "offset_seconds": clock.offset() })),
            )
        }
        Err(error) => problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!("the move could not be kept: {error}"),
        ),
    }
}
