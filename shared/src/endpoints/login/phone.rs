//! The first step: a number, and a code sent to it.

use super::{Login, Step, keep, message, move_on};
use crate::{
    endpoints::{audit::AuditEvent, page_fault::PageFault, visit},
    model::{Challenge, Member, Stage, Transaction},
    pages::{CodeProblem, PhoneProblem},
    ports::Opened,
    types::{ChallengeId, Country, MemberId, PhoneError, PhoneNumber, Timestamp},
    wire::{Response, metadata::path},
};

impl Login {
    pub(super) async fn take_phone(&self, step: Step<'_>) -> Result<Response, PageFault> {
        let typed = step.params.get("phone").unwrap_or_default();
        match parse(&step, typed) {
            // The same number again: her code is on its way already, and "Send it again" keeps its waits.
            Ok(number) if has_code(&step, &number) => {
                move_on(&step, step.transaction.stage.clone(), path::LOGIN)
            }
            Ok(number) => self.challenge(&step, number).await,
            Err(problem) => Ok(self.phone_page(&step, Some(typed), Some(problem))),
        }
    }

    /// Opens a challenge and sends its code. A number without an active member goes exactly the same way, only
    /// that no message is sent and no code is right (assertion 96).
    pub(super) async fn challenge(
        &self,
        step: &Step<'_>,
        number: PhoneNumber,
    ) -> Result<Response, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let otp = &tenant.policy.otp;
        let address = self
            .keyring
            .address_index(&tenant.id, visit::address(step.request));
        let window = otp.address.window;
        if self
            .challenges
            .count_address(&tenant.id, &address, window, now)
            .await?
            > otp.address.requests
        {
            step.audit(AuditEvent::OtpLimited).because("address").write();
            return Ok(self.limited(step, now + window));
        }
        let member = self
            .members
            .by_number(&tenant.id, &number)
            .await?
            .filter(Member::is_active);
        let challenge = Challenge {
            id: self.keyring.challenge_id(&tenant.id, &this_step(step, &number)),
            member: member.map(|m| m.id),
            sent_at: now,
            expires_at: now + otp.lifetime,
        };
        let index = self.keyring.number_index(&tenant.id, &number);
        let open = || {
            self.challenges
                .open(&tenant.id, &index, &challenge, &otp.number, now)
        };
        let opened = match open().await {
            Ok(opened) => opened,
            // Asked again after a lost answer, "already" means this very call.
            Err(_) => match open().await? {
                Opened::Already => Opened::Now,
                opened => opened,
            },
        };
        match opened {
            Opened::Now | Opened::Already => {
                if opened == Opened::Now {
                    self.send(step, &number, &challenge.id, challenge.member.as_ref())
                        .await;
                }
                let stage = Stage::Code {
                    number,
                    challenge: challenge.id,
                    expires_at: challenge.expires_at,
                    next_resend: otp.resend_waits.first().map(|wait| now + *wait),
                };
                let challenges = step.transaction.challenges.saturating_add(1);
                keep(
                    step,
                    &Transaction {
                        challenges,
                        stage,
                        ..step.transaction.clone()
                    },
                    path::LOGIN,
                )
            }
            Opened::Limited(until) => {
                step.audit(AuditEvent::OtpLimited)
                    .subject(&self.keyring, challenge.member.as_ref())
                    .because("number")
                    .write();
                Ok(self.limited(step, until))
            }
        }
    }

    /// Sends the code of a challenge, or takes as long over nothing if the number has no member: the answer's time
    /// tells no more than its text. A message that cannot be handed over is logged, and the page goes on as always.
    pub(super) async fn send(
        &self,
        step: &Step<'_>,
        number: &PhoneNumber,
        challenge: &ChallengeId,
        member: Option<&MemberId>,
    ) {
        let tenant = step.tenant();
        let text = message::text(tenant, &self.keyring.one_time_code(&tenant.id, challenge));
        let deliver = match tenant.fixed_code(number) {
            Ok(fixed) => Ok(member.is_some() && fixed.is_none()),
            Err(sealed) => Err(sealed.into()),
        };
        let sent = match deliver {
            Ok(deliver) => {
                let text = deliver.then_some(&text);
                self.sender.send(&tenant.id, number, text).await.map(|()| deliver)
            }
            Err(cause) => Err(cause),
        };
        let event = match sent {
            Ok(true) => AuditEvent::OtpSent,
            Ok(false) => AuditEvent::OtpWithheld,
            Err(cause) => {
                tracing::error!(tenant = tenant.id.as_str(), %challenge, reason = cause.0, "message not sent");
                return;
            }
        };
        step.audit(event).subject(&self.keyring, member).write();
    }

    fn limited(&self, step: &Step<'_>, until: Timestamp) -> Response {
        let seconds = until.seconds_since(step.browser.now).max(1);
        // Someone who waits for a code she already has stays on its page.
        let waits = matches!(&step.transaction.stage, Stage::Code { expires_at, .. } if !expires_at.is_past(step.browser.now));
        if waits && step.params.get("action") == Some("resend") {
            return self.code_page(step, Some(CodeProblem::ResendWait { seconds }), false);
        }
        let minutes = seconds.div_ceil(60);
        self.phone_page(
            step,
            step.params.get("phone"),
            Some(PhoneProblem::TryLater { minutes }),
        )
    }
}

/// What makes a challenge this one: the transaction, the number, how many it had before, and the time it lives in.
/// A form posted twice names the same challenge; a later try names another, and so has another code.
fn this_step(step: &Step<'_>, number: &PhoneNumber) -> String {
    let transaction = &step.transaction;
    let slot = step.browser.now.0 / step.tenant().policy.otp.lifetime.max(1);
    format!(
        "{} {} {} {slot}",
        transaction.id,
        number.as_str(),
        transaction.challenges
    )
}

/// Whether a code that can still be typed was sent to this number for this transaction.
fn has_code(step: &Step<'_>, typed: &PhoneNumber) -> bool {
    match &step.transaction.stage {
        Stage::Code {
            number, expires_at, ..
        } => number == typed && !expires_at.is_past(step.browser.now),
        _ => false,
    }
}

/// The countries of the brand, the one she chose first: it is assumed, and shown chosen when she is asked again.
pub(super) fn countries(step: &Step<'_>) -> Vec<&'static Country> {
    let mut countries = step.tenant().countries.clone();
    let chosen = step.params.get("country").unwrap_or_default();
    countries.sort_by_key(|c| c.iso != chosen);
    countries
}

fn parse(step: &Step<'_>, typed: &str) -> Result<PhoneNumber, PhoneProblem> {
    let tenant = step.tenant();
    let default = countries(step)
        .first()
        .copied()
        .unwrap_or_else(|| tenant.default_country());
    PhoneNumber::parse(typed, default, &tenant.countries).map_err(|e| match e {
        PhoneError::Empty => PhoneProblem::Empty,
        PhoneError::Malformed => PhoneProblem::Malformed,
        PhoneError::CountryNotSupported => PhoneProblem::CountryNotSupported,
    })
}
