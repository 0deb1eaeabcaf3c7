//! The second step: the code. Count first, compare second, consume third.

use super::{Login, Step, back_to_authorize, move_on};
use crate::{
    endpoints::{
        audit::AuditEvent,
        end_session::Endings,
        lost_answer::once_more,
        page_fault::PageFault,
        session_cookie::{self, SessionCookie},
        user_agent::device,
    },
    model::{Authentication, Presence, Session, Stage},
    pages::CodeProblem,
    ports::{Attempt, Consumed, Unavailable},
    types::{ChallengeId, Digest, MemberId, PhoneNumber, SessionId, ascii_digit, is_separator},
    wire::{Response, metadata::path, respond},
};

impl Login {
    pub(super) async fn take_code(&self, step: Step<'_>) -> Result<Response, PageFault> {
        let Stage::Code {
            number, challenge, ..
        } = step.transaction.stage.clone()
        else {
            return Ok(back_to_authorize(&step.transaction));
        };
        let Some(code) = digits(step.params.get("code").unwrap_or_default()) else {
            return Ok(self.code_page(&step, Some(CodeProblem::Format), false));
        };
        let member = match self.verify(&step, &number, challenge, &code).await? {
            Ok(member) => member,
            Err(CodeProblem::TooManyTries) => return Ok(self.spent(step)),
            Err(problem) => return Ok(self.code_page(&step, Some(problem), false)),
        };
        // Before the code is used up: if this fails, the same code still works.
        let session = self.end_previous(&step, &member).await?;
        match self.consume(&step, &number, challenge).await? {
            Consumed::Now => {
                step.audit(AuditEvent::OtpVerified)
                    .subject(&self.keyring, &member)
                    .write();
                self.sign_in(&step, &number, member, session).await
            }
            Consumed::Gone => {
                step.audit(AuditEvent::OtpRejected)
                    .subject(&self.keyring, &member)
                    .because("used")
                    .write();
                Ok(self.code_page(&step, Some(CodeProblem::Expired), false))
            }
        }
    }

    /// This code can never be right any more, so for this transaction its time is over: "Get a new code" gets a
    /// new one, and not the same once more.
    fn spent(&self, mut step: Step<'_>) -> Response {
        if let Stage::Code { expires_at, .. } = &mut step.transaction.stage {
            *expires_at = step.browser.now;
        }
        let cookies = step.browser.save(&step.transaction).unwrap_or_default();
        respond::with_cookies(
            self.code_page(&step, Some(CodeProblem::TooManyTries), false),
            cookies,
        )
    }

    /// Counts the try, then compares. Whose code it is, if it is right.
    async fn verify(
        &self,
        step: &Step<'_>,
        number: &PhoneNumber,
        challenge: ChallengeId,
        code: &str,
    ) -> Result<Result<MemberId, CodeProblem>, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let otp = &tenant.policy.otp;
        let index = self.keyring.number_index(&tenant.id, number);
        let attempt = self
            .challenges
            .count_attempt(&tenant.id, &index, &challenge, otp.tries, &otp.number, now)
            .await?;
        let (stored, left) = match attempt {
            Attempt::Counted { challenge, left } => (challenge, left),
            Attempt::Exhausted => {
                step.audit(AuditEvent::OtpLimited).because("tries").write();
                return Ok(Err(CodeProblem::TooManyTries));
            }
            Attempt::Gone => {
                step.audit(AuditEvent::OtpRejected).because("gone").write();
                return Ok(Err(CodeProblem::Expired));
            }
        };
        let right = match tenant.fixed_code(number).map_err(Unavailable::from)? {
            Some(fixed) => Digest::of(fixed.expose().as_bytes()).matches(&Digest::of(code.as_bytes())),
            None => self.keyring.is_one_time_code(&tenant.id, &challenge, code),
        };
        if let Some(member) = stored.member.as_ref().filter(|_| right) {
            return Ok(Ok(member.clone()));
        }
        let (line, problem) = match left {
            0 => (step.audit(AuditEvent::OtpLocked), CodeProblem::TooManyTries),
            left => (
                step.audit(AuditEvent::OtpRejected).because("wrong"),
                CodeProblem::Wrong { left },
            ),
        };
        line.subject(&self.keyring, stored.member.as_ref()).write();
        Ok(Err(problem))
    }

    async fn consume(
        &self,
        step: &Step<'_>,
        number: &PhoneNumber,
        challenge: ChallengeId,
    ) -> Result<Consumed, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let (index, nonce) = (self.keyring.number_index(&tenant.id, number), self.random.bytes());
        let consume = || {
            self.challenges
                .consume(&tenant.id, &index, &challenge, &nonce, now)
        };
        // The nonce is the same the second time, so a lost answer cannot look like somebody else's success.
        Ok(once_more(consume).await?)
    }

    /// Begins a session with a new secret, whatever cookie was there before.
    async fn sign_in(
        &self,
        step: &Step<'_>,
        number: &PhoneNumber,
        member: MemberId,
        id: SessionId,
    ) -> Result<Response, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let secret = session_cookie::new_secret(&*self.random);
        let policy = tenant.policy.session;
        let session = Session {
            id,
            secret: Digest::of(secret.expose()),
            member,
            authentication: Authentication {
                auth_time: now,
                amr: vec!["otp".to_owned(), "sms".to_owned()],
            },
            last_seen: now,
            idle_expires_at: now + policy.idle,
            expires_at: now + policy.absolute,
            device: device(step.request.headers()),
        };
        // The code is used up by now, so a store that stumbles gets a second chance; writing twice is writing once.
        once_more(|| self.sessions.create(&tenant.id, &session)).await?;
        step.audit(AuditEvent::SignedIn)
            .subject(&self.keyring, &session.member)
            .write();
        let cookie = session_cookie::set(&self.keyring, tenant, &session.member, &secret, number);
        let stage = Stage::Present {
            who: (&session).into(),
            by: Presence::Authenticated,
        };
        let response = move_on(step, stage, path::AUTHORIZE)?;
        Ok(respond::with_cookies(response, cookie))
    }

    /// Ends the session this sign-in replaces, and names the new one.
    async fn end_previous(&self, step: &Step<'_>, member: &MemberId) -> Result<SessionId, PageFault> {
        let (tenant, now) = (step.tenant(), step.browser.now);
        let old = match SessionCookie::read(&self.keyring, tenant, step.request.headers()) {
            Some(cookie) => cookie.session(&*self.sessions, tenant, now).await?,
            None => None,
        };
        let endings = Endings {
            registry: &*self.registry,
            sessions: &*self.sessions,
            grants: &*self.grants,
            notices: &*self.notices,
        };
        let new = SessionId::from_bytes(self.random.bytes());
        Ok(endings
            .succeed(&self.keyring, tenant, old, member, new, now)
            .await?)
    }
}

/// Six ASCII digits out of what was typed or pasted: spaces, dashes and native digits are taken.
fn digits(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let code: String = typed
        .chars()
        .filter(|c| !is_separator(*c))
        .map(ascii_digit)
        .collect::<Option<_>>()?;
    (code.len() == 6).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_as_people_type_it() {
        for typed in [
            "012345",
            " 012 345 ",
            "012-345",
            "٠١٢٣٤٥",
            "०१२३४५",
            "\u{200e}012345",
            "\u{2068}012\u{202f}345\u{2069}",
            "೦೧೨೩೪೫",
        ] {
            assert_eq!(digits(typed).as_deref(), Some("012345"), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12a456", "012345\u{0}"] {
            assert_eq!(digits(typed), None, "{typed:?}");
        }
    }
}
