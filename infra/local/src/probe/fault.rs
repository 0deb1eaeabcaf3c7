use serde::Deserialize;

/// A group of ports that break together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Port {
    /// The six storage ports.
    Store,
    /// Signing keys.
    Signer,
    /// Text messages, and decoys of them.
    Sms,
    /// The brand's member records.
    Members,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultMode {
    /// The call is not made; the caller is told that the port is unavailable.
    Fail,
    /// The call is made after this many milliseconds.
    Delay(u64),
    /// The call is made, but the caller is told that the port is unavailable.
    LoseAnswer,
}

/// A planned fault, as `POST /dev/fault` takes it: `{"port", "mode", "nth", "times", "delay_ms"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "Plan")]
pub struct Fault {
    /// Which port.
    pub port: Port,
    /// What goes wrong.
    pub mode: FaultMode,
    /// The first call to break, counted from 1 when the fault is planned.
    pub nth: u64,
    /// How many calls in a row.
    pub times: u64,
}

/// The wire form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    port: Port,
    mode: Mode,
    #[serde(default = "one")]
    nth: u64,
    #[serde(default = "one")]
    times: u64,
    #[serde(default)]
    delay_ms: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Fail,
    Delay,
    LoseAnswer,
}

const fn one() -> u64 {
    1
}

impl From<Plan> for Fault {
    fn from(plan: Plan) -> Self {
        let mode = match plan.mode {
            Mode::Fail => FaultMode::Fail,
            Mode::Delay => FaultMode::Delay(plan.delay_ms),
            Mode::LoseAnswer => FaultMode::LoseAnswer,
        };
        Self {
            port: plan.port,
            mode,
            nth: plan.nth,
            times: plan.times,
        }
    }
}

/// Faults that are not used up.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn plan(&mut self, fault: Fault) {
        if fault.times == 0 {
            self.0.retain(|planned| planned.port != fault.port);
        } else {
            self.0.push(fault);
        }
    }

    /// What happens to the next call of a port. Every plan of the port moves on by this call; the oldest due wins.
    pub(super) fn next(&mut self, port: Port) -> Option<FaultMode> {
        let mut due = None;
        for fault in self.0.iter_mut().filter(|fault| fault.port == port) {
            if fault.nth > 1 {
                fault.nth -= 1;
            } else {
                fault.times -= 1;
                due = due.or(Some(fault.mode));
            }
        }
        self.0.retain(|fault| fault.times > 0);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<Fault> {
        serde_json::from_str(json)
    }

    #[test]
    fn the_wire_form_has_defaults_and_refuses_what_it_does_not_know() {
        let fault = read(r#"{"port":"signer","mode":"lose_answer"}"#).unwrap();
        assert_eq!(
            fault,
            Fault {
                port: Port::Signer,
                mode: FaultMode::LoseAnswer,
                nth: 1,
                times: 1
            }
        );
        let fault = read(r#"{"port":"sms","mode":"delay","nth":3,"times":2,"delay_ms":40}"#).unwrap();
        assert_eq!(
            fault,
            Fault {
                port: Port::Sms,
                mode: FaultMode::Delay(40),
                nth: 3,
                times: 2
            }
        );
        assert!(read(r#"{"port":"disk","mode":"fail"}"#).is_err());
        assert!(read(r#"{"port":"store","mode":"fail","nht":3}"#).is_err());
    }

    #[test]
    fn nth_and_times_are_exact_and_no_times_clears() {
        let mut faults = Faults::default();
        faults.plan(Fault {
            port: Port::Store,
            mode: FaultMode::Fail,
            nth: 3,
            times: 2,
        });
        let broken: Vec<bool> = (0..6).map(|_| faults.next(Port::Store).is_some()).collect();
        assert_eq!(broken, [false, false, true, true, false, false]);
        faults.plan(Fault {
            port: Port::Store,
            mode: FaultMode::Fail,
            nth: 1,
            times: 2,
        });
        faults.plan(Fault {
            port: Port::Store,
            mode: FaultMode::Fail,
            nth: 1,
            times: 0,
        });
        assert_eq!(faults.next(Port::Store), None);
    }
}
