//! `POST /dev/fault`: breaks a port on purpose.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json as value;

use super::answer::{json, problem};
use crate::probe::{Fault, FaultMode, Port, Probe};

const PORTS: [Port; 4] = [Port::Store, Port::Signer, Port::Sms, Port::Members];
/// Longer than any client waits.
const LONGEST_DELAY: u64 = 60_000;

/// `{"clear": true}`: every planned fault is forgotten.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clear {
    clear: bool,
}

pub(super) fn plan(probe: &Arc<Probe>, body: &Bytes) -> Response<Bytes> {
    if let Ok(Clear { clear: true }) = serde_json::from_slice(body) {
        for port in PORTS {
            probe.plan(Fault {
                port,
                mode: FaultMode::Fail,
                nth: 1,
                times: 0,
            });
        }
        return json(StatusCode::OK, Some(&value!({ "cleared": true })));
    }
    let fault: Fault = match serde_json::from_slice(body) {
        Ok(fault) => fault,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    if fault.nth == 0 {
        return problem(StatusCode::BAD_REQUEST, "nth: calls are counted from 1");
    }
    if matches!(fault.mode, FaultMode::Delay(milliseconds) if milliseconds > LONGEST_DELAY) {
        return problem(StatusCode::BAD_REQUEST, "delay_ms: more than 60000");
    }
    probe.plan(fault);
    json(StatusCode::OK, Some(&value!({ "planned": true })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let probe = Arc::new(Probe::default());
        let status = |body: &'static str| {
            plan(&probe, &Bytes::from_static(body.as_bytes()))
                .status()
                .as_u16()
        };
        assert_eq!(
            status(r#"{"port":"store","mode":"fail","nth":2,"times":1,"delay_ms":0}"#),
            200
        );
        assert_eq!(status(r#"{"clear":true}"#), 200);
        for bad in [
            "",
            "{}",
            r#"{"clear":false}"#,
            r#"{"port":"disk","mode":"fail"}"#,
            r#"{"port":"store","mode":"explode"}"#,
            r#"{"port":"store","mode":"fail","nth":0}"#,
            r#"{"port":"store","mode":"delay","delay_ms":60001}"#,
        ] {
            assert_eq!(status(bad), 400, "{bad}");
        }
        let answer = plan(&probe, &Bytes::from_static(br#"{"port":"disk","mode":"fail"}"#));
        let text = String::from_utf8(answer.into_body().to_vec()).unwrap();
        assert!(
            text.contains("unknown variant `disk`, expected one of `store`, `signer`, `sms`, `members`"),
            "{text}"
        );
    }
}
