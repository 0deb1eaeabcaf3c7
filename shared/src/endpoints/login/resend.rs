//! "Send it again": the same code, in ever longer steps.

use super::{Login, Step, back_to_authorize};
use crate::{
    endpoints::{audit::AuditEvent, page_fault::PageFault},
    model::{Member, Stage, Transaction},
    pages::CodeProblem,
    ports::Resent,
    wire::{Response, respond},
};

impl Login {
    pub(super) async fn resend(&self, mut step: Step<'_>) -> Result<Response, PageFault> {
        let Stage::Code {
            number,
            challenge,
            expires_at,
            ..
        } = step.transaction.stage.clone()
        else {
            return Ok(back_to_authorize(&step.transaction));
        };
        let (tenant, now) = (step.browser.tenant, step.browser.now);
        if expires_at.is_past(now) {
            return self.challenge(&step, number).await;
        }
        let otp = &tenant.policy.otp;
        let index = self.keyring.number_index(&tenant.id, &number);
        let slot = self
            .challenges
            .resend(
                &tenant.id,
                &index,
                &challenge,
                &otp.resend_waits,
                &otp.number,
                now,
            )
            .await?;
        match slot {
            Resent::Now { next } => {
                let member = self.members.by_number(&tenant.id, &number).await?;
                let member = member.filter(Member::is_active).map(|m| m.id);
                self.send(&step, &number, &challenge, member.as_ref()).await;
                let stage = Stage::Code {
                    number,
                    challenge,
                    expires_at,
                    next_resend: next,
                };
                step.transaction = Transaction {
                    stage,
                    ..step.transaction
                };
                let cookies = step.browser.save(&step.transaction).unwrap_or_default();
                Ok(respond::with_cookies(self.code_page(&step, None, true), cookies))
            }
            Resent::Wait(until) => {
                step.audit(AuditEvent::OtpLimited).because("resend").write();
                let seconds = until.seconds_since(now).max(1);
                Ok(self.code_page(&step, Some(CodeProblem::ResendWait { seconds }), false))
            }
            Resent::Exhausted => {
                step.audit(AuditEvent::OtpLimited).because("resend").write();
                Ok(self.code_page(&step, Some(CodeProblem::NoMoreResends), false))
            }
            // Used up in another tab: one tap gets a new one.
            Resent::Gone => self.challenge(&step, number).await,
        }
    }
}
